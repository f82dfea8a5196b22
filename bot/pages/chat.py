"""`/chat`: the full-page chat in Zoe's frame, and the bare page that a registered site may put into an iframe."""

import re
from html import escape

from aiohttp import web

from bot.auth_client import BackendUnavailableError
from bot.cookies import LANGUAGE, read_cookie
from bot.directline.queries import get_site
from bot.keys import BOT, Bot
from bot.languages import Lang, as_lang, wished
from bot.widget.serving import add_file_routes

_TITLES: dict[Lang, str] = {"en": "Chat with Zoe", "pt": "Conversa com a Zoe", "es": "Chat con Zoe"}
_NO_SCRIPT: dict[Lang, str] = {
    "en": "The chat needs JavaScript. Everything else works without it.",
    "pt": "O chat precisa de JavaScript. Todo o resto funciona sem ele.",
    "es": "El chat necesita JavaScript. Todo lo demás funciona sin él.",
}
HTML_LANG: dict[Lang, str] = {"en": "en", "pt": "pt-BR", "es": "es"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'{sockets}; form-action 'self'; base-uri 'none'; manifest-src 'self'; frame-ancestors {ancestors}"
)
_SITE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def show_chat(request: web.Request) -> web.Response:
    """The page. With `?site=KEY` only that site's origins may frame it, else nobody may."""
    bot = request.app[BOT]
    key = request.query.get("site", "")
    ancestors = await _ancestors(bot, key) if _SITE_KEY.fullmatch(key) else ()
    framed = bool(ancestors)
    lang, html = _bare(request, key) if framed else await _in_shell(request, bot)
    return web.Response(
        text=html,
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": POLICY.format(
                sockets=socket_source(request, bot), ancestors=" ".join(ancestors) if framed else "'none'"
            ),
            "Content-Language": HTML_LANG[lang],
            "Cache-Control": "no-store",
        },
    )


async def _ancestors(bot: Bot, key: str) -> tuple[str, ...]:
    async with bot.database.read() as session:
        site = await get_site(session, key)
    return tuple(site.origins) if site is not None else ()


def _bare(request: web.Request, site: str) -> tuple[Lang, str]:
    lang = _asked_lang(request)
    return lang, _document(lang, site)


async def _in_shell(request: web.Request, bot: Bot) -> tuple[Lang, str]:
    """The chat in the frame of Zoe's pages; bare while the auth backend can't be asked for it."""
    asked = _asked_lang(request)
    title = _TITLES[asked]
    remembered = read_cookie(request, LANGUAGE) or ""
    session_token = read_cookie(request, bot.settings.session_cookie)
    accept = request.headers.get("Accept-Language", "")
    try:
        shell = await bot.backend.shell(
            request.query.get("lang", ""), "/chat", title, session_token, accept, remembered
        )
    except BackendUnavailableError:
        return _bare(request, "")
    lang = as_lang(shell.lang) or asked
    html = shell.html.replace("<!--zoe:head-->", _HEAD, 1).replace("<!--zoe:main-->", _main(lang, ""), 1)
    return lang, html


def _asked_lang(request: web.Request) -> Lang:
    accept = request.headers.get("Accept-Language", "")
    return wished(request.query.get("lang"), read_cookie(request, LANGUAGE), accept)


_HEAD = '<link rel="stylesheet" href="/widget/chat.css">\n<script type="module" src="/widget/chat-page.js"></script>'


def _main(lang: Lang, site: str) -> str:
    data = f' data-site="{escape(site)}"' if site else ""
    return f'<div id="zoe-chat" data-lang="{lang}"{data}></div>\n<noscript><p>{escape(_NO_SCRIPT[lang])}</p></noscript>'


def _document(lang: Lang, site: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{HTML_LANG[lang]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">\n'
        f"<title>{escape(_TITLES[lang])}</title>\n{_HEAD}\n</head>\n<body>\n"
        f"<main>\n{_main(lang, site)}\n</main>\n</body>\n</html>\n"
    )


def socket_source(request: web.Request, bot: Bot) -> str:
    """The socket's own origin: not every browser counts wss: of the same host as 'self'."""
    secure = bot.settings.public_origin.startswith("https")
    host = bot.settings.public_origin.partition("://")[2] if bot.settings.production else request.host
    safe = re.fullmatch(r"[A-Za-z0-9.\-:\[\]]{1,255}", host)
    return f" {'wss' if secure else 'ws'}://{host}" if safe else ""


def add_routes(app: web.Application) -> None:
    """The page and the widget's files."""
    app.router.add_get("/chat", show_chat)
    add_file_routes(app, "/widget", app[BOT].settings.widget_folder)
