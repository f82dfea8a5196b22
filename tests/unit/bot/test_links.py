"""Links of the dialogue's words lead to Zoe's own pages or nowhere."""

import pytest

from bot.moments.links import harmless, is_own

OURS = "https://zoe.example"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("See https://zoe.example/login now", "See https://zoe.example/login now"),
        ("See https://evil.example/login now", "See now"),
        ("See https://zoe.example.evil.example now", "See now"),
        ("See https://zoe.example@evil.example now", "See now"),
        ("See http://zoe.example now", "See now"),
        ("See //evil.example now", "See now"),
        ("See www.evil.example now", "See now"),
        ("See evil.example/login now", "See now"),
        ("See javascript:alert(1) now", "See now"),
        ("[click](https://evil.example)", "click"),
        ("[click](javascript:alert(1)", "click"),
        ("[sign in](https://zoe.example/login)", "sign in (https://zoe.example/login)"),
        ("![x](https://evil.example/p.png)", "x"),
        ("<b>bold</b> <script>alert(1)</script>", "bold alert(1)"),
        ("<img src=x onerror=alert(1)>ok", "ok"),
        ("write to ana@acme.example", "write to ana@acme.example"),
        ("2 < 3 and 5 > 4", "2 < 3 and 5 > 4"),
        ("three\nlines\n\nstay", "three\nlines\n\nstay"),
    ],
)
def test_harmless(said: str, shown: str) -> None:
    assert harmless(said, OURS) == shown


@pytest.mark.parametrize(
    "link",
    [
        "https://zoe.example:444/",
        "https://zoe.example\\@evil.example",
        "https://a:b@zoe.example/",
        "https://[",
        "zoe.example",
    ],
)
def test_is_not_own(link: str) -> None:
    assert not is_own(link, OURS)
