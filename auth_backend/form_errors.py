"""What is wrong with a form that is shown again."""

from collections.abc import Mapping


class FormErrors(dict[str, str]):
    """Messages by field name; an empty message is none.

    The templates draw each beside its field. The wrong field that is drawn first takes the focus, whatever the order in
    which they were judged.
    """

    def __init__(self, messages: Mapping[str, str] | None = None) -> None:
        super().__init__({name: message for name, message in (messages or {}).items() if message})
        self._first: str | None = None

    def take_focus(self, name: str) -> bool:
        """Asked by each field as it is drawn: whether the page opens at it."""
        if self._first is None and name in self:
            self._first = name
        return self._first == name
