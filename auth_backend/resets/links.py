"""Links with a token: one power each, stored as SHA-256."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.crypto import new_token, token_hash
from auth_backend.resets.models import LinkPower, Reset, ResetLink
from auth_backend.resets.queries import end_links, link_of_token
from auth_backend.services import Services

STATUS_FOR = timedelta(days=30)
PREFIX = {LinkPower.VERIFY: "verify", LinkPower.STATUS: "resets", LinkPower.CANCEL: "resets", LinkPower.UNDO: "undo"}


@dataclass(frozen=True)
class IssuedLink:
    """The address with the token in it, to be handed out and then forgotten."""

    url: str = field(repr=False)
    expires_at: datetime


async def issue_link(
    session: AsyncSession, services: Services, reset: Reset, power: LinkPower, *, now: datetime, expires_at: datetime
) -> IssuedLink:
    """A new link; older ones to verify or cancel the same reset are ended, those to see or undo it stay good."""
    if power in {LinkPower.VERIFY, LinkPower.CANCEL}:
        await end_links(session, reset.id, power, now=now)
    token = await issue_token(session, reset, power, now=now, expires_at=expires_at)
    return IssuedLink(f"{services.settings.public_url}/{PREFIX[power]}/{token}", expires_at)


async def issue_token(
    session: AsyncSession, reset: Reset, power: LinkPower, *, now: datetime, expires_at: datetime
) -> str:
    """A new token of one power, for a link or straight into the cookie of that power's page."""
    token = new_token()
    session.add(
        ResetLink(token=token_hash(token), reset_id=reset.id, power=power, created_at=now, expires_at=expires_at)
    )
    await session.flush()
    return token


async def find_link(session: AsyncSession, token: str | None, power: LinkPower, *, now: datetime) -> ResetLink | None:
    """The link that a token opens with that power, while it is good."""
    if not token:
        return None
    link = await link_of_token(session, token_hash(token), power)
    return link if link is not None and link.ended_at is None and now < link.expires_at else None
