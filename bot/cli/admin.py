"""`zoe admin`: what the operator does by hand.

Everything is audited; a password is typed or piped, never an argument.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from auth_backend.services import Services

LANGUAGES = click.Choice(["en", "pt", "es"])


@click.group()
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Instead of ZOE_DATA_DIR.")
def admin(data_dir: Path | None) -> None:
    """Accounts, users, desk agents, passwords, second factors, sites."""
    if data_dir is not None:
        os.environ["ZOE_DATA_DIR"] = str(data_dir)


@admin.command("create-account")
@click.argument("name")
def create_account(name: str) -> None:
    """Makes an account and prints its id."""
    from auth_backend import admin as commands  # noqa: PLC0415 - imported when the command runs

    click.echo(_run(lambda services: commands.create_account(services, name)))


@admin.command("create-user")
@click.argument("address")
@click.option("--account", required=True, help="The account's id or name.")
@click.option("--name", required=True)
@click.option("--language", type=LANGUAGES, default="en", show_default=True)
def create_user(address: str, account: str, name: str, language: str) -> None:
    """Makes a member of an account and prints the id. Asks for the password."""
    from auth_backend import admin as commands  # noqa: PLC0415

    password = read_password()
    click.echo(
        _run(
            lambda services: commands.create_user(
                services, account=account, name=name, address=address, language=language, password=password
            )
        )
    )


@admin.command("set-owner")
@click.argument("account")
@click.argument("user")
def set_owner(account: str, user: str) -> None:
    """Makes USER (address or id) the owner of ACCOUNT (id or name); open resets of both persons end."""
    from auth_backend import admin as commands  # noqa: PLC0415

    changed = _run(lambda services: commands.set_owner(services, account=account, user=user))
    click.echo("owner changed" if changed else "that user is the owner already")


@admin.command("set-password")
@click.argument("user")
def set_password(user: str) -> None:
    """Replaces the password of USER (address or id). Asks for it."""
    from auth_backend import admin as commands  # noqa: PLC0415

    password = read_password()
    _run(lambda services: commands.set_password(services, user=user, password=password))
    click.echo("password set; the user's sessions have ended")


@admin.command("create-agent")
@click.argument("address")
@click.option("--name", required=True)
@click.option("--team", required=True, help="Made if it is new; `general` is everybody's.")
@click.option("--supervisor", is_flag=True)
@click.option("--language", type=LANGUAGES, default="en", show_default=True)
@click.option(
    "--account", "accounts", multiple=True, help="An account that the team serves from now on; may be repeated."
)
def create_agent(
    address: str, name: str, team: str, supervisor: bool, language: str, accounts: tuple[str, ...]
) -> None:
    """Makes a desk user and prints the id. Asks for the password."""
    from auth_backend import admin as commands  # noqa: PLC0415

    password = read_password()
    click.echo(
        _run(
            lambda services: commands.create_agent(
                services,
                name=name,
                address=address,
                language=language,
                password=password,
                team=team,
                supervisor=supervisor,
                accounts=accounts,
            )
        )
    )


@admin.command("revoke-factor")
@click.argument("user")
@click.option("--reason", required=True, help="Goes to the audit record; name no person in it.")
def revoke_factor(user: str, reason: str) -> None:
    """Revokes the second factors of USER (address or id), who has to enrol anew."""
    from auth_backend import admin as commands  # noqa: PLC0415

    count = _run(lambda services: commands.revoke_factor(services, user=user, reason=reason))
    click.echo(
        f"{count} revoked; the user has 7 days to enrol" if count else "none was left; a new right to enrol, 7 days"
    )


@admin.command("rotate-keys")
def rotate_keys() -> None:
    """Encrypts everything with the current key while web runs; exits with 1 when a row can't be read.

    Killed, it is simply started again.
    """
    from auth_backend.rotation import rotate  # noqa: PLC0415

    rotated = _run(rotate)
    for name, count in rotated.resealed.items():
        click.echo(f"{name}: {count} sealed anew with {rotated.key_id}")
    for place in rotated.unreadable:
        click.echo(f"unreadable: {place}", err=True)
    if rotated.unreadable:
        sys.exit(1)
    click.echo("done: no older key is needed to decrypt; keep the first one, which keys hashes and the record")


@admin.command("bounces")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
def bounces(limit: int) -> None:
    """Lists addresses and numbers at which messages don't arrive, the newest first: when, channel, reason, user id."""
    from auth_backend import operator_lists  # noqa: PLC0415

    for line in _run(lambda services: operator_lists.bounces(services, limit=limit)):
        click.echo(line)


