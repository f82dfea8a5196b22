"""Articles: one HTML file a language, read once, cut into sections.

A file is `<h1>`, one paragraph of summary, then `<section id data-icon data-keywords>` with an `<h2>` and a first
paragraph that says what the section is about. Section ids are the same in all languages: links and "recently viewed"
survive a change of language.
"""

from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from markupsafe import Markup

ARTICLES = Path(__file__).parent / "content"
TWO_FACTOR = "two-factor-authentication"

_BLOCKS = frozenset({"p", "li", "ul", "ol"})


@dataclass(frozen=True)
class Section:
    """A part of an article. `body` is the HTML after the heading, `text` the same as plain text for searching."""

    id: str
    title: str
    icon: str
    keywords: str
    summary: str
    body: Markup
    text: str


@dataclass(frozen=True)
class Article:
    """`slug` is its address."""

    slug: str
    title: str
    summary: str
    sections: tuple[Section, ...]


@cache
def get_article(slug: str, lang: str) -> Article | None:
    """The article in a language; None when there is none under that name."""
    if slug not in list_slugs():
        return None
    reader = _Reader()
    reader.feed((ARTICLES / slug / f"{lang}.html").read_text(encoding="utf-8"))
    reader.close()
    return Article(slug, reader.title.strip(), reader.summary.strip(), tuple(reader.sections))


@cache
def list_slugs() -> tuple[str, ...]:
    """The names of all articles."""
    return tuple(sorted(folder.name for folder in ARTICLES.iterdir() if folder.is_dir()))


class _Reader(HTMLParser):
    """Cuts our own, trusted files; it is no sanitiser."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = self.summary = ""
        self.sections: list[Section] = []
        self._attributes: dict[str, str] | None = None
        self._heading, self._first, self._html, self._text = "", "", "", ""
        self._paragraphs = 0
        self._into = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._attributes = {name: value or "" for name, value in attrs}
            self._heading = self._first = self._html = self._text = ""
            self._paragraphs = 0
            return
        if tag in {"h1", "h2"}:
            self._into = tag
            return
        if tag == "p":
            self._paragraphs += 1
            self._into = "first" if self._paragraphs == 1 or self._attributes is None else ""
        if self._attributes is not None:
            self._html += self.get_starttag_text() or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "section" and self._attributes is not None:
            self._finish_section(self._attributes)
            self._attributes = None
            return
        if tag in {"h1", "h2"}:
            self._into = ""
            return
        if tag == "p":
            self._into = ""
        if self._attributes is not None:
            self._html += f"</{tag}>"
            self._text += " " if tag in _BLOCKS else ""

    def handle_data(self, data: str) -> None:
        if self._into == "h1":
            self.title += data
        elif self._into == "h2":
            self._heading += data
        elif self._attributes is None:
            self.summary += data if self._into == "first" else ""
        else:
            self._html += str(Markup.escape(data))
            self._text += data
            self._first += data if self._into == "first" else ""

    def _finish_section(self, attributes: dict[str, str]) -> None:
        self.sections.append(
            Section(
                id=attributes["id"],
                title=self._heading.strip(),
                icon=attributes.get("data-icon", "shield"),
                keywords=attributes.get("data-keywords", ""),
                summary=self._first.strip(),
                body=Markup(self._html.strip()),  # noqa: S704 - our own file
                text=" ".join(self._text.split()),
            )
        )
