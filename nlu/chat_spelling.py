"""Chat abbreviations of the three languages, written out.

One table for all languages: the words stand where the language may not be known yet, and what an abbreviation means
elsewhere ("n", "u", "d") hardly ever carries an intent. Abbreviations that are words of another language with a meaning
that matters ("pro", "ta", "no") are left out.
"""

from __future__ import annotations

import re

_WRITTEN_OUT = {
    # Portuguese
    "vc": "você",
    "vcs": "vocês",
    "ce": "você",
    "cê": "você",
    "oq": "o que",
    "pq": "porque",
    "pk": "porque",
    "n": "não",
    "tb": "também",
    "tbm": "também",
    "qdo": "quando",
    "qnd": "quando",
    "qd": "quando",
    "hj": "hoje",
    "mt": "muito",
    "mto": "muito",
    "mta": "muita",
    "pf": "por favor",
    "pfv": "por favor",
    "pfvr": "por favor",
    "td": "tudo",
    "dps": "depois",
    "ql": "qual",
    "qro": "quero",
    "aki": "aqui",
    "akele": "aquele",
    "msm": "mesmo",
    "dnv": "de novo",
    "vlw": "obrigado",
    "obg": "obrigado",
    "obgd": "obrigado",
    "blz": "beleza",
    "pra": "para",
    # Spanish
    "xq": "porque",
    "xk": "porque",
    "xfa": "por favor",
    "porfa": "por favor",
    "tmb": "también",
    "kiero": "quiero",
    "toy": "estoy",
    "grax": "gracias",
    "celu": "celular",
    "x": "por",
    "pa": "para",
    "msj": "mensaje",
    # both
    "q": "que",
    "k": "que",
    "d": "de",
    "cel": "celular",
    "tel": "telefone",
    "nro": "número",
    "msg": "mensagem",
    # English
    "u": "you",
    "ur": "your",
    "r": "are",
    "plz": "please",
    "pls": "please",
    "thx": "thanks",
    "ty": "thank you",
    "bc": "because",
    "cuz": "because",
    "wat": "what",
    "wtf": "what",
    "fone": "phone",
    "b4": "before",
    "dnt": "don't",
    "dont": "don't",
    "cant": "can't",
    "wont": "won't",
    "doesnt": "doesn't",
    "didnt": "didn't",
    "isnt": "isn't",
    "havent": "haven't",
    "im": "i'm",
    "ive": "i've",
    "rn": "right now",
    "abt": "about",
    "acc": "account",
    "acct": "account",
    "pw": "password",
    "pwd": "password",
    "cell": "cell phone",
}
_WORD = re.compile(r"(?<![\w'’])\w+(?![\w'’])")


def written_out(text: str) -> str:
    """`text` with its abbreviations in full; everything else as it was."""
    return _WORD.sub(lambda match: _WRITTEN_OUT.get(match.group().lower(), match.group()), text)
