"""The pages of a forgotten password: address, mailed code, second half, wait, new password. One address for all."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from aiohttp import web

from auth_backend.accounts.addresses import normalise_address
from auth_backend.accounts.password_policy import LEAST_WITH_SECOND, password_problem, problem_text
from auth_backend.accounts.queries import lock_user
from auth_backend.client_facts import client_facts
from auth_backend.codes.accept import CodeAccepted, CodeThrottled
from auth_backend.factors.answers import mailed_text, not_a_code, refused_text, with_retry_after
from auth_backend.factors.base import CodeNotSent, FactorThrottled
from auth_backend.factors.methods import TypedCode
from auth_backend.factors.passkey_method import PasskeyAnswer, ask_for_passkey
from auth_backend.factors.typed_codes import read_code
from auth_backend.forgotten_password.asking import Asked, ask, prove_mail
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.forgotten_password.replacing import Replaced, replace_forgotten
from auth_backend.forgotten_password.requests import Step, request_of, step_of
from auth_backend.forgotten_password.second_half import (
    Half,
    HalfShown,
    HalfTooNew,
    Held,
    half_challenge,
    send_half,
    show_factor,
    show_recovery_code,
)
from auth_backend.i18n import translations, translator
from auth_backend.login.cookies import ensure_browser, read_cookie, set_cookie
from auth_backend.login.passkey_views import CHALLENGE_BYTES, no_answer, read_answer
from auth_backend.middlewares import LANG
from auth_backend.pages import flat, render
from auth_backend.recovery_codes.codes import read_recovery_code
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

FORGOT = "/login/forgot"
COOKIE = "zoe_forgot"
COOKIE_FOR = timedelta(days=8)

_TEMPLATES = {
    Step.ADDRESS: "address",
    Step.MAIL: "mail",
    Step.SECOND_HALF: "second_half",
    Step.WAITS: "waits",
    Step.PASSWORD: "password",
}


async def show_forgotten(request: web.Request) -> web.Response:
    """The step at which this browser stands."""
    ensure_browser(request)
    return _page(request, await _request(request))


async def submit_address(request: web.Request) -> web.Response:
    """Mails a code if somebody has the address; the answer is the same if nobody has."""
    services, _, typed = request.app[SERVICES], translator(request[LANG]), flat(form_body(request), "email")
    ensure_browser(request)
    address = normalise_address(typed["email"])
    before = await _request(request)
    if address is None:
        error = _("Type the e-mail address you sign in with.")
        return _page(request, None, status=422, errors={"email": error}, typed=typed)
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        asked = await ask(session, services, address, facts, language=request[LANG], before=before, now=now)
    if not isinstance(asked, Asked):
        page = _page(request, None, status=429, typed=typed, wait_until=asked.until)
        return with_retry_after(page, asked.until, now=now)
    services.wake_outbox()
    response = web.HTTPSeeOther(FORGOT)
    set_cookie(request, response, COOKIE, asked.token, max_age=COOKIE_FOR)
    raise response


async def submit_mailed_code(request: web.Request) -> web.Response:
    """Takes the code from the mailbox."""
    services, held = request.app[SERVICES], await _at(request, Step.MAIL)
    _, ngettext = translator(request[LANG]), translations(request[LANG]).ngettext
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return _page(request, held, status=422, errors={"code": not_a_code(_)})
    now = services.now()
    async with services.sessions.begin() as session:
        outcome = await prove_mail(session, services, held, code, client_facts(request), now=now)
    if isinstance(outcome, Step | CodeAccepted):
        raise web.HTTPSeeOther(FORGOT)
    errors = {"code": mailed_text(outcome, _, ngettext)}
    if isinstance(outcome, CodeThrottled):
        page = _page(request, held, status=429, errors=errors, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    return _page(request, held, status=422, errors=errors)


async def submit_recovery_code(request: web.Request) -> web.Response:
    """Takes a recovery code."""
    services, held, _ = request.app[SERVICES], await _at(request, Step.SECOND_HALF), translator(request[LANG])
    code = read_recovery_code(form_body(request).get("recovery_code", ""))
    if code is None:
        error = _("A recovery code has 15 letters and digits, in three groups of five.")
        return _page(request, held, status=422, errors={"recovery_code": error})
    now = services.now()
    half = await show_recovery_code(services, held, code, client_facts(request), now=now)
    return _answer(request, held, half, "recovery_code", _("That code doesn't match, or it was used already."), now=now)


async def submit_code(request: web.Request) -> web.Response:
    """Takes a code of the app or by SMS."""
    services, held, _ = request.app[SERVICES], await _at(request, Step.SECOND_HALF), translator(request[LANG])
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return _page(request, held, status=422, errors={"code": not_a_code(_)})
    now = services.now()
    async with services.sessions.begin() as session:
        half = await show_factor(session, services, held, TypedCode(code), client_facts(request), now=now)
    wrong = _("That code doesn't match, or it was used already. Only the newest one counts.")
    return _answer(request, held, half, "code", wrong, now=now)


async def submit_passkey(request: web.Request) -> web.Response:
    """Takes a passkey's answer."""
    services, held, _ = request.app[SERVICES], await _at(request, Step.SECOND_HALF), translator(request[LANG])
    brought = form_body(request).get("credential", "")
    if not brought:
        return _page(request, held, status=422, errors={"passkey": no_answer(_)})
    answer, now = PasskeyAnswer(read_answer(brought)), services.now()
    async with services.sessions.begin() as session:
        half = await show_factor(session, services, held, answer, client_facts(request), now=now)
    wrong = _("That passkey didn't work here. Try again, or use another method.")
    return _answer(request, held, half, "passkey", wrong, now=now)


