"""Parts don't outlive `zoe up`, however it ended."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from auth_backend.outbox.worker import STOP_S
from bot.cli.supervised import GRACE_S
from bot.cli.web import SHUTDOWN_S

SUPERVISOR = """
import asyncio, os, sys
from pathlib import Path
from bot.cli.up import ACTIONS_SETTINGS, Part, only, part_environment

async def main():
    environment = part_environment(os.environ, port=0, data_dir=Path(sys.argv[1]))
    reading, writing = os.pipe()
    part = Part("actions", ["actions"], only(environment, ACTIONS_SETTINGS), reading)
    running = asyncio.create_task(part.keep_running())
    while part.process is None:
        await asyncio.sleep(0)
    print(part.process.pid, flush=True)
    await running

asyncio.run(main())
"""


def test_a_killed_supervisor_takes_its_parts_along(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:  # noqa: S603 - our own program
        assert supervisor.stdout is not None
        part = psutil.Process(int(supervisor.stdout.readline()))
        supervisor.send_signal(signal.SIGKILL)
    try:
        part.wait(timeout=30)
    except psutil.TimeoutExpired:
        part.kill()
        pytest.fail("the part outlived its supervisor")


def test_a_part_is_given_longer_than_it_may_take() -> None:
    assert 2 * SHUTDOWN_S + STOP_S < GRACE_S