@admin.command("reports")
def reports() -> None:
    """Lists who reported a change in 30 days: when, until when a person writes to them, user id, references."""
    from auth_backend import operator_lists  # noqa: PLC0415

    for line in _run(operator_lists.reports):
        click.echo(line)


@admin.command("decide-undo")
@click.argument("user")
@click.option("--old-method/--new-method", default=None, required=True, help="Whose side the decision is on.")
@click.option("--reason", required=True, help="Goes to the audit record; name no person in it.")
def decide_undo(user: str, old_method: bool, reason: str) -> None:
    """Ends the stop on the sign-in of USER (address or id) after an undo with a password that was changed since.

    --old-method brings the removed method back and revokes what was set up since (set a new password, too);
    --new-method makes what was set up since valid again.
    """
    from auth_backend import admin as commands  # noqa: PLC0415

    _run(lambda services: commands.decide_undo(services, user=user, old_method=old_method, reason=reason))
    click.echo("the removed method is back" if old_method else "what was set up since is valid")


@admin.command("decide-email")
@click.argument("user")
@click.option("--old/--new", default=None, required=True, help="Which address counts.")
@click.option("--reason", required=True, help="Goes to the audit record; name no person in it.")
def decide_email(user: str, old: bool, reason: str) -> None:
    """Decides which registered e-mail of USER (present address or id) counts after a change that is disputed.

    --old takes the one of before back, signs everybody out and suspends what was set up since; --new settles that the
    present one counts.
    """
    from auth_backend import admin as commands  # noqa: PLC0415

    _run(lambda services: commands.decide_email(services, user=user, old=old, reason=reason))
    click.echo("the old address counts again" if old else "the new address counts")


@admin.command("create-site")
@click.argument("name")
@click.option("--origin", "origins", multiple=True, required=True, help="https://shop.example; may be repeated.")
def create_site(name: str, origins: tuple[str, ...]) -> None:
    """Lets pages of these origins embed the chat; prints the public key, and once the secret for the site's server."""
    from bot.cli import sites  # noqa: PLC0415

    made = _run(lambda services: sites.create(services, name, origins))
    click.echo(f"key:    {made.key}")
    click.echo(f"secret: {made.secret}")


@admin.command("list-sites")
def list_sites() -> None:
    """Lists the sites that may embed the chat: key, on or off, name, origins."""
    from bot.cli import sites  # noqa: PLC0415

    for line in _run(sites.lines):
        click.echo(line)


@admin.command("disable-site")
@click.argument("key")
def disable_site(key: str) -> None:
    """Ends a site's right to embed the chat."""
    from bot.cli import sites  # noqa: PLC0415

    _run(lambda services: sites.disable(services, key))
    click.echo("the site is off")


def read_password() -> str:
    """Twice by a hidden prompt; one line of standard input when that is no terminal."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    line = sys.stdin.buffer.readline().rstrip(b"\r\n")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException("the password on standard input is not UTF-8") from None


def _run[T](command: Callable[["Services"], Awaitable[T]]) -> T:
    from auth_backend.admin import AdminError  # noqa: PLC0415

    try:
        return asyncio.run(_with_services(command))
    except AdminError as error:
        raise click.ClickException(str(error)) from None


async def _with_services[T](command: Callable[["Services"], Awaitable[T]]) -> T:
    from auth_backend.running import open_auth  # noqa: PLC0415
    from auth_backend.settings_loader import load_settings  # noqa: PLC0415

    async with open_auth(load_settings(os.environ, with_tokens=False), run_tasks=False) as services:
        return await command(services)
