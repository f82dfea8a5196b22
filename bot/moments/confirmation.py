"""The confirmation card and its text fallback, from backend facts."""

from bot.facts import Removed
from bot.languages import Lang
from bot.moments.asking_owner import ask_owner
from bot.moments.context import Context
from bot.moments.times import day_and_time
from bot.moments.wording import say
from bot.replies import Card, Confirm, Reply, Say

KEEP = "/deny"


def ask_confirmation(context: Context) -> list[Reply]:
    """The card with what will be removed, and the only button that means yes; nothing unless the backend issued a
    nonce. On foreign sites and channels the yes is a button of the verify page, and this says so.
    """
    lang, card = context.lang, context.card
    if card is not None and card.facts.stage == "ask_owner":
        return ask_owner(context)
    if card is not None and card.outcome == "on_page":
        return [Reply(say(lang, "confirm_on_page"), lang, "ask_confirmation")]
    if card is None or card.nonce is None:
        return []
    reset = card.facts.reset
    rows = [
        (say(lang, "card_removed"), removed_list(lang, reset.removes if reset else ())),
        (say(lang, "card_sessions"), say(lang, "card_everywhere")),
        (say(lang, "card_next"), say(lang, "card_next_value")),
        (say(lang, "card_when"), _when(context)),
    ]
    if reset and reset.told:
        rows.append((say(lang, "card_told"), joined(lang, reset.told)))
    heading = say(lang, "card_heading")
    lines = [heading, *(f"{name}: {value}." for name, value in rows if value), say(lang, "card_question")]
    shown = tuple((name, value) for name, value in rows if value)
    buttons = (Confirm(say(lang, "card_yes"), card.nonce), Say(say(lang, "card_no"), KEEP))
    text = "\n".join(lines)
    return [Reply(text, lang, "ask_confirmation", buttons, card=Card(heading, shown), offers_until=card.expires_at)]


def removed_list(lang: Lang, removes: tuple[Removed, ...]) -> str:
    """`SMS ending in 88, 7 recovery codes and 2 remembered devices`."""
    return joined(lang, tuple(_removed(lang, item) for item in removes))


def joined(lang: Lang, parts: tuple[str, ...]) -> str:
    """The parts as a list in a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {say(lang, 'and')} {parts[-1]}"


def _removed(lang: Lang, item: Removed) -> str:
    if item.kind in {"passkey", "recovery_codes", "devices"}:
        return say(lang, f"kind_{item.kind}{'_one' if item.count == 1 else ''}", count=item.count)
    return f"{say(lang, f'kind_{item.kind}')} {_label(lang, item.label)}".strip()


_ENDING = {"pt": "com final ", "es": "terminado en ", "en": "ending in "}


def _label(lang: Lang, label: str) -> str:
    """The backend names a number by its last digits in English; the digits are what is kept."""
    digits = label.removeprefix("ending in ").strip()
    return f"{_ENDING[lang]}{digits}" if label.startswith("ending in ") else label


def _when(context: Context) -> str:
    reset = context.card.facts.reset if context.card else None
    if reset is not None and reset.scheduled_for is not None:
        return say(context.lang, "card_scheduled", when=day_and_time(context.lang, reset.scheduled_for))
    return say(context.lang, "card_now")
