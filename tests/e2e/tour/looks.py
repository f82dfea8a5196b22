"""What is looked at on every page: axe-core, language, headings, width, keyboard."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.async_api import ConsoleMessage, Page, ViewportSize

from auth_backend.i18n import HTML_LANG, translations

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
NARROW = (640, 320, 360)
"""640: 200 % of 1280; 320: 400 % of it (WCAG 2.2, 1.4.10)."""

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

_FACTS = """() => {
  const texts = [];
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const one of document.querySelectorAll(`[${name}]:not([lang])`)) texts.push(one.getAttribute(name));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("[lang]:not(html), script")) texts.push(walker.currentNode.data);
  }
  const wrong = document.querySelector("[aria-invalid=true]");
  return {
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    texts: texts.map((text) => text.trim().replace(/\\s+/g, " ")).filter(Boolean),
    unfocused: wrong && wrong !== document.activeElement ? wrong.id : "",
  };
}"""

_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const top = document.elementFromPoint(x, y);
  return {
    what: `${at.localName} ${at.id || at.getAttribute("href") || at.name || at.textContent.trim().slice(0, 30)}`,
    index: [...document.querySelectorAll("*")].indexOf(at),
    shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    covered: !top || !(at.contains(top) || top.contains(at) || at.labels?.[0]?.contains(top)),
  };
}"""

_TO_THE_START = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""

_REACHABLE = """() => {
  const all = [...document.querySelectorAll("*")];
  const found = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const radios = new Set();
  return found.filter((one) => {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.disabled || one.tabIndex < 0) return false;
    if (one.type !== "radio") return true;
    const group = one.name, chosen = document.querySelector(`input[name="${group}"]:checked`);
    if (chosen ? chosen !== one : radios.has(group)) return false;
    return radios.add(group);
  }).map((one) => [all.indexOf(one), `${one.localName} ${one.id || one.getAttribute("href") || one.textContent}`]);
}"""


@dataclass
class Console:
    """What the browser complains about, but the statuses that a page is meant to have."""

    lines: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """From now on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.lines.append(f"script: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.lines.append(f"console: {message.text}")

    def taken(self) -> list[str]:
        """What was said since the last time."""
        lines, self.lines = self.lines, []
        return lines


async def look(page: Page, lang: str) -> list[str]:
    """What is wrong with a page on a desktop, and whether it fits narrow screens. Leaves it a phone's."""
    facts = await page.evaluate(_FACTS)
    wrong = [
        *([f"lang is {facts['lang']}"] if facts["lang"] != HTML_LANG[lang] else []),
        *([f"{facts['headings']} main headings"] if facts["headings"] != 1 else []),
        *([f"the focus is not at {facts['unfocused']}"] if facts["unfocused"] else []),
        *(f"English: {text}" for text in facts["texts"] if is_english(text, lang)),
    ]
    await page.evaluate(_AXE)
    wrong += await axe(page)
    for width in NARROW:
        await page.set_viewport_size({"width": width, "height": PHONE["height"]})
        needed = await page.evaluate("document.documentElement.scrollWidth")
        wrong += [f"needs {needed} pixels at {width}"] if needed > width else []
    return wrong


async def look_closely(page: Page) -> list[str]:
    """What words have no part in, after `look`: colours on a phone, and in the dark, and the way of the Tab key."""
    wrong = [f"phone: {line}" for line in await axe(page, "color-contrast", "target-size")]
    await page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {line}" for line in await axe(page, "color-contrast")]
    await page.emulate_media(color_scheme="light")
    return wrong + await walk(page)


async def axe(page: Page, *rules: str) -> list[str]:
    """axe's violations: of these rules, or of all."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    found = await page.evaluate("options => axe.run(options).then(({ violations }) => violations)", options)
    return [
        f"axe {rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


async def walk(page: Page) -> list[str]:
    """Tab by Tab through a page: everything is reached, is seen to be reached, and lets go."""
    await page.evaluate(_TO_THE_START)
    reachable = dict(await page.evaluate(_REACHABLE))
    wrong: list[str] = []
    seen: list[int] = []
    for _ in range(len(reachable) + 3):
        await page.keyboard.press("Tab")
        at = await page.evaluate(_FOCUS)
        if at is None or at["index"] in seen:
            wrong += [f"Tab goes round at {at['what']}"] if at and at["index"] != seen[0] else []
            break
        seen.append(at["index"])
        wrong += [f"the focus can't be seen on {at['what']}"] if not at["shown"] else []
        wrong += [f"covered while it has the focus: {at['what']}"] if at["covered"] else []
    return wrong + [f"not reached by Tab: {what}" for index, what in reachable.items() if index not in seen]


def is_english(text: str, lang: str) -> bool:
    """Whether a text is one that has a translation, untranslated."""
    whole, parts = _english(lang)
    return text in whole or any(part in text for part in parts)


@cache
def _english(lang: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The texts of the code whose translation differs; of those with gaps, their longer pieces."""
    if lang == "en":
        return frozenset(), ()
    catalog: dict[Any, Any] = translations(lang)._catalog  # type: ignore[attr-defined]
    pairs = {
        (key[0] if isinstance(key, tuple) else key): value
        for key, value in catalog.items()
        if key and isinstance(value, str)
    }
    changed = [key for key, value in pairs.items() if key != value]
    same = set(pairs.values())
    whole = frozenset(key for key in changed if "%(" not in key and key not in same)
    gaps = (re.split(r"%\(\w+\)s", key) for key in changed if "%(" in key)
    parts = {part.strip() for pieces in gaps for part in pieces if len(part.split()) >= 4}
    return whole, tuple(parts)
