"""Answers that depend on what was said before: yes, no, stop, data without a question, greetings, a person."""

from __future__ import annotations

from actions.auth_client import AuthClient
from actions.reply import Reply, leave_form, remember
from actions.reset_actions import open_reset, tell_status
from actions.topics import is_near
from actions.turn import Event, Turn

_OFFERS_RESET = frozenset(
    {
        "utter_offer_reset",
        "utter_offer_reset_signed_in",
        "utter_offer_change",
        "utter_offer_continue",
        "utter_faq_reset_requirements",
        "utter_reset_stopped",
        "utter_reset_stopped_proven",
        "utter_cancel_need_proof",
    }
)
_COMPLAINTS = frozenset({"utter_feedback_negative", "utter_angry"})
_OFFERS_PERSON = _COMPLAINTS | {"utter_offer_person", "utter_report_suspicious"}
_PROVEN_STEPS = frozenset({"reset_password", "reset_return_code", "reset_confirmation"})


async def welcome(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Opens a conversation; at the second step the ways to sign in come first."""
    reply.say("utter_welcome_second_step" if turn.standing == "second_step" else "utter_welcome")
    return []


async def affirm(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """A yes answers what Zoe offered last. It confirms no reset: only the backend records that."""
    if turn.in_form:
        return remember(reset_news="affirmed")
    if turn.last_said in _OFFERS_PERSON:
        return await request_human(turn, reply, client)
    if turn.last_said in _OFFERS_RESET or turn.slots.get("reset_wanted") or turn.slots.get("reset_pending"):
        return await open_reset(turn, reply, client)
    reply.say("utter_affirm_nothing")
    return []


async def deny(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """A no leaves everything as it is; the card's [Keep it], or a second no at the same step, means stop."""
    if not turn.in_form:
        reply.say("utter_offer_person" if turn.last_said == "utter_rephrase" else "utter_deny_nothing")
        return []
    keeps = turn.pressed and turn.requested == "reset_confirmation"
    again = turn.slots.get("reset_news") == "denied" and turn.requested != "reset_code"
    if keeps or again:
        return await stop(turn, reply, _client)
    return remember(reset_news="denied")


async def stop(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Stops, says what state things are in and how to resume."""
    if turn.in_form:
        reply.say("utter_reset_stopped_proven" if turn.requested in _PROVEN_STEPS else "utter_reset_stopped")
        return leave_form()
    reply.say(
        "utter_reset_confirmed_earlier"
        if turn.stage in {"confirmed", "scheduled", "awaiting_owner"}
        else "utter_stop_nothing"
    )
    return []


async def goodbye(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Says goodbye; a reset under way is put down, not forgotten."""
    if turn.in_form:
        return await stop(turn, reply, client)
    reply.say("utter_goodbye")
    return []


async def inform(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Data that nobody asked for: an address right after an offer starts the reset, a method's name opens its topic."""
    wanted = turn.slots.get("reset_wanted") or turn.last_said in _OFFERS_RESET
    if wanted and "email" in turn.entities:
        return await open_reset(turn, reply, client)
    answers = {
        "app": "utter_inform_app",
        "sms": "utter_inform_sms",
        "email": "utter_faq_email_alternative",
        "recovery_code": "utter_without_phone",
    }
    reply.say(answers.get(turn.entities.get("method", ""), "utter_inform_without_request"))
    return []


async def offer_reset(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Offers the shortest way in first, then the reset."""
    response = "utter_offer_reset_signed_in" if turn.standing == "signed_in" else "utter_offer_reset"
    return await _offer(turn, reply, client, response)


async def offer_change(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Offers the replacement on the Security page first, then the reset."""
    return await _offer(turn, reply, client, "utter_offer_change")


async def _offer(turn: Turn, reply: Reply, client: AuthClient, response: str) -> list[Event]:
    if turn.stage in {"code", "password", "return_code", "ready"}:
        reply.say("utter_offer_continue")
    elif turn.stage in {"confirmed", "scheduled"}:
        return await tell_status(turn, reply, client)
    else:
        reply.say(response)
    return []


async def say_out_of_scope(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Leads on what is near, is short with what is far, and goes back to the point."""
    response = "utter_out_of_scope_near" if is_near(turn.text) else "utter_out_of_scope_far"
    # Never the same sentence twice in a row: then what Zoe can do, in full.
    reply.say("utter_capabilities" if response == turn.last_said else response)
    return []


async def complain(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Says sorry and offers a person; whoever complains again right away gets one."""
    if turn.last_said in _COMPLAINTS and not turn.in_form:
        return await request_human(turn, reply, client)
    reply.say("utter_angry" if turn.intent == "anger" else "utter_feedback_negative")
    return []


async def wait(turn: Turn, reply: Reply, _client: AuthClient) -> list[Event]:
    """Gives the user time. Inside the form the step says so, instead of asking again at once."""
    if turn.in_form:
        return remember(reset_news="wait")
    reply.say("utter_take_your_time")
    return []


async def request_human(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Calls a person. A backend that is away stops nobody from getting one; a form under way is put down."""
    await client.request_human(turn.caller, reason=turn.reason)
    reply.say("utter_calling_person")
    reply.send({"zoe": "handoff", "reason": turn.reason})
    return leave_form() if turn.in_form else []


async def probe(_turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Answers `web`'s own probe, once the internal API has answered too."""
    if await client.is_alive():
        reply.send({"zoe": "probe"})
    return []
