"""`/not-me`: for whoever has a notice by SMS, which has no link but a reference. The answer is always the same."""

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import too_many_tries, with_retry_after
from auth_backend.i18n import translator
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.models import Reset
from auth_backend.resets.not_me.put_off import put_off
from auth_backend.resets.not_me.references import (
    ReferenceThrottled,
    find_by_reference,
    normalise_reference,
    not_a_reference,
)
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

PAGE = "/not-me"


async def show_not_me(request: web.Request) -> web.Response:
    """The field for the reference, and what it does alone."""
    return render(request, "resets/reference.html", done="done" in request.query, typed="", until=None)


async def submit_reference(request: web.Request) -> web.Response:
    """Puts off whatever has that reference; says nothing about whether there is such a thing."""
    services, _ = request.app[SERVICES], translator(request[LANG])
    raw, now = form_body(request).get("reference", ""), services.now()
    if normalise_reference(raw) is None:
        errors = {"reference": not_a_reference(_)}
        return render(request, "resets/reference.html", 422, done=False, typed=raw[:40], until=None, errors=errors)
    async with services.sessions.begin() as session:
        found = await find_by_reference(session, services, raw, ip=client_facts(request).ip, now=now)
        if isinstance(found, Reset):
            await put_off(session, services, found.id, found.target_id, now=now)
    if isinstance(found, ReferenceThrottled):
        errors = {"reference": too_many_tries(_)}
        page = render(
            request, "resets/reference.html", 429, done=False, typed=raw[:40], until=found.until, errors=errors
        )
        return with_retry_after(page, found.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{PAGE}?done")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(PAGE, show_not_me)
    app.router.add_post(PAGE, submit_reference)
