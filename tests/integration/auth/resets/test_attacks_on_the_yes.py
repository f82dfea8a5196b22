"""The yes, and what may change between it and the execution."""

from datetime import timedelta
from typing import Any

import pytest

from auth_backend.accounts.models import Account, User
from auth_backend.desk.models import DeskMember
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.login.models import LoginSession
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import ConfirmationNonce, Proof, ProofKind, Reset, ResetState
from tests.integration.auth.resets.world import ANA, CARLA, Browser, Chat, World


async def ready(world: World) -> tuple[Chat, Browser]:
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.to_ready(browser)
    return chat, browser


@pytest.mark.parametrize("text", ["Yes, please!", "sim", "Sí, adelante", "Remover e recomeçar"])
async def test_listed_reply_counts_while_a_nonce_is_the_newest(lite: World, text: str) -> None:
    chat, _ = await ready(lite)
    assert (await chat.confirm(text=text))["outcome"] == "not_recorded"
    await chat.card()
    assert (await chat.confirm(text="maybe later"))["outcome"] == "not_recorded"
    assert (await chat.confirm(text=text))["outcome"] == "recorded"
    assert await chat.stage() == "confirmed"


@pytest.mark.parametrize("ended_by", ["close", "human", "claimed", "handed_back", "closed", "cancel"])
async def test_whatever_ends_the_card_ends_its_nonce_in_the_backend(lite: World, ended_by: str) -> None:
    """Stop, goodbye, a person, the end: afterwards neither the button nor a word of that card is a yes."""
    chat, _ = await ready(lite)
    nonce = (await chat.card())["nonce"]
    match ended_by:
        case "close":
            assert await chat.tell("confirmation-card/close", {}) == {"closed": True}
            assert await chat.tell("confirmation-card/close", {}) == {"closed": False}
        case "human":
            await chat.act("POST", "human", {"reason": None})
        case "cancel":
            await chat.act("POST", "reset/cancel")
        case event:
            async with lite.services.sessions.begin() as session:
                session.add(DeskMember(user_id=lite.ids["sofia"], role="agent"))
            await chat.tell("desk-events", {"agent_id": lite.ids["sofia"], "event": event})
    assert (await lite.one(ConfirmationNonce)).ended_at is not None
    assert (await chat.confirm(nonce=nonce))["outcome"] == "not_recorded"
    assert (await chat.confirm(text="yes"))["outcome"] == "not_recorded"
    assert await chat.stage() == ("cancelled" if ended_by == "cancel" else "ready")
    if ended_by != "cancel":
        assert (await chat.confirm(nonce=(await chat.card())["nonce"]))["outcome"] == "recorded"


async def test_closing_ends_no_other_conversations_card(lite: World) -> None:
    chat, _ = await ready(lite)
    nonce = (await chat.card())["nonce"]
    assert await (await lite.chat()).tell("confirmation-card/close", {}) == {"closed": False}
    assert (await chat.confirm(nonce=nonce))["outcome"] == "recorded"


async def test_a_word_older_than_its_card_is_no_yes(lite: World) -> None:
    chat, _ = await ready(lite)
    before = lite.clock()
    lite.clock.advance(timedelta(microseconds=1))
    await chat.card()
    assert (await chat.confirm(text="yes", written_at=before.isoformat()))["outcome"] == "not_recorded"
    assert "reset:confirmation:refused" in await lite.tags()
    assert (await chat.confirm(text="yes"))["outcome"] == "recorded"


async def test_a_word_for_an_older_card_is_no_yes(lite: World) -> None:
    """The newest card counts, and a word names the card behind which it stands."""
    chat, _ = await ready(lite)
    old = (await chat.card())["nonce"]
    await chat.card()
    assert (await chat.confirm(text="yes", nonce=old))["outcome"] == "not_recorded"
    assert await chat.stage() == "ready"


@pytest.mark.parametrize("body", [{"text": "yes"}, {"text": "yes", "written_at": "2026-03-02T14:02:00Z"}, {}])
async def test_a_word_without_its_card_is_refused(lite: World, body: dict[str, str]) -> None:
    chat, _ = await ready(lite)
    await chat.card()
    await chat.tell("confirmations", {**body, "activity_id": "a"}, status=422)


async def test_a_text_comes_with_its_time_and_a_press_without(lite: World) -> None:
    chat, _ = await ready(lite)
    nonce = (await chat.card())["nonce"]
    for body in ({"text": "yes"}, {"written_at": "2026-03-02T14:02:00Z"}, {"text": "yes", "written_at": "14:02"}):
        await chat.tell("confirmations", {"nonce": nonce, **body, "activity_id": "a"}, status=422)
    assert await chat.stage() == "ready"


