"""Sixteen at once: exactly one wins, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from auth_backend.accounts.owner_change import change_owner
from auth_backend.codes.models import OneTimeCode
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Proof, ProofKind, Reset
from tests.integration.auth.resets.world import ANA, CSRF, NOBODY, PASSWORDS, World

RACERS = 16


async def test_one_code_sixteen_times(world: World) -> None:
    chat = await world.chat()
    await chat.claim()
    code = await world.mailed_code(ANA)
    answers = await asyncio.gather(*(chat.code(code) for _ in range(RACERS)))
    assert Counter(answer["outcome"] for answer in answers) == {"accepted": 1, "not_awaited": RACERS - 1}
    assert len(await world.rows(Reset)) == 1
    assert (await world.one(OneTimeCode)).end_reason == "used"


async def test_one_activity_sixteen_times(world: World) -> None:
    chat = await world.chat()
    await chat.claim()
    wrong = f"{(int(await world.mailed_code(ANA)) + 1) % 10**6:06d}"
    answers = await asyncio.gather(*(chat.code(wrong, "same") for _ in range(RACERS)))
    assert {answer["outcome"] for answer in answers} == {"wrong"}
    assert (await world.one(OneTimeCode)).attempts == 1


async def test_guesses_at_once_are_all_counted(world: World) -> None:
    chat = await world.chat()
    await chat.claim()
    right = await world.mailed_code(ANA)
    guesses = [f"{(int(right) + step) % 10**6:06d}" for step in range(1, RACERS + 1)]
    answers = await asyncio.gather(*(chat.code(guess) for guess in guesses))
    assert Counter(answer["outcome"] for answer in answers) == {"wrong": 4, "spent": RACERS - 4}


async def test_one_yes_sixteen_times_and_one_execution(world: World) -> None:
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.to_ready(browser)
    nonce = (await chat.card())["nonce"]
    answers = await asyncio.gather(*(chat.confirm(nonce=nonce) for _ in range(RACERS)))
    assert Counter(answer["outcome"] for answer in answers) == {"recorded": 1, "not_recorded": RACERS - 1}
    assert len(await world.rows(Proof, Proof.kind == ProofKind.CONFIRMATION)) == 1

    done = await asyncio.gather(*(chat.execute() for _ in range(RACERS)))
    assert {answer["outcome"] for answer in done} == {"executed"}
    assert (await world.tags()).count("reset:executed") == 1
    assert len(await world.mails(ANA, "notice:reset_executed")) == 1
    assert (await world.user("ana")).factor_epoch == 1


async def test_many_workers_execute_once(world: World) -> None:
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)
    world.clock.advance(world.services.settings.reset_wait_for)
    runs = await asyncio.gather(*(run_due(world.services) for _ in range(6)), *(chat.execute() for _ in range(6)))
    assert sum(run.executed for run in runs[:6]) <= 1
    assert (await world.tags()).count("reset:executed") == 1
    assert len(await world.mails(ANA, "notice:reset_executed")) == 1


async def test_one_verify_link_sixteen_times(world: World) -> None:
    """The right password is one proof, however often the form is sent."""
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.prove_email()
    await browser.get(await chat.verify_url())
    form = {"csrf": CSRF.search(browser.page)[1], "password": PASSWORDS["ana"]}  # type: ignore[index]
    answers = await asyncio.gather(
        *(browser.client.post("/verify/", data=form, allow_redirects=False) for _ in range(RACERS))
    )
    assert {answer.status for answer in answers} <= {303, 410, 429}
    assert len(await world.rows(Proof, Proof.kind == ProofKind.PASSWORD)) == 1
    assert await chat.stage() == "ready"
    assert (await world.tags()).count("reset:ready") == 1


async def test_a_yes_against_the_end_of_its_card(world: World) -> None:
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.to_ready(browser)
    nonce = (await chat.card())["nonce"]
    calls = [
        chat.confirm(nonce=nonce) if turn % 2 else chat.tell("confirmation-card/close", {}) for turn in range(RACERS)
    ]
    answers = await asyncio.gather(*calls)
    recorded = sum(answer.get("outcome") == "recorded" for answer in answers)
    assert recorded + sum(answer.get("closed") is True for answer in answers) == 1
    assert await chat.stage() == ("scheduled" if recorded else "ready")


async def test_owner_change_against_execute(world: World) -> None:
    """Whoever is no owner any more resets nothing: the execution comes wholly before the change, or not at all."""
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)

    async def change() -> None:
        async with world.services.sessions.begin() as session:
            await change_owner(
                session,
                world.services,
                account_id=world.ids["acme"],
                user_id=world.ids["bruno"],
                actor="operator",
                now=world.clock(),
            )

    calls: list[Awaitable[Any]] = [chat.execute() if turn % 2 else change() for turn in range(RACERS)]
    await asyncio.gather(*calls)
    tags = await world.tags()
    done = [tag for tag in tags if tag in {"reset:executed", "account:owner:changed"}]
    assert done in (["reset:executed", "account:owner:changed"], ["account:owner:changed"])
    factors = await world.rows(Factor, Factor.user_id == world.ids["ana"], Factor.status == FactorStatus.LIVE)
    assert len(factors) == (0 if "reset:executed" in tags else 1)
    assert tags.count("reset:cancelled") == (0 if "reset:executed" in tags else 1)


async def test_cancel_against_execute(world: World) -> None:
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)
    calls = [chat.execute() if turn % 2 else chat.act("POST", "reset/cancel") for turn in range(RACERS)]
    await asyncio.gather(*calls)
    tags = await world.tags()
    assert tags.count("reset:executed") + tags.count("reset:cancelled") == 1


async def test_return_code_sixteen_times(world: World) -> None:
    chat = await world.chat()
    await chat.prove_email()
    phone = world.browser()
    await phone.type_password(await chat.verify_url(), PASSWORDS["ana"])
    code = phone.shown_return_code()
    answers = await asyncio.gather(*(chat.return_code(code) for _ in range(RACERS)))
    assert Counter(answer["outcome"] for answer in answers)["accepted"] == 1


async def test_claims_for_everybody_at_once(world: World) -> None:
    chats = [await world.chat() for _ in range(RACERS)]
    answers = await asyncio.gather(*(chat.claim() for chat in chats))
    assert Counter(answer["outcome"] for answer in answers) == {"sent": 1, "throttled": RACERS - 1}


async def test_everything_at_once_locks_nobody_up(world: World) -> None:
    """Calls that lock the same rows in different orders would end as deadlocks, which are 500s here."""
    browser = world.browser()
    first, second, third = [await world.chat(browser=browser) for _ in range(3)]
    await first.to_confirmed(browser)
    world.clock.advance(timedelta(minutes=2))
    await second.claim()
    code = await world.mailed_code(ANA)
    calls: list[Awaitable[Any]] = []
    for turn in range(4):
        calls += [
            second.code(code),
            second.act("POST", "reset/resend", {"lang": "en"}),
            second.act("POST", "reset/cancel"),
            second.claim(NOBODY if turn % 2 else ANA),
            third.claim(NOBODY),
            third.act("POST", "reset/resend", {"lang": "en"}),
            first.act("POST", "reset/cancel"),
            first.execute(),
            first.act("POST", "reset/check"),
            second.tell("verify-link", {"lang": "en"}),
            second.card(),
            run_due(world.services),
        ]
    await asyncio.gather(*calls)
    tags = await world.tags()
    assert tags.count("reset:cancelled") >= 1
    assert "reset:executed" not in tags
