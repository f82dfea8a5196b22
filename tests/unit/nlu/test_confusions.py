"""The confusion page names what was mixed up and escapes what users wrote."""

from __future__ import annotations

from nlu.confusions import page
from nlu.evaluation import Judged


def test_the_page() -> None:
    shown = page(
        [Judged("hi", "greet", "en", "greet", "en", 0.001), Judged("<b>bye", "goodbye", "en", "greet", "en", 0.001)]
    )
    assert "&lt;b&gt;bye" in shown
    assert "<b>bye" not in shown
    assert shown.count("<th scope=row>") == 2
    assert "accuracy 0.5" in shown
