"""What happens to wishes for a person where no desk is open: an honest answer. Ending a conversation works without
one too.
"""

from sqlalchemy import update

from bot.db import Database
from bot.handoff.states import State, sources
from bot.languages import Lang
from bot.models import Conversation
from bot.moments.codes import START
from bot.moments.wording import say
from bot.replies import Event, Outgoing, Reply, Say
from httpkit.clock import Now

STATE_EVENT = "zoe.state"


def state_event(state: State, agent: str | None = None, position: int | None = None) -> Event:
    """What clients are told about who is in charge."""
    return Event(STATE_EVENT, {"state": state.value, "agent": agent, "position": position})


class WithoutDesk:
    """The hand-over of an installation whose desk nobody staffs."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def start(self, conversation: Conversation, reason: str | None, lang: Lang, turn_id: str) -> list[Outgoing]:
        """Nobody is there; the reset works at any hour."""
        del conversation, reason, turn_id
        return [Reply(say(lang, "human_unavailable"), lang, "handoff", (Say(say(lang, "reset_it"), START),))]

    async def message_arrived(self, conversation: Conversation, turn_id: str) -> None:
        """The transcript has it; whoever opens the conversation at a desk reads it there."""

    async def give_back(self, conversation: Conversation, lang: Lang, turn_id: str) -> list[Outgoing]:
        """Zoe is in charge again, also when a desk that is gone had it."""
        del lang, turn_id
        return await self._move(conversation.id, State.BOT)

    async def end(self, conversation: Conversation, lang: Lang, turn_id: str) -> list[Outgoing]:
        """Closes the conversation; it can still be read."""
        del lang, turn_id
        return await self._move(conversation.id, State.CLOSED)

    async def _move(self, conversation_id: str, wanted: State) -> list[Outgoing]:
        now = self._now()
        async with self._database.write() as session:
            await session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id, Conversation.state.in_(sources(wanted)))
                .values(
                    state=wanted,
                    state_changed_at=now,
                    queued_at=None,
                    agent_id=None,
                    agent_name=None,
                    closed_at=now if wanted is State.CLOSED else None,
                )
            )
            reached = await session.get_one(Conversation, conversation_id)
        return [state_event(State(reached.state))]
