"""Python environments of other programs' own, made once from PyPI."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.stock_rasa import ROOT, UnavailableError

_LONGEST_S = 1_200


def uv() -> str:
    """The `uv` command. Raises UnavailableError."""
    found = shutil.which("uv") or (str(own) if (own := ROOT / ".tools" / "bin" / "uv").exists() else None)
    if found is None:
        raise UnavailableError("no uv to make an environment with")
    return found


def environment(folder: Path, python: str, packages: Sequence[str]) -> Path:
    """The `bin` folder of an environment with exactly these packages, made when it isn't there."""
    wanted, done = "\n".join(packages), folder / ".installed"
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        # --no-config: what the project says about its own dependencies is nothing to others.
        run([uv(), "--no-config", "venv", "--quiet", "--clear", "--python", python, str(folder)], _LONGEST_S)
        command = [uv(), "--no-config", "pip", "install", "--quiet", "--python", str(folder), *packages]
        run(command, _LONGEST_S)
        done.write_text(wanted, encoding="utf-8")
    return folder / "bin"


def run(
    command: Sequence[str], longest_s: int, *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """What a command prints. Raises UnavailableError with the end of its complaints when it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=env or clean(), capture_output=True, text=True, timeout=longest_s, check=False
    )
    if done.returncode != 0:
        raise UnavailableError(f"{Path(command[0]).name} {command[1]} failed: {done.stderr[-600:]}")
    return done.stdout


def clean() -> dict[str, str]:
    """The environment variables without the project's own and without Python's."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("ZOE_", "PYTHON"))}
