"""The second notice address: confirmed by a code, hears of everything, proves nothing."""

import pytest

from auth_backend.accounts.models import User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.sign_in_data.models import PendingAddress
from tests.integration.auth.factors.ways import ANA, PHONE
from tests.integration.auth.sign_in_data.people import ana_by_sms, step_up
from tests.support.auth_site import Site, Visitor

PAGE = "/account/security/notice-address"
HOME, OTHER = "ana@home.example", "ana@elsewhere.example"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def with_notice_address(site: Site) -> Visitor:
    """Ana, whose second address is on file."""
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    await visitor.submit(PAGE, address="Ana@HOME.example ")
    assert visitor.page.path == f"{PAGE}/code"
    await visitor.submit(f"{PAGE}/code", code=await site.code_for(HOME))
    assert "It hears of every change from now on" in visitor.page
    return visitor


async def on_file(site: Site) -> str | None:
    """The address that counts."""
    return (await site.rows(User, User.email == ANA))[0].notice_email


async def test_the_code_from_its_mailbox_puts_it_on_file(site: Site) -> None:
    visitor = await with_notice_address(site)
    assert await on_file(site) == HOME
    assert "a••@home.example" in visitor.page
    assert HOME not in visitor.page
    for to in (ANA, HOME):
        assert (
            sum("second notice address of ana@acme.example was changed" in m.text for m in await site.outbox(to)) == 1
        )
    assert sum("second notice address" in sms.text for sms in await site.outbox(PHONE)) == 1
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.NOTICE_ADDRESS_SET.value)) == 1


async def test_it_hears_of_other_changes_and_gets_no_codes(site: Site) -> None:
    visitor = await with_notice_address(site)
    await visitor.open("/account/security/recovery-codes/new")
    await visitor.submit("/account/security/recovery-codes/new")
    assert sum("recovery codes" in mail.subject for mail in await site.outbox(HOME)) == 1
    before = len(await site.outbox(HOME))
    other = await site.visitor()
    site.later(seconds=61)
    await other.sign_in(ANA)
    await other.open("/login/methods")
    await other.submit("/login/methods")
    assert len(await site.outbox(HOME)) == before
    assert (await other.sign_in(HOME)).status == 422, "nobody signs in with it"


async def test_without_the_code_nothing_goes_there(site: Site) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    await visitor.submit(PAGE, address=HOME)
    page = await visitor.submit(f"{PAGE}/code", code="000000" if await site.code_for(HOME) != "000000" else "111111")
    assert (page.status, "4 tries left" in page) == (422, True)
    assert await on_file(site) is None
    assert len(await site.outbox(HOME)) == 1
    site.later(minutes=4, seconds=30)
    await visitor.open(f"{PAGE}/code")
    await step_up(site, visitor)
    assert visitor.page.path == f"{PAGE}/code", "a step-up in between loses nothing"
    site.later(minutes=10)
    await visitor.open(f"{PAGE}/code")
    await step_up(site, visitor)
    assert "older than 10 minutes" in await visitor.submit(f"{PAGE}/code", code=await site.code_for(HOME))


async def test_another_address_replaces_it_and_both_mailboxes_are_told(site: Site) -> None:
    visitor = await with_notice_address(site)
    site.later(seconds=61)
    await visitor.open(PAGE)
    assert HOME in visitor.page
    await visitor.submit(PAGE, address=OTHER)
    assert await on_file(site) == HOME
    await visitor.submit(f"{PAGE}/code", code=await site.code_for(OTHER))
    assert await on_file(site) == OTHER
    assert sum("was changed" in mail.text for mail in await site.outbox(HOME)) == 2
    assert {row.end_reason for row in await site.rows(PendingAddress)} == {"confirmed"}


async def test_removing_it_is_told_there_last(site: Site) -> None:
    visitor = await with_notice_address(site)
    await visitor.open(PAGE)
    await visitor.submit(f"{PAGE}/remove")
    assert "off the file" in visitor.page
    assert await on_file(site) is None
    assert any("There is none any more" in mail.text for mail in await site.outbox(HOME))
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.NOTICE_ADDRESS_REMOVED.value)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("no address", "That isn&#39;t an e-mail address"),
        ("ana@acme.example", "on file already"),
        ("a@b.example\r\nBcc: eve@evil.example", "That isn&#39;t an e-mail address"),
        ("", "That isn&#39;t an e-mail address"),
    ],
)
async def test_what_can_be_none(site: Site, typed: str, said: str) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    page = await visitor.submit(PAGE, address=typed)
    assert (page.status, said in page) == (422, True)
    assert await site.rows(PendingAddress) == []


async def test_sending_is_limited_per_person(site: Site) -> None:
    """Nobody makes Zoe flood foreign mailboxes."""
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    await visitor.submit(PAGE, address=HOME)
    await visitor.open(PAGE)
    assert (await visitor.submit(PAGE, address=OTHER)).status == 429
    assert await site.outbox(OTHER) == []
    await visitor.open(f"{PAGE}/code")
    await visitor.submit(f"{PAGE}/code", code=await site.code_for(HOME))
    assert await on_file(site) == HOME, "what waited was not spoilt"


async def test_it_needs_a_step_up_at_each_press(site: Site) -> None:
    visitor = await with_notice_address(site)
    site.later(minutes=5)
    csrf = visitor.csrf
    for path, fields in ((PAGE, {"address": OTHER}), (f"{PAGE}/code", {"code": "123456"}), (f"{PAGE}/remove", {})):
        assert (await visitor.post(path, csrf=csrf, **fields)).path == "/login/step-up"
    assert await on_file(site) == HOME
