"""Before both proofs everybody gets the same answers."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.audit.models import AuditEvent
from auth_backend.codes.models import OneTimeCode
from auth_backend.db import Base
from auth_backend.limits.models import FailureCounter, Sending
from auth_backend.outbox.models import OutboxMessage
from auth_backend.resets.models import Claim
from tests.integration.auth.resets.world import ANA, BRUNO, CARLA, NOBODY, SOFIA, Chat, World, without_volatile


async def answers(world: World, address: str) -> list[Any]:
    """Everything that a stranger can see of an address without its mailbox."""
    chat = await world.chat()
    seen: list[Any] = []

    async def see(answer: Any) -> None:
        seen.append((answer.get("outcome"), answer.get("retry_at"), without_volatile(answer.get("facts", answer))))

    await see(await chat.claim(address))
    await see(await chat.act("POST", "reset/resend", {"lang": "en"}))
    for _ in range(6):
        await see(await chat.code("000000"))
    await see(await chat.act("GET", "facts"))
    await see(await chat.act("GET", "reset/status"))
    await see(await chat.act("POST", "reset/check"))
    await see(await chat.card())
    await see(await chat.confirm(text="yes"))
    await see(await chat.execute())
    seen.append(await chat.tell("verify-link", {"lang": "en"}))
    panel = await world.bot("GET", f"conversations/{chat.id}/desk-panel")
    assert panel.pop("address_typed") == address
    seen.append(panel)
    await see(await chat.act("POST", "reset/cancel"))
    await see(await chat.claim(address))
    return seen


async def writes(world: World) -> dict[str, int]:
    models = (AuditEvent, Claim, FailureCounter, OneTimeCode, OutboxMessage, Sending)
    return {model.__name__: len(await world.rows(model)) for model in models}


async def test_everybody_gets_the_same_answers_for_the_same_writes(lite: World) -> None:
    await lite.change(User, lite.ids["carla"], frozen_until=lite.clock() + timedelta(days=3))
    await lite.change(User, lite.ids["bruno"], state=EnrolmentState.MUST_ENROL)
    seen, written = [], []
    for address in (NOBODY, ANA, BRUNO, CARLA, SOFIA):
        before = await writes(lite)
        seen.append(await answers(lite, address))
        after = await writes(lite)
        written.append({name: after[name] - before[name] for name in after})
    assert all(answer == seen[0] for answer in seen)
    assert all(count == written[0] for count in written)


async def test_unknown_address_gets_no_mail(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim(NOBODY)
    message = await lite.one(OutboxMessage)
    assert (message.state.value, message.body) == ("dropped", None)
    assert await lite.mails(NOBODY) == []
    assert (await lite.one(OneTimeCode)).user_id is None


async def count_rows(world: World) -> dict[str, int]:
    """Rows of every table there is."""
    async with world.services.sessions.begin() as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


async def test_the_whole_walk_to_the_lock_is_the_same_for_nobody_and_somebody(lite: World) -> None:
    """Claim, resend, wrong codes, spent, another claim, back-off, lock, and the day after: step by step, side by side,
    the same answers and the same rows in every table.
    """
    walkers = [(address, await lite.chat()) for address in (NOBODY, ANA, BRUNO, SOFIA)]
    seen: list[str | None] = []
    await (await lite.chat()).claim("first@of.all.example")  # tables of one row have it now

    async def step(act: Callable[[Chat, str], Awaitable[Any]], **later: float) -> None:
        answers, grown = [], []
        for address, chat in walkers:
            before = await count_rows(lite)
            answer = await act(chat, address)
            after = await count_rows(lite)
            grown.append({name: after[name] - before[name] for name in after if after[name] != before[name]})
            answers.append((answer["outcome"], answer.get("retry_at"), without_volatile(answer["facts"])))
        assert all(answer == answers[0] for answer in answers), (len(seen), answers)
        assert all(rows == grown[0] for rows in grown), (len(seen), grown)
        seen.append(answers[0][0])
        lite.clock.advance(timedelta(**later))

    def claim(chat: Chat, address: str) -> Awaitable[Any]:
        return chat.claim(address)

    def resend(chat: Chat, _address: str) -> Awaitable[Any]:
        return chat.act("POST", "reset/resend", {"lang": "en"})

    def guess(chat: Chat, _address: str) -> Awaitable[Any]:
        return chat.code("000000")

    await step(claim, seconds=30)
    await step(resend, seconds=30)
    await step(resend)
    for _ in range(5):
        await step(guess)
    await step(guess, seconds=61)
    await step(claim)
    for wait in (1, 10, 20, 40, 70):
        await step(guess, seconds=wait)
        await step(guess, seconds=wait)
    await step(guess, hours=1)
    await step(claim, hours=24)
    await step(claim)
    await step(guess)
    assert seen[:3] == ["sent", "throttled", "sent"]
    assert {"wrong", "spent", "throttled", "password_first"} <= set(seen)
    assert seen[-2] == "sent"
    locks = {row.subject.partition(":")[0]: row for row in await lite.rows(FailureCounter, FailureCounter.in_a_row > 5)}
    assert set(locks) == {"user", "address"}
    assert len({(row.in_a_row, row.bucket, len(row.failed_at)) for row in locks.values()}) == 1
