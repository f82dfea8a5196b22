"""A member asks, the owner decides, and the member's factor goes or stays."""

from datetime import timedelta

from auth_backend.accounts.models import Account, EnrolmentState
from auth_backend.accounts.owner_change import change_owner
from auth_backend.audit.service import Verified, verify
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetState
from tests.integration.auth.approvals.asking import (
    ask,
    asked,
    decide,
    member_at_the_question,
    newest_request,
    signed_in,
)
from tests.integration.auth.resets.world import ANA, BRUNO, World


async def test_a_known_browser_is_reset_when_the_owner_approves(world: World) -> None:
    chat = await member_at_the_question(world)
    card = await chat.card()
    assert (card["facts"]["stage"], card["facts"]["proofs"]["owner"]) == ("ask_owner", False)
    assert card["facts"]["reset"]["removes"] == card["facts"]["reset"]["told"] == []

    said = await ask(chat, nonce=card["nonce"])
    assert (said["outcome"], said["facts"]["stage"]) == ("recorded", "awaiting_owner")
    until = world.clock() + timedelta(hours=24)
    assert said["facts"]["reset"]["owner_may_decide_until"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (await chat.execute())["outcome"] == "not_confirmed"
    (mail,) = await world.mails(ANA, "notice:owner_asked")
    assert "Bruno (bruno@acme.example)" in mail.text
    assert "Reason: phone or app lost." in mail.text
    assert len(await world.mails(BRUNO, "notice:request_passed_on")) == 1

    owner = await signed_in(world, "ana")
    assert await decide(world, owner, "approve") == "/account/requests?done=approved"
    bruno = await world.user("bruno")
    assert bruno.state is EnrolmentState.MUST_ENROL
    assert (await world.one(Factor, Factor.user_id == bruno.id)).status is FactorStatus.REVOKED
    assert (await chat.facts())["stage"] == "executed"
    assert (chat.id, "reset_changed") in await world.events()
    assert len(await world.mails(BRUNO, "notice:reset_executed")) == 1
    assert len(await world.mails(ANA, "notice:owner_approved")) == 1
    assert (await world.user("ana")).state is EnrolmentState.ENROLLED
    tags = [tag for tag in await world.tags() if tag.startswith("reset:")]
    assert tags[-4:-1] == ["reset:ready", "reset:owner:asked", "reset:owner:approved"]
    assert tags[-1] == "reset:executed"
    async with world.services.sessions.begin() as session:
        assert isinstance(await verify(session, world.services.keys), Verified)


async def test_an_unknown_browser_waits_after_the_approval(world: World) -> None:
    chat = await asked(world, known=False)
    owner = await signed_in(world, "ana")
    assert await decide(world, owner, "approve") == "/account/requests?done=approved"
    assert await chat.stage() == "scheduled"
    assert len(await world.mails(BRUNO, "notice:reset_scheduled")) == 1
    world.clock.advance(timedelta(hours=24, minutes=1))
    assert (await run_due(world.services)).executed == 1
    assert (await world.user("bruno")).state is EnrolmentState.MUST_ENROL


async def test_an_approval_of_somebody_who_owns_no_more_executes_nothing(world: World) -> None:
    await asked(world, known=False)
    owner = await signed_in(world, "ana")
    await decide(world, owner, "approve")
    await world.change(Account, world.ids["acme"], owner_id=world.ids["bruno"])
    world.clock.advance(timedelta(hours=24, minutes=1))
    assert (await run_due(world.services)).executed == 0
    assert (await world.one(Reset)).refusal == "facts_changed"
    assert (await world.user("bruno")).state is EnrolmentState.ENROLLED


async def test_a_refusal_is_told_and_holds_for_a_day(world: World) -> None:
    chat = await asked(world)
    owner = await signed_in(world, "ana")
    assert await decide(world, owner, "refuse") == "/account/requests?done=refused"
    facts = await chat.facts()
    assert (facts["stage"], facts["refusal"], facts["proofs"]["owner"]) == ("refused", "owner_said_no", False)
    assert len(await world.mails(BRUNO, "notice:request_refused")) == 1
    assert (chat.id, "reset_changed") in await world.events()

    again = await member_at_the_question(world)
    assert (await again.facts())["refusal"] == "owner_said_no"
    world.clock.advance(timedelta(hours=24))
    assert await (await member_at_the_question(world)).stage() == "ask_owner"
    assert (await world.user("bruno")).state is EnrolmentState.ENROLLED


async def test_one_request_at_a_time_and_three_in_thirty_days(lite: World) -> None:
    for number in range(3):
        chat = await asked(lite)
        second = await member_at_the_question(lite)
        assert (await second.facts())["refusal"] == "asked_already", number
        lite.clock.advance(timedelta(hours=24, minutes=1))
        assert (await run_due(lite.services)).ended == 1
        assert await chat.stage() == "expired"
        assert len(await lite.mails(BRUNO, "notice:request_unanswered")) == number + 1
    assert (await (await member_at_the_question(lite)).facts())["refusal"] == "asked_too_often"
    lite.clock.advance(timedelta(days=30))
    assert await (await member_at_the_question(lite)).stage() == "ask_owner"


async def test_a_decision_comes_too_late(lite: World) -> None:
    await asked(lite)
    lite.clock.advance(timedelta(hours=24))
    owner = await signed_in(lite, "ana")
    assert await decide(lite, owner, "approve") == "/account/requests?done=gone"
    assert (await lite.user("bruno")).state is EnrolmentState.ENROLLED


async def test_the_member_stops_it_in_the_chat_or_by_the_mailed_link(lite: World) -> None:
    chat = await asked(lite)
    assert (await chat.act("POST", "reset/cancel"))["outcome"] == "cancelled"
    owner = await signed_in(lite, "ana")
    assert await decide(lite, owner, "approve") == "/account/requests?done=gone"

    await asked(lite)
    mail = (await lite.mails(BRUNO, "notice:request_passed_on"))[-1]
    links = [line for line in mail.text.splitlines() if "/resets/" in line]
    member = lite.browser()
    await member.get(links[0].removeprefix(lite.services.settings.public_url))
    assert "The account owner was asked" in member.page
    await member.get(links[1].removeprefix(lite.services.settings.public_url))
    await member.post("/resets/cancel")
    request = await newest_request(lite)
    assert (await lite.one(Reset, Reset.id == request.reset_id)).state is ResetState.CANCELLED


async def test_a_change_of_owner_ends_what_both_were_asked(world: World) -> None:
    chat = await asked(world)
    async with world.services.sessions.begin() as session:
        assert await change_owner(
            session,
            world.services,
            account_id=world.ids["acme"],
            user_id=world.ids["bruno"],
            now=world.clock(),
            actor="operator",
        )
    assert await chat.stage() == "cancelled"
    former = await signed_in(world, "ana")
    assert await decide(world, former, "approve") == "/account/requests?done=gone"


async def test_a_stolen_phone_needs_a_new_password_too(lite: World) -> None:
    chat = await member_at_the_question(lite)
    await ask(chat, reason="stolen")
    await decide(lite, await signed_in(lite, "ana"), "approve")
    assert (await lite.user("bruno")).new_password_required


async def test_the_three_proofs_are_rows(lite: World) -> None:
    await asked(lite)
    assert {row.kind for row in await lite.rows(Proof)} == {
        ProofKind.EMAIL,
        ProofKind.PASSWORD,
        ProofKind.CONFIRMATION,
    }
    lite.clock.advance(timedelta(hours=20))
    await decide(lite, await signed_in(lite, "ana"), "approve")
    rows = {row.kind: row for row in await lite.rows(Proof)}
    assert (rows[ProofKind.OWNER].channel, rows[ProofKind.OWNER].at) == ("account", lite.clock())
    assert (await lite.one(Reset)).state is ResetState.EXECUTED
