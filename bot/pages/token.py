"""`POST /chat/token`: how Zoe's own pages get into a conversation."""

from math import ceil

from aiohttp import web

from bot.auth_client import BackendUnavailableError, Visitor
from bot.client_address import client_address
from bot.cookies import LANGUAGE, read_cookie
from bot.directline.queries import get_site
from bot.directline.views import conversations_of
from bot.directline.wire import TokenRequest
from bot.keys import BOT, Bot
from bot.languages import as_lang, wished
from httpkit.bodies import json_model
from httpkit.errors import ClientError, client_error

_BROWSER_COOKIE_LIFE_S = 400 * 24 * 3600
"""The longest that browsers keep a cookie (RFC 6265bis)."""


async def give_token(request: web.Request) -> web.Response:
    """A token for the conversation held, if the session is still the one that opened it, else for a new one."""
    bot = request.app[BOT]
    refuse_other_origins(request, bot)
    asked = json_model(request, TokenRequest)
    site_key = await _site_key(request, bot)
    visitor = _visitor(request, bot, anonymous=site_key is not None)
    lang = as_lang(asked.lang)
    conversations = conversations_of(bot)
    try:
        admission = await conversations.resume(asked.token, visitor, site_key) if asked.token else None
        if admission is None:
            _slow_down(bot, visitor)
            admission = await conversations.begin(
                visitor,
                wished(asked.lang, read_cookie(request, LANGUAGE), request.headers.get("Accept-Language", "")),
                channel="web" if site_key is None else "embed",
                site_key=site_key,
                asked_lang=lang,
            )
    except BackendUnavailableError:
        raise ClientError(503, "unavailable", "the account system can't be reached", {"Retry-After": "3"}) from None
    issued = admission.issued
    response = web.json_response(
        {
            "token": issued.token,
            "conversationId": issued.conversation_id,
            "expires_in": issued.expires_in,
            "lang": admission.lang,
            "resumed": admission.resumed,
        },
        headers={"Cache-Control": "no-store"},
    )
    if admission.browser_token and site_key is None and admission.browser_token != visitor.browser_token:
        _set_browser_cookie(response, bot, admission.browser_token)
    return response


def refuse_other_origins(request: web.Request, bot: Bot) -> None:
    """Raises ClientError 403 for what a browser sends from another origin than Zoe's own; programs send neither
    header.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise client_error(403)
    origin = request.headers.get("Origin")
    if origin is None:
        return
    own = {bot.settings.public_origin}
    if not bot.settings.production:
        own.add(f"http://{request.host}".lower())
    if origin.lower() not in own:
        raise client_error(403)


async def _site_key(request: web.Request, bot: Bot) -> str | None:
    """The site whose frame asks, None for Zoe's own pages. Raises ClientError 403 for an unknown site."""
    key = request.query.get("site", "")
    if not key:
        return None
    async with bot.database.read() as session:
        site = await get_site(session, key)
    if site is None:
        raise client_error(403)
    return site.public_key


def _visitor(request: web.Request, bot: Bot, *, anonymous: bool) -> Visitor:
    settings = bot.settings
    return Visitor(
        None if anonymous else read_cookie(request, settings.session_cookie),
        None if anonymous else read_cookie(request, settings.browser_cookie),
        client_address(request, settings.trusted_proxies),
        request.headers.get("User-Agent", ""),
    )


def _slow_down(bot: Bot, visitor: Visitor) -> None:
    wait = bot.openings.wait_for(visitor.ip, bot.now())
    if wait is not None:
        seconds = max(1, ceil(wait.total_seconds()))
        raise ClientError(429, "too_many", "too many new conversations", {"Retry-After": str(seconds)})


def _set_browser_cookie(response: web.Response, bot: Bot, token: str) -> None:
    response.set_cookie(
        bot.settings.browser_cookie,
        token,
        max_age=_BROWSER_COOKIE_LIFE_S,
        path="/",
        secure=bot.settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
