"""Reading what was "sent"."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import normalise_address
from auth_backend.outbox.models import DevMail
from httpkit.clock import iso

MOST = 200


async def list_mail(session: AsyncSession, to: str | None) -> Sequence[DevMail]:
    """The newest messages first, at most MOST; `to` is an address or a number in any common form."""
    query = select(DevMail).order_by(DevMail.id.desc()).limit(MOST)
    if to is not None:
        query = query.where(DevMail.to == _destination(to))
    return (await session.scalars(query)).all()


def as_json(mail: DevMail) -> dict[str, str | None]:
    """The shape that the contract names (architecture.md, dev conveniences)."""
    return {
        "channel": mail.channel,
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "at": iso(mail.at),
    }


def _destination(raw: str) -> str:
    """In a query string a number's `+` arrives as a space."""
    if "@" in raw:
        return normalise_address(raw) or raw
    return "+" + "".join(character for character in raw if character.isdigit())
