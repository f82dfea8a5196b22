"""Passwords that are announced: "my password is …", "senha: …", "… es mi contraseña". Pure.

What follows is hidden to the end of the sentence or line, however many words it has, unless it only says how the
password is ("my password is wrong and I lost my phone").
"""

import re
from collections.abc import Iterator

from bot.redaction.kinds import MASK
from bot.redaction.letters import lowered
from bot.redaction.ordinary import FILLERS, LEADS_ON, TALK, is_talk, says_how_it_is, words_of

# Patterns read lower case with accents: without them "é" (is) and "e" (and) would be one.
_NAME = (
    r"(?:pass[ -]?words?|passw[ro]{2}d|pasw+ords?|passwrds?|pass[ -]?phrases?|pass[ -]?codes?|passwd|p4ssw[o0]rd|"
    r"pas\$?\$?w[o0]rd|pswd|pwd|pin|secret (?:word|phrase)|senhas?|contrase(?:[nñ]|ni|ny)as?|contrace[nñ]as?|claves?|"
    r"palavras?[- ]passe|palavras?[- ]chave|palabras? clave|frases? (?:secretas?|de (?:senha|contrase[nñ]a|acesso|"
    r"acceso|seguran[çc]a|seguridad)))"
)
_ENTRY = (
    r"(?:log[ -]?[io]n|log in|sign(?:ing)?[ -]?in|access|account|entry|verification|recovery|security|backup|"
    r"authentication|acesso|acceso|entrar|verifica[çc][ãa]o|verificaci[óo]n|recupera[çc][ãa]o|recuperaci[óo]n|"
    r"seguran[çc]a|seguridad|respaldo|retorno|regreso|autentica[çc][ãa]o|autenticaci[óo]n)"
)
_CODE = (
    rf"(?:{_ENTRY} codes?|codes? (?:for|to|of) (?:(?:the|my|your) )?{_ENTRY}|(?:2fa|sms|otp|one[- ]time|return) codes?|"
    rf"c[óo]digos? (?:de|do|da|del|para|pra)(?: (?:o|a|el|la|meu|minha|mi))? ?{_ENTRY})"
)
_ABOUT = (
    r"(?:\s(?:for|of|to|on|in|at|that|which|i|we|here|there|de|da|do|dos|das|del|para|pra|que|no|na|em|en|eu|yo|a[íi]|"
    r"aqu[íi])(?:\s(?!(?:and|but|or|because|so|e|mas|ou|porque|y|o|pero)\s)[\w@.'-]{1,40}){0,5}?)?"
)
_VERB = r"is|was|are|were|é|eh|es|era|são|son|foi|fue|será"
_IS = rf"(?:['’]s|\s(?:{_VERB}))\b"
_SAYS = re.compile(
    rf"\b(?:{_NAME}|{_CODE}){_ABOUT}(?:\s?(?P<mark>[:=]+>?|[-=]+>|→)|{_IS}\s?(?P<colon>[:=])?|\s(?P<dash>[-–—])(?=\s))\s*"
)
_SHORT = re.compile(r"(?<!\w)(?:pass|pw|psw|pwd|contra)\s?[:=]\s*")
_BESIDE = re.compile(rf"\b{_NAME}\s(?:e\s|eh\s)?[\"'“‘«(]?(?=\S*[0-9])\S{{4,}}")
_QUOTED = re.compile(rf"\b{_NAME}\s?(?P<open>[\"“«'‘])(?P<secret>[^\"”»\n]{{3,200}}?)[\"”»'’](?!\w)")
_FIRST = re.compile(
    rf"^\W*(?:(?:my|the|a|o|la|minha|mi)\s)?{_NAME}\s(?!(?:is|was|are|were|é|e|eh|es|era|são|son|foi|fue|será)\b|[:=-])"
)
_HERE = re.compile(
    rf"\b(?:here(?:['’]s| is| you have| goes)|this is|that['’]s|take|aqui (?:est[áa]|vai)|segue|esta é|essa é|"
    rf"aqu[íi] (?:est[áa]|va|tienes)|esta es|esa es|te (?:paso|mando|doy))\s(?:(?:my|the|a|o|la|minha|mi)\s)?{_NAME}"
    r"\s?[,:\-–—]?\s"
)
_AFTER = re.compile(
    rf"\s(?:is|was|are|é|eh|es|era)\s(?:also\s|também\s|también\s)?(?:(?:my|the|our|a|la|minha|mi|nossa|nuestra)\s){{1,2}}"
    rf"(?:\w{{1,20}}\s)?(?:{_NAME})\b"
)
_USED = re.compile(
    r"\b(?:use|using|used|type|typed|enter|entered|put|set|chose|uso|usei|usava|usaba|usé|digito|digitei|coloquei|pus|"
    rf"puse|escribí|escribo|escolhi|elegí|tengo|tenho|have)\s(?P<secret>[^\n.!?;]{{3,120}}?)\s(?:as|como|for|de|para|pra)"
    rf"\s(?:(?:my|the|a|la|minha|mi)\s)?(?:{_NAME})\b"
)
_SENTENCE = re.compile(r"[.!?;…]+(?=\s|$)|\n")
_JUDGED = 400
"""How many characters of what follows are looked at to tell which of the two it is."""
_EDGE = "\"'“”‘’«»() \t"


