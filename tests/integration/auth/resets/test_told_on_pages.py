"""What pages tell whoever has a reset or a hold: the banner, the way to end the hold, and when a person writes."""

from dataclasses import replace
from datetime import timedelta

from auth_backend.accounts.models import User
from auth_backend.operator_lists import reports
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.not_me.models import ToldEvent
from auth_backend.support_hours import read_support_hours
from tests.integration.auth.approvals.asking import signed_in
from tests.integration.auth.resets.repudiation_world import not_me_path, scheduled, sign_in_as
from tests.integration.auth.resets.world import World

BANNER = 'class="reset-banner"'


async def test_the_banner_in_every_session_but_at_the_second_step(lite: World) -> None:
    """Then and for 14 days after, also while a new method is set up; the password alone learns nothing."""
    member = await signed_in(lite, "ana")
    await member.get("/account/security")
    assert BANNER not in member.page
    await scheduled(lite)
    await member.get("/account/security")
    assert BANNER in member.page
    assert 'href="/account/security/reset"' in member.page
    second_step = await sign_in_as(lite, "ana")
    assert 'action="/login/second-step"' in second_step.page
    assert BANNER not in second_step.page
    lite.clock.advance(timedelta(hours=25))
    assert (await run_due(lite.services)).executed == 1
    for lang, words in {"en": "It wasn't you?", "pt": "Não foi você?", "es": "¿No fuiste tú?"}.items():
        enrolling = await sign_in_as(lite, "ana")
        await enrolling.get(f"/enrol?lang={lang}")
        assert BANNER in enrolling.page
        assert f'<a href="/not-me">{words}</a>' in enrolling.page
    lite.clock.advance(timedelta(days=14))
    await lite.change(User, lite.ids["ana"], enrol_right_until=None)
    enrolling = await sign_in_as(lite, "ana")
    assert BANNER not in enrolling.page


async def test_the_security_tab_leads_to_the_end_of_a_hold(lite: World) -> None:
    """One sentence on every page that is held up; when a person has to decide there is no button for it."""
    until = lite.clock() + timedelta(hours=72)
    await lite.change(User, lite.ids["ana"], frozen_until=until, frozen_about=lite.clock() - timedelta(seconds=1))
    browser = await signed_in(lite, "ana")
    for lang, words in {"en": "are on hold until", "pt": "suspensas até", "es": "hasta el"}.items():
        for page in ("/account/security", "/account/security/hold"):
            await browser.get(f"{page}?lang={lang}")
            assert words in browser.page, (lang, page)
    await browser.get("/account/security")
    assert 'href="/account/security/hold"' in browser.page
    await lite.change(User, lite.ids["ana"], awaits_operator=True)
    await browser.get("/account/security?lang=en")
    assert "until a person has decided" in browser.page
    assert 'href="/account/security/hold"' not in browser.page


async def test_a_person_writes_by_when_the_operator_says(lite: World) -> None:
    """Computed from the setting, from the moment of the report; without a setting, and afterwards, nothing is said."""
    await scheduled(lite)
    reader = lite.browser()
    await reader.get(await not_me_path(lite, "reset_scheduled"))
    await reader.post("/not-me/event")
    assert "A person will write to you" not in reader.page
    hours = read_support_hours("mon-fri 09:00-18:00 America/Sao_Paulo", timedelta(hours=8))
    object.__setattr__(lite.services, "settings", replace(lite.services.settings, support_hours=hours))
    for lang, words in {
        "en": "A person will write to you by",
        "pt": "Uma pessoa vai escrever para você até",
        "es": "Una persona te escribirá antes del",
    }.items():
        await reader.get(f"/not-me/event?lang={lang}")
        assert f'{words} <time datetime="2026-03-03T13:02:00Z"' in reader.page
    lite.clock.advance(timedelta(hours=24))
    await reader.get("/not-me/event?lang=en")
    assert "A person will write to you" not in reader.page


async def test_the_operator_sees_whom_to_write_to(lite: World) -> None:
    """One line a person, without an address: when, until when, the user's id, the reference that the notice named."""
    assert await reports(lite.services) == []
    await scheduled(lite)
    reader = lite.browser()
    await reader.get(await not_me_path(lite, "reset_scheduled"))
    await reader.post("/not-me/event")
    event = await lite.one(ToldEvent, ToldEvent.stopped_at.is_not(None))
    at = "2026-03-02T14:02:00Z"
    assert await reports(lite.services) == [f"{at}\t-\t{lite.ids['ana']}\t{event.reference}"]
    hours = read_support_hours("always", timedelta(hours=3))
    object.__setattr__(lite.services, "settings", replace(lite.services.settings, support_hours=hours))
    assert (await reports(lite.services))[0].split("\t")[1] == "2026-03-02T17:02:00Z"
