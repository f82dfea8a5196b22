"""Changes of the registered e-mail at once, on SQLite and Postgres: one wins, wholly or not at all."""

import asyncio

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.resets.executing.execution import Execution, execute
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetState
from auth_backend.sign_in_data.models import FormerAddress
from tests.integration.auth.factors.ways import ANA, PASSWORD, enrol_sms
from tests.integration.auth.sign_in_data.people import EMAIL, ana_by_sms, reset_of
from tests.support.auth_site import Forms, Site, Visitor

NEW, CARLA = "ana@new.example", "carla@globex.example"
RACERS = 16


async def at_the_code(site: Site, visitor: Visitor, address: str) -> dict[str, str]:
    """The form for the code, filled in."""
    await visitor.open(EMAIL)
    await visitor.submit(EMAIL, current_password=PASSWORD, address=address)
    return {**Forms(visitor.page.html).forms[f"{EMAIL}/code"], "code": await site.code_for(address)}


async def test_one_code_sixteen_times(site: Site) -> None:
    visitor = await ana_by_sms(site)
    form = await at_the_code(site, visitor, NEW)
    await asyncio.gather(*(visitor.post(f"{EMAIL}/code", **form) for _ in range(RACERS)))
    (row,) = await site.rows(OneTimeCode, OneTimeCode.purpose == CodePurpose.NEW_EMAIL)
    assert row.end_reason == "used"
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.EMAIL_CHANGED.value)) == 1
    assert len(await site.rows(FormerAddress)) == 1
    assert len([mail for mail in await site.outbox(ANA) if "no longer sign in" in mail.subject]) == 1


async def test_two_want_one_address_at_once(site: Site) -> None:
    """Both read its mailbox and hold right codes; the database lets one have it, the other is told."""
    ana, carla = await ana_by_sms(site), await site.visitor()
    await site.user(CARLA, account=await site.account("Globex"))
    await enrol_sms(site, carla, CARLA, "+5511977776666")
    first = await at_the_code(site, carla, NEW)
    second = await at_the_code(site, ana, NEW)
    pages = await asyncio.gather(
        *(carla.post(f"{EMAIL}/code", **first), ana.post(f"{EMAIL}/code", **second)),
    )
    assert sorted(page.path for page in pages) == ["/account/security", f"{EMAIL}/code"]
    emails = {user.email for user in await site.rows(User)}
    assert NEW in emails
    assert len(emails & {ANA, CARLA}) == 1
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.EMAIL_CHANGED.value)) == 1


async def test_one_takes_what_the_other_leaves(site: Site) -> None:
    """Whoever waited for the address that somebody was just leaving doesn't get it: it may have to come back."""
    ana, carla = await ana_by_sms(site), await site.visitor()
    await site.user(CARLA, account=await site.account("Globex"))
    await enrol_sms(site, carla, CARLA, "+5511977776666")
    wants = await at_the_code(site, carla, ANA)
    leaves = await at_the_code(site, ana, NEW)
    await asyncio.gather(ana.post(f"{EMAIL}/code", **leaves), carla.post(f"{EMAIL}/code", **wants))
    assert {user.email for user in await site.rows(User)} == {NEW, CARLA}


async def test_a_change_against_the_execution_of_a_reset(site: Site) -> None:
    """The reset is executed on the old address, or cancelled by the change; never both, never on half of it."""
    visitor = await ana_by_sms(site)
    form = await at_the_code(site, visitor, NEW)
    reset = await _confirmed(site)

    async def carry_out() -> Execution:
        async with site.services.sessions.begin() as session:
            return await execute(session, site.services, reset.id, now=site.clock())

    changing = visitor.post(f"{EMAIL}/code", **form)
    done = await asyncio.gather(*(carry_out() for _ in range(4)), changing, *(carry_out() for _ in range(4)))
    executed = Execution.EXECUTED in done
    (user,) = await site.rows(User)
    (after,) = await site.rows(Reset)
    assert user.email == (ANA if executed else NEW)
    assert after.state is (ResetState.EXECUTED if executed else ResetState.CANCELLED)
    assert user.state is (EnrolmentState.MUST_ENROL if executed else EnrolmentState.ENROLLED)
    assert len(await site.rows(FormerAddress)) == (0 if executed else 1)


async def _confirmed(site: Site) -> Reset:
    """A reset of Ana's with every proof and the yes, not yet executed."""
    reset = await reset_of(site, ResetState.CONFIRMED)
    (user,) = await site.rows(User)
    async with site.services.sessions.begin() as session:
        row = await session.get(Reset, reset.id)
        assert row is not None
        row.fact_owner_id, row.fact_email = user.id, user.email
        row.fact_password_epoch, row.fact_factor_epoch = user.password_epoch, user.factor_epoch
        for kind in (ProofKind.EMAIL, ProofKind.PASSWORD, ProofKind.OWNER, ProofKind.CONFIRMATION):
            session.add(Proof(reset_id=row.id, kind=kind, channel="chat", at=site.clock()))
    return reset