def said_passwords(text: str, *, awaited: bool) -> list[tuple[int, int]]:
    """The spans of announced passwords. `awaited`: Zoe just asked for the password, so less is needed."""
    view = lowered(text)
    return [*_after_the_name(view), *_beside_the_name(view, awaited=awaited), *_before_the_name(view)]


def _after_the_name(view: str) -> Iterator[tuple[int, int]]:
    hidden = 0
    for match in sorted(_announcements(view), key=lambda match: match.start()):
        begin, end = _rest(view, match.end())
        if match.start() >= hidden and _is_secret(match, view[begin : min(end, begin + _JUDGED)]):
            yield _without_ordinary_end(view, begin, end)
            hidden = end
    for match in _QUOTED.finditer(view):
        yield match.span("secret")


def _announcements(view: str) -> Iterator[re.Match[str]]:
    for pattern in (_SAYS, _SHORT, _HERE):
        yield from pattern.finditer(view)


def _is_secret(announced: re.Match[str], rest: str) -> bool:
    """Whether `rest` is the password that was announced, and not what is said about it."""
    if not rest.strip(_EDGE) or rest.startswith(MASK):
        return False
    if announced.re is not _SAYS:
        return not says_how_it_is(rest) and not _only_talk(rest)
    if announced.group("dash"):
        return not is_talk(rest)
    marked = announced.group("mark") or announced.group("colon")
    return not says_how_it_is(rest, least_state=marked is not None)


def _beside_the_name(view: str, *, awaited: bool) -> Iterator[tuple[int, int]]:
    for match in _BESIDE.finditer(view):
        begin = match.end() - len(match.group().split()[-1])
        yield _without_ordinary_end(view, begin, _rest(view, begin)[1])
    for start, stop in _sentences(view):
        first = _FIRST.match(view[start:stop])
        if first is None:
            continue
        begin, end = start + first.end(), stop
        words = words_of(view[begin:end])
        figures = bool(words) and any(character.isdigit() for character in words[-1].plain)
        if (figures or (awaited and not is_talk(view[begin:end]))) and not says_how_it_is(view[begin:end]):
            yield begin, end


def _before_the_name(view: str) -> Iterator[tuple[int, int]]:
    for start, stop in _sentences(view):
        sentence = view[start:stop]
        match = _AFTER.search(sentence)
        if match is not None and not _is_about_something(sentence[: match.start()]):
            yield start + len(sentence) - len(sentence.lstrip(_EDGE)), start + match.start()
        used = _USED.search(sentence)
        if used is not None and not _is_about_something(used.group("secret")):
            yield start + used.start("secret"), start + used.end("secret")


def _is_about_something(subject: str) -> bool:
    """Whether the subject of "… is my password" is a pronoun, a question or a thing talked about, without figures."""
    words = [word.plain for word in words_of(subject)]
    if not words:
        return True
    if any(character.isdigit() for character in subject):
        return False
    return any(word in FILLERS or word in LEADS_ON or word in {"problem", "problema", "issue"} for word in words)


def _only_talk(rest: str) -> bool:
    return all(word.plain in TALK or word.plain in FILLERS or word.plain in LEADS_ON for word in words_of(rest))


def _rest(view: str, begin: int) -> tuple[int, int]:
    """From `begin` to the end of the sentence or line, with the mark at its end, which may be the password's."""
    stop = _SENTENCE.search(view, begin)
    end = len(view) if stop is None else stop.start() if view[stop.start()] == "\n" else stop.end()
    return begin, begin + len(view[begin:end].rstrip())


def _without_ordinary_end(view: str, begin: int, end: int) -> tuple[int, int]:
    """The span up to the first comma after which only ordinary words follow ("hunter2, what now?")."""
    for comma in re.finditer(r",\s", view[begin:end]):
        if comma.start() > 0 and _only_talk(view[begin + comma.end() : end]):
            return begin, begin + comma.start() + 1
    return begin, end


def _sentences(view: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for stop in _SENTENCE.finditer(view):
        yield begin, stop.start()
        begin = stop.end()
    yield begin, len(view)
