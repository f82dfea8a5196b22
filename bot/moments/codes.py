"""Asking for the mailed code, and what became of one."""

from datetime import timedelta

from bot.moments.context import Context
from bot.moments.times import countdown, minutes
from bot.moments.wording import say
from bot.replies import Button, Open, Raise, Reply, Say

_CODE_LIFE = timedelta(minutes=10)
_LATE_AFTER = timedelta(minutes=2)

RESEND = "/resend_code"
OTHER_ADDRESS = "/reset_2fa"
START = "/start_reset"


def ask_code(context: Context) -> list[Reply]:
    """ "If {address} is …", the same for every address; after two minutes the ways out when nothing came."""
    claim = context.facts.claim
    if claim is None:
        return []
    late = claim.sent_at is not None and context.now - claim.sent_at >= _LATE_AFTER
    # The turn began a moment before the code was made: never say more than the life of a code.
    left = min(_CODE_LIFE, claim.expires_at - context.now) if claim.expires_at is not None else _CODE_LIFE
    text = say(
        context.lang,
        "ask_code_late" if late else "ask_code",
        address=claim.address,
        minutes=minutes(context.lang, left),
    )
    buttons: tuple[Button, ...] = (_send_again(context), Say(say(context.lang, "other_address"), OTHER_ADDRESS))
    if late:
        buttons = (*buttons, Raise(say(context.lang, "a_person"), "zoe.human"))
    return [Reply(text, context.lang, "ask_code", buttons, secret=True)]


def code_result(context: Context) -> list[Reply]:
    """Why the last code did not count and what to press; nothing when it did."""
    facts, lang = context.facts, context.lang
    result = facts.last_code
    if result is None or result == "accepted":
        return []
    if facts.stage in {"return_code", "password"}:
        return _return_code_result(context, result)
    new_code = (Say(say(lang, "new_code"), RESEND), Say(say(lang, "other_address"), OTHER_ADDRESS))
    claim = facts.claim
    if result == "spent" or (claim is not None and claim.spent):
        return [Reply(say(lang, "code_spent"), lang, "code_result", new_code)]
    if result == "expired":
        return [Reply(say(lang, "code_expired"), lang, "code_result", new_code)]
    if result == "throttled":
        return [Reply(say(lang, "code_throttled"), lang, "code_result", secret=True)]
    left = claim.attempts_left if claim is not None else 0
    text = say(lang, "code_wrong_one") if left == 1 else say(lang, "code_wrong", left=left)
    buttons = (_send_again(context), Say(say(lang, "other_address"), OTHER_ADDRESS))
    return [Reply(text, lang, "code_result", buttons, secret=True)]


def ask_return_code(context: Context) -> list[Reply]:
    """Where the return code is shown and that it is typed here."""
    return [Reply(say(context.lang, "ask_return_code"), context.lang, "ask_return_code", secret=True)]


def _return_code_result(context: Context, result: str) -> list[Reply]:
    name = {"spent": "return_spent", "expired": "return_expired", "throttled": "code_throttled"}.get(
        result, "return_wrong"
    )
    awaited = context.facts.stage == "return_code"
    replies = [Reply(say(context.lang, name), context.lang, "code_result", secret=awaited)]
    return replies if awaited else [*replies, *ask_password(context)]


def ask_password(context: Context) -> list[Reply]:
    """The button that leads to the verify page; the password is never typed in the chat."""
    if context.verify_url is None:
        return [Reply(say(context.lang, "link_failed"), context.lang, "ask_password")]
    button = Open(say(context.lang, "enter_password"), context.verify_url)
    return [Reply(say(context.lang, "ask_password"), context.lang, "ask_password", (button,))]


def _send_again(context: Context) -> Say:
    claim = context.facts.claim
    if claim is not None and claim.resend_at is not None and claim.resend_at > context.now:
        left = countdown(claim.resend_at, context.now)
        return Say(say(context.lang, "send_again_in", countdown=left), RESEND)
    return Say(say(context.lang, "send_again"), RESEND)
