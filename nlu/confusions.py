"""The confusion report: one HTML page with the matrix and every wrong row, and the same page as a PNG picture.

The picture is the page as a headless Chromium shows it: the project needs no drawing library for one command.
"""

from __future__ import annotations

import html
import shutil
import subprocess  # nosec B404 (a browser on the operator's own machine, arguments as a list)
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nlu.evaluation import Judged, summarise

_STYLE = """
body{font:14px system-ui,sans-serif;margin:24px;color:#1b1b1f;background:#fff}
table{border-collapse:collapse}td,th{padding:2px 5px;font-size:12px;text-align:right;border:1px solid #eee}
th{font-weight:500;white-space:nowrap}thead th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left}
.rows td,.rows th{text-align:left}h2{margin-top:32px}
"""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SIZE = "1400,1300"
_SECONDS = 60


class NoBrowserError(Exception):
    """No Chromium was found, or it drew nothing."""


def page(judged: Sequence[Judged]) -> str:
    """The HTML page: figures, matrix (rows: what was meant, columns: what was understood), wrong rows."""
    counts = Counter((row.intent, row.predicted_intent) for row in judged)
    names = sorted({row.intent for row in judged} | {row.predicted_intent for row in judged})
    totals = Counter(row.intent for row in judged)
    head = "".join(f"<th scope=col>{name}</th>" for name in names)
    body = "".join(
        f"<tr><th scope=row>{meant}</th>"
        + "".join(_cell(counts[meant, said], totals[meant], right=meant == said) for said in names)
        + "</tr>"
        for meant in names
    )
    figures = summarise(judged)
    top = ("n", "accuracy", "oos_recall", "false_oos", "lang_accuracy", "p50_ms", "p95_ms")
    line = " · ".join(f"{name} {figures[name]}" for name in top)
    wrong = "".join(
        f"<tr><td>{row.lang}<td>{row.intent}<td>{row.predicted_intent}<td>{html.escape(row.text)}</tr>"
        for row in sorted(judged, key=lambda row: (row.intent, row.predicted_intent, row.lang))
        if not row.right
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Confusions</title><style>{_STYLE}</style>'
        f"<h1>What was meant, and what was understood</h1><p>{html.escape(line)}</p>"
        f"<p>{html.escape(str(figures['by_lang']))}</p>"
        f"<table><thead><tr><th>meant ↓ understood →</th>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<h2>Wrong rows</h2><table class=rows><tr><th>language<th>meant<th>understood<th>text</tr>"
        f"{wrong}</table></html>"
    )


def _cell(count: int, total: int, *, right: bool) -> str:
    if not count:
        return "<td></td>"
    hue, strength = (140, count / total) if right else (10, min(1.0, 0.25 + 3 * count / max(total, 1)))
    return f'<td style="background:hsl({hue} 70% {92 - 38 * strength:.0f}%)">{count}</td>'


def draw(page_file: Path, picture: Path) -> None:
    """Draws the page into a PNG file. Raises NoBrowserError."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise NoBrowserError("a PNG needs Chromium, and none was found; the HTML page needs nothing")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={_SIZE}"]
    command = [browser, *arguments, f"--screenshot={picture.resolve()}", page_file.resolve().as_uri()]
    subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 (no input of others)
    if not picture.exists():
        raise NoBrowserError(f"{browser} drew nothing")
