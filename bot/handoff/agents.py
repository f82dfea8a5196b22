"""What agents do: take a conversation, answer, hand back, close. Permission is judged by `desk_access` before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.directline.queries import get_activity, lock_conversation
from bot.handoff.agent_messages import Held, judge_message
from bot.handoff.backend import Agent, DeskAction, DeskPanel
from bot.handoff.endings import close, return_to_zoe
from bot.handoff.events import Status, tell_state, tell_status
from bot.handoff.models import DeskEvent
from bot.handoff.queries import get_open_handover, get_state, move
from bot.handoff.states import State
from bot.identifiers import activity_id, new_id
from bot.incoming_text import clean
from bot.models import ActivityRow, Conversation
from bot.redaction import redact
from bot.transcript import take_numbers


@dataclass(frozen=True)
class Claimed:
    """Whether this agent has the conversation now, and who has it otherwise."""

    won: bool
    by: str | None


@dataclass(frozen=True)
class Replied:
    """What became of an agent's message."""

    outcome: Literal["sent", "held", "not_yours"]
    id: str | None = None
    held: Held | None = None


async def claim(session: AsyncSession, conversation_id: str, agent: Agent, now: datetime) -> Claimed:
    """Takes a waiting conversation: of any number who try, one gets it."""
    who = (agent.id, agent.first_name)
    if not await move(session, conversation_id, State.AGENT, now, agent=who):
        current = await get_state(session, conversation_id)
        return Claimed(current.agent_id == agent.id, current.agent_name)
    handover = await get_open_handover(session, conversation_id)
    if handover is not None:
        handover.accepted_at, handover.agent_id = now, agent.id
        await session.flush()
    await tell_status(session, conversation_id, Status.ACCEPTED, now)
    await tell_state(session, conversation_id, State.AGENT, now, agent=agent.first_name)
    note(session, conversation_id, agent, "claimed", now)
    return Claimed(True, agent.first_name)


async def reply(
    session: AsyncSession,
    conversation_id: str,
    agent: Agent,
    text: str,
    *,
    client_id: str,
    now: datetime,
    panel: DeskPanel,
    public_url: str,
) -> Replied:
    """Says something to the customer, once for each `client_id`, unless it has to be held back."""
    cleaned = clean(text)
    held = judge_message(cleaned, public_url)
    if held is not None:
        return Replied("held", held=held)
    conversation = await lock_conversation(session, conversation_id)
    if conversation is None or not has(conversation, agent):
        return Replied("not_yours")
    identifier = activity_id(conversation_id, f"agent\n{agent.id}\n{client_id}")
    if await get_activity(session, identifier) is not None:
        return Replied("sent", identifier)
    secret = panel.stage in {"code", "return_code"}
    zoe = {"kind": "text", "secret": secret, "lang": conversation.lang}
    session.add(
        ActivityRow(
            id=identifier,
            conversation_id=conversation_id,
            seq=await take_numbers(session, conversation_id, 1),
            author="agent",
            author_name=agent.first_name,
            type="message",
            kind="text",
            text=redact(cleaned).text,
            wire={"channelData": {"zoe": zoe}, "locale": conversation.lang},
            created_at=now,
        )
    )
    await session.flush()
    return Replied("sent", identifier)


async def hand_back(session: AsyncSession, conversation_id: str, agent: Agent, now: datetime) -> bool:
    """Gives the conversation back to Zoe; False when this agent doesn't have it."""
    if not await return_to_zoe(session, conversation_id, now, by="agent", only_agent=agent.id):
        return False
    note(session, conversation_id, agent, "handed_back", now)
    return True


async def finish(session: AsyncSession, conversation_id: str, agent: Agent, now: datetime) -> bool:
    """Closes the conversation; False when this agent doesn't have it."""
    if not await close(session, conversation_id, now, only_agent=agent.id):
        return False
    note(session, conversation_id, agent, "closed", now)
    return True


def has(conversation: Conversation, agent: Agent) -> bool:
    """Whether this agent is in charge."""
    return conversation.state == State.AGENT.value and conversation.agent_id == agent.id


def note(session: AsyncSession, conversation_id: str, agent: Agent, event: DeskAction, now: datetime) -> None:
    """Puts down for the audit, in the same transaction, what was done."""
    row = DeskEvent(id=new_id(), conversation_id=conversation_id, agent_id=agent.id, event=event, created_at=now)
    session.add(row)
