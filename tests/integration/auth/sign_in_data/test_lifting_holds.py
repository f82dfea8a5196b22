"""What ends a hold on changes: a factor older than what was reported, shown after the report, and nothing else."""

import re

import pytest

from auth_backend.login.models import LoginSession
from tests.integration.auth.factors.ways import ANA, PASSWORD
from tests.integration.auth.passkeys.keys import add, show
from tests.integration.auth.sign_in_data.people import ana_by_sms
from tests.integration.auth.sign_in_data.test_email_dispute import user_now
from tests.support.auth_site import Site
from tests.support.authenticator import Authenticator

THIEF = "thief@evil.example"
NOTICE, HOLD = "/account/security/notice-address", "/account/security/hold"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def not_me_link(site: Site, to: str, word: str = "") -> str:
    """The newest link of a notice that has `word` in it."""
    mails = [mail for mail in await site.outbox(to) if "/not-me/" in mail.text and word in mail.text.lower()]
    found = re.search(r"http://localhost:8080(/not-me/\S+)", mails[-1].text)
    assert found is not None
    return found[1]


async def report(site: Site, link: str) -> None:
    reader = await site.visitor()
    await reader.open(link)
    await reader.submit("/not-me/event")


async def test_what_a_lift_rests_on_is_not_settled_by_it(site: Site) -> None:
    thief, key = await ana_by_sms(site), Authenticator()
    await add(thief, key)
    about_the_key = await not_me_link(site, ANA, "passkey")
    site.later(seconds=10)
    await thief.open(NOTICE)
    await thief.submit(NOTICE, address=THIEF)
    await thief.submit(f"{NOTICE}/code", code=await site.code_for(THIEF))
    await report(site, await not_me_link(site, THIEF))
    assert (await user_now(site)).frozen_until is not None
    site.later(seconds=61)
    await thief.open("/login/step-up")
    await show(thief, key, count=1)
    await thief.open(HOLD)
    await thief.submit(HOLD, password=PASSWORD)
    assert (await user_now(site)).frozen_until is None
    site.later(minutes=30)
    await report(site, about_the_key)
    assert (await user_now(site)).frozen_until is not None


async def test_the_step_up_that_made_the_change_lifts_no_hold(site: Site) -> None:
    thief = await ana_by_sms(site)
    await add(thief, Authenticator())
    site.later(seconds=60)
    await report(site, await not_me_link(site, ANA, "passkey"))
    (live,) = [row for row in await site.rows(LoginSession) if row.ended_at is None]
    assert live.stepped_up_at is not None
    page = await thief.open(HOLD)
    assert page.path == "/login/step-up"
    assert (await user_now(site)).frozen_until is not None
