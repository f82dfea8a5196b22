"""The two methods' own pages: the QR code, the phone number, and the first code of each."""

from datetime import datetime

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import not_a_code, refused_text, with_retry_after
from auth_backend.factors.app_method import seed_of
from auth_backend.factors.base import CodeNotSent, FactorThrottled
from auth_backend.factors.confirmation import Confirmation, FactorConfirmed, PhoneTaken, confirm_factor
from auth_backend.factors.enrol_paths import at, base_of, elsewhere, waiting_factor
from auth_backend.factors.enrolment import (
    EnrolStep,
    NotYet,
    send_sms_again,
)
from auth_backend.factors.models import Factor, FactorKind
from auth_backend.factors.phone_views import phone_page
from auth_backend.factors.phones import country_of, shown
from auth_backend.factors.qr import qr_svg
from auth_backend.factors.totp import grouped_key, provisioning_uri
from auth_backend.factors.typed_codes import read_code
from auth_backend.i18n import Gettext, translator
from auth_backend.login.change_gate import SECURITY
from auth_backend.login.cookies import SESSION, set_cookie
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.recovery_codes.issue import issue_after_enrolment
from auth_backend.recovery_codes.views import CODES
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

APPS = (
    "Google Authenticator",
    "Microsoft Authenticator",
    "2FAS",
    "Aegis",
    "Bitwarden Authenticator",
    "Ente Auth",
    "FreeOTP",
    "1Password",
    "Twilio Authy",
)
"""Known to take SHA-1, six digits, 30 seconds; any app that follows RFC 6238 does."""


async def show_app(request: web.Request) -> web.Response:
    """The QR code, the key, and the field for the first code."""
    current = at(request, EnrolStep.METHOD)
    factor = await waiting_factor(request, current, FactorKind.APP)
    if factor is None:
        raise web.HTTPSeeOther(base_of(request))
    return _app_page(request, current, factor)


async def confirm_app(request: web.Request) -> web.Response:
    """Takes the first code of the app."""
    current, _ = at(request, EnrolStep.METHOD), translator(request[LANG])
    factor = await waiting_factor(request, current, FactorKind.APP)
    if factor is None:
        raise web.HTTPSeeOther(base_of(request))
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return _app_page(request, current, factor, status=422, error=not_a_code(_))
    outcome = await _confirm(request, current, FactorKind.APP, code)
    error, until = _refused(request, outcome, _)
    page = _app_page(request, current, factor, status=429 if until else 422, error=error, until=until)
    return with_retry_after(page, until, now=request.app[SERVICES].now()) if until else page


async def show_sms_code(request: web.Request) -> web.Response:
    """The field for the code that was sent."""
    current = at(request, EnrolStep.METHOD)
    factor = await waiting_factor(request, current, FactorKind.SMS)
    if factor is None:
        raise web.HTTPSeeOther(f"{base_of(request)}/sms")
    return _sms_code_page(request, factor, sent="sent" in request.query)


async def confirm_sms(request: web.Request) -> web.Response:
    """Takes the first code by SMS."""
    current, _ = at(request, EnrolStep.METHOD), translator(request[LANG])
    factor = await waiting_factor(request, current, FactorKind.SMS)
    if factor is None:
        raise web.HTTPSeeOther(f"{base_of(request)}/sms")
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return _sms_code_page(request, factor, status=422, error=not_a_code(_))
    outcome = await _confirm(request, current, FactorKind.SMS, code)
    if isinstance(outcome, PhoneTaken):
        taken = _("This number can't be used here: it belongs to another user. Choose another number.")
        number = factor.phone or ""
        typed = {"phone_country": country_of(number), "phone": shown(number)}
        return phone_page(request, status=422, typed=typed, errors={"phone": taken})
    error, until = _refused(request, outcome, _)
    page = _sms_code_page(request, factor, status=429 if until else 422, error=error, until=until)
    return with_retry_after(page, until, now=request.app[SERVICES].now()) if until else page


async def resend_sms(request: web.Request) -> web.Response:
    """Sends the code to the same number again."""
    current, services = at(request, EnrolStep.METHOD), request.app[SERVICES]
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        chosen = await send_sms_again(session, services, current, facts, now=now)
    if isinstance(chosen, NotYet):
        raise elsewhere(request, chosen.step)
    if isinstance(chosen.sent, CodeNotSent):
        page = _sms_code_page(request, chosen.factor, status=429, not_sent=chosen.sent)
        return with_retry_after(page, chosen.sent.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{base_of(request)}/sms/code?sent")


async def _confirm(request: web.Request, current: CurrentSession, kind: FactorKind, code: str) -> Confirmation:
    """Judges the code; a right one raises the redirect with the new session's cookie."""
    services, facts = request.app[SERVICES], client_facts(request)
    async with services.sessions.begin() as session:
        outcome = await confirm_factor(session, services, current, kind, code, facts=facts, now=services.now())
    services.wake_outbox()
    if isinstance(outcome, FactorConfirmed):
        done = "replaced" if outcome.replaced else "enrolled"
        has_codes = await issue_after_enrolment(services, outcome.token)
        response = web.HTTPSeeOther(f"{CODES if has_codes else SECURITY}?done={done}")
        set_cookie(request, response, SESSION, outcome.token)
        raise response
    return outcome


def _refused(request: web.Request, outcome: Confirmation, _: Gettext) -> tuple[str, datetime | None]:
    if isinstance(outcome, NotYet):
        raise elsewhere(request, outcome.step)
    assert not isinstance(outcome, FactorConfirmed | PhoneTaken)
    return refused_text(outcome, _), outcome.until if isinstance(outcome, FactorThrottled) else None


def _app_page(
    request: web.Request,
    current: CurrentSession,
    factor: Factor,
    *,
    status: int = 200,
    error: str = "",
    until: datetime | None = None,
) -> web.Response:
    seed = seed_of(request.app[SERVICES].keys, factor)
    uri = provisioning_uri(seed, current.user.email)
    return render(
        request,
        "enrol/app.html",
        status=status,
        errors={"code": error},
        until=until,
        base=base_of(request),
        qr=qr_svg(uri),
        uri=uri,
        key=grouped_key(seed),
        apps=APPS,
    )


def _sms_code_page(
    request: web.Request,
    factor: Factor,
    *,
    status: int = 200,
    error: str = "",
    until: datetime | None = None,
    not_sent: CodeNotSent | None = None,
    sent: bool = False,
) -> web.Response:
    return render(
        request,
        "enrol/sms_code.html",
        status=status,
        errors={"code": error},
        until=until,
        wait_until=not_sent.until if not_sent and not not_sent.held else None,
        held_until=not_sent.until if not_sent and not_sent.held else None,
        sent=sent,
        base=base_of(request),
        phone=shown(factor.phone or ""),
    )
