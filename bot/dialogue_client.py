"""The chat's side of the dialogue server: one turn in, sentences out. What comes back is data to be checked, never
markup.
"""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, StreamReader
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.languages import Lang, as_lang
from httpkit.logs import REQUEST_ID_HEADER, current_request_id

_MAX_ANSWER_BYTES = 512 * 1024


class DialogueLoadingError(Exception):
    """The dialogue server is starting; it will answer by itself."""


class DialogueUnavailableError(Exception):
    """The dialogue server did not answer."""


class DialogueRefusedError(Exception):
    """It answered this turn with an error; asking the same again helps seldom."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class SaidButton(_Part):
    """A button of the dialogue's."""

    title: str = ""
    payload: str = ""


class Said(_Part):
    """One thing the dialogue said: a text with buttons, or a custom wish."""

    text: str | None = None
    buttons: list[SaidButton] = []
    custom: dict[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """All that the dialogue said in a turn, and the language it heard."""

    said: list[Said]
    lang: Lang | None
    intent: str = ""
    confidence: float | None = None
    action_failed: bool = False
    """An action ended in an error; what it would have said or done is missing."""


@dataclass(frozen=True)
class TurnMessage:
    """One turn for the dialogue. `message` is redacted text or an `/intent` of the chat's own."""

    sender: str
    message: str
    metadata: dict[str, Any] = field(default_factory=dict)


_LIST = TypeAdapter(list[Said])


class DialogueClient:
    """Calls the dialogue server. Until its first answer a refused connection means that it is still loading."""

    def __init__(self, http: ClientSession, base_url: str, token: str, timeout_s: float) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._token = token
        self._timeout = ClientTimeout(total=timeout_s, connect=min(timeout_s, 5))
        self._answered_once = False

    async def turn(self, message: TurnMessage) -> Answer:
        """Runs one turn. Raises DialogueLoadingError, DialogueUnavailableError or DialogueRefusedError."""
        headers = {"Authorization": f"Bearer {self._token}"}
        if request_id := current_request_id():
            headers[REQUEST_ID_HEADER] = request_id
        body = {"sender": message.sender, "message": message.message, "metadata": message.metadata}
        try:
            async with self._http.post(
                f"{self._base}/webhooks/zoe/webhook", json=body, headers=headers, timeout=self._timeout
            ) as response:
                if response.status == 503:
                    raise DialogueLoadingError
                if response.status != 200:
                    raise DialogueRefusedError(f"HTTP {response.status}")
                raw = await _bounded(response.content, _MAX_ANSWER_BYTES)
                self._answered_once = True
                return Answer(
                    _LIST.validate_json(raw),
                    as_lang(response.headers.get("X-Zoe-Lang")),
                    response.headers.get("X-Zoe-Intent", "")[:64],
                    _number(response.headers.get("X-Zoe-Confidence")),
                    response.headers.get("X-Zoe-Action-Failed") == "1",
                )
        except ValidationError:
            raise DialogueRefusedError("an answer of another shape") from None
        except ClientConnectorError:
            raise (DialogueUnavailableError if self._answered_once else DialogueLoadingError) from None
        except (ClientError, TimeoutError, OSError) as error:
            raise DialogueUnavailableError(type(error).__name__) from None


async def _bounded(content: StreamReader, room: int) -> bytes:
    """The whole body, at most `room` bytes. Raises DialogueRefusedError when there is more."""
    parts: list[bytes] = []
    while chunk := await content.readany():
        room -= len(chunk)
        if room < 0:
            raise DialogueRefusedError("an answer that is too long")
        parts.append(chunk)
    return b"".join(parts)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
