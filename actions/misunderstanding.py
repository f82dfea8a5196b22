"""Two misunderstandings in a row: first a question with guesses, then a person."""

from __future__ import annotations

from actions.auth_client import AuthClient
from actions.reply import Reply
from actions.topics import guesses
from actions.turn import Event, Turn


async def ask_again(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Offers the likeliest topics; when that was the last thing said already, offers a person."""
    if turn.misunderstood_before:
        reply.say("utter_offer_person")
    else:
        reply.say("utter_rephrase", guesses(turn.ranking, turn.lang))
    return []
