"""`/desk`: the page in Zoe's frame, for agents only; the rest of it is drawn by `bot/desk/desk.js`."""

from html import escape

from aiohttp import web

from bot.auth_client import BackendUnavailableError
from bot.cookies import read_cookie
from bot.handoff.desk_access import agent_now, unavailable
from bot.keys import BOT, Bot
from bot.languages import DEFAULT, Lang, as_lang
from bot.pages.chat import HTML_LANG, POLICY, socket_source

_TITLES: dict[Lang, str] = {"en": "Support desk", "pt": "Atendimento", "es": "Atención"}
_NO_SCRIPT: dict[Lang, str] = {
    "en": "The desk needs JavaScript.",
    "pt": "O atendimento precisa de JavaScript.",
    "es": "La atención necesita JavaScript.",
}
_REFUSED: dict[Lang, tuple[str, str, str, str]] = {
    "en": (
        "This page is for the support desk",
        (
            "You are signed in, but not as somebody who works at the desk with an authenticator app. Nothing here is "
            "meant for your account. If you need a person, ask Zoe for one."
        ),
        "Ask Zoe",
        "Help centre",
    ),
    "pt": (
        "Esta página é do atendimento",
        (
            "Você entrou, mas não como alguém que trabalha no atendimento com um aplicativo autenticador. Nada aqui é "
            "para a sua conta. Se precisa de uma pessoa, peça à Zoe."
        ),
        "Falar com a Zoe",
        "Central de ajuda",
    ),
    "es": (
        "Esta página es del equipo de atención",
        (
            "Has iniciado sesión, pero no como alguien que trabaja en atención con una app de códigos. Nada aquí es "
            "para tu cuenta. Si necesitas a una persona, pídesela a Zoe."
        ),
        "Hablar con Zoe",
        "Centro de ayuda",
    ),
}
_HEAD = '<link rel="stylesheet" href="/desk/files/desk.css">\n<script type="module" src="/desk/files/desk.js"></script>'


async def show_desk(request: web.Request) -> web.Response:
    """The desk; to the sign-in without a session, 403 for those whose session is nobody's at the desk."""
    bot = request.app[BOT]
    now = await agent_now(request)
    if now.agent is None and now.refused != "not_desk":
        raise web.HTTPSeeOther("/login?next=/desk", headers={"Cache-Control": "no-store"})
    asked = as_lang(request.query.get("lang"))
    title = _TITLES[asked or as_lang(now.agent.lang if now.agent else None) or DEFAULT]
    lang, html = await _frame(request, bot, title)
    main = _main(lang) if now.agent is not None else _refused(lang)
    head = _HEAD if now.agent is not None else ""
    return web.Response(
        text=html.replace("<!--zoe:head-->", head, 1).replace("<!--zoe:main-->", main, 1),
        status=200 if now.agent is not None else 403,
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": POLICY.format(sockets=socket_source(request, bot), ancestors="'none'"),
            "Content-Language": HTML_LANG[lang],
            "Cache-Control": "no-store",
        },
    )


async def _frame(request: web.Request, bot: Bot, title: str) -> tuple[Lang, str]:
    token = read_cookie(request, bot.settings.session_cookie)
    accept = request.headers.get("Accept-Language", "")
    try:
        shell = await bot.backend.shell(request.query.get("lang", ""), "/desk", title, token, accept)
    except BackendUnavailableError:
        raise unavailable() from None
    return as_lang(shell.lang) or DEFAULT, shell.html


def _main(lang: Lang) -> str:
    heading = f'<h1 class="visually-hidden">{escape(_TITLES[lang])}</h1>'
    return f'{heading}<div id="desk" data-lang="{lang}"></div>\n<noscript><p>{escape(_NO_SCRIPT[lang])}</p></noscript>'


def _refused(lang: Lang) -> str:
    heading, text, chat, home = (escape(part) for part in _REFUSED[lang])
    return (
        f'<div class="card"><h1>{heading}</h1><p>{text}</p><p class="actions">'
        f'<a class="button" href="/chat?lang={lang}">{chat}</a> <a class="button button-quiet" href="/">{home}</a>'
        "</p></div>"
    )


def add_routes(app: web.Application) -> None:
    """The page."""
    app.router.add_get("/desk", show_desk)
