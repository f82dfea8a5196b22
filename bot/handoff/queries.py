"""The rows of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.models import DeskEvent, DeskPresence, Handover
from bot.handoff.states import State, sources
from bot.handoff.waiting import Waiting
from bot.models import Conversation

PRESENT_FOR = timedelta(seconds=45)
"""How long an open desk page counts after it was last heard of: twice what a socket needs to come back."""


@dataclass(frozen=True)
class InDesk:
    """A conversation that waits for a person or has one, with its handover."""

    conversation: Conversation
    handover: Handover


async def move(
    session: AsyncSession,
    conversation_id: str,
    wanted: State,
    now: datetime,
    *,
    only_agent: str | None = None,
    agent: tuple[str, str] | None = None,
    reason: str | None = None,
) -> bool:
    """Moves a conversation if the state machine lets it go there now; one of many callers wins.

    `only_agent`: only while this agent has it. `agent`: id and name of who gets it.
    """
    values = {
        "state": wanted.value,
        "state_changed_at": now,
        "queued_at": now if wanted is State.QUEUED else None,
        "agent_id": agent[0] if agent else None,
        "agent_name": agent[1] if agent else None,
        "closed_at": now if wanted is State.CLOSED else None,
    }
    if wanted is State.QUEUED:
        values["handoff_reason"] = reason
    change = update(Conversation).where(
        Conversation.id == conversation_id,
        Conversation.deleted_at.is_(None),
        Conversation.state.in_([state.value for state in sources(wanted)]),
    )
    if only_agent is not None:
        change = change.where(Conversation.state == State.AGENT.value, Conversation.agent_id == only_agent)
    moved = await session.scalar(change.values(**values).returning(Conversation.id))
    return moved is not None


async def get_state(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation as the database has it now. Raises NoResultFound for an unknown one."""
    return await session.get_one(Conversation, conversation_id, populate_existing=True)


async def get_open_handover(session: AsyncSession, conversation_id: str) -> Handover | None:
    """The handover that is not over."""
    return await session.scalar(
        select(Handover)
        .where(Handover.conversation_id == conversation_id, Handover.ended_at.is_(None))
        .order_by(Handover.queued_at.desc(), Handover.id)
        .limit(1)
    )


async def list_in_desk(session: AsyncSession) -> list[InDesk]:
    """Everything that waits or is with an agent, who waited longest first."""
    rows = await session.execute(
        select(Conversation, Handover)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .where(
            Conversation.state.in_([State.QUEUED.value, State.AGENT.value]),
            Conversation.deleted_at.is_(None),
            Handover.ended_at.is_(None),
        )
        .order_by(Handover.queued_at, Handover.id)
        .limit(1_000)
    )
    return [InDesk(row[0], row[1]) for row in rows]


async def is_in_sight(session: AsyncSession, conversation_id: str, teams: Sequence[str]) -> bool:
    """Whether the conversation is at the desk now and belongs to one of `teams`."""
    rows = await session.scalars(
        select(Handover)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(
            Conversation.id == conversation_id,
            Conversation.state.in_([State.QUEUED.value, State.AGENT.value]),
            Conversation.deleted_at.is_(None),
            Handover.ended_at.is_(None),
        )
    )
    return any(set(handover.teams) & set(teams) for handover in rows)


async def list_queue(session: AsyncSession) -> list[Waiting]:
    """Who waits for a person, longest first."""
    in_desk = await list_in_desk(session)
    return [
        Waiting(entry.conversation.id, frozenset(entry.handover.teams))
        for entry in in_desk
        if entry.conversation.state == State.QUEUED.value
    ]


async def list_waits(session: AsyncSession, since: datetime) -> list[timedelta]:
    """How long those waited whom an agent took since then."""
    rows = await session.execute(
        select(Handover.queued_at, Handover.accepted_at).where(Handover.accepted_at >= since).limit(10_000)
    )
    return [accepted - queued for queued, accepted in rows if accepted is not None]


async def list_present_teams(session: AsyncSession, now: datetime) -> list[frozenset[str]]:
    """The teams of each agent whose desk is open."""
    rows = await session.scalars(select(DeskPresence.teams).where(DeskPresence.seen_at > now - PRESENT_FOR))
    return [frozenset(teams) for teams in rows]


async def note_presence(session: AsyncSession, agent_id: str, teams: Sequence[str], now: datetime) -> None:
    """The agent's desk page is open now."""
    row = await session.get(DeskPresence, agent_id)
    if row is None:
        session.add(DeskPresence(agent_id=agent_id, teams=list(teams), seen_at=now))
    else:
        row.teams, row.seen_at = list(teams), now
    await session.flush()


async def list_undelivered(session: AsyncSession, limit: int = 100) -> Sequence[DeskEvent]:
    """What the audit has not heard yet, oldest first."""
    rows = await session.scalars(
        select(DeskEvent).where(DeskEvent.delivered_at.is_(None)).order_by(DeskEvent.created_at).limit(limit)
    )
    return rows.all()
