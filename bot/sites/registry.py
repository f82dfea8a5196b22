"""Sites that may embed the chat: made, listed and switched off by the operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.identifiers import NewToken, token_hash
from bot.models import Site
from bot.sites.origins import origin_of


@dataclass(frozen=True)
class NewSite:
    """What the operator is told once: the public key for the page, the secret for the site's server."""

    key: str
    secret: str


async def create_site(
    session: AsyncSession, *, name: str, origins: Sequence[str], now: datetime, new_token: NewToken
) -> NewSite:
    """Registers a site. Raises ClientError 400 for an origin that is none."""
    made = NewSite(new_token()[:22], new_token())
    session.add(
        Site(
            public_key=made.key,
            name=name,
            origins=sorted({origin_of(origin) for origin in origins}),
            secret_hash=token_hash(made.secret),
            created_at=now,
        )
    )
    await session.flush()
    return made


async def list_sites(session: AsyncSession) -> Sequence[Site]:
    """All sites, the oldest first."""
    return (await session.scalars(select(Site).order_by(Site.created_at, Site.public_key))).all()


async def disable_site(session: AsyncSession, key: str, *, now: datetime) -> bool:
    """Takes a site's right to embed the chat and to ask for tokens away; False when there is none to take."""
    found = await session.scalar(
        update(Site)
        .where(Site.public_key == key, Site.disabled_at.is_(None))
        .values(disabled_at=now)
        .returning(Site.public_key)
    )
    return found is not None
