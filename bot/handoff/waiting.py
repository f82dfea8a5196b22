"""The queue as the customer sees it: a place, and a time only where today's figures give one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from bot.languages import Lang

LEAST_WAITS = 3
"""Fewer waits than this are no figure."""

_LINES: dict[Lang, dict[str, str]] = {
    "en": {
        "place": "You're {ordinal} in line for a person. Keep typing, it stays.",
        "minutes": "People waited about {count} minutes today.",
        "minute": "People waited about a minute today.",
        "nobody": (
            "Nobody is at the desk right now. You're {ordinal} in line, and whoever comes first sees what you write. "
            "You needn't wait for that: the reset works with me now."
        ),
        "back": "Back to Zoe",
    },
    "pt": {
        "place": "Seu lugar na fila para falar com uma pessoa: {ordinal}. Pode continuar escrevendo, nada se perde.",
        "minutes": "Hoje a espera foi de cerca de {count} minutos.",
        "minute": "Hoje a espera foi de cerca de um minuto.",
        "nobody": (
            "Não há ninguém no atendimento agora. Seu lugar na fila: {ordinal}; quem chegar primeiro lê o que você "
            "escrever. Não precisa esperar por isso: a redefinição eu faço agora."
        ),
        "back": "Voltar para a Zoe",
    },
    "es": {
        "place": "Tu lugar en la cola para hablar con una persona: {ordinal}. Sigue escribiendo, nada se pierde.",
        "minutes": "Hoy la espera ha sido de unos {count} minutos.",
        "minute": "Hoy la espera ha sido de un minuto más o menos.",
        "nobody": (
            "Ahora no hay nadie en atención. Tu lugar en la cola: {ordinal}; quien llegue primero lo leerá todo. "
            "No hace falta que esperes: el restablecimiento lo hago yo ahora."
        ),
        "back": "Volver con Zoe",
    },
}


@dataclass(frozen=True)
class Waiting:
    """One conversation in the queue, and the teams whose it is."""

    conversation_id: str
    teams: frozenset[str]


def place_of(conversation_id: str, queue: Sequence[Waiting]) -> int | None:
    """The place in `queue` (who waited longest first) among those who wait for the same people, from 1."""
    mine = next((entry for entry in queue if entry.conversation_id == conversation_id), None)
    if mine is None:
        return None
    return [entry for entry in queue if entry.teams & mine.teams].index(mine) + 1


def usual_wait(waits: Sequence[timedelta]) -> int | None:
    """Today's median wait in minutes, at least 1; None while there are no figures."""
    if len(waits) < LEAST_WAITS:
        return None
    return max(1, ceil(median(wait.total_seconds() for wait in waits) / 60))


def start_of_day(now: datetime) -> datetime:
    """Midnight UTC: since when a wait is one of today's."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def queue_line(lang: Lang, place: int, *, minutes: int | None, somebody: bool) -> str:
    """What Zoe says to whoever waits."""
    lines = _LINES[lang]
    if not somebody:
        return lines["nobody"].format(ordinal=ordinal(lang, place))
    told = lines["place"].format(ordinal=ordinal(lang, place))
    if minutes is None:
        return told
    return f"{told} {lines['minute'] if minutes == 1 else lines['minutes'].format(count=minutes)}"


def back_title(lang: Lang) -> str:
    """The button that leads back to Zoe."""
    return _LINES[lang]["back"]


def ordinal(lang: Lang, number: int) -> str:
    """`number` as a place in a line."""
    if lang == "pt":
        return f"{number}º"
    if lang == "es":
        return f"{number}.º"
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
