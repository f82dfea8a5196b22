"""Changing a profile."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.queries import lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.i18n import LANGUAGES
from auth_backend.keyring import Keyring


async def change_language(session: AsyncSession, keys: Keyring, user_id: str, language: str, *, now: datetime) -> bool:
    """Sets the language of pages, mails and SMS for a user; False for one that Zoe doesn't speak."""
    if language not in LANGUAGES:
        return False
    user = await lock_user(session, user_id)
    assert user is not None  # users are never deleted
    if user.language != language:
        user.language = language
        await record(
            session,
            keys,
            Tag.USER_LANGUAGE_CHANGED,
            now=now,
            actor=f"user:{user.id}",
            user_id=user.id,
            account_id=user.account_id,
            data={"language": language},
        )
    return True
