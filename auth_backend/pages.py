"""Rendering: one Jinja environment a language, one frame for every page."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from yarl import URL

from auth_backend.csrf import FIELD, csrf_token
from auth_backend.factors.relying_party import relying_party
from auth_backend.form_errors import FormErrors
from auth_backend.i18n import BABEL_LOCALES, HTML_LANG, LANGUAGE_NAMES, LANGUAGES, translations
from auth_backend.login.flow import SIGNED_IN
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession, current_session
from auth_backend.middlewares import LANG
from auth_backend.services import SERVICES, Services
from httpkit.clock import OffsetClock, iso

PACKAGE = Path(__file__).parent
STATIC = PACKAGE / "static"


@cache
def environment(lang: str) -> Environment:
    """The templates in one language.

    Autoescape is on, an unknown name is an error, `_()` and `{% trans %}` translate.
    """
    env = Environment(
        loader=FileSystemLoader(PACKAGE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalog = translations(lang)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        catalog.gettext, catalog.ngettext, newstyle=True, pgettext=catalog.pgettext, npgettext=catalog.npgettext
    )
    env.policies["ext.i18n.trimmed"] = True
    locale = BABEL_LOCALES[lang]
    env.filters["moment"] = lambda at: _time(at, "moment", f"{format_datetime(at, 'medium', locale=locale)} UTC")
    env.filters["day"] = lambda at: _time(at, "day", format_date(at, "long", locale=locale))
    env.filters["hour"] = lambda at: _time(at, "hour", f"{format_time(at, 'short', locale=locale)} UTC")
    env.filters["from_now"] = lambda wait: format_timedelta(wait, add_direction=True, locale=locale)
    env.globals.update(static_url=static_url, language_names=LANGUAGE_NAMES, languages=LANGUAGES, html_langs=HTML_LANG)
    return env


def render(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    """A page in the request's language.

    Every template knows `lang`, `path`, `current` (the session or None), `csrf_field()`, `errors` (messages by field,
    empty unless given), `static_url`.
    """
    context["errors"] = FormErrors(context.get("errors"))
    html = environment(request[LANG]).get_template(template).render({**page_context(request), **context})
    return web.Response(text=html, content_type="text/html", status=status, headers={"Content-Language": _tag(request)})


def page_context(request: web.Request) -> dict[str, Any]:
    """What the frame of a page needs."""
    return frame_context(
        request.config_dict[SERVICES],
        lang=request[LANG],
        path=request.path_qs,
        current=current_session(request),
        csrf=lambda: csrf_token(request),
    )


def render_shell(services: Services, *, lang: str, path: str, title: str, current: CurrentSession | None) -> str:
    """The frame alone, with marks where a page of another package puts its own head and content."""

    def csrf() -> str:
        return current.row.csrf if current is not None else ""

    context = frame_context(services, lang=lang, path=path, current=current, csrf=csrf)
    return environment(lang).get_template("shell.html").render({**context, "title": title})


def frame_context(
    services: Services, *, lang: str, path: str, current: CurrentSession | None, csrf: Callable[[], str]
) -> dict[str, Any]:
    """The names that every template knows. `path` is the page's own address, with its query."""
    clock = services.now
    url = URL(path, encoded=True)
    return {
        "lang": lang,
        "path": url.path,
        "path_qs": path,
        "current": current,
        "signed_in": current is not None and current.level in SIGNED_IN,
        "reset_banner": _shows_reset(current, now=clock()),
        "csrf_field": lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf()),
        "language_link": lambda other: str(url.update_query(lang=other)),
        "passkeys": relying_party(services.settings.public_url) is not None,
        "clock_moved_to": clock() if isinstance(clock, OffsetClock) and clock.offset else None,
        "errors": FormErrors(),
    }


def _shows_reset(current: CurrentSession | None, *, now: datetime) -> bool:
    """Whether a session has to show that a reset of its user waits, or waited in the last 14 days.

    Never at the second step, where the password alone learns nothing; a held sign-in has a whole page for it.
    """
    if current is None or current.level not in {*SIGNED_IN, SessionLevel.ENROLMENT}:
        return False
    until = current.user.reset_banner_until
    return until is not None and now < until


def flat(fields: Mapping[str, str], *names: str) -> dict[str, str]:
    """The typed values of `names`, for showing a form again; secrets are simply not named."""
    return {name: fields.get(name, "") for name in names}


@cache
def static_url(name: str) -> str:
    """The address of a static file, with its content's fingerprint: a new file gets a new address."""
    fingerprint = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={fingerprint}"


def _time(moment: datetime, shape: str, shown: str) -> Markup:
    """In UTC, with the attributes from which `zoe.js` shows the reader's own time zone."""
    return Markup('<time datetime="{}" data-shape="{}">{}</time>').format(iso(moment), shape, shown)


def _tag(request: web.Request) -> str:
    return HTML_LANG[request[LANG]]
