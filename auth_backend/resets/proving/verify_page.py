"""What a verify page is about: the link, the reset, whose chat, and in which browser it is open."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import get_user
from auth_backend.client_facts import client_facts
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import WEB, is_own_browser
from auth_backend.crypto import token_hash
from auth_backend.pages import render
from auth_backend.resets.link_cookies import read, traded_token
from auth_backend.resets.links import find_link
from auth_backend.resets.models import Claim, LinkPower, Reset, ResetLink
from auth_backend.resets.queries import link_of_token

VERIFY = LinkPower.VERIFY
YES_COOKIE = "zoe_verify_yes"
"""Held by the browser in which the password was right: only there may the yes of a chat on a foreign site be given."""


@dataclass(frozen=True)
class Opened:
    """What the page is about."""

    link: ResetLink
    reset: Reset
    claim: Claim
    conversation: Conversation
    user: User
    own_browser: bool
    """Whether the page is open in the chat's own browser."""


async def open_page(
    session: AsyncSession, request: web.Request, *, now: datetime, ended_too: bool = False
) -> Opened | None:
    """`ended_too`: a link that ended with its request may still tell how that ended."""
    token = traded_token(request, VERIFY)
    link = await find_link(session, token, VERIFY, now=now)
    if link is None and ended_too and token is not None:
        link = await link_of_token(session, token_hash(token), VERIFY)
    if link is None:
        return None
    reset = await session.get(Reset, link.reset_id, populate_existing=True)
    assert reset is not None
    assert reset.claim_id is not None  # a verify link belongs to a chat
    claim = await session.get(Claim, reset.claim_id)
    conversation = await session.get(Conversation, reset.conversation_id)
    user = await get_user(session, reset.requester_id)
    assert claim is not None
    assert conversation is not None
    assert user is not None
    own = await is_own_browser(session, conversation, client_facts(request))
    return Opened(link, reset, claim, conversation, user, own)


def may_confirm_here(request: web.Request, opened: Opened) -> bool:
    """Only in the browser in which the password was right, and only for a chat that has no buttons that count."""
    held = read(request, YES_COOKIE)
    return opened.conversation.channel != WEB and held is not None and token_hash(held) == opened.link.cookie


def gone(request: web.Request) -> web.Response:
    """A link that opens nothing any more."""
    return render(request, "resets/link_gone.html", status=410)
