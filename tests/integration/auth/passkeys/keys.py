"""The ways with passkeys, shared by the tests of this folder."""

from typing import Any

from auth_backend.factors.models import Factor, FactorKind, FactorStatus, Passkey
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.support.auth_site import Page, Site, Visitor
from tests.support.authenticator import Authenticator

PASSKEYS, SHOW = "/account/security/passkeys", "/login/passkey"


async def options(visitor: Visitor, path: str) -> dict[str, Any]:
    """The question that the page's script would get."""
    answer = await visitor.client.post(f"{path}/options", data={"csrf": visitor.csrf}, headers=visitor.headers)
    assert answer.content_type == "application/json", await answer.text()
    asked: dict[str, Any] = await answer.json()
    return asked


async def add(visitor: Visitor, device: Authenticator, name: str = "Laptop", *, count: int = 0) -> Page:
    """Adds a passkey; the session is stepped up."""
    await visitor.open(PASSKEYS)
    assert visitor.page.path == PASSKEYS, visitor.page.path
    made = device.make(await options(visitor, PASSKEYS), count=count)
    return await visitor.submit(PASSKEYS, credential=made, name=name)


async def show(visitor: Visitor, device: Authenticator, *, count: int = 0) -> Page:
    """Shows a passkey on the page that is open, wherever it holds the form."""
    answer = device.answer(await options(visitor, SHOW), count=count)
    return await visitor.submit(SHOW, credential=answer)


async def with_passkey(site: Site, device: Authenticator, email: str = ANA, *, count: int = 0) -> tuple[Visitor, str]:
    """A person with an app and a passkey, and the app's key. The clock stands past the step-up."""
    visitor = await site.visitor()
    key = await enrol_app(site, visitor, email)
    await add(visitor, device, count=count)
    assert "The passkey is added" in visitor.page, visitor.page.html
    site.later(minutes=6)
    return visitor, key


async def live(site: Site) -> list[FactorKind]:
    """Kinds of live factors, oldest first."""
    rows = await site.rows(Factor, Factor.status == FactorStatus.LIVE)
    return [row.kind for row in sorted(rows, key=lambda row: (row.created_at, row.kind))]


async def counter(site: Site) -> int:
    """The stored counter of the one passkey."""
    (row,) = await site.rows(Passkey)
    return row.sign_count
