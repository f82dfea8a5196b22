"""Every form of the public port, as the router has them: a new one is tried here without anybody's doing."""

import re
from collections.abc import Iterator

import pytest

from auth_backend.db import Base
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.support.auth_site import Site, Visitor

FOR_PROGRAMS = {
    "/dev/clock": "JSON from this machine and the same origin only; absent in production (test_dev.py)",
    "/sms/status/twilio": "signed by the provider, looks at no cookie (test_sms_providers.py)",
    "/sms/status/zenvia": "a bearer token of the provider's, looks at no cookie (test_sms_providers.py)",
}
"""POST routes without a form token, and why that gives a foreign page nothing."""

FILLED = {"id": "0" * 32, "factor": "0" * 32, "token": "t" * 43, "slug": "two-factor-authentication"}


def posts(site: Site) -> Iterator[str]:
    """The path of every POST route but those for programs, with something in the place of each variable."""
    for route in site.server.app.router.routes():
        if route.method == "POST" and route.resource is not None and route.resource.canonical not in FOR_PROGRAMS:
            yield re.sub(r"\{(\w+)\}", lambda name: FILLED[name[1]], route.resource.canonical)


async def rows(site: Site) -> dict[str, list[tuple[object, ...]]]:
    """The whole database, as it is."""
    async with site.services.sessions.begin() as session:
        return {
            table.name: [tuple(row) for row in (await session.execute(table.select())).all()]
            for table in Base.metadata.sorted_tables
        }


async def stepped_up(site: Site) -> Visitor:
    """Ana, with a session that may do everything."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    key = await enrol_app(site, visitor)
    await visitor.open("/login/step-up")
    await visitor.submit("/login/step-up", code=site.totp(key))
    await visitor.open("/account/preferences")
    return visitor


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "anonymous"])
async def test_every_form_refuses_a_request_without_its_token(site: Site, signed_in: bool) -> None:
    """None, a wrong one, one of another browser, its own from a foreign page, and a body that needs none: all the same.

    A browser sends JSON to another site only after asking; that must not be all that stands before a form.
    """
    visitor = await stepped_up(site) if signed_in else await site.visitor()
    if not signed_in:
        await visitor.open("/login")
    stranger = await site.visitor()
    await stranger.open("/login")
    paths, before = set(posts(site)), await rows(site)
    assert len(paths) > 50, "the router is walked"
    sent = [
        {"data": {}},
        {"data": {"csrf": ""}},
        {"data": {"csrf": stranger.csrf}},
        {"data": {"csrf": visitor.csrf}, "headers": {"Sec-Fetch-Site": "cross-site"}},
        {"data": {"csrf": visitor.csrf}, "headers": {"Sec-Fetch-Site": "same-site"}},
        {"json": {"csrf": visitor.csrf}},
        {"json": {}, "headers": {"Authorization": "Bearer x"}},
        {"data": b"csrf=" + visitor.csrf.encode(), "headers": {"Content-Type": "text/plain"}},
    ]
    for path in sorted(paths):
        for request in sent:
            answer = await visitor.client.post(path, allow_redirects=False, **request)  # type: ignore[arg-type]
            assert answer.status in {403, 415}, (path, request, answer.status)
    assert await rows(site) == before


async def test_the_list_of_forms_without_a_token_is_as_short_as_it_says(site: Site) -> None:
    """Each of them exists; the SMS providers' exist with their settings only."""
    served = {route.resource.canonical for route in site.server.app.router.routes() if route.resource is not None}
    assert {path for path in FOR_PROGRAMS if not path.startswith("/sms/")} <= served


async def test_no_page_changes_anything_by_being_opened(site: Site) -> None:
    """GET and HEAD of every page, signed in: mail scanners and prefetching browsers open them all."""
    visitor = await stepped_up(site)
    before = await rows(site)
    for route in list(site.server.app.router.routes()):
        if route.method not in {"GET", "HEAD"} or route.resource is None:
            continue
        path = re.sub(r"\{(\w+)\}", lambda name: FILLED.get(name[1], "x"), route.resource.canonical)
        answer = await visitor.client.request(route.method, path, allow_redirects=False)
        assert answer.status < 500, path
        await answer.read()
    assert await rows(site) == before
