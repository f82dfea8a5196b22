"""`zoe audit`: is the record whole, and the record itself."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from auth_backend.audit.service import Broken, Verified
    from auth_backend.settings import Settings


@click.group()
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Instead of ZOE_DATA_DIR.")
def audit(data_dir: Path | None) -> None:
    """The chained record of every change of security state. These commands only read."""
    if data_dir is not None:
        os.environ["ZOE_DATA_DIR"] = str(data_dir)


@audit.command("verify")
@click.option("--head", help="A head from the logs: also notices a tail that was cut off.")
def verify_record(head: str | None) -> None:
    """Prints `ok N HEAD`, or names the first broken link and exits with 1."""
    from auth_backend.audit.service import Broken  # noqa: PLC0415 - imported when the command runs

    found = asyncio.run(_verify(head))
    if isinstance(found, Broken):
        click.echo(f"broken at {found.seq}: {found.reason}")
        sys.exit(1)
    click.echo(f"ok {found.count} {found.head}")


@audit.command("export")
def export_record() -> None:
    """Writes every event as one line of JSON to standard output, oldest first."""
    asyncio.run(_export())


async def _verify(head: str | None) -> "Verified | Broken":
    from auth_backend.audit.opening import open_record  # noqa: PLC0415
    from auth_backend.audit.service import verify  # noqa: PLC0415
    from auth_backend.keyring import Keyring  # noqa: PLC0415

    settings = _settings()
    async with open_record(settings) as session:
        return await verify(session, Keyring.of(settings.secret_keys, settings.secret_key_id), expected_head=head)


async def _export() -> None:
    from auth_backend.audit.export import export_lines  # noqa: PLC0415
    from auth_backend.audit.opening import open_record  # noqa: PLC0415

    async with open_record(_settings()) as session:
        async for line in export_lines(session):
            sys.stdout.write(line + "\n")


def _settings() -> "Settings":
    from auth_backend.settings_loader import load_settings  # noqa: PLC0415

    return load_settings(os.environ, with_tokens=False)
