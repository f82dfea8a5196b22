"""Recovery codes are shown once, to the browser that made them, until they are put away; what is stored tells none."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from auth_backend.accounts.models import User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.recovery_codes.codes import HOW_MANY, read_recovery_code
from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode, RecoveryCodeSet
from tests.integration.auth.factors.ways import ANA, CODES, PHONE, codes_on, enrol_app, enrol_sms, put_away, to_methods
from tests.support.auth_site import Site, Visitor, key_on


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def enrolled(site: Site) -> Visitor:
    """Somebody whose first codes are on the screen."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    await visitor.submit("/enrol/method", method="app")
    await visitor.submit("/enrol/app", code=site.totp(key_on(visitor.page)))
    assert visitor.page.path == CODES
    return visitor


async def test_ten_codes_after_enrolment_and_continue_needs_the_tick(site: Site) -> None:
    visitor = await enrolled(site)
    codes = codes_on(visitor.page)
    assert len(set(codes)) == HOW_MANY
    page = await visitor.submit(CODES)
    assert page.status == 422
    assert "Save, print or copy them first" in page
    assert codes_on(page) == codes, "nothing is lost by the error"
    assert await put_away(visitor) == codes
    assert "Your second factor is active" in visitor.page
    assert "10 left" in visitor.page
    assert (await visitor.open(CODES)).path == "/account/security", "shown once"
    assert [row.sealed for row in await site.rows(RecoveryCodeSet)] == [None]


async def test_a_reload_and_a_download_show_the_same_codes(site: Site) -> None:
    visitor = await enrolled(site)
    codes = codes_on(visitor.page)
    assert codes_on(await visitor.open(CODES)) == codes
    answer = await visitor.client.get(f"{CODES}/file", headers=visitor.headers)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="zoe-recovery-codes.txt"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "text/plain"
    text = await answer.text()
    assert all(code in text.split() for code in codes)
    assert ANA not in text


async def test_the_tab_leads_back_to_codes_that_are_not_put_away(site: Site) -> None:
    visitor = await enrolled(site)
    assert "Your recovery codes are not put away yet" in await visitor.open("/account/security")
    site.later(minutes=30)
    assert "Your recovery codes are not put away yet" not in await visitor.open("/account/security")
    assert (await visitor.open(CODES)).path == "/account/security"


async def test_no_other_session_of_the_same_person_sees_them(site: Site) -> None:
    visitor = await enrolled(site)
    code = codes_on(visitor.page)[0]
    other = await site.visitor()
    await other.sign_in(ANA)
    await other.open("/login/recovery-code")
    await other.submit("/login/recovery-code", recovery_code=code)
    assert (await other.open(CODES)).path == "/account/security"
    assert (await other.open(f"{CODES}/file")).path == "/account/security"


async def test_what_is_stored_holds_no_code(site: Site) -> None:
    """Neither the hashes, nor what is sealed for the browser, nor the record."""
    visitor = await enrolled(site)
    plain = [read_recovery_code(code) or "" for code in codes_on(visitor.page)]
    rows = await site.rows(RecoveryCode)
    assert all(row.hash.startswith("$argon2id$") for row in rows)
    assert len({row.hash.split("$")[4] for row in rows}) == HOW_MANY, "each has a salt of its own"
    assert len({row.tag for row in rows}) == HOW_MANY
    (sealed,) = [row.sealed for row in await site.rows(RecoveryCodeSet)]
    assert sealed is not None
    stored = repr([sealed, *(row.hash + row.tag for row in rows), *(row.data for row in await site.rows(AuditEvent))])
    assert not any(code in stored for code in plain)


async def test_new_codes_need_a_step_up_and_end_the_old_ones(site: Site) -> None:
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_sms(site, visitor)
    old = (await site.rows(RecoveryCode))[0].set_id
    site.later(minutes=5)
    assert (await visitor.open(f"{CODES}/new")).path == "/login/step-up"
    await visitor.submit("/login/step-up/send")
    await visitor.submit("/login/step-up", code=await site.code_for(PHONE))
    assert visitor.page.path == f"{CODES}/new"
    assert "The 10 codes that you have left stop working at once" in visitor.page
    await visitor.submit(f"{CODES}/new")
    await put_away(visitor)
    assert "The old ones are worth nothing any more" in visitor.page
    rows = await site.rows(RecoveryCode)
    assert {row.status for row in rows if row.set_id == old} == {CodeStatus.REPLACED}
    assert [row.status for row in rows if row.set_id != old] == [CodeStatus.LIVE] * HOW_MANY
    assert sum("ten new recovery codes were made" in mail.text for mail in await site.outbox(ANA)) == 1
    assert sum("New recovery codes were made" in sms.text for sms in await site.outbox(PHONE)) == 1
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.RECOVERY_CODES_REPLACED.value)) == 1


async def test_a_get_makes_nothing_and_a_post_without_step_up_neither(site: Site) -> None:
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    await visitor.open(f"{CODES}/new")
    assert len(await site.rows(RecoveryCode)) == HOW_MANY
    site.later(minutes=5)
    assert (await visitor.submit(f"{CODES}/new")).path == "/login/step-up"
    assert len(await site.rows(RecoveryCode)) == HOW_MANY


async def test_replacing_the_factor_keeps_the_codes(site: Site) -> None:
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_sms(site, visitor)
    await visitor.open("/account/security/replace")
    await visitor.submit("/account/security/replace/method", method="app")
    await visitor.submit("/account/security/replace/app", code=site.totp(key_on(visitor.page)))
    assert visitor.page.path == "/account/security"
    assert [row.status for row in await site.rows(RecoveryCode)] == [CodeStatus.LIVE] * HOW_MANY


async def test_nothing_is_made_while_changes_are_frozen(site: Site) -> None:
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    await visitor.open(f"{CODES}/new")
    await freeze(site)
    assert (await visitor.submit(f"{CODES}/new")).path == "/account/security"
    assert "Sign-in changes are on hold" in visitor.page
    assert len(await site.rows(RecoveryCode)) == HOW_MANY


async def freeze(site: Site) -> None:
    """Puts changes of everybody's sign-in data on hold."""
    async with site.services.sessions.begin() as session:
        await session.execute(update(User).values(frozen_until=site.clock() + timedelta(hours=1)))
