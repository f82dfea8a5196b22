"""`zoe web`, `zoe dialogue`, `zoe actions`: each part alone, on as many machines as needed."""

import os

import click

from bot.cli.supervised import end_with_supervisor
from httpkit.logs import configure_logs


@click.command()
@click.option("--demo", is_flag=True, help="Demo accounts (only with ZOE_ENV=dev).")
def web(demo: bool) -> None:
    """Pages, chat, desk, internal API and the outbox worker."""
    from bot.cli.web import run_web  # noqa: PLC0415 - imported when the command runs

    _begin("web")
    run_web(os.environ, demo=demo)


@click.command()
def dialogue() -> None:
    """Rasa's Agent behind the project's own server."""
    from nlu.server import run  # noqa: PLC0415
    from nlu.settings import read_settings  # noqa: PLC0415

    _begin("dialogue")
    run(read_settings(os.environ))


@click.command()
def actions() -> None:
    """The custom actions."""
    from actions.server import run  # noqa: PLC0415
    from actions.settings import read_settings  # noqa: PLC0415

    _begin("actions")
    run(read_settings(os.environ))


def _begin(process: str) -> None:
    """Logs are JSON lines in production, readable ones in development; `ZOE_LOG_LEVEL` says how much."""
    end_with_supervisor(os.environ)
    dev = os.environ.get("ZOE_ENV") == "dev"
    level = os.environ.get("ZOE_LOG_LEVEL", "WARNING" if dev else "INFO").upper()
    configure_logs(process=process, as_json=not dev, level=level)
