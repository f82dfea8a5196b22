"""The page for the phone number: country, number, and what is said about them while they are typed."""

from collections.abc import Mapping

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import with_retry_after
from auth_backend.factors.base import CodeNotSent
from auth_backend.factors.countries import countries, likely_country, region_of
from auth_backend.factors.enrol_paths import at, base_of, elsewhere, waiting_factor
from auth_backend.factors.enrolment import EnrolStep, NotYet, choose_sms, kinds_for
from auth_backend.factors.models import FactorKind
from auth_backend.factors.phones import PhoneRefused, read_phone, shown, unfinished
from auth_backend.i18n import Gettext, translator
from auth_backend.middlewares import LANG
from auth_backend.pages import flat, render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body


async def show_phone(request: web.Request) -> web.Response:
    """Country and number."""
    current = at(request, EnrolStep.METHOD)
    if FactorKind.SMS not in kinds_for(request.app[SERVICES].settings, current):
        raise web.HTTPSeeOther(base_of(request))
    return phone_page(request)


async def submit_phone(request: web.Request) -> web.Response:
    """Sends a code to the number that was typed."""
    current, services, form = at(request, EnrolStep.METHOD), request.app[SERVICES], form_body(request)
    _, typed = translator(request[LANG]), flat(form, "phone_country", "phone")
    phone = read_phone(typed["phone_country"], typed["phone"], allowed=services.settings.sms_countries)
    if isinstance(phone, PhoneRefused):
        return phone_page(request, status=422, typed=typed, errors=_errors(phone, _))
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        chosen = await choose_sms(session, services, current, phone, facts=facts, now=now)
    if isinstance(chosen, NotYet):
        raise elsewhere(request, chosen.step)
    if isinstance(chosen.sent, CodeNotSent):
        waiting = await waiting_factor(request, current, FactorKind.SMS)
        if waiting is None or waiting.id != chosen.factor.id:
            page = phone_page(request, status=429, typed=typed, not_sent=chosen.sent)
            return with_retry_after(page, chosen.sent.until, now=now)
        # This very number waits for its code already: a second press leads on instead of complaining.
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{base_of(request)}/sms/code")


async def check_phone(request: web.Request) -> web.Response:
    """What the page says about a number while it is typed: the rule of `submit_phone`; nothing is sent or kept.

    Whether somebody else has the number is judged after its code only, so nothing here tells it (A7).
    """
    at(request, EnrolStep.METHOD)
    _, typed = translator(request[LANG]), flat(form_body(request), "phone_country", "phone")
    phone = read_phone(typed["phone_country"], typed["phone"], allowed=request.app[SERVICES].settings.sms_countries)
    if isinstance(phone, PhoneRefused):
        (says,) = _errors(phone, _).values()
        return web.json_response(
            {"ok": False, "says": says, "unfinished": unfinished(typed["phone_country"], typed["phone"])}
        )
    says = _("The code goes to %(phone)s.") % {"phone": shown(phone.e164)}
    return web.json_response({"ok": True, "says": says, "unfinished": False})


def phone_page(
    request: web.Request,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    not_sent: CodeNotSent | None = None,
) -> web.Response:
    """The form; what was typed stays."""
    allowed, lang = request.app[SERVICES].settings.sms_countries, request[LANG]
    given = typed or {}
    return render(
        request,
        "enrol/phone.html",
        status=status,
        errors=errors,
        phone=given.get("phone", ""),
        chosen=region_of(given.get("phone_country", "")) or likely_country(lang, allowed=allowed),
        wait_until=not_sent.until if not_sent and not not_sent.held else None,
        held_until=not_sent.until if not_sent and not_sent.held else None,
        base=base_of(request),
        countries=countries(lang, allowed=allowed),
    )


def _errors(refused: PhoneRefused, _: Gettext) -> dict[str, str]:
    if refused.reason == "unknown_country":
        return {"phone_country": _("Choose a country from the list.")}
    if refused.reason == "country":
        return {"phone_country": _("We send no text messages to that country. Choose another number, or the app.")}
    if refused.reason == "not_mobile":
        return {"phone": _("That number can't get text messages. Type the number of a mobile phone.")}
    return {"phone": _("That isn't a phone number of this country. Type it with the area code.")}
