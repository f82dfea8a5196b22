"""Codes whose digits are written as words, in English, Portuguese and Spanish: "four eight two nine one three"."""

import re
from itertools import chain

from bot.redaction.kinds import Awaited, Found, Hit
from bot.redaction.letters import plain_word

_UNITS = (
    "zero oh nought cero",
    "one um uma uno una un",
    "two dois duas dos",
    "three tres",
    "four quatro cuatro",
    "five cinco",
    "six seis meia",
    "seven sete siete",
    "eight oito ocho",
    "nine nove nueve",
)
_TEENS = (
    "ten dez diez",
    "eleven onze once",
    "twelve doze doce",
    "thirteen treze trece",
    "fourteen quatorze catorze catorce",
    "fifteen quinze quince",
    "sixteen dezesseis dezasseis dieciseis",
    "seventeen dezessete dezassete diecisiete",
    "eighteen dezoito dieciocho",
    "nineteen dezenove dezanove diecinueve",
)
_TENS = (
    "twenty vinte veinte",
    "thirty trinta treinta",
    "forty fourty quarenta cuarenta",
    "fifty cinquenta cincuenta",
    "sixty sessenta sesenta",
    "seventy setenta",
    "eighty oitenta ochenta",
    "ninety noventa",
)
_TWENTIES = "veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
_HUNDREDS = (
    "cem cento cien ciento",
    "duzentos duzentas doscientos doscientas",
    "trezentos trezentas trescientos trescientas",
    "quatrocentos quatrocentas cuatrocientos cuatrocientas",
    "quinhentos quinhentas quinientos quinientas",
    "seiscentos seiscentas seiscientos seiscientas",
    "setecentos setecentas setecientos setecientas",
    "oitocentos oitocentas ochocientos ochocientas",
    "novecentos novecentas novecientos novecientas",
)


def _numbered(rows: tuple[str, ...], start: int, step: int) -> dict[str, int]:
    return {word: start + step * index for index, row in enumerate(rows) for word in row.split()}


_VALUES: dict[str, int] = {
    **_numbered(_UNITS, 0, 1),
    **_numbered(_TEENS, 10, 1),
    **_numbered(_TENS, 20, 10),
    **_numbered(tuple(_TWENTIES.split()), 21, 1),
    **_numbered(_HUNDREDS, 100, 100),
}
_AND = frozenset({"and", "e", "y"})
_AGAIN = {"double": 2, "triple": 3, "treble": 3, "doble": 2, "dobro": 2}
_HUNDRED = "hundred"
_THOUSAND = frozenset({"thousand", "mil"})
_WORD = re.compile(r"[^\W_]+")
_LONGEST_GAP = 4
_CODE_DIGITS = 6


def spelled_codes(text: str, awaited: Awaited) -> list[Hit]:
    """Runs of number words, with digits among them or not, that read as exactly six digits; with "thousand" only while
    a code is awaited, because else it is an amount.
    """
    hits: list[Hit] = []
    for run in _runs(text):
        words = [plain_word(match.group()) for match in run]
        if all(word.isdigit() for word in words):
            continue
        if awaited is not Awaited.CODE and not _THOUSAND.isdisjoint(words):
            continue
        readings = {_one_by_one(words), _as_numbers(words)} - {""}
        code = next((reading for reading in sorted(readings) if len(reading) == _CODE_DIGITS), None)
        if code is not None:
            hits.append(Hit(Found.CODE, run[0].start(), run[-1].end(), exact=True, code=code))
    return hits


def _runs(text: str) -> list[list[re.Match[str]]]:
    """Neighbouring number words; "and" belongs to a run only between two of them."""
    runs: list[list[re.Match[str]]] = [[]]
    for match in _WORD.finditer(text):
        current = runs[-1]
        gap = text[current[-1].end() : match.start()] if current else ""
        if current and (len(gap) > _LONGEST_GAP or "\n" in gap):
            runs.append([])
            current = runs[-1]
        word = plain_word(match.group())
        if _counts(word) or (current and word in _AND):
            current.append(match)
        elif current:
            runs.append([])
    return [_without_ands(run) for run in runs if run]


def _without_ands(run: list[re.Match[str]]) -> list[re.Match[str]]:
    while run and plain_word(run[-1].group()) in _AND:
        run = run[:-1]
    return run


def _counts(word: str) -> bool:
    return (
        word in _VALUES
        or word in _AGAIN
        or word == _HUNDRED
        or word in _THOUSAND
        or (word.isdecimal() and len(word) <= 3)
    )


def _one_by_one(words: list[str]) -> str:
    """Every word its own number: "four eight", "double nine"; empty when that is no reading."""
    digits, times = "", 1
    for word in words:
        if word in _AGAIN:
            times = _AGAIN[word]
        elif word == _HUNDRED or word in _THOUSAND:
            return ""
        elif word not in _AND:
            digits += _digits(word) * times
            times = 1
    return digits


def _digits(word: str) -> str:
    return "".join(str(int(character)) for character in word) if word.isdecimal() else str(_VALUES[word])


def _as_numbers(words: list[str]) -> str:
    """The words put together as numbers: "forty-eight twenty-nine thirteen", "four hundred eighty-two thousand …"."""
    numbers: list[int] = []
    room = 0
    """Up to which value the next word may be added to the last number: 100 after a hundred, 10 after a ten."""
    whole: int | None = None
    for word in words:
        if word in _AND:
            continue
        if word in _AGAIN:
            return ""
        if word == _HUNDRED and numbers and 0 < numbers[-1] < 10:
            numbers[-1] *= 100
            room = 100
        elif word in _THOUSAND:
            if len(numbers) > 1 or whole is not None:
                return ""
            whole, numbers, room = (numbers or [1])[0] * 1000, [], 0
        elif word == _HUNDRED:
            return ""
        else:
            value = int(_digits(word))
            if 0 < value < room:
                numbers[-1] += value
            else:
                numbers.append(value)
            room = _room_after(value)
    if whole is not None:
        return str(whole + (numbers or [0])[0]) if len(numbers) < 2 else ""
    return "".join(chain.from_iterable(str(number) for number in numbers))


def _room_after(value: int) -> int:
    if value >= 100 and value % 100 == 0:
        return 100
    return 10 if 20 <= value < 100 and value % 10 == 0 else 0
