"""No rights beyond enrolment for who has to enrol, and none beyond the second step before it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.accounts.queries import lock_user
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.factors.queries import revoke_all_factors
from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA, enrol_app, to_methods
from tests.support.auth_site import PASSWORD, Site, Visitor

OPEN = {
    "/",
    "/login",
    "/sign-out",
    "/sign-out/everywhere",
    "/help",
    "/article",
    "/verify",
    "/resets",
    "/not-me",
    "/undo",
    "/report",
    "/owner-dispute",
    "/email-dispute",
    "/static",
    "/dev",
}
BEYOND = (
    "/account/security",
    "/account/preferences",
    "/account/members",
    "/account/security/replace",
    "/login/step-up",
)


def routes(site: Site) -> list[tuple[str, str]]:
    """Every page of the application, with something in place of its variables."""
    found = []
    for route in site.server.app.router.routes():  # type: ignore[attr-defined]
        path = route.resource.canonical.replace("{", "").replace("}", "")
        if route.method in {"GET", "POST"} and not any(path == o or path.startswith(o + "/") for o in OPEN):
            found.append((route.method, path))
    return found


async def try_everything(site: Site, visitor: Visitor, home: str) -> None:
    """Opens every page and posts to it, with a right CSRF token; nothing but the session's own pages answers."""
    own = {home, "/login/methods"} if home == "/login/second-step" else {home}
    for method, path in routes(site):
        await visitor.open(home)
        fields = {
            "csrf": visitor.csrf,
            "code": "123456",
            "method": "app",
            "phone_country": "BR",
            "phone": "11988887777",
        }
        page = await (visitor.open(path) if method == "GET" else visitor.post(path, **fields))
        inside = any(page.path == place or page.path.startswith(place + "/") for place in own)
        assert inside or page.status in {403, 404, 405} or page.path in {"/", "/login"}, (method, path, page.path)
        assert page.status == 404 or not page.path.startswith("/account")


async def levels(site: Site) -> set[SessionLevel]:
    """Levels of open sessions."""
    return {row.level for row in await site.rows(LoginSession, LoginSession.ended_at.is_(None))}


async def must_enrol_again(site: Site) -> None:
    """What an executed reset leaves behind, except that sessions are left open: the state alone must shut them out."""
    async with site.services.sessions.begin() as session:
        (row,) = await site_users(session)
        user = await lock_user(session, row)
        assert user is not None
        await revoke_all_factors(session, user, now=site.clock(), reset_id=None)
        user.state, user.enrol_reason = EnrolmentState.MUST_ENROL, EnrolReason.RESET


async def site_users(session: AsyncSession) -> list[str]:
    """Ids of everybody."""
    return list(await session.scalars(select(User.id)))


async def test_password_session_reaches_no_page_but_the_second_step(site: Site) -> None:
    """Every route, GET and POST."""
    await site.user(ANA, account=await site.account())
    await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await try_everything(site, visitor, "/login/second-step")
    assert await levels(site) == {SessionLevel.PASSWORD, SessionLevel.FULL}


async def test_enrolment_session_reaches_no_page_but_enrolment(site: Site) -> None:
    """Before the mailed code and after it."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.open("/account/security")
    await visitor.submit("/account/security/activate")
    await visitor.sign_in(ANA)
    await try_everything(site, visitor, "/enrol")
    assert await site.rows(Factor) == []
    assert await levels(site) == {SessionLevel.ENROLMENT}


async def test_nothing_is_enrolled_before_the_mailed_code(site: Site) -> None:
    """The password alone enrols no phone, in whatever order the forms are sent."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.open("/account/security")
    await visitor.submit("/account/security/activate")
    await visitor.sign_in(ANA)
    token = visitor.csrf
    for path in ("method", "app", "sms", "sms/code", "sms/send", "password"):
        fields = {"method": "app", "phone_country": "BR", "phone": "11988887777", "code": "123456"}
        page = await visitor.post(f"/enrol/{path}", csrf=token, password=PASSWORD, **fields)
        assert page.path == "/enrol", path
    for path in ("/enrol/app", "/enrol/sms", "/enrol/sms/code"):
        assert (await visitor.open(path)).path == "/enrol"
    assert await site.rows(Factor) == []


async def test_mailed_proof_of_one_session_is_none_in_another(site: Site) -> None:
    """Another browser with the password starts at the mailed code."""
    await site.user(ANA, account=await site.account())
    await to_methods(site, await site.visitor())
    site.later(seconds=61)
    other = await site.visitor()
    await other.sign_in(ANA)
    assert "Code from the e-mail" in await other.open("/enrol")
    assert (await other.open("/enrol/app")).path == "/enrol"


async def test_old_cookies_and_remembered_devices_are_shut_out(site: Site) -> None:
    """A full session and a remembered device from before; the state alone ends their rights."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.submit("/login/second-step", code=site.totp(key), remember="yes")
    before = visitor.cookies
    assert "zoe_device" in before
    await must_enrol_again(site)
    for path in BEYOND:
        assert (await visitor.open(path)).path == "/login"
    await visitor.sign_in(ANA)
    assert visitor.page.path == "/enrol"
    visitor.take_cookies({"zoe_session": before["zoe_session"], "zoe_device": before["zoe_device"]})
    for path in BEYOND:
        assert (await visitor.open(path)).path == "/login"
    assert all(f.status is FactorStatus.REVOKED for f in await site.rows(Factor))


async def test_limited_session_ends_with_activation_everywhere(site: Site) -> None:
    """A second browser that signed in before Activate has nothing any more."""
    await site.user(ANA, account=await site.account())
    first, second = await site.visitor(), await site.visitor()
    await second.sign_in(ANA)
    await first.sign_in(ANA)
    await first.open("/account/security")
    assert (await first.submit("/account/security/activate")).path == "/login"
    assert (await second.open("/account/preferences")).path == "/login"
    assert await levels(site) == set()
