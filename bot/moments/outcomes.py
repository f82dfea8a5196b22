"""What became of a reset: executed, scheduled, refused, cancelled, expired, disputed, undone; as news or an answer."""

from bot.facts import Facts
from bot.languages import Lang
from bot.moments.codes import START
from bot.moments.confirmation import removed_list
from bot.moments.context import Context
from bot.moments.times import clock_time, day_and_time
from bot.moments.wording import say
from bot.replies import Button, Open, Raise, Reply, Say

STATUS = "/reset_status"
CANCEL = "/cancel_reset"
SOMETHING_ELSE = "/capabilities"

_STEP_OF_STAGE = {"none": 1, "code": 1, "password": 2, "return_code": 2, "ready": 3, "ask_owner": 3, "confirmed": 3}


def outcome(context: Context) -> list[Reply]:
    """The end of a reset, or where it waits."""
    text, buttons = _told(context)
    return [Reply(text, context.lang, "outcome", buttons)] if text else status(context)


def status(context: Context) -> list[Reply]:
    """The answer to "what became of it", with the reference once there is one."""
    lang, facts = context.lang, context.facts
    if facts.stage == "none":
        reply = Reply(say(lang, "status_none"), lang, "status", (Say(say(lang, "reset_it"), START),))
        return [reply]
    text, buttons = _told(context)
    if not text:
        text = say(lang, "status_open", step=step_line(facts, lang))
        buttons = ()
    reference = facts.reset.reference if facts.reset is not None else ""
    return [
        Reply(f"{text} {say(lang, 'reference', reference=reference)}" if reference else text, lang, "status", buttons)
    ]


def steps(context: Context) -> list[Reply]:
    """The fixed line with the three steps, the current one marked."""
    return [Reply(step_line(context.facts, context.lang), context.lang, "steps")]


def step_line(facts: Facts, lang: Lang) -> str:
    """`1: e-mail · Step 2 of 3: password · 3: your OK`. After an end, a new claim begins with step 1."""
    return say(lang, f"step_{_STEP_OF_STAGE.get(facts.stage, 1)}")


def _told(context: Context) -> tuple[str, tuple[Button, ...]]:
    """Text and buttons for the stages that are ends or waits; an empty text for the steps before."""
    lang = context.lang
    rendered = {
        "executed": _executed,
        "scheduled": _scheduled,
        "refused": _refused,
        "awaiting_owner": _awaiting_owner,
    }.get(context.facts.stage)
    if rendered is not None:
        return rendered(context)
    again = (Say(say(lang, "start_again"), START), Say(say(lang, "something_else"), SOMETHING_ELSE))
    buttons: dict[str, tuple[Button, ...]] = {
        "confirmed": (),
        "cancelled": again,
        "expired": again,
        "disputed": (Raise(say(lang, "a_person"), "zoe.human"),),
        "undone": (Open(say(lang, "page_login"), f"{context.public_url}/login"), again[1]),
    }
    if context.facts.stage not in buttons:
        return "", ()
    return say(lang, context.facts.stage), buttons[context.facts.stage]


def _executed(context: Context) -> tuple[str, tuple[Button, ...]]:
    lang, reset = context.lang, context.facts.reset
    if reset is not None and reset.enrolled:
        return say(lang, "enrolled"), ()
    removed = removed_list(lang, reset.removes) if reset else ""
    gone = say(lang, "executed_removed", what=removed) if removed else say(lang, "executed_old_method")
    at = reset.executed_at if reset and reset.executed_at else context.now
    text = say(lang, "executed", time=clock_time(at), removed=gone)
    return text, (Open(say(lang, "sign_in_new"), f"{context.public_url}/login"),)


def _scheduled(context: Context) -> tuple[str, tuple[Button, ...]]:
    lang, reset = context.lang, context.facts.reset
    when = reset.scheduled_for if reset and reset.scheduled_for else context.now
    text = say(lang, "scheduled", when=day_and_time(lang, when))
    return text, (Say(say(lang, "status"), STATUS), Say(say(lang, "cancel"), CANCEL))


def _awaiting_owner(context: Context) -> tuple[str, tuple[Button, ...]]:
    lang, reset = context.lang, context.facts.reset
    until = reset.owner_may_decide_until if reset and reset.owner_may_decide_until else context.now
    text = say(lang, "awaiting_owner", when=day_and_time(lang, until))
    return text, (Say(say(lang, "status"), STATUS), Say(say(lang, "cancel"), CANCEL))


def _refused(context: Context) -> tuple[str, tuple[Button, ...]]:
    lang = context.lang
    person = Raise(say(lang, "a_person"), "zoe.human")
    match context.facts.refusal:
        case "not_owner" | "asked_already" | "asked_too_often" | "owner_said_no" as why:
            return say(lang, f"refused_{why}"), (person, Say(say(lang, "something_else"), SOMETHING_ELSE))
        case "nothing_to_reset":
            return say(lang, "refused_nothing"), (Open(say(lang, "set_up"), f"{context.public_url}/account/security"),)
        case "frozen":
            until = context.facts.frozen_until
            text = (
                say(lang, "refused_frozen", when=day_and_time(lang, until)) if until else say(lang, "refused_stopped")
            )
            return text, (person,)
        case "too_many":
            return say(lang, "refused_too_many"), (person,)
        case "desk_user":
            return say(lang, "refused_desk_user"), ()
        case _:
            return say(lang, "refused_changed"), (Say(say(lang, "start_again"), START),)
