"""The Bot Framework adapter for Direct Line, in process: turns become activities, what the bot sends becomes replies.

With `zoe_bot.py` the only file that imports botbuilder: its successor `microsoft-agents-*` has the same wire shapes.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    CardAction,
    ChannelAccount,
    ConversationAccount,
    ConversationReference,
    ResourceResponse,
    SuggestedActions,
)

from bot.fanout import Fanout
from bot.languages import Lang, as_lang
from bot.replies import Event, Open, Outgoing, Reply
from bot.turns.worker import Done, Job

JOB = "zoe.job"
_OUTBOX = "zoe.outbox"
_LANG = "zoe.lang"
_REPLY = "zoe.reply"
_ZOE = ChannelAccount(id="zoe", name="Zoe", role="bot")

type BotLogic = Callable[[TurnContext], Awaitable[Any]]


class DirectLineAdapter(BotAdapter):  # type: ignore[misc] # botbuilder ships no types
    """Runs the bot on one turn at a time and collects what it says; the worker stores that with the turn's end."""

    def __init__(self, bot: BotLogic, fanout: Fanout) -> None:
        super().__init__()
        self._bot = bot
        self._fanout = fanout

    async def __call__(self, job: Job) -> Done:
        """Runs one turn through middleware and bot."""
        context = TurnContext(self, _activity(job))
        outbox: list[Outgoing] = []
        context.turn_state[JOB] = job
        context.turn_state[_OUTBOX] = outbox
        await self.run_pipeline(context, self._bot)
        return Done(outbox, context.turn_state.get(_LANG))

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Shows typing at once, keeps everything else for the end of the turn."""
        job: Job = context.turn_state[JOB]
        outbox: list[Outgoing] = context.turn_state[_OUTBOX]
        for activity in activities:
            if activity.type == ActivityTypes.typing:
                self._fanout.pass_on(
                    job.conversation.id, {"type": "typing", "from": {"id": "zoe", "name": "Zoe", "role": "bot"}}
                )
            else:
                outbox.append(_outgoing(activity, as_lang(job.conversation.lang) or "en"))
        return [ResourceResponse(id=f"{job.turn.id}-{len(outbox)}") for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """Direct Line 3.0 has no updates."""
        raise NotImplementedError("Direct Line activities are not updated")

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Direct Line 3.0 has no deletions."""
        raise NotImplementedError("Direct Line activities are not deleted")


async def send_outgoing(context: TurnContext, outgoing: list[Outgoing]) -> None:
    """Sends what Zoe says through the turn's middleware."""
    if outgoing:
        await context.send_activities([_to_activity(item) for item in outgoing])


def note_language(context: TurnContext, lang: Lang | None) -> None:
    """Remembers the language that was heard in this turn."""
    context.turn_state[_LANG] = lang


def _activity(job: Job) -> Activity:
    """The turn as the activity that a channel would have delivered."""
    turn, conversation = job.turn, job.conversation
    activity = Activity(
        id=turn.id,
        timestamp=turn.created_at,
        channel_id="directline",
        service_url="urn:zoe:directline",
        conversation=ConversationAccount(id=conversation.id),
        from_property=ChannelAccount(id=conversation.user_label or "customer", role="user"),
        recipient=_ZOE,
        locale=conversation.lang,
    )
    match turn.kind:
        case "welcome":
            activity.type = ActivityTypes.conversation_update
            activity.members_added = [activity.from_property]
        case "event" | "facts":
            activity.type = ActivityTypes.event
            activity.name = turn.text
        case _:
            activity.type = ActivityTypes.message
            activity.text = turn.text
    return activity


def _to_activity(item: Outgoing) -> Activity:
    if isinstance(item, Event):
        return Activity(type=ActivityTypes.event, name=item.name, value=item.value)
    actions = [
        CardAction(type="openUrl" if isinstance(button, Open) else "postBack", title=button.title)
        for button in item.buttons
    ]
    return Activity(
        type=ActivityTypes.message,
        text=item.text,
        locale=item.lang,
        suggested_actions=SuggestedActions(actions=actions) if actions else None,
        channel_data={_REPLY: item},
    )


def _outgoing(activity: Activity, lang: Lang) -> Outgoing:
    """Back to what was said; middleware may have sent plain activities of its own."""
    if activity.type == ActivityTypes.event:
        return Event(activity.name, activity.value)
    kept = (activity.channel_data or {}).get(_REPLY) if isinstance(activity.channel_data, dict) else None
    return kept if isinstance(kept, Reply) else Reply(activity.text or "", lang)