async def test_nonce_of_another_conversation(lite: World) -> None:
    chat, _ = await ready(lite)
    nonce = (await chat.card())["nonce"]
    carla = lite.browser()
    other = await lite.chat(browser=carla)
    await other.to_ready(carla, "carla", CARLA)
    await other.card()
    assert (await other.confirm(nonce=nonce))["outcome"] == "not_recorded"
    assert (await chat.confirm(nonce=(await other.card())["nonce"]))["outcome"] == "not_recorded"
    assert await chat.stage() == await other.stage() == "ready"


async def test_nonce_is_replaced_used_and_expires(lite: World) -> None:
    chat, _ = await ready(lite)
    old, new = (await chat.card())["nonce"], (await chat.card())["nonce"]
    assert (await chat.confirm(nonce=old))["outcome"] == "not_recorded"
    assert (await chat.confirm(nonce="made up"))["outcome"] == "not_recorded"
    lite.clock.advance(timedelta(minutes=10))
    assert (await chat.confirm(nonce=new))["outcome"] == "expired"
    assert (await chat.confirm(text="yes"))["outcome"] == "expired"
    fresh = (await chat.card())["nonce"]
    assert (await chat.confirm(nonce=fresh, activity="yes-1"))["outcome"] == "recorded"
    assert (await chat.confirm(nonce=fresh, activity="yes-1"))["outcome"] == "recorded"
    assert (await chat.confirm(nonce=fresh))["outcome"] == "not_recorded"
    assert "reset:confirmation:refused" in await lite.tags()
    assert {row.nonce for row in await lite.rows(ConfirmationNonce)}.isdisjoint({old, new, fresh})


async def test_no_card_before_the_proofs(lite: World) -> None:
    chat = await lite.chat()
    assert (await chat.card())["outcome"] == "not_ready"
    await chat.prove_email()
    assert (await chat.card())["outcome"] == "not_ready"
    assert (await chat.confirm(text="yes"))["outcome"] == "not_recorded"


async def test_proofs_too_old_for_a_yes(lite: World) -> None:
    chat, _ = await ready(lite)
    lite.clock.advance(timedelta(minutes=25))
    nonce = (await chat.card())["nonce"]
    lite.clock.advance(timedelta(minutes=5))
    assert (await chat.confirm(nonce=nonce))["outcome"] == "expired"
    assert await chat.stage() == "expired"


async def test_state_alone_executes_nothing(lite: World) -> None:
    """Somebody who can write the row, but gave no yes: the proofs are looked at again."""
    chat, _ = await ready(lite)
    reset = await lite.one(Reset)
    await lite.change(Reset, reset.id, state=ResetState.CONFIRMED, confirmed_at=lite.clock())
    assert (await chat.execute())["outcome"] == "refused"
    assert (await lite.one(Factor, Factor.user_id == lite.ids["ana"])).status is FactorStatus.LIVE


