"""The Security tab: what is on, where one is signed in, and how to switch it on, replace it, or ask Zoe."""

from aiohttp import web

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.mail_rest import mail_rests
from auth_backend.accounts.models import EnrolmentState, UserKind
from auth_backend.factors.activation import activate
from auth_backend.factors.passkey_method import live_passkeys
from auth_backend.factors.phones import shown as shown_number
from auth_backend.factors.queries import describe, primary_factors
from auth_backend.login.after_reset import FRESH_FOR
from auth_backend.login.change_gate import SECURITY
from auth_backend.login.cookies import SESSION, clear_cookie, read_cookie
from auth_backend.login.guards import require_level
from auth_backend.login.models import SessionLevel
from auth_backend.login.queries import list_good_sessions
from auth_backend.login.trust import count_remembered
from auth_backend.middlewares import LANG
from auth_backend.outbox.bounces import bounces_of
from auth_backend.outbox.models import Channel
from auth_backend.outbox.notices import addresses_on_file
from auth_backend.outbox.request_facts import browser
from auth_backend.pages import render
from auth_backend.recovery_codes.queries import codes_left
from auth_backend.recovery_codes.shown import shown_codes
from auth_backend.resets.queries import last_executed
from auth_backend.services import SERVICES
from auth_backend.sign_in_data.email_answer import open_change

SIGNED_IN = (SessionLevel.LIMITED, SessionLevel.FULL_EMAIL, SessionLevel.FULL)
_DONE = frozenset(
    {"enrolled", "replaced", "codes", "password", "email", "email_back", "email_kept", "notice", "notice_removed"}
)


async def show_security(request: web.Request) -> web.Response:
    """The tab for this user; an active method shows the button disabled, with the reason and the way on (A3)."""
    current, services = require_level(request, *SIGNED_IN), request.app[SERVICES]
    lang, now = request[LANG], services.now()
    async with services.sessions.begin() as session:
        factors = await primary_factors(session, current.user.id)
        passkeys = await live_passkeys(session, current.user.id)
        rows = await list_good_sessions(session, current.user, now=now)
        remembered = await count_remembered(session, current.user, now=now)
        reset_at = await last_executed(session, current.user.id)
        codes = await codes_left(session, current.user.id)
        shown = await shown_codes(session, current.user.id, read_cookie(request, SESSION), now=now)
        change = await open_change(session, current.user, now=now)
        own = (*addresses_on_file(current.user), *(factor.phone for factor in factors if factor.phone))
        bounced = await bounces_of(session, services.keys, own)
    active, hold = current.user.state is EnrolmentState.ENROLLED, frozen(current.user, now=now)
    if reset_at is not None and now >= reset_at + FRESH_FOR:
        reset_at = None
    places = [
        {
            "browser": browser(row.user_agent, lang),
            "ip": row.ip,
            "seen": row.last_seen_at,
            "here": row.id == current.id,
        }
        for row in rows
    ]
    return render(
        request,
        "security/security.html",
        tab="security",
        active=active,
        methods=[in_sentence(describe(factor, lang)) for factor in factors],
        passkey_names=[one.passkey.name for one in passkeys],
        places=places,
        remembered=remembered,
        notice_address=mask_address(current.user.notice_email) if current.user.notice_email else None,
        hold=hold,
        former_address=mask_address(change.address) if change is not None else None,
        mail_rests=mail_rests(current.user, now=now) if active else None,
        new_until=reset_at + FRESH_FOR if reset_at is not None and active else None,
        codes=codes if current.user.kind is not UserKind.DESK else None,
        codes_shown=shown is not None,
        bounced=[(bounce, shown_number(bounce.address) if bounce.channel is Channel.SMS else "") for bounce in bounced],
        by_mail=current.level is SessionLevel.FULL_EMAIL,
        grace_until=current.row.expires_at if current.level is SessionLevel.LIMITED else None,
        done=request.query.get("done") if request.query.get("done") in _DONE else None,
    )


def in_sentence(name: str) -> str:
    """A method's name inside a sentence: "authenticator app", but "SMS ending in 88"."""
    return name if name.startswith("SMS") else name[:1].lower() + name[1:]


async def activate_two_factor(request: web.Request) -> web.Response:
    """Signs out; the next sign-in enrols (A2)."""
    current, services = require_level(request, SessionLevel.LIMITED), request.app[SERVICES]
    async with services.sessions.begin() as session:
        activated = await activate(session, services, current, now=services.now())
    if not activated:
        raise web.HTTPSeeOther(SECURITY)
    response = web.HTTPSeeOther("/login?why=activation")
    clear_cookie(request, response, SESSION)
    raise response
