"""Reading and writing those facts, and the check that dev data never meets production."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.db import insert_if_absent
from auth_backend.installation.models import InstallationFact
from httpkit.environment import SettingsError


async def get_fact(session: AsyncSession, key: str) -> str | None:
    """The fact's value, None when it was never set."""
    value: str | None = await session.scalar(select(InstallationFact.value).where(InstallationFact.key == key))
    return value


async def set_fact(session: AsyncSession, key: str, value: str) -> None:
    """Sets the fact, whether or not it was there."""
    await insert_if_absent(session, InstallationFact, key=key, value=value)
    await session.execute(update(InstallationFact).where(InstallationFact.key == key).values(value=value))


async def claim_database(session: AsyncSession, *, dev: bool) -> None:
    """Marks a new database with its environment; production refuses one made in dev or holding demo users."""
    await insert_if_absent(session, InstallationFact, key="environment", value="dev" if dev else "production")
    made_in = await get_fact(session, "environment")
    if not dev and (made_in != "production" or await get_fact(session, "demo")):
        raise SettingsError(
            "this database was made with ZOE_ENV=dev or holds demo users; production needs a database of its own"
        )
    if dev and made_in != "dev":
        raise SettingsError("this is a production database; ZOE_ENV=dev must not touch it")