CHANGES: dict[str, tuple[type[Any], str, dict[str, Any]]] = {
    "owner": (Account, "acme", {"owner_id": "bruno"}),
    "email": (User, "ana", {"email": "new@acme.example"}),
    "password": (User, "ana", {"password_epoch": 1}),
    "factors": (User, "ana", {"factor_epoch": 1}),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_facts_changed_between_yes_and_execution(lite: World, what: str) -> None:
    chat, browser = await ready(lite)
    assert (await chat.confirm(nonce=(await chat.card())["nonce"]))["outcome"] == "recorded"
    model, name, values = CHANGES[what]
    await lite.change(model, lite.ids[name], **{key: lite.ids.get(str(value), value) for key, value in values.items()})
    answer = await chat.execute()
    assert (answer["outcome"], answer["facts"]["refusal"]) == ("refused", "facts_changed")
    assert (await lite.one(Factor, Factor.user_id == lite.ids["ana"])).status is FactorStatus.LIVE
    assert "reset:execution:refused" in await lite.tags()
    assert (await chat.execute())["outcome"] == "refused"
    del browser


async def test_frozen_between_yes_and_execution(lite: World) -> None:
    chat, _ = await ready(lite)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    await lite.change(User, lite.ids["ana"], frozen_until=lite.clock() + timedelta(hours=72))
    answer = await chat.execute()
    assert (answer["outcome"], answer["facts"]["refusal"]) == ("refused", "frozen")


async def test_yes_that_nobody_asked_to_execute_lapses(lite: World) -> None:
    chat, _ = await ready(lite)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    lite.clock.advance(timedelta(minutes=30))
    assert (await run_due(lite.services)).ended == 1
    assert (await chat.execute())["outcome"] == "not_confirmed"
    assert await chat.stage() == "expired"


async def test_another_conversation_executes_nothing(lite: World) -> None:
    chat, _ = await ready(lite)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    other = await lite.chat()
    assert (await other.execute())["outcome"] == "not_confirmed"
    assert await chat.stage() == "confirmed"


async def test_third_reset_in_thirty_days_needs_a_person(lite: World) -> None:
    for number in range(3):
        browser = lite.browser()
        chat = await lite.chat(browser=browser)
        await chat.prove_email()
        await browser.type_password(await chat.verify_url(), "ana likes long walks")
        facts = await chat.facts()
        if number == 2:
            assert (facts["stage"], facts["refusal"]) == ("refused", "too_many")
            break
        await chat.confirm(nonce=(await chat.card())["nonce"])
        lite.clock.advance(timedelta(hours=24))
        assert (await run_due(lite.services)).executed == 1
        await enrol_again(lite)


async def test_second_reset_waits_even_in_a_known_browser(lite: World) -> None:
    chat, browser = await ready(lite)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    assert (await chat.execute())["outcome"] == "executed"
    await enrol_again(lite)
    lite.clock.advance(timedelta(days=3))
    again = await lite.chat(browser=browser)
    await again.to_confirmed(browser)
    assert await again.stage() == "scheduled"


async def test_nothing_to_reset(lite: World) -> None:
    factor = await lite.one(Factor, Factor.user_id == lite.ids["ana"])
    await lite.change(Factor, factor.id, status=FactorStatus.REVOKED)
    chat, _ = await ready(lite)
    facts = await chat.facts()
    assert (facts["stage"], facts["refusal"], facts["proofs"]["owner"]) == ("refused", "nothing_to_reset", True)


async def test_lapsed_right_to_enrol_is_renewed(lite: World) -> None:
    chat, browser = await ready(lite)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    await chat.execute()
    lite.clock.advance(timedelta(days=8))
    again = await lite.chat(browser=browser)
    await again.to_confirmed(browser)
    assert await again.stage() == "scheduled"
    lite.clock.advance(timedelta(hours=24))
    assert (await run_due(lite.services)).executed == 1
    assert (await lite.user("ana")).enrol_right_until == lite.clock() + timedelta(days=7)


async def test_stolen_device_needs_a_new_password_and_new_number_gets_no_sms(lite: World) -> None:
    for address, name, reason in ((ANA, "ana", "new_number"), (CARLA, "carla", "stolen")):
        browser = lite.browser()
        await lite.know(browser, name)
        chat = await lite.chat(browser=browser)
        await chat.claim(address, reason)
        await chat.code(await lite.mailed_code(address))
        await browser.type_password(await chat.verify_url(), PASSWORD_OF[name])
        card = await chat.card()
        assert len(card["facts"]["reset"]["told"]) == 1
        await chat.confirm(nonce=card["nonce"])
        assert (await chat.execute())["outcome"] == "executed"
    assert await lite.mails("+5511912345688") == []
    assert not (await lite.user("ana")).new_password_required
    assert (await lite.user("carla")).new_password_required


async def test_sessions_and_codes_end(lite: World) -> None:
    chat, _ = await ready(lite)
    now = lite.clock()
    async with lite.services.sessions.begin() as session:
        session.add(
            LoginSession(
                token="t",
                user_id=lite.ids["ana"],
                level="full",
                ip="",
                user_agent="",
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=1),
                password_at=now,
                csrf="c",
            )
        )
    other = await lite.chat()
    lite.clock.advance(timedelta(minutes=1))
    await other.claim()
    code = await lite.mailed_code(ANA)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    assert (await chat.execute())["outcome"] == "executed"
    assert (await lite.one(LoginSession)).end_reason == "reset"
    assert (await other.code(code))["outcome"] == "spent"
    assert {proof.kind for proof in await lite.rows(Proof)} == set(ProofKind) - {
        ProofKind.STEP_UP
    }  # of who asks for a member


PASSWORD_OF = {"ana": "ana likes long walks", "carla": "carla climbs quickly up"}


async def enrol_again(world: World) -> None:
    """The user enrols anew, as the pages would have it."""
    now = world.clock()
    async with world.services.sessions.begin() as session:
        user = await session.get(User, world.ids["ana"])
        assert user is not None
        user.state = "enrolled"  # type: ignore[assignment]
        user.factor_epoch += 1
        session.add(
            Factor(user_id=user.id, kind=FactorKind.APP, status=FactorStatus.LIVE, created_at=now, confirmed_at=now)
        )
