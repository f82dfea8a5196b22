"""The remembered device: what it is bound to, each ended by its change alone (A5)."""

from datetime import timedelta

import pytest

from auth_backend.accounts.models import Account, User
from auth_backend.login.models import RememberedDevice
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.support.auth_site import Site, Visitor


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def remembered(site: Site) -> Visitor:
    """A browser that is remembered from now on, signed out."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.submit("/login/second-step", code=site.totp(key), remember="yes")
    await visitor.open("/account/security")
    assert "1 device is not asked for a code" in visitor.page
    await visitor.submit("/sign-out")
    return visitor


async def test_no_code_for_fourteen_days(site: Site) -> None:
    """Just before and just after."""
    visitor = await remembered(site)
    site.later(days=13, hours=23)
    assert (await visitor.sign_in(ANA)).path == "/"
    await visitor.open("/account/security")
    await visitor.submit("/sign-out")
    site.later(hours=1)
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"
    (row,) = await site.rows(RememberedDevice)
    assert row.expires_at - row.created_at == timedelta(days=14)


async def test_another_address_asks_again(site: Site) -> None:
    """IPv4 as it is; IPv6 within its /64 is the same place."""
    visitor = await remembered(site)
    visitor.headers["X-Forwarded-For"] = "203.0.113.9"
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"


@pytest.mark.parametrize("change", ["owner", "factors", "password"])
async def test_a_changed_fact_asks_again(site: Site, change: str) -> None:
    """The administrator, the factor set, the password."""
    visitor = await remembered(site)
    (user,), (account,) = await site.rows(User), await site.rows(Account)
    async with site.services.sessions.begin() as session:
        held_user, held_account = await session.get(User, user.id), await session.get(Account, account.id)
        assert held_user is not None
        assert held_account is not None
        held_account.owner_epoch += change == "owner"
        held_user.factor_epoch += change == "factors"
        held_user.password_epoch += change == "password"
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"


async def test_sign_out_everywhere_forgets(site: Site) -> None:
    """Also devices that are signed out."""
    visitor = await remembered(site)
    await visitor.sign_in(ANA)
    await visitor.open("/account/security")
    await visitor.submit("/sign-out/everywhere")
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"


async def test_somebody_elses_device_is_worth_nothing(site: Site) -> None:
    """Bound to its user."""
    visitor = await remembered(site)
    await site.user("bob@acme.example", account=await site.account("Other"))
    other = await site.visitor()
    await enrol_app(site, other, "bob@acme.example")
    fresh = await site.visitor()
    fresh.take_cookies({"zoe_device": visitor.cookies["zoe_device"]})
    assert (await fresh.sign_in("bob@acme.example")).path == "/login/second-step"


async def test_not_asked_for_not_remembered(site: Site) -> None:
    """Without the tick there is no device."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.submit("/login/second-step", code=site.totp(key))
    assert "zoe_device" not in visitor.cookies
    assert await site.rows(RememberedDevice) == []
