"""Passkeys from the Security tab: the list, adding one, another name, removing. All of it behind a step-up."""

import secrets

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.factors.passkey_method import MAX_PASSKEYS, live_passkeys
from auth_backend.factors.passkeys import (
    MAX_NAME,
    PasskeyAdded,
    PasskeyUnknown,
    TooManyPasskeys,
    add_passkey,
    ask_for_registration,
    read_name,
    remove_passkey,
    rename_passkey,
)
from auth_backend.factors.relying_party import relying_party
from auth_backend.i18n import translator
from auth_backend.login.change_gate import SECURITY, elsewhere, require_change
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.passkey_views import CHALLENGE_BYTES, no_answer, read_answer
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.outbox.request_facts import browser
from auth_backend.pages import flat, render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

PASSKEYS = "/account/security/passkeys"
_DONE = frozenset({"added", "renamed", "removed"})


async def show_passkeys(request: web.Request) -> web.Response:
    """The list, and the form for another one."""
    return await _page(request, await _enter(request), done=request.query.get("done"))


async def send_registration_options(request: web.Request) -> web.Response:
    """`POST …/options`: what the browser is asked, as JSON."""
    current, services = await _enter(request), request.app[SERVICES]
    facts, now, fresh = client_facts(request), services.now(), secrets.token_bytes(CHALLENGE_BYTES)
    async with services.sessions.begin() as session:
        options = await ask_for_registration(session, services, current, facts, fresh, now=now)
    if isinstance(options, ChangeRefused):
        raise elsewhere(options, PASSKEYS)
    if isinstance(options, TooManyPasskeys):
        raise web.HTTPSeeOther(PASSKEYS)
    return web.json_response(options)


async def submit_passkey(request: web.Request) -> web.Response:
    """Takes what the browser made."""
    current, services, form, _ = (
        await _enter(request),
        request.app[SERVICES],
        form_body(request),
        translator(request[LANG]),
    )
    facts, now, typed = client_facts(request), services.now(), flat(form, "name")
    name = read_name(form.get("name", "")) or browser(facts.user_agent, current.user.language)
    brought = form.get("credential", "")
    if not brought:
        return await _page(request, current, status=422, typed=typed, errors={"passkey": no_answer(_)})
    async with services.sessions.begin() as session:
        outcome = await add_passkey(session, services, current, read_answer(brought), name=name, facts=facts, now=now)
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, PASSKEYS)
    if isinstance(outcome, PasskeyAdded):
        services.wake_outbox()
        raise web.HTTPSeeOther(f"{PASSKEYS}?done=added")
    if isinstance(outcome, TooManyPasskeys):
        return await _page(request, current, status=422, typed=typed)
    error = _("That passkey could not be added. Nothing was changed; please try again.")
    return await _page(request, current, status=422, typed=typed, errors={"passkey": error})


async def submit_name(request: web.Request) -> web.Response:
    """Gives one another name."""
    current, services, _ = await _enter(request), request.app[SERVICES], translator(request[LANG])
    factor_id, raw = request.match_info["factor"], form_body(request).get("name", "")
    name = read_name(raw)
    if name is None:
        errors = {f"name-{factor_id}": _("Type a name by which you will know it.")}
        return await _page(request, current, status=422, typed={"name": "", "new_name": raw}, errors=errors)
    async with services.sessions.begin() as session:
        outcome = await rename_passkey(session, services, current, factor_id, name, now=services.now())
    raise _after(outcome, "renamed")


async def submit_removal(request: web.Request) -> web.Response:
    """Takes one away."""
    current, services, facts = await _enter(request), request.app[SERVICES], client_facts(request)
    async with services.sessions.begin() as session:
        outcome = await remove_passkey(
            session, services, current, request.match_info["factor"], facts, now=services.now()
        )
    services.wake_outbox()
    raise _after(outcome, "removed")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(PASSKEYS, show_passkeys)
    app.router.add_post(PASSKEYS, submit_passkey)
    app.router.add_post(f"{PASSKEYS}/options", send_registration_options)
    app.router.add_post(f"{PASSKEYS}/{{factor:[0-9a-f]{{32}}}}/name", submit_name)
    app.router.add_post(f"{PASSKEYS}/{{factor:[0-9a-f]{{32}}}}/remove", submit_removal)


async def _enter(request: web.Request) -> CurrentSession:
    """The session if it may change passkeys now; else raises the redirect."""
    current = await require_change(request, PASSKEYS)
    if relying_party(request.app[SERVICES].settings.public_url) is None:
        raise web.HTTPSeeOther(SECURITY)
    return current


def _after(outcome: object, done: str) -> web.HTTPSeeOther:
    if isinstance(outcome, ChangeRefused):
        return elsewhere(outcome, PASSKEYS)
    return web.HTTPSeeOther(PASSKEYS if isinstance(outcome, PasskeyUnknown) else f"{PASSKEYS}?done={done}")


async def _page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    done: str | None = None,
) -> web.Response:
    async with request.app[SERVICES].sessions.begin() as session:
        live = await live_passkeys(session, current.user.id)
    return render(
        request,
        "security/passkeys.html",
        status=status,
        tab="security",
        errors=errors,
        typed=typed or {"name": ""},
        held=[
            {
                "id": one.factor.id,
                "name": one.passkey.name,
                "synced": one.passkey.backed_up,
                "added_at": one.factor.created_at,
                "used_at": one.passkey.last_used_at,
            }
            for one in live
        ],
        most=MAX_PASSKEYS,
        longest=MAX_NAME,
        done=done if done in _DONE else None,
    )
