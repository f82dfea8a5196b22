"""Which of the three languages a text is in: a small multinomial model over words and character n-grams.

The model is trained on the labelled examples plus the function words below, so that a text about anything at all is
recognised by the words that every sentence needs. A short text is judged with the conversation's language in mind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FUNCTION_WORDS: Mapping[str, str] = {
    "en": (
        "the of and to in is you that it he was for on are as with his they i at be this have from or had by not word "
        "but what some we can out other were all there when up use your how said an each she which do their time if "
        "will way about many then them would like so these her long make thing see him two has look more day could go "
        "come did my sound no most who over know than call first people may down been now find any new work part take "
        "get place where after back little only man year show every good me give our under name very through just "
        "think great help before right too mean old same tell want again off went why need because does cant dont im "
        "ive doesnt didnt please thanks hello hi hey bye yes yeah yep nope sure plz pls thx u ur r gonna wanna "
        "lost phone number account still anyone something someone today tomorrow yesterday weather joke price"
    ),
    "pt": (
        "o a os as de do da dos das em no na nos nas um uma uns umas por pelo pela para pra pro com sem sobre que e ou "
        "mas se não nao sim eu você voce vc vcs ele ela nós eles elas meu minha meus minhas seu sua isso isto esse "
        "essa este esta aquele aquela como quando onde quem qual quais quanto porque porquê pq por quê já ainda "
        "também tbm tb muito mto mais menos bem mal agora hoje ontem amanhã sempre nunca tudo nada alguém ninguém "
        "está estou estava são foi fui era tem tenho tinha ter ser fazer faz fiz posso pode podem quero queria quer "
        "preciso precisa consigo consegue conseguir vou vai vamos ir oi olá ola tchau obrigado obrigada obg vlw valeu "
        "blz beleza bom boa dia tarde noite celular número conta ajuda ajudar depois antes outro outra então entao aí "
        "ai lá aqui meu deus cara gente coisa até só num numa à às ao aos né ne tô to tá ta cadê não sei piada preço"
    ),
    "es": (
        "el la los las de del en un una unos unas por para con sin sobre que y o pero si no sí yo tú tu usted ustedes "
        "él ella nosotros ellos ellas mi mis su sus eso esto ese esa este esta aquel aquella como cómo cuando cuándo "
        "donde dónde quien quién cual cuál cuánto porque por qué xq q ya todavía aún también tampoco muy mucho mucha "
        "más menos bien mal ahora hoy ayer mañana siempre nunca todo nada alguien nadie está estoy estaba son fue fui "
        "era tiene tengo tenía tener ser hacer hace hice puedo puede pueden quiero quería quiere necesito necesita "
        "voy va vamos ir hola adiós adios chao chau gracias grax buenos buenas días tardes noches celular móvil "
        "teléfono número cuenta ayuda ayudar después antes otro otra entonces ahí allá aquí acá oye dale vale cosa "
        "hasta sólo solo al lo le les me te se nos hay he has ha han dios chiste precio tiempo lluvia perdí perdi"
    ),
}
"""Words each language's sentences can't do without, with chat spellings; whitespace-separated."""

SHORT_TEXT = 15
"""Letters up to which a text says little about its language."""

_PRIORS = ((5, 40.0), (SHORT_TEXT, 12.0))
_PRIOR_LONG = 2.0
"""Odds for the conversation's language: up to so many letters, so much; beyond, the last."""


@dataclass(frozen=True)
class LanguageGuess:
    """A language and how sure the guess is (0 to 1)."""

    language: str
    confidence: float


def decide(
    probabilities: Mapping[str, float], letters: int, conversation: str | None, default: str = "en"
) -> LanguageGuess:
    """The language of a text with `letters` letters, whose model gives `probabilities`.

    `conversation` is the language spoken so far, None when unknown. The shorter the text, the more has to speak for a
    change: the odds of the conversation's language are multiplied before the best is taken.
    """
    if letters == 0:
        return LanguageGuess(conversation or default, 1.0 if conversation else 0.0)
    weight = next((odds for most, odds in _PRIORS if letters <= most), _PRIOR_LONG)
    weighted = {name: p * (weight if name == conversation else 1.0) for name, p in probabilities.items()}
    best = max(weighted, key=lambda name: weighted[name])
    return LanguageGuess(best, weighted[best] / sum(weighted.values()))


_HINTS = (
    ("pt", re.compile(r"@[\w.-]+\.(?:br|pt)\b|\+ ?(?:55|351)\b", re.IGNORECASE)),
    (
        "es",
        re.compile(
            r"@[\w.-]+\.(?:es|mx|ar|cl|co|pe|uy|ec|bo|py|cr|gt|do|ve)\b|\+ ?(?:34|5[1-4]|5[6-8]|59\d|50[2-7])\b",
            re.IGNORECASE,
        ),
    ),
    ("en", re.compile(r"@[\w.-]+\.(?:uk|us|au|nz|ie)\b|\+ ?(?:1|44|61|64|353)\b", re.IGNORECASE)),
)
"""Countries in addresses (top-level domain, ISO 3166) and phone numbers (ITU-T E.164 country code)."""


def hinted(text: str) -> str | None:
    """The language that an address's or phone number's country suggests: all there is in a text of data alone."""
    return next((language for language, pattern in _HINTS if pattern.search(text)), None)


def function_word_examples() -> Sequence[tuple[str, str]]:
    """Training pairs (text, language): runs of four function words, each word twice."""
    pairs = []
    for language, words in FUNCTION_WORDS.items():
        listed = words.split()
        for step in (4, 1):
            pairs += [(" ".join(listed[i : i + step]), language) for i in range(0, len(listed), step)]
    return pairs
