"""How long the model takes from nothing."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def measure_training() -> float:
    """Seconds of `zoe train` into an empty folder, the interpreter's start included."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ZOE_MODEL_DIR": folder}
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "bot.cli", "train"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - began
