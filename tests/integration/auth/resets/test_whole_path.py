"""From claim to execution, as bot, actions and a browser do it."""

from datetime import timedelta

from auth_backend.accounts.models import EnrolmentState, EnrolReason
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Reset, ResetState
from tests.integration.auth.resets.world import ANA, PASSWORDS, World


async def test_known_browser_resets_at_once(world: World) -> None:
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    assert (await chat.facts())["stage"] == "none"

    claimed = await chat.claim()
    assert claimed["outcome"] == "sent"
    assert claimed["facts"]["stage"] == "code"

    proven = await chat.code(await world.mailed_code(ANA))
    assert (proven["outcome"], proven["facts"]["stage"]) == ("accepted", "password")

    page = await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert "Go back to the chat" in page
    assert (chat.id, "proof_given") in await world.events()

    card = await chat.card()
    assert card["facts"]["stage"] == "ready"
    assert card["facts"]["reset"]["removes"] == [{"kind": "sms", "label": "ending in 88", "count": 1}]
    assert card["facts"]["reset"]["told"] == ["a••@acme.example", "••88"]
    assert (await chat.execute())["outcome"] == "not_confirmed"

    said = await chat.confirm(nonce=card["nonce"])
    assert (said["outcome"], said["facts"]["stage"]) == ("recorded", "confirmed")

    done = await chat.execute()
    assert (done["outcome"], done["facts"]["stage"]) == ("executed", "executed")
    assert (await chat.execute())["outcome"] == "executed"

    ana = await world.user("ana")
    assert (ana.state, ana.enrol_reason) == (EnrolmentState.MUST_ENROL, EnrolReason.RESET)
    assert ana.enrol_right_until == world.clock() + timedelta(days=7)
    factor = await world.one(Factor, Factor.user_id == ana.id)
    assert factor.status is FactorStatus.REVOKED
    assert len(await world.mails(ANA, "notice:reset_executed")) == 1
    assert len(await world.mails("+5511912345688", "notice:reset_executed")) == 1


async def test_unknown_browser_waits_and_then_executes(world: World) -> None:
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)
    facts = await chat.facts()
    assert facts["stage"] == "scheduled"
    assert "risk" not in str(facts)
    assert (await chat.execute())["outcome"] == "scheduled"
    assert len(await world.mails(ANA, "notice:reset_scheduled")) == 1

    world.clock.advance(timedelta(hours=23, minutes=59))
    assert (await run_due(world.services)).executed == 0
    world.clock.advance(timedelta(minutes=2))
    assert (await run_due(world.services)).executed == 1
    assert (await run_due(world.services)).executed == 0
    reset = await world.one(Reset)
    assert reset.state is ResetState.EXECUTED
    assert (chat.id, "reset_changed") in await world.events()
