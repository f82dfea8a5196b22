"""A thief with the owner's stepped-up session and password, against the owner's 14 days of dispute."""

import re

import pytest

from auth_backend import admin
from auth_backend.factors.models import KnownBrowser
from tests.integration.auth.factors.ways import ANA, PASSWORD, put_away
from tests.integration.auth.sign_in_data.people import ana_by_sms, change_email
from tests.integration.auth.sign_in_data.test_email_dispute import (
    ANSWER,
    NEW,
    dispute,
    hijacked,
    link,
    sign_in,
    user_now,
)
from tests.support.auth_site import Site, key_on


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: nothing here is about races."""
    return sqlite_url


async def report_from_new_mailbox(site: Site) -> None:
    """The thief presses the link of the notice that came to the new mailbox."""
    mails = [mail.text for mail in await site.outbox(NEW) if "/not-me/" in mail.text]
    reader = await site.visitor()
    await reader.open(re.findall(r"http://localhost:8080(/not-me/\S+)", mails[-1])[0])
    await reader.submit("/not-me/event")
    assert (await user_now(site)).email_disputed


async def test_who_reports_his_own_change_cannot_settle_it_in_the_same_step_up(site: Site) -> None:
    thief = await ana_by_sms(site)
    await change_email(site, thief, NEW)
    site.later(seconds=20)
    await report_from_new_mailbox(site)
    assert (await thief.open(ANSWER)).path == "/login/step-up"
    assert (await user_now(site)).email_disputed


async def test_a_settled_report_leaves_the_old_address_its_link_and_the_operator_the_last_word(site: Site) -> None:
    await hijacked(site)
    await report_from_new_mailbox(site)
    for _ in range(2):
        thief = await sign_in(site, NEW)
        await thief.open(ANSWER)
        assert "It is settled" in await thief.submit(ANSWER, password=PASSWORD, counts="new")
        assert not (await user_now(site)).email_disputed
        if "This was settled" not in await (await site.visitor()).open(await link(site)):
            await dispute(site)
    await admin.decide_email(site.services, user=NEW, old=True, reason="called back")
    assert (await user_now(site)).email == ANA


async def test_a_factor_replaced_just_before_the_change_settles_nothing(site: Site) -> None:
    await ana_by_sms(site)
    thief = await sign_in(site, ANA)
    await thief.open("/account/security/replace")
    await thief.submit("/account/security/replace/method", method="app")
    key = key_on(thief.page)
    await thief.submit("/account/security/replace/app", code=site.totp(key))
    if thief.page.path.endswith("recovery-codes"):
        await put_away(thief)
    site.later(seconds=60)
    await change_email(site, thief, NEW)
    await dispute(site)
    site.later(minutes=10)
    thief = await site.visitor()
    await thief.sign_in(NEW)
    await thief.submit("/login/second-step", code=site.totp(key))
    await thief.open(ANSWER)
    assert "Only a person can tell" in await thief.submit(ANSWER, password=PASSWORD, counts="new")
    assert (await user_now(site)).email_disputed


async def test_taking_it_back_forgets_the_thiefs_browser(site: Site) -> None:
    await hijacked(site)
    await sign_in(site, NEW)
    since = site.clock()
    await dispute(site)
    owner = await sign_in(site, ANA)
    await owner.open(ANSWER)
    await owner.submit(ANSWER, password=PASSWORD, counts="old")
    assert since not in {row.strong_step_at for row in await site.rows(KnownBrowser)}
