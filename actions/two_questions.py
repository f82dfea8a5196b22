"""Two questions in one message are both answered."""

from __future__ import annotations

from actions import talk
from actions.auth_client import AuthClient
from actions.reply import Reply
from actions.turn import Event, Turn

_OFFERS = {"reset_2fa": talk.offer_reset, "change_2fa_method": talk.offer_change}


async def answer_both(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Answers in the order asked, but an offer comes last: its buttons stay at hand, and a yes then means it.

    Inside the form nothing is offered: the step that follows is the offer.
    """
    for intent in turn.questions:
        if intent not in _OFFERS:
            reply.say(f"utter_{intent}")
    offered = next((intent for intent in turn.questions if intent in _OFFERS), None)
    if offered is None or turn.in_form:
        return []
    return await _OFFERS[offered](turn, reply, client)
