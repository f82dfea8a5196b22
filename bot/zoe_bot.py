"""Zoe as the Bot Framework knows her: one activity handler. With `adapter.py` the only file that imports botbuilder."""

from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount

from bot.adapter import JOB, note_language, send_outgoing
from bot.answering import Answering
from bot.turns.worker import Done


class ZoeBot(ActivityHandler):  # type: ignore[misc] # botbuilder ships no types
    """Takes activities that redaction has been over and answers them; every sentence comes from `Answering`."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """What a person typed or pressed."""

        async def typing() -> None:
            await turn_context.send_activity(Activity(type=ActivityTypes.typing))

        await _say(turn_context, await self._answering.message(turn_context.turn_state[JOB], typing))

    async def on_members_added_activity(self, members_added: list[ChannelAccount], turn_context: TurnContext) -> None:
        """Somebody opened the conversation; Zoe's own joining is no news."""
        recipient = turn_context.activity.recipient
        if any(member.id != recipient.id for member in members_added):
            await _say(turn_context, await self._answering.welcome(turn_context.turn_state[JOB]))

    async def on_event(self, turn_context: TurnContext) -> None:
        """A listed event of the client's, or news from the auth backend."""
        job = turn_context.turn_state[JOB]
        if job.turn.kind == "facts":
            await _say(turn_context, await self._answering.facts_changed(job))
        else:
            await _say(turn_context, await self._answering.event(job, turn_context.activity.name))


async def _say(turn_context: TurnContext, done: Done) -> None:
    note_language(turn_context, done.lang)
    await send_outgoing(turn_context, done.outgoing)
