"""The pages on which recovery codes are shown, kept and made anew."""

from aiohttp import web

from auth_backend.accounts.addresses import mask_address
from auth_backend.audit.tags import Tag
from auth_backend.i18n import translator
from auth_backend.login.change_gate import SECURITY, elsewhere, require_change
from auth_backend.login.cookies import SESSION, read_cookie
from auth_backend.login.guards import require_level
from auth_backend.login.live import lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.recovery_codes.codes import grouped
from auth_backend.recovery_codes.issue import replace_codes
from auth_backend.recovery_codes.queries import codes_left, forget_shown
from auth_backend.recovery_codes.shown import shown_codes
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

CODES = f"{SECURITY}/recovery-codes"
NEW = f"{CODES}/new"
FILE = f"{CODES}/file"
FILE_NAME = "zoe-recovery-codes.txt"
_DONE = frozenset({"enrolled", "replaced", "codes"})


async def show_codes(request: web.Request) -> web.Response:
    """The codes, until they were put away; in no other browser, and not later."""
    current = require_level(request, SessionLevel.FULL)
    codes = await _shown(request, current)
    if codes is None:
        raise web.HTTPSeeOther(SECURITY)
    return _codes_page(request, codes)


async def put_away_codes(request: web.Request) -> web.Response:
    """The tick: from then on nobody can show the codes again."""
    current, services, _ = require_level(request, SessionLevel.FULL), request.app[SERVICES], translator(request[LANG])
    codes = await _shown(request, current)
    if codes is not None and form_body(request).get("put_away") != "yes":
        error = _("Save, print or copy them first, then tick this box: they are shown this once only.")
        return _codes_page(request, codes, status=422, error=error)
    if codes is not None:
        now = services.now()
        async with services.sessions.begin() as session:
            live = await lock_live(session, current, now=now)
            if live is not None:
                await forget_shown(session, live.user.id)
                await record_step(session, services, live, Tag.RECOVERY_CODES_PUT_AWAY, {}, now=now)
    raise web.HTTPSeeOther(f"{SECURITY}?done={_done(request)}")


async def download_codes(request: web.Request) -> web.Response:
    """The same codes as a text file."""
    current, _ = require_level(request, SessionLevel.FULL), translator(request[LANG])
    codes = await _shown(request, current)
    if codes is None:
        raise web.HTTPSeeOther(SECURITY)
    lines = [
        _("Recovery codes of %(address)s") % {"address": mask_address(current.user.email)},
        request.app[SERVICES].settings.public_url,
        "",
        *(grouped(code) for code in codes),
        "",
        _("Each of them gets you in once, after your password, in place of the code from your phone."),
        _("Nobody of us will ever ask you for one."),
    ]
    return web.Response(
        text="\r\n".join(lines) + "\r\n",
        content_type="text/plain",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"', "Cache-Control": "no-store"},
    )


async def ask_for_new_codes(request: web.Request) -> web.Response:
    """What making new ones means, with the button."""
    current = await require_change(request, NEW)
    async with request.app[SERVICES].sessions.begin() as session:
        left = await codes_left(session, current.user.id)
    return render(request, "recovery_codes/new.html", left=left.count)


async def make_new_codes(request: web.Request) -> web.Response:
    """Makes ten; the old ones are worth nothing any more."""
    current, services = await require_change(request, NEW), request.app[SERVICES]
    refused = await replace_codes(services, current, read_cookie(request, SESSION) or "")
    if refused is not None:
        raise elsewhere(refused, NEW)
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{CODES}?done=codes")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(CODES, show_codes)
    app.router.add_post(CODES, put_away_codes)
    app.router.add_get(FILE, download_codes)
    app.router.add_get(NEW, ask_for_new_codes)
    app.router.add_post(NEW, make_new_codes)


async def _shown(request: web.Request, current: CurrentSession) -> list[str] | None:
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        return await shown_codes(session, current.user.id, read_cookie(request, SESSION), now=services.now())


def _done(request: web.Request) -> str:
    done = form_body(request).get("done", "") if request.method == "POST" else request.query.get("done", "")
    return done if done in _DONE else "codes"


def _codes_page(request: web.Request, codes: list[str], *, status: int = 200, error: str = "") -> web.Response:
    return render(
        request,
        "recovery_codes/codes.html",
        status=status,
        codes=[grouped(code) for code in codes],
        done=_done(request),
        file=FILE,
        errors={"put_away": error},
    )
