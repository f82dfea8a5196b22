"""What a moment is rendered from: facts, language, time, and what had to be fetched for it."""

from dataclasses import dataclass
from datetime import datetime

from bot.auth_client import ConfirmationCard
from bot.facts import Facts
from bot.languages import Lang


@dataclass(frozen=True)
class Context:
    """Everything a moment may use. `verify_url` and `card` are fetched only for the moments that need them."""

    facts: Facts
    lang: Lang
    now: datetime
    public_url: str
    verify_url: str | None = None
    card: ConfirmationCard | None = None
