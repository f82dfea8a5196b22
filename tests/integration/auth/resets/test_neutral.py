"""Before both proofs everybody gets the same answers (security.md 6)."""

from datetime import timedelta
from typing import Any

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.audit.models import AuditEvent
from auth_backend.codes.models import OneTimeCode
from auth_backend.limits.models import FailureCounter, Sending
from auth_backend.outbox.models import OutboxMessage
from auth_backend.resets.models import Claim
from tests.integration.auth.resets.world import ANA, BRUNO, CARLA, NOBODY, SOFIA, World, without_volatile


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
