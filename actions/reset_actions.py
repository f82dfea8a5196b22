"""Opening, executing, cancelling a reset, and telling how it stands."""

from __future__ import annotations

from actions.auth_client import AuthClient, Unreachable
from actions.facts import ENDED, WAITING, Facts, Stage
from actions.reply import Reply, leave_form, remember, start_form
from actions.topics import is_what_if
from actions.turn import Event, Turn

_SURE_TO_CANCEL = 0.8
"""Below this a typed wish to cancel is asked back: whoever waits for a reset would have to begin again."""


async def open_reset(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Begins a reset, or resumes the one that is under way in this conversation."""
    facts = await client.get_facts(turn.caller)
    if isinstance(facts, Unreachable):
        reply.say("utter_outcome_unknown" if turn.slots.get("reset_pending") else "utter_backend_down")
        return remember(reset_wanted=True)
    if facts.under_way:
        return start_form()
    if facts.stage is Stage.CONFIRMED:
        return await execute_reset(turn, reply, client)
    if facts.stage in WAITING and not turn.slots.get("reset_cancelling"):
        reply.show("status")
        return remember(reset_stage=facts.tidings)
    if facts.stage in ENDED and facts.tidings != turn.slots.get("reset_stage"):
        # How the last one ended was never told: that comes before a new one.
        reply.show("outcome")
        return _settled(facts)
    return await _open_claim(turn, reply, client)


async def _open_claim(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    answer = await client.open_reset(turn.caller, address=turn.typed_address, reason=turn.reason, lang=turn.lang)
    if isinstance(answer, Unreachable):
        reply.say("utter_backend_down")
        return remember(reset_wanted=True)
    if answer.outcome in {"throttled", "password_first"} and not answer.facts.under_way:
        reply.say(f"utter_reset_{answer.outcome}")
        return remember(reset_wanted=True)
    return [*remember(reset_news=answer.outcome, reset_stage=answer.facts.tidings), *start_form()]


async def execute_reset(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Asks the backend to carry out what was confirmed, and has its true outcome told.

    It also follows a form that ended otherwise; then it only tells how, or cancels what the code was proven for.
    """
    if turn.slots.get("reset_cancelling"):
        return await cancel_reset(turn, reply, client)
    answer = await client.execute_reset(turn.caller)
    if isinstance(answer, Unreachable):
        reply.say("utter_outcome_unknown" if answer.maybe_done else "utter_backend_down")
        return remember(reset_wanted=True, reset_pending=True)
    if answer.facts.under_way:
        return [*remember(reset_pending=False), *start_form()]
    if answer.facts.stage is Stage.NONE:
        reply.say("utter_no_reset_here")
        return _settled(answer.facts)
    told = turn.intent.startswith("EXTERNAL_") and answer.facts.tidings == turn.slots.get("reset_stage")
    if not told:
        reply.show("outcome")
    return _settled(answer.facts)


async def tell_status(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Answers "what became of it"; inside the form the step that follows is the answer's second half."""
    if turn.in_form:
        return remember(reset_news="status")
    facts = await client.get_status(turn.caller)
    if isinstance(facts, Facts) and facts.stage is Stage.NONE:
        facts = await client.get_facts(turn.caller)  # a claim whose code is not proven is no reset yet
    if isinstance(facts, Unreachable):
        reply.say("utter_status_unknown")
        return []
    if facts.under_way:
        reply.say("utter_offer_continue")
        return []
    if facts.stage is Stage.CONFIRMED:
        return await execute_reset(turn, reply, client)
    if facts.stage is Stage.NONE:
        reply.say("utter_no_reset_here")
        return []
    reply.show("status")
    return _settled(facts)


async def cancel_reset(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Cancels the reset of this conversation, or says why not and where it can be done. Who asks what would come of
    it, or may have meant something else, decides by a button.
    """
    doubtful = is_what_if(turn.text) or turn.ranking.get("cancel_reset", 1.0) < _SURE_TO_CANCEL
    if not turn.pressed and doubtful:
        reply.say("utter_cancel_what_if")
        return []
    answer = await client.cancel_reset(turn.caller)
    if isinstance(answer, Unreachable):
        reply.say("utter_cancel_unknown" if answer.maybe_done else "utter_backend_down")
        return leave_form() if turn.in_form else []
    if answer.outcome == "cancelled":
        reply.show("outcome")
        return [*leave_form(), *_settled(answer.facts)]
    reply.say(f"utter_cancel_{answer.outcome}")
    return [*leave_form(), *remember(reset_cancelling=answer.outcome == "need_proof")]


async def resend_code(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Sends the reset's code again; without an open claim the login's code was meant."""
    if not turn.in_form and not turn.slots.get("reset_wanted"):
        reply.say("utter_resend_code_login")
        return []
    answer = await client.resend_code(turn.caller, lang=turn.lang)
    if isinstance(answer, Unreachable):
        if turn.in_form:
            return []
        reply.say("utter_backend_down")
        return []
    if answer.outcome == "nothing_open":
        if not turn.in_form:
            reply.say("utter_resend_code_login")
        return []
    news = remember(reset_news={"sent": "resent", "throttled": "resend_throttled"}.get(answer.outcome, answer.outcome))
    return news if turn.in_form else [*news, *start_form()]


async def check_requester(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """After time with a person: has the backend judge again where the requester stands, and goes on from there."""
    facts = await client.check_requester(turn.caller)
    if isinstance(facts, Unreachable) or facts.stage is Stage.NONE:
        reply.say("utter_back_from_person")
        return []
    if facts.under_way:
        reply.say("utter_back_to_reset_from_person")
        reply.show("steps")
        return [*remember(reset_news="returned"), *start_form()]
    if facts.stage is Stage.CONFIRMED:
        return await execute_reset(turn, reply, client)
    if facts.tidings == turn.slots.get("reset_stage"):
        reply.say("utter_back_from_person")
        return []
    reply.show("outcome")
    return _settled(facts)


async def tell_changed_facts(turn: Turn, reply: Reply, client: AuthClient) -> list[Event]:
    """Outside the form: tells once what a page, a worker or an operator changed; nothing new is not told."""
    facts = await client.get_facts(turn.caller)
    if isinstance(facts, Unreachable) or facts.stage is Stage.NONE:
        return []
    if facts.stage is Stage.CONFIRMED:
        return await execute_reset(turn, reply, client) if turn.slots.get("reset_pending") else []
    if facts.tidings == turn.slots.get("reset_stage"):
        return []
    if facts.under_way:
        reply.say("utter_offer_continue")
        return remember(reset_stage=facts.tidings)
    reply.show("outcome")
    return _settled(facts)


def _settled(facts: Facts) -> list[Event]:
    """Remembers what was told; "continue" has nothing left to resume once the reset ended."""
    unfinished = facts.stage not in ENDED | WAITING | {Stage.NONE}
    return remember(reset_stage=facts.tidings, reset_pending=False, reset_wanted=unfinished, reason=None)
