"""The three languages of the chat."""

from typing import Literal, get_args

type Lang = Literal["en", "pt", "es"]
LANGS: tuple[Lang, ...] = get_args(Lang.__value__)
DEFAULT: Lang = "en"


def as_lang(tag: str | None) -> Lang | None:
    """The language of a tag such as `pt-BR`, None when it is not one of the three."""
    primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return next((lang for lang in LANGS if lang == primary), None)


def wished(asked: str | None, remembered: str | None, accept: str) -> Lang:
    """What a visitor asks for now, chose before on Zoe's pages (cookie `zoe_lang`), or has their browser ask for."""
    return as_lang(asked) or as_lang(remembered) or from_accept_language(accept)


def from_accept_language(header: str) -> Lang:
    """The best of the three for an `Accept-Language` header (RFC 9110 12.5.4); English when none is asked for."""
    wishes: list[tuple[float, Lang]] = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.partition(";")
        lang = as_lang(tag)
        if lang is None:
            continue
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
        except ValueError:
            weight = 0.0
        wishes.append((weight, lang))
    best = max(wishes, key=lambda wish: wish[0], default=(0.0, DEFAULT))
    return best[1] if best[0] > 0 else DEFAULT
