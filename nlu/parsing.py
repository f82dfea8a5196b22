"""`zoe nlu parse`: JSON Lines in, JSON Lines out, one for one."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, TextIO

from nlu.project import Project

_MAX_TEXT = 16_000


class NoModelError(Exception):
    """No model has been trained yet."""


class Parser:
    """A loaded model that parses single texts, outside any conversation, through the chat's code path."""

    def __init__(self, project: Project) -> None:
        from nlu.dialogue import DialogueAgent  # noqa: PLC0415 (seconds of import; only when needed)

        model = project.best_model()
        if model is None:
            raise NoModelError(f"no model in {project.model_dir}; run: zoe train")
        agent = DialogueAgent()
        agent.load_model(str(model))
        if agent.processor is None:
            raise NoModelError(f"{model.name} can't be loaded")
        self._processor = agent.processor

    async def parse(self, text: str) -> dict[str, Any]:
        """The contract's line for `text` (`nlu.contract.contract_parse`)."""
        from nlu.contract import contract_parse  # noqa: PLC0415 (seconds of import; only when needed)
        from nlu.understanding import understand  # noqa: PLC0415 (seconds of import; only when needed)

        return contract_parse(text, await understand(self._processor, escaped(text)))


def escaped(text: str) -> str:
    """`text` as the chat hands a user's words to Rasa: a leading `/`, which would name an intent, becomes `∕`."""
    first = next((i for i, c in enumerate(text) if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"}), 0)
    return f"{text[:first]}∕{text[first + 1 :]}" if text[first : first + 1] == "/" else text


def parse_stream(stdin: TextIO, stdout: TextIO, project: Project) -> None:
    """Parses each line's `{"text"}`; a line that is none is answered `{"error"}`, in its place. Raises NoModelError."""
    parser = Parser(project)
    with asyncio.Runner() as runner:
        for line in stdin:
            text = _text_of(line)
            answer = {"error": 'expected {"text": string}'} if text is None else runner.run(parser.parse(text))
            stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            stdout.flush()


def _text_of(line: str) -> str | None:
    """The text of one input line, None when it is not an object with a storable string `text`."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    text = row.get("text") if isinstance(row, Mapping) else None
    if not isinstance(text, str) or len(text) > _MAX_TEXT or any("\ud800" <= c <= "\udfff" for c in text):
        return None
    return text
