"""A chat's binding to browser and session: made when it is opened, judged at each call."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.client_facts import MAX_USER_AGENT, ClientFacts, network_of
from auth_backend.conversations.models import Conversation
from auth_backend.crypto import token_hash
from auth_backend.db import insert_if_absent
from auth_backend.factors.queries import descends, is_replaced, known_browser
from auth_backend.i18n import supported
from auth_backend.keyring import Keyring
from auth_backend.login.browsers import is_browser_token, new_browser_token
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.login.sessions import is_good, resolve_session_token

WEB = "web"
"""The channel of Zoe's own pages: the only one with a browser and a session."""


class Standing(StrEnum):
    """What a chat's session is worth now."""

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
    keys: Keyring,
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

    Chats on foreign sites and channels are bound to neither, whatever was sent along. A browser cookie that the server
    did not issue, or that was replaced, is no browser: this one gets a new cookie.
    """
    token = await _good_token(session, keys, browser_token)
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
    known = judged.user is not None and await knows_user(session, conversation, judged.user.id, now=now)
    return Opened(judged, token, known)


async def _good_token(session: AsyncSession, keys: Keyring, token: str | None) -> str:
    if token is None or not is_browser_token(keys.browsers, token) or await is_replaced(session, token_hash(token)):
        return new_browser_token(keys.browsers)
    return token


async def knows_user(session: AsyncSession, conversation: Conversation, user_id: str, *, now: datetime) -> bool:
    """Whether that user did a strong second step in the browser that opened the chat, before it was opened or in
    another of its tabs under the same cookie; on foreign sites and channels never.
    """
    if conversation.channel != WEB:
        return False
    return await known_browser(session, user_id, conversation.browser, now=now, opened_at=conversation.created_at)


async def is_own_browser(session: AsyncSession, conversation: Conversation, facts: ClientFacts) -> bool:
    """Whether a page is open in the browser that opened the chat: then a right password there needs no return code.

    Normally both have the same cookie. When somebody does a strong second step between the two, the browser's cookie is
    renewed, and the page comes with a descendant of the chat's. That still is the same browser, unless the cookie with
    which the chat was opened had been planted: then the planter's chat is bound to the old value, and the victim's
    browser carries its descendant. No cookie can tell these two apart, so a descendant counts only with the chat's own
    network and user agent. A planter elsewhere is asked for the return code; so is, rarely, somebody who changed the
    network and did a second step while the chat waited, and who then types six letters. Whether a browser is *known*
    (and a reset need not wait) never goes through descent at all (`knows_user`).
    """
    if conversation.channel != WEB or conversation.browser is None or facts.browser is None:
        return False
    if facts.browser == conversation.browser:
        return True
    same_place = (facts.ip, facts.user_agent) == (conversation.ip, conversation.user_agent)
    return same_place and await descends(session, facts.browser, of=conversation.browser)


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
