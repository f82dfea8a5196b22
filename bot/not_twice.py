"""Zoe never says the same sentence twice in a row: a few words come before it, so that nobody feels unheard."""

from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ActivityRow
from bot.moments.wording import say
from bot.replies import Outgoing, Reply

_NEWEST = (
    select(ActivityRow.text)
    .where(
        ActivityRow.conversation_id == bindparam("conversation"),
        ActivityRow.type == "message",
        ActivityRow.author == "zoe",
    )
    .order_by(ActivityRow.seq.desc())
    .limit(1)
)
"""Built once: a statement of every turn takes longer to build than to run."""


async def not_twice(session: AsyncSession, conversation_id: str, said: list[Outgoing]) -> list[Outgoing]:
    """`said`, with a lead-in before a first sentence that is word for word Zoe's newest one. Cards stay as they are."""
    place = next((index for index, each in enumerate(said) if isinstance(each, Reply)), None)
    if place is None:
        return said
    first = said[place]
    if not isinstance(first, Reply) or first.author != "zoe" or first.card is not None:
        return said
    if await session.scalar(_NEWEST, {"conversation": conversation_id}) != first.text:
        return said
    told_again = replace(first, text=say(first.lang, "as_before", sentence=first.text))
    return [*said[:place], told_again, *said[place + 1 :]]
