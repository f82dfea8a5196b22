"""Guessing is slowed and locked, known browsers and the mailed code stay open, nothing names the method (5, 6)."""

import asyncio

import pytest

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.limits.models import FailureCounter
from tests.integration.auth.factors.ways import ANA, PHONE, enrol_app, enrol_sms
from tests.support.auth_site import Page, Site, Visitor, key_on


async def signed_in_anew(site: Site) -> Visitor:
    """A stranger's browser with the password."""
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    return visitor


async def test_ten_failures_lock_the_factor_for_strangers_only(site: Site) -> None:
    """The owner's known browser and the mailed code still open the account."""
    await site.user(ANA, account=await site.account())
    owner = await site.visitor()
    key = await enrol_app(site, owner)
    stranger = await signed_in_anew(site)
    for count in range(10):
        page = await stranger.submit("/login/second-step", code="000000")
        assert page.status == 422
        site.later(seconds=70)
        if count == 4:
            stranger = await signed_in_anew(site)  # a new sign-in resets no counter
    assert (await stranger.submit("/login/second-step", code=site.totp(key))).status == 429
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.FACTOR_LOCKED.value)) == 1

    await stranger.submit("/login/methods")
    assert (await stranger.submit("/login/methods", code=await site.code_for(ANA))).path == "/"

    owner.client.session.cookie_jar.clear(lambda cookie: cookie.key == "zoe_session")
    await owner.sign_in(ANA)
    assert (await owner.submit("/login/second-step", code=site.totp(key))).path == "/"

    stranger = await signed_in_anew(site)
    site.later(hours=24)
    stranger = await signed_in_anew(site)
    assert (await stranger.submit("/login/second-step", code=site.totp(key))).path == "/"


@pytest.mark.parametrize("method", ["app", "sms"])
async def test_back_off_from_the_fifth_failure_whatever_the_method(site: Site, method: str) -> None:
    """The same statuses in the same order: nobody learns the method from them."""
    await site.user(ANA, account=await site.account())
    await (enrol_app if method == "app" else enrol_sms)(site, await site.visitor())
    visitor = await signed_in_anew(site)
    statuses = [(await visitor.submit("/login/second-step", code="000000")).status for _ in range(8)]
    assert statuses == [422] * 5 + [429] * 3
    assert visitor.page.status == 429
    site.later(seconds=3)
    assert (await visitor.submit("/login/second-step", code="000000")).status == 422
    assert (await visitor.submit("/login/second-step", code="000000")).status == 429


async def test_resends_reset_no_counter(site: Site) -> None:
    """A new code buys no new guesses."""
    await site.user(ANA, account=await site.account())
    await enrol_sms(site, await site.visitor())
    visitor = await signed_in_anew(site)
    for _ in range(2):
        await visitor.submit("/login/second-step", code="000000")
    site.later(seconds=61)
    await visitor.submit("/login/second-step/send")
    assert visitor.page.status == 200
    for _ in range(3):
        await visitor.submit("/login/second-step", code="000000")
    assert (await visitor.submit("/login/second-step", code=await site.code_for(PHONE))).status == 429
    (counter,) = await site.rows(FailureCounter, FailureCounter.bucket.startswith("code:login_sms:"))
    assert (counter.in_a_row, len(counter.failed_at)) == (5, 5)


def main_of(page: Page) -> str:
    """The content without the frame."""
    return page.html.partition("<main")[2].partition("</main>")[0]


async def test_second_step_is_one_page_for_app_sms_and_desk(site: Site) -> None:
    """First view, resend, resend too early, wrong code, methods, mailed: the same bytes but for the form's token."""
    account = await site.account()
    await site.user(ANA, account=account)
    await site.user("bob@acme.example", account=account, owner=False)
    await site.user("sam@desk.example")
    await enrol_sms(site, await site.visitor())
    await enrol_app(site, await site.visitor(), "bob@acme.example")
    desk = await site.visitor()
    await desk.sign_in("sam@desk.example")
    await desk.submit("/enrol/mail", code=await site.code_for("sam@desk.example"))
    assert 'value="sms"' not in desk.page
    await desk.submit("/enrol/method", method="app")
    await desk.submit("/enrol/app", code=site.totp(key_on(desk.page)))
    assert desk.page.path == "/account/security"
    site.later(seconds=90)
    seen = []
    for email in (ANA, "bob@acme.example", "sam@desk.example"):
        visitor = await site.visitor()
        pages = [await visitor.sign_in(email)]
        pages.append(await visitor.submit("/login/second-step/send"))
        pages.append(await visitor.submit("/login/second-step", code="000000"))
        pages.append(await visitor.submit("/login/second-step", code="x"))
        pages.append(await visitor.submit("/login/methods"))
        pages.append(await visitor.submit("/login/methods", code="000000"))
        seen.append([(page.status, main_of(page).replace(visitor.csrf, "")) for page in pages])
    assert seen[0] == seen[1] == seen[2]


async def test_mails_wait_a_minute_and_end_after_five_an_hour(site: Site) -> None:
    """Sends, per user, channel and kind of caller."""
    await site.user(ANA, account=await site.account())
    await enrol_app(site, await site.visitor())
    site.later(hours=1)
    visitor = await signed_in_anew(site)
    assert (await visitor.submit("/login/methods")).status == 200
    page = await visitor.submit("/login/methods")
    assert (page.status, "You can ask again at" in page) == (429, True)
    for _ in range(4):
        site.later(seconds=61)
        await visitor.submit("/login/methods")
    site.later(seconds=61)
    assert (await visitor.submit("/login/methods")).status == 429
    assert sum("sign-in code" in mail.subject for mail in await site.outbox(ANA)) == 5


async def test_sixteen_guesses_at_once_are_sixteen_failures(site: Site) -> None:
    """Judged one by one under the counter's lock; whoever comes after the tenth is not judged at all."""
    await site.user(ANA, account=await site.account())
    await enrol_app(site, await site.visitor())
    visitor = await signed_in_anew(site)
    form = {"csrf": visitor.csrf, "code": "000000"}
    answers = [visitor.client.post("/login/second-step", data=form, headers=visitor.headers) for _ in range(16)]
    statuses = [answer.status for answer in await asyncio.gather(*answers)]
    assert sorted(statuses) == [422] * 5 + [429] * 11
    (counter,) = await site.rows(FailureCounter, FailureCounter.bucket == "code:app:login:login")
    assert (counter.in_a_row, len(counter.failed_at)) == (5, 5)
