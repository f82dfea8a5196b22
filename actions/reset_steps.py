"""How each step of the reset is asked for; `reset_news` says what led there."""

from __future__ import annotations

from actions.auth_client import AuthClient
from actions.facts import Stage
from actions.reply import Reply
from actions.turn import Event, Turn

_ALWAYS = {
    "unreachable": "utter_backend_down",
    "password_first": "utter_reset_password_first",
    "wait": "utter_take_your_time",
}


async def ask_email(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Asks for the address to send a code to."""
    news = _news(turn)
    if _handled(news, reply):
        return []
    if news == "need_address":
        reply.show("steps")
    reply.say(
        {
            "need_address": "utter_ask_reset_email",
            "resumed": "utter_ask_reset_email",
            "invalid_address": "utter_reset_email_invalid",
            "throttled": "utter_reset_throttled",
        }.get(news, _other_than(turn.last_said, "utter_ask_reset_email_again", "utter_ask_reset_email_still"))
    )
    return []


async def ask_code(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Asks for the mailed code."""
    news = _news(turn)
    if _handled(news, reply):
        return []
    instead = {
        "denied": "utter_ask_other_address",
        "invalid_address": "utter_reset_email_invalid",
        "throttled": "utter_reset_throttled",
        "resend_throttled": "utter_resend_wait",
    }
    if news in instead:
        reply.say(instead[news])
    elif news == "code_result":
        reply.show("code_result")
    elif news in {"sent", "after_reset_email"}:
        # The line with the steps stands where a step begins: above the question for the address, if that was asked.
        reply.show(*["steps"] * bool(turn.set_now.get("reset_wanted")), "ask_code")
    else:
        sentence = {"resent": "utter_code_resent", "affirmed": "utter_affirm_code"}.get(news, "")
        _lead(turn, reply, sentence)
        reply.show("ask_code")
    return []


async def ask_password(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Leads to the page where the password is entered."""
    news = _news(turn)
    if _handled(news, reply):
        return []
    if news == "denied":
        reply.say("utter_deny_password")
    elif news.startswith("after_"):
        reply.say("utter_email_confirmed")
        reply.show("steps", "ask_password")
    else:
        _lead(turn, reply, "utter_affirm_password" if news == "affirmed" else "")
        reply.show("ask_password")
    return []


async def ask_return_code(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Asks for the code that the verify page shows in another browser."""
    news = _news(turn)
    if _handled(news, reply):
        return []
    if news == "code_result":
        reply.show("code_result")
        return []
    if not news.startswith("after_"):
        _lead(turn, reply)
    reply.show("ask_return_code")
    return []


async def ask_confirmation(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Has the confirmation card shown; no word said here confirms anything."""
    news = _news(turn)
    if _handled(news, reply):
        return []
    if turn.slots.get("reset_stage") == Stage.ASK_OWNER:
        _offer_to_ask_owner(news, turn, reply)
        return []
    sentences = {
        "after_reset_code": "utter_proofs_confirmed",
        "after_reset_password": "utter_password_confirmed",
        "after_reset_return_code": "utter_password_confirmed",
        "affirmed": "utter_affirm_confirmation",
        "denied": "utter_nothing_changed",
    }
    if news in sentences:
        reply.say(sentences[news])
    else:
        _lead(turn, reply)
    reply.show(*["steps"] * news.startswith("after_"), "ask_confirmation")
    return []


def _offer_to_ask_owner(news: str, turn: Turn, reply: Reply) -> None:
    """A member's third step is the owner's: has the question shown, unless "not now" was the answer to it."""
    if news == "denied":
        reply.say("utter_reset_stopped_proven")
        return
    if not news.startswith("after_") and news != "resumed":
        _lead(turn, reply)
    reply.show("ask_owner")


def _news(turn: Turn) -> str:
    return str(turn.slots.get("reset_news") or "back")


def _lead(turn: Turn, reply: Reply, sentence: str = "") -> None:
    """Says `sentence`, else the words before a step that is shown again; nothing where they were said already."""
    if _news(turn) != "returned":
        reply.say(_other_than(turn.last_said, sentence or _lead_in(turn), _lead_in(turn)))


def _lead_in(turn: Turn) -> str:
    """The words before a step that is shown again; never the same twice in a row."""
    if _news(turn) == "status":
        return "utter_reset_under_way"
    return _other_than(turn.last_said, "utter_back_to_reset", "utter_back_to_reset_again")


def _other_than(last_said: str, first: str, second: str) -> str:
    return second if last_said == first else first


def _handled(news: str, reply: Reply) -> bool:
    """Says what is the same at every step; True when nothing more is to be said."""
    if news in _ALWAYS:
        reply.say(_ALWAYS[news])
        return True
    return news == "silent"
