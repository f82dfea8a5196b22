"""The form `reset_form`: its slots are the stages of a reset, and only the backend's facts fill them."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.auth_client import AuthClient, Unreachable
from actions.facts import ENDED, WAITING, Facts, Stage
from actions.reply import Reply, remember
from actions.turn import Event, Turn

_CONSUMED = frozenset(
    {
        "inform",
        "start_reset",
        "reset_2fa",
        "change_2fa_method",
        "EXTERNAL_facts_changed",
        "EXTERNAL_confirmation_recorded",
    }
)
"""Intents that the form takes itself; any other is answered by its rule, then the step is shown again."""

_MAY_NAME_ADDRESS = frozenset(
    {"affirm", "deny", "resend_code", "nlu_fallback", "faq_email_alternative", "out_of_scope"}
)
"""Intents that, with an address in the message, mean "use this one" while an address or its code is awaited."""

_ADDRESS_STEPS = frozenset({"reset_email", "reset_code"})
_STEP_OF_STAGE = {
    Stage.NONE: "reset_email",
    Stage.CODE: "reset_code",
    Stage.PASSWORD: "reset_password",
    Stage.RETURN_CODE: "reset_return_code",
    Stage.READY: "reset_confirmation",
    Stage.ASK_OWNER: "reset_confirmation",
}
_STEPS = tuple(dict.fromkeys(_STEP_OF_STAGE.values()))


async def validate_reset_form(turn: Turn, _reply: Reply, client: AuthClient) -> list[Event]:
    """Reads the facts, fills the slots of the stages behind us and asks for the next one.

    Returning nothing lets the form step aside, so that the message's rule answers first.
    """
    fresh = turn.in_form and turn.requested is not None and not turn.answered
    if fresh and not _takes(turn):
        return []
    if fresh and turn.intent == "EXTERNAL_confirmation_recorded":
        return _finished()
    news = await _open_other_claim(turn, client) if fresh and _names_address(turn) else None
    facts = await _current_facts(turn, client)
    if isinstance(facts, Unreachable):
        return [*remember(reset_news="unreachable"), SlotSet("requested_slot", turn.requested or "reset_email")]
    step = _next_step(facts, turn)
    if step is None or (turn.slots.get("reset_cancelling") and step not in _ADDRESS_STEPS):
        return _finished()
    return [
        *_filled(facts, step),
        *remember(reset_news=news or _news(turn, step), reset_stage=facts.tidings),
        SlotSet("requested_slot", step),
    ]


def _next_step(facts: Facts, turn: Turn) -> str | None:
    """The slot to ask for; None when nothing is awaited from the user.

    After an end that was told already, and when a waiting reset is to be cancelled, a new claim begins.
    """
    told_end = facts.stage in ENDED and facts.tidings == turn.slots.get("reset_stage")
    to_cancel = facts.stage in WAITING and bool(turn.slots.get("reset_cancelling"))
    return "reset_email" if told_end or to_cancel else _STEP_OF_STAGE.get(facts.stage)


def _takes(turn: Turn) -> bool:
    return turn.carried_code or turn.intent in _CONSUMED or _names_address(turn)


def _names_address(turn: Turn) -> bool:
    """Whether the message gives the address to send the code to."""
    if turn.requested not in _ADDRESS_STEPS or turn.typed_address is None:
        return False
    return turn.intent in _CONSUMED or turn.intent in _MAY_NAME_ADDRESS


def _finished() -> list[Event]:
    return [*remember(reset_news=None), SlotSet("requested_slot", None)]


async def _open_other_claim(turn: Turn, client: AuthClient) -> str | None:
    """Opens a claim for the address in the message unless it is the one already open; returns what is new."""
    open_for = str(turn.slots.get("reset_email") or "")
    if turn.requested == "reset_code" and (turn.typed_address or "").casefold() == open_for.casefold():
        return None
    answer = await client.open_reset(turn.caller, address=turn.typed_address, reason=turn.reason, lang=turn.lang)
    if isinstance(answer, Unreachable):
        return "unreachable"
    return answer.outcome


async def _current_facts(turn: Turn, client: AuthClient) -> Facts | Unreachable:
    facts = await client.get_facts(turn.caller)
    if isinstance(facts, Facts) and facts.stage in {Stage.READY, Stage.ASK_OWNER}:
        return await client.check_requester(turn.caller)
    return facts


def _filled(facts: Facts, step: str) -> list[Event]:
    """Slots before `step` hold that the stage is behind us, the others nothing; the address is the claim's."""
    done = _STEPS[: _STEPS.index(step)]
    address = facts.claim.address if facts.claim else None
    values = dict.fromkeys(done, "done") | ({"reset_email": address or "given"} if done else {})
    return [SlotSet(slot, values.get(slot)) for slot in _STEPS]


def _news(turn: Turn, step: str) -> str:
    """What the step's sentence has to mention."""
    if turn.set_now.get("reset_news"):
        return str(turn.set_now["reset_news"])
    if turn.code_refused:
        return "code_result"
    if turn.pressed and turn.intent == "reset_2fa" and step == "reset_code":
        return "denied"  # the button [Other address] under a code that was asked for
    before = turn.requested if turn.in_form else None
    if before in _STEPS and _STEPS.index(step) > _STEPS.index(before):
        return f"after_{before}"
    if before is None:
        return "resumed"
    return "silent" if turn.intent == "EXTERNAL_facts_changed" and before == step else "back"
