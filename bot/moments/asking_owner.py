"""A member hears that resets are the owner's to decide, and may have the owner asked."""

from bot.languages import Lang
from bot.moments.context import Context
from bot.moments.wording import say
from bot.replies import AskOwner, Reply, Say

NOT_NOW = "/deny"
OFFERED_REASONS = ("lost_device", "stolen", "new_phone", "new_number", "app_deleted", "other")
"""What is offered while the backend knows no reason; every one of them is among the backend's."""


def ask_owner(context: Context) -> list[Reply]:
    """The offer, with the reason that was heard or a choice of them; nothing unless the backend issued a nonce.

    On foreign sites and channels the press is given on the verify page, and this says so.
    """
    lang, card = context.lang, context.card
    if card is not None and card.outcome == "on_page":
        return [Reply(say(lang, "ask_owner_on_page"), lang, "ask_owner")]
    if card is None or card.nonce is None:
        return []
    known = card.facts.reset.reason if card.facts.reset is not None else None
    later = Say(say(lang, "not_now"), NOT_NOW)
    if known is not None and known != "other":
        text = say(lang, "ask_owner", reason=reason_words(lang, known))
        buttons = (AskOwner(say(lang, "ask_the_owner"), card.nonce, known), later)
        return [Reply(text, lang, "ask_owner", buttons, offers_until=card.expires_at)]
    choices = (AskOwner(_as_button(lang, reason), card.nonce, reason) for reason in OFFERED_REASONS)
    return [Reply(say(lang, "ask_owner_pick"), lang, "ask_owner", (*choices, later), offers_until=card.expires_at)]


def reason_words(lang: Lang, reason: str) -> str:
    """A reason as the owner will read it."""
    return say(lang, f"reason_{reason}")


def _as_button(lang: Lang, reason: str) -> str:
    words = reason_words(lang, reason)
    return words[:1].upper() + words[1:]
