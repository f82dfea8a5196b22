"""A chat's binding to browser and session: made when it is opened, judged at each call (security.md 14)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.client_facts import MAX_USER_AGENT, network_of
from auth_backend.conversations.models import Conversation
from auth_backend.crypto import new_token, token_hash
from auth_backend.db import insert_if_absent
from auth_backend.factors.queries import known_browser
from auth_backend.i18n import supported
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.login.sessions import is_good, resolve_session_token

WEB = "web"
"""The channel of Zoe's own pages: the only one with a browser and a session."""


class Standing(StrEnum):
    """What a chat's session is worth now (rules.md, Enrolment and login)."""

    ANONYMOUS = "anonymous"
    SECOND_STEP = "second_step"
    SIGNED_IN = "signed_in"


STANDING_OF = {
    SessionLevel.PASSWORD: Standing.SECOND_STEP,
    SessionLevel.HELD: Standing.ANONYMOUS,
    SessionLevel.ENROLMENT: Standing.ANONYMOUS,
    SessionLevel.LIMITED: Standing.SIGNED_IN,
    SessionLevel.FULL_EMAIL: Standing.SIGNED_IN,
    SessionLevel.FULL: Standing.SIGNED_IN,
}


@dataclass(frozen=True)
class Judged:
    """A chat's standing at one moment, with whose it is and through which session; both None when anonymous."""

    standing: Standing
    user: User | None = None
    login: LoginSession | None = None

    def is_of(self, user_id: str | None) -> bool:
        """Whether the standing is that user's own."""
        return self.user is not None and self.user.id == user_id


ANONYMOUS = Judged(Standing.ANONYMOUS)


@dataclass(frozen=True)
class Opened:
    """A chat that the guard knows now. `browser_token` belongs into the cookie `zoe_browser`."""

    judged: Judged
    browser_token: str
    known: bool
    """Whether the standing's user did a strong second step in this browser."""


async def open_conversation(
    session: AsyncSession,
    *,
    conversation_id: str,
    channel: str,
    session_token: str | None,
    browser_token: str | None,
    ip: str,
    user_agent: str,
    lang: str,
    now: datetime,
) -> Opened:
    """Binds a new chat to its browser and session; a chat that is known already stays bound as it was.

    Chats on foreign sites and channels are bound to neither, whatever was sent along.
    """
    token = browser_token or new_token()
    login_id = browser = None
    if channel == WEB:
        browser = token_hash(token)
        current = await resolve_session_token(session, session_token, now=now)
        if current is not None and STANDING_OF[current.level] is not Standing.ANONYMOUS:
            login_id = current.id
    await insert_if_absent(
        session,
        Conversation,
        id=conversation_id,
        channel=channel,
        session_id=login_id,
        browser=browser,
        ip=network_of(ip),
        user_agent=user_agent[:MAX_USER_AGENT],
        language=supported(lang) or "en",
        created_at=now,
    )
    conversation = await get_conversation(session, conversation_id)
    assert conversation is not None
    judged = await judge_standing(session, conversation, now=now)
    known = judged.user is not None and await known_browser(session, judged.user.id, conversation.browser, now=now)
    return Opened(judged, token, known)


async def get_conversation(session: AsyncSession, conversation_id: str) -> Conversation | None:
    """A chat by its id."""
    return await session.get(Conversation, conversation_id)


async def judge_standing(session: AsyncSession, conversation: Conversation, *, now: datetime) -> Judged:
    """What the session that opened the chat is worth now; it dies with that session."""
    if conversation.session_id is None:
        return ANONYMOUS
    query = select(LoginSession, User).join(User, User.id == LoginSession.user_id)
    query = query.where(LoginSession.id == conversation.session_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).one_or_none()
    if found is None or not is_good(*found, now=now):
        return ANONYMOUS
    login, user = found
    standing = STANDING_OF[login.level]
    return ANONYMOUS if standing is Standing.ANONYMOUS else Judged(standing, user, login)


async def is_same_session(
    session: AsyncSession, conversation: Conversation, session_token: str | None, *, now: datetime
) -> bool:
    """Whether a browser still has the session (or still none) with which the chat was opened."""
    current = await resolve_session_token(session, session_token, now=now) if conversation.channel == WEB else None
    if current is not None and STANDING_OF[current.level] is Standing.ANONYMOUS:
        current = None
    return (current.id if current else None) == conversation.session_id
