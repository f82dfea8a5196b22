"""Two misunderstandings in a row: first a question with guesses, then a person."""

from __future__ import annotations

from actions.auth_client import AuthClient
from actions.reply import Reply
from actions.topics import TITLES, guesses
from actions.turn import Event, Turn

_TORN = 0.6
"""How sure the first two intents are together when it is one of them, whichever."""


async def ask_again(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Asks which of two topics is meant, or offers the likeliest; after that a person."""
    if turn.misunderstood_before:
        reply.say("utter_offer_person")
    elif two := _torn_between(turn):
        reply.say("utter_which_one", guesses(two, turn.lang, count=2))
    else:
        reply.say("utter_rephrase", guesses(list(turn.ranking), turn.lang))
    return []


def _torn_between(turn: Turn) -> list[str]:
    """The two intents that are left to choose from; empty when it may be any, or one of them has no name to offer."""
    known = {name: sure for name, sure in turn.ranking.items() if name != "nlu_fallback"}
    two = list(known)[:2]
    both = len(two) == 2 and set(two) <= set(TITLES)
    return two if both and sum(known[name] for name in two) >= _TORN else []
