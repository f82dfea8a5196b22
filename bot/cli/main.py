"""`zoe`: the command line. Each command imports what it needs when it runs, so that the first page does not wait for
Rasa.
"""

import sys
from collections.abc import Sequence

import click

from httpkit.environment import SettingsError

COMMANDS = {
    "up": ("bot.cli.up", "up"),
    "web": ("bot.cli.parts", "web"),
    "dialogue": ("bot.cli.parts", "dialogue"),
    "actions": ("bot.cli.parts", "actions"),
    "train": ("bot.cli.language", "train"),
    "nlu": ("bot.cli.language", "nlu"),
    "rasa": ("bot.cli.language", "rasa"),
    "admin": ("bot.cli.admin", "admin"),
    "audit": ("bot.cli.audit", "audit"),
}


class LazyGroup(click.Group):
    """A group whose commands live in modules that are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(__import__(module, fromlist=[name]), name)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def zoe() -> None:
    """Zoe: resets two-factor authentication in a chat, guarded by deterministic code."""


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script's entry. A setting that makes no sense is one clear line and exit code 2, never a
    traceback.
    """
    try:
        zoe.main(args=list(arguments) if arguments is not None else None, prog_name="zoe")
    except SettingsError as error:
        click.echo(f"zoe: {error}", err=True)
        sys.exit(2)
