"""A passkey as the second half of a forgotten password: it waits like app and SMS; the mailbox alone learns nothing."""

from typing import Any

from sqlalchemy import update

from auth_backend.accounts.models import User
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, PasskeyChallenge
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.limits.models import FailureCounter
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.integration.auth.passkeys.keys import SHOW, options, with_passkey
from tests.support.auth_site import Page, Site, Visitor
from tests.support.authenticator import PRESENT, Authenticator, decoded

FORGOT, PASSKEY = "/login/forgot", "/login/forgot/passkey"
BOB = "bob@acme.example"
NEW = "eleven quiet lamps"


async def to_second_half(site: Site, email: str = ANA) -> Visitor:
    """A strange browser that showed the mailed code."""
    visitor = await site.visitor()
    await visitor.open(FORGOT)
    await visitor.submit(FORGOT, email=email)
    await visitor.submit(f"{FORGOT}/mail", code=await site.code_for(email))
    assert "One thing more" in visitor.page, visitor.page.html
    return visitor


async def show(visitor: Visitor, device: Authenticator, asked: dict[str, Any] | None = None) -> Page:
    """The passkey's answer to the newest question, or to `asked`."""
    return await visitor.submit(PASSKEY, credential=device.answer(asked or await options(visitor, PASSKEY)))


async def half_shown(site: Site) -> bool:
    """Whether any request has its second half."""
    return bool(await site.rows(ForgottenPassword, ForgottenPassword.second_half.is_not(None)))


async def test_a_passkey_waits_a_day_like_other_factors(sqlite_site: Site) -> None:
    """Every channel is told; the day after it stores a new password, and the passkey still is no sign-in alone."""
    site = sqlite_site
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    visitor = await to_second_half(site)
    assert "Now we wait" in await show(visitor, device)
    assert sum("Somebody asked for a new password" in mail.subject for mail in await site.outbox(ANA)) == 1
    (request,) = await site.rows(ForgottenPassword)
    assert request.second_half == "passkey"
    site.later(days=1)
    await visitor.open(FORGOT)
    assert (await visitor.submit(f"{FORGOT}/password", new_password=NEW)).path == "/login"
    assert (await visitor.sign_in(ANA, NEW)).path == "/login/second-step"


async def test_the_mailbox_alone_does_not_tell_who_has_a_passkey(sqlite_site: Site) -> None:
    """As at the second step: five identifiers without transports for everybody, the same each time."""
    site, account = sqlite_site, await sqlite_site.account()
    await site.user(ANA, account=account)
    await site.user(BOB, account=account, owner=False)
    device = Authenticator()
    await with_passkey(site, device)
    await enrol_app(site, await site.visitor(), BOB)
    seen = []
    for email in (ANA, BOB):
        visitor = await to_second_half(site, email)
        asked, again = await options(visitor, PASSKEY), await options(visitor, PASSKEY)
        assert asked["allowCredentials"] == again["allowCredentials"]
        seen.append((asked.keys(), [one.keys() for one in asked["allowCredentials"]]))
        ids = [decoded(one["id"]) for one in asked["allowCredentials"]]
        assert (device.credential_id in ids) is (email == ANA)
    assert seen[0] == seen[1]


async def test_what_is_no_half(sqlite_site: Site) -> None:
    """Another origin, another key, no verification, another user's handle, somebody else's passkey, an old answer, the
    question of a sign-in or of another request: refused and counted apart from sign-in.
    """
    site, account = sqlite_site, await sqlite_site.account()
    ana = await site.user(ANA, account=account)
    bob = await site.user(BOB, account=account, owner=False)
    device, bobs = Authenticator(user_handle=ana.id), Authenticator()
    await with_passkey(site, device)
    await with_passkey(site, bobs, BOB)
    at_sign_in = await site.visitor()
    await at_sign_in.sign_in(ANA)
    of_sign_in = await options(at_sign_in, SHOW)
    visitor, other = await to_second_half(site), await to_second_half(site, BOB)
    of_another = await options(other, PASSKEY)
    tries: list[tuple[Authenticator, dict[str, Any] | None]] = [
        (device.but(origin="https://evil.example"), None),
        (device.but(rp_id="evil.example"), None),
        (device.but(cross_origin=True), None),
        (device.but(flags=PRESENT), None),
        (device.but(key=bobs.key), None),
        (device.but(user_handle=bob.id), None),
        (bobs, None),
        (device, of_sign_in),
        (device, of_another),
    ]
    for number, (shown, asked) in enumerate(tries, start=1):
        if asked is not None:
            await options(visitor, PASSKEY)
        assert (await show(visitor, shown, asked)).status == 422, number
        site.later(seconds=70)
    (failures,) = await site.rows(FailureCounter, FailureCounter.bucket.like("code:passkey:%"))
    assert (failures.bucket, failures.in_a_row) == ("code:passkey:forgotten:anonymous", len(tries))
    assert not await half_shown(site)
    asked = await options(visitor, PASSKEY)
    assert "Now we wait" in await show(visitor, device, asked)
    assert not await site.rows(
        PasskeyChallenge, PasskeyChallenge.user_id == ana.id, PasskeyChallenge.purpose == "forgotten"
    )


async def test_a_revoked_passkey_and_one_that_came_with_a_reset_are_no_half(sqlite_site: Site) -> None:
    """The first is nobody's; the second may be a stranger's for a week (see `login/after_reset.py`)."""
    site = sqlite_site
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    visitor = await to_second_half(site)
    for status in (FactorStatus.REVOKED, FactorStatus.SUSPENDED):
        async with site.services.sessions.begin() as session:
            await session.execute(update(Factor).where(Factor.kind == FactorKind.PASSKEY).values(status=status))
        assert (await show(visitor, device)).status == 422
    assert not await half_shown(site)


async def test_it_is_over_when_somebody_signs_in_or_the_factors_change(sqlite_site: Site) -> None:
    """A passkey that was removed meanwhile stores no password."""
    site = sqlite_site
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    visitor = await to_second_half(site)
    assert "Now we wait" in await show(visitor, device)
    async with site.services.sessions.begin() as session:
        await session.execute(update(User).values(factor_epoch=User.factor_epoch + 1))
    site.later(days=1)
    await visitor.open(FORGOT)
    assert (await visitor.submit(f"{FORGOT}/password", new_password=NEW)).status == 409
    assert (await site.rows(User))[0].password_epoch == 0