async def send_passkey_options(request: web.Request) -> web.Response:
    """What the browser is asked, as JSON."""
    services, held, now = request.app[SERVICES], await _at(request, Step.SECOND_HALF), request.app[SERVICES].now()
    async with services.sessions.begin() as session:
        user = await lock_user(session, held.user_id or "")
        assert user is not None  # only a right mailed code leads here
        challenge = await half_challenge(session, held, user, client_facts(request), now=now)
        options = await ask_for_passkey(session, services, challenge, secrets.token_bytes(CHALLENGE_BYTES), now=now)
    if options is None:
        raise web.HTTPSeeOther(FORGOT)
    return web.json_response(options)


async def send_sms(request: web.Request) -> web.Response:
    """Sends the SMS; who uses an app gets the same answer and no SMS."""
    services, held, now = request.app[SERVICES], await _at(request, Step.SECOND_HALF), request.app[SERVICES].now()
    async with services.sessions.begin() as session:
        sent = await send_half(session, services, held, client_facts(request), now=now)
    if isinstance(sent, CodeNotSent):
        return with_retry_after(_page(request, held, status=429, wait_until=sent.until), sent.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{FORGOT}?sent")


async def submit_password(request: web.Request) -> web.Response:
    """Takes the new password; the next page is the sign-in."""
    services, held, _ = request.app[SERVICES], await _at(request, Step.PASSWORD), translator(request[LANG])
    password = form_body(request).get("new_password", "")
    problem = password_problem(password, least=LEAST_WITH_SECOND, own_words=(held.address,))
    if problem is not None:
        error = problem_text(problem, LEAST_WITH_SECOND, _)
        return _page(request, held, status=422, errors={"new_password": error})
    outcome = await replace_forgotten(services, held, password, client_facts(request), now=services.now())
    if outcome is Replaced.HELD:
        return _page(request, held, status=409, on_hold=True)
    if outcome is Replaced.OVER:
        return _page(request, None, status=409, over=True)
    services.wake_outbox()
    raise web.HTTPSeeOther("/login?why=password")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(FORGOT, show_forgotten)
    app.router.add_post(FORGOT, submit_address)
    app.router.add_post(f"{FORGOT}/mail", submit_mailed_code)
    app.router.add_post(f"{FORGOT}/recovery-code", submit_recovery_code)
    app.router.add_post(f"{FORGOT}/code", submit_code)
    app.router.add_post(f"{FORGOT}/code/send", send_sms)
    app.router.add_post(f"{FORGOT}/passkey", submit_passkey)
    app.router.add_post(f"{FORGOT}/passkey/options", send_passkey_options)
    app.router.add_post(f"{FORGOT}/password", submit_password)


def _answer(
    request: web.Request, held: ForgottenPassword, half: Half, field: str, wrong: str, *, now: datetime
) -> web.Response:
    _ = translator(request[LANG])
    if isinstance(half, HalfShown | Step):
        request.app[SERVICES].wake_outbox()
        raise web.HTTPSeeOther(FORGOT)
    if isinstance(half, Held):
        return _page(request, held, status=409, on_hold=True)
    if isinstance(half, HalfTooNew):
        error = _("That came with a reset of the last 7 days, so it can't replace a password yet.")
        return _page(request, held, status=422, errors={field: error})
    if isinstance(half, FactorThrottled):
        page = _page(request, held, status=429, errors={field: refused_text(half, _)}, until=half.until)
        return with_retry_after(page, half.until, now=now)
    return _page(request, held, status=422, errors={field: wrong})


async def _request(request: web.Request) -> ForgottenPassword | None:
    async with request.app[SERVICES].sessions.begin() as session:
        return await request_of(session, read_cookie(request, COOKIE))


async def _at(request: web.Request, step: Step) -> ForgottenPassword:
    """This browser's request if it stands at `step`; else raises the redirect. Changes judge again under the lock."""
    held = await _request(request)
    if held is None or step_of(held, now=request.app[SERVICES].now()) is not step:
        raise web.HTTPSeeOther(FORGOT)
    return held


def _page(
    request: web.Request,
    held: ForgottenPassword | None,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    until: datetime | None = None,
    wait_until: datetime | None = None,
    over: bool = False,
    on_hold: bool = False,
) -> web.Response:
    services = request.app[SERVICES]
    step = step_of(held, now=services.now())
    return render(
        request,
        f"forgotten_password/{_TEMPLATES[step]}.html",
        status=status,
        errors=errors,
        typed=typed or {"email": ""},
        until=until,
        wait_until=wait_until,
        over=over or (step is Step.ADDRESS and held is not None and held.end_reason not in {None, "done", "replaced"}),
        on_hold=on_hold,
        sent="sent" in request.query,
        address=held.address if held else "",
        not_before=held.not_before if held else None,
        least=LEAST_WITH_SECOND,
    )
