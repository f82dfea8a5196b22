"""Times as people read them. UTC is what the chat knows, so clock times are given as ISO for the client and as a
clock time in text.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil

from bot.languages import Lang

_MINUTES: dict[Lang, tuple[str, str]] = {
    "en": ("1 minute", "{n} minutes"),
    "pt": ("1 minuto", "{n} minutos"),
    "es": ("1 minuto", "{n} minutos"),
}
_DAYS: dict[Lang, tuple[str, ...]] = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "pt": ("seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom."),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}
_MONTHS: dict[Lang, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "pt": ("jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}


def minutes(lang: Lang, span: timedelta) -> str:
    """`span` in whole minutes, at least one, rounded up."""
    count = max(1, ceil(span.total_seconds() / 60))
    one, many = _MINUTES[lang]
    return one if count == 1 else many.format(n=count)


def countdown(until: datetime, now: datetime) -> str:
    """What is left as `m:ss`; `0:00` once it is over."""
    left = max(0, ceil((until - now).total_seconds()))
    return f"{left // 60}:{left % 60:02d}"


def clock_time(moment: datetime, zone: tzinfo = UTC) -> str:
    """`14:09 UTC`: hours and minutes, with the zone named because the reader's may be another."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M} {local.tzname()}"


def day_and_time(lang: Lang, moment: datetime, zone: tzinfo = UTC) -> str:
    """`Tue 25 Nov, 14:09 UTC`."""
    local = moment.astimezone(zone)
    return f"{_DAYS[lang][local.weekday()]} {local.day} {_MONTHS[lang][local.month - 1]}, {clock_time(moment, zone)}"
