"""The forms of a page as a reader without eyes meets them: fields, what is typed in them, the messages beside them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_CONTROLS = {"input", "select", "textarea"}
_SILENT = {"hidden", "submit", "button"}


@dataclass
class Field:
    """An input, a list or a text area."""

    name: str
    kind: str
    attributes: dict[str, str]
    typed: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether what was typed must not come back: passwords and codes."""
        return self.kind == "password" or self.name in {"code", "recovery_code"}

    @property
    def takes_input(self) -> bool:
        """Whether a person can change it."""
        return self.kind not in _SILENT and "readonly" not in self.attributes


@dataclass
class Form:
    """One form, its fields in order."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def hidden(self) -> dict[str, str]:
        """What is sent along with what is typed: by Enter the first button's value too."""
        silent = [one for one in self.fields if not one.takes_input]
        return {one.name: one.typed for one in reversed(silent)}

    @property
    def open(self) -> dict[str, Field]:
        """The fields in which people type, by name."""
        return {one.name: one for one in self.fields if one.name and one.takes_input}


class ReadPage(HTMLParser):
    """A page, read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lang = ""
        self.forms: list[Form] = []
        self.focused: list[str] = []
        """Ids (or names, or tags) of what has `autofocus`."""
        self.messages: dict[str, str] = {}
        """The text of every element with an id that is a message."""
        self._form: Form | None = None
        self._reading: str | None = None
        self._area: Field | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects forms, fields, messages."""
        found = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = found.get("lang", "")
        elif tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in _CONTROLS or (tag == "button" and "name" in found):
            self._control(tag, found)
        elif tag == "option" and "selected" in found and self._form is not None:
            self._form.fields[-1].typed = found.get("value", "")
        elif tag == "p" and "error" in found.get("class", "").split() and "hidden" not in found:
            self._reading = found.get("id", "")
            self.messages[self._reading] = ""
        if "autofocus" in found:
            self.focused.append(found.get("id") or found.get("name") or tag)

    def handle_data(self, data: str) -> None:
        """Text of a message or a text area."""
        if self._reading is not None:
            self.messages[self._reading] += data
        elif self._area is not None:
            self._area.typed += data

    def handle_endtag(self, tag: str) -> None:
        """A form or a message ends."""
        if tag == "form":
            self._form = None
        elif tag == "p":
            self._reading = None
        elif tag == "textarea":
            self._area = None

    def _control(self, tag: str, found: dict[str, str]) -> None:
        kind = found.get("type", "text") if tag == "input" else tag
        if self._form is not None:
            self._form.fields.append(Field(found.get("name", ""), kind, found, found.get("value", "")))
            self._area = self._form.fields[-1] if tag == "textarea" else None
