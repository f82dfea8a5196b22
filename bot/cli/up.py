"""`zoe up`: all of it as one command."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

from bot.cli.ports import free_ports
from bot.cli.supervised import GRACE_S, SUPERVISOR_FD

LONGEST_PAUSE_S = 10.0


@click.command()
@click.option("--port", type=int, envvar="ZOE_PORT", default=8080, show_default=True, help="The public port.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ZOE_DATA_DIR",
    default=Path(".zoe"),
    show_default=True,
    help="Where the embedded databases live.",
)
@click.option("--demo", is_flag=True, help="Demo accounts (only with ZOE_ENV=dev).")
def up(port: int, data_dir: Path, demo: bool) -> None:
    """Starts web, dialogue and actions; stops them all on Ctrl-C."""
    from bot.cli.web_settings import check_settings  # noqa: PLC0415 - imported when the command runs

    environment = part_environment(os.environ, port=port, data_dir=data_dir.absolute())
    check_settings(environment, demo=demo)
    sys.exit(asyncio.run(_supervise(environment, demo=demo)))


def part_environment(base: Mapping[str, str], *, port: int, data_dir: Path) -> dict[str, str]:
    """What the parts find in their environment: free internal ports, and tokens made for this start alone."""
    internal, dialogue, actions = free_ports(3, base, ("ZOE_INTERNAL_PORT", "ZOE_DIALOGUE_PORT", "ZOE_ACTIONS_PORT"))
    environment = dict(base)
    environment |= {
        "ZOE_PORT": str(port),
        "ZOE_DATA_DIR": str(data_dir),
        "ZOE_INTERNAL_PORT": str(internal),
        "ZOE_DIALOGUE_PORT": str(dialogue),
        "ZOE_ACTIONS_PORT": str(actions),
        "ZOE_INTERNAL_URL": f"http://127.0.0.1:{internal}",
        "ZOE_DIALOGUE_URL": f"http://127.0.0.1:{dialogue}",
        "ZOE_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "RASA_TELEMETRY_ENABLED": "false",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    for name in ("INTERNAL_TOKEN", "INTERNAL_ACTIONS_TOKEN", "DIALOGUE_TOKEN", "ACTIONS_TOKEN"):
        environment.pop(f"ZOE_{name}_FILE", None)
        environment[f"ZOE_{name}"] = secrets.token_urlsafe(32)
    return environment


COMMON_SETTINGS = frozenset({"ZOE_ENV", "ZOE_LOG_LEVEL"})
DIALOGUE_SETTINGS = COMMON_SETTINGS | {
    "ZOE_ACTIONS_TOKEN",
    "ZOE_ACTIONS_URL",
    "ZOE_DATA_DIR",
    "ZOE_DIALOGUE_HOST",
    "ZOE_DIALOGUE_PORT",
    "ZOE_DIALOGUE_TOKEN",
    "ZOE_LOCK_URL",
    "ZOE_LOCK_URL_FILE",
    "ZOE_MODEL_DIR",
    "ZOE_TRACKER_URL",
    "ZOE_TRACKER_URL_FILE",
}
ACTIONS_SETTINGS = COMMON_SETTINGS | {
    "ZOE_ACTIONS_HOST",
    "ZOE_ACTIONS_PORT",
    "ZOE_ACTIONS_TOKEN",
    "ZOE_INTERNAL_ACTIONS_TOKEN",
    "ZOE_INTERNAL_URL",
}


def only(environment: Mapping[str, str], settings: frozenset[str]) -> dict[str, str]:
    """The environment with no other `ZOE_` setting than these: a part is not given what it could only lose.

    The dialogue reads strangers' text all day; it holds no secret but its own bearer tokens.
    """
    return {name: value for name, value in environment.items() if not name.startswith("ZOE_") or name in settings}


@dataclass
class Part:
    """One process of Zoe, started again with growing pauses when it ends by itself."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str] = field(repr=False)
    lifeline: int
    """The reading end of the supervisor's pipe (bot/cli/supervised.py)."""
    process: asyncio.subprocess.Process | None = None

    async def keep_running(self) -> None:
        """Starts the part again whenever it ends, until cancelled; then ends it in good order."""
        pause = 0.5
        try:
            while True:
                started = asyncio.get_running_loop().time()
                self.process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "bot.cli",
                    *self.arguments,
                    env={**self.environment, SUPERVISOR_FD: str(self.lifeline)},
                    pass_fds=(self.lifeline,),
                    start_new_session=True,
                )
                code = await self.process.wait()
                if code == UNUSABLE_SETTINGS:
                    raise PartRefusedError(self.name)
                lasted = asyncio.get_running_loop().time() - started
                pause = 0.5 if lasted > LONGEST_PAUSE_S else min(pause * 2, LONGEST_PAUSE_S)
                click.echo(f"zoe: {self.name} ended (exit code {code}); starting it again", err=True)
                await asyncio.sleep(pause)
        finally:
            await self._end()

    async def _end(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), GRACE_S)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


UNUSABLE_SETTINGS = 2
FIRST_PAGE_S = 3.0
"""How long the parts behind the chat wait for `web`: three Pythons that start at once share two cores."""


async def _listening(port: int) -> None:
    """Returns once something listens on the port, or after `FIRST_PAGE_S`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(FIRST_PAGE_S):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return
                await asyncio.sleep(0.05)


class PartRefusedError(Exception):
    """A part exited because its settings make no sense; it has said why."""


async def _supervise(environment: Mapping[str, str], *, demo: bool) -> int:
    lifeline, _held = os.pipe()
    parts = [
        Part("web", ["web", "--demo"] if demo else ["web"], environment, lifeline),
        Part("dialogue", ["dialogue"], only(environment, DIALOGUE_SETTINGS), lifeline),
        Part("actions", ["actions"], only(environment, ACTIONS_SETTINGS), lifeline),
    ]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    waiting = asyncio.create_task(stop.wait())
    web, *others = parts
    running = [asyncio.create_task(web.keep_running(), name=web.name)]
    listening = asyncio.create_task(_listening(int(environment["ZOE_PORT"])))
    await asyncio.wait([waiting, listening, *running], return_when=asyncio.FIRST_COMPLETED)
    listening.cancel()
    running += [asyncio.create_task(part.keep_running(), name=part.name) for part in others]
    done, _ = await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
    for task in running:
        task.cancel()
    results = await asyncio.gather(*running, return_exceptions=True)
    waiting.cancel()
    if waiting in done:
        return 0
    failed = next((result for result in results if isinstance(result, PartRefusedError)), None)
    click.echo(f"zoe: {failed or 'a part'} can't start with these settings; stopped", err=True)
    return UNUSABLE_SETTINGS
