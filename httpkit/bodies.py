"""One way to read a request's body: bounded, strict, and with a clear 4xx for everything that is not what it claims
to be.
"""

import json
import math
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict
from pydantic import BaseModel, ValidationError

from httpkit.errors import ClientError, Handler, client_error

MAX_BODY_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_FORM_FIELDS = 64

RAW_BODY: web.RequestKey[bytes] = web.RequestKey("raw_body", bytes)


@web.middleware
async def read_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Reads the body once, up to the application's `client_max_size`, and checks the query; `json_body` and
    `form_body` parse it.
    """
    _refuse_unstorable(request.query_string, "query")
    for value in (*request.query.values(), *request.match_info.values()):
        _refuse_unstorable(value, "address")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise client_error(415)
    request[RAW_BODY] = await request.read() if request.can_read_body else b""
    return await handler(request)


def json_body(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object. Raises ClientError 415 for another media type, 400 for what is not strict JSON (RFC
    8259).
    """
    if request.content_type != "application/json":
        raise ClientError(415, "unsupported_media_type", "the body must be application/json")
    text = _decoded(request)
    parsed = strict_json(text)
    if not isinstance(parsed, dict):
        raise ClientError(400, "malformed_json", "the body must be a JSON object")
    return parsed


def json_model[M: BaseModel](request: web.Request, model: type[M]) -> M:
    """The body as `model`. Raises ClientError 422 that names the offending fields, not their values."""
    try:
        return model.model_validate(json_body(request))
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in item["loc"])[:80] or "body" for item in error.errors()})
        raise ClientError(422, "invalid_fields", f"check: {', '.join(fields[:10])}") from None


def form_body(request: web.Request) -> MultiDict[str]:
    """The fields of an urlencoded form. Multipart is refused: uploads are off."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise ClientError(415, "unsupported_media_type", "the form must be application/x-www-form-urlencoded")
    try:
        fields = parse_qsl(
            _decoded(request), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError:
        raise ClientError(400, "malformed_form", "the form could not be read") from None
    for name, value in fields:
        _refuse_unstorable(name + value, "form")
    return MultiDict(fields)


def strict_json(text: str) -> Any:
    """Parses JSON: no NaN or Infinity, no duplicate keys, nesting ≤ 32, no lone surrogates or NUL, numbers finite
    and < 4,300 digits.
    """
    if _nesting(text) > MAX_DEPTH:
        raise ClientError(400, "malformed_json", f"nested deeper than {MAX_DEPTH}")
    try:
        parsed = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise ClientError(400, "malformed_json", "the body is not valid JSON") from None
    _walk(parsed)
    return parsed


def _decoded(request: web.Request) -> str:
    """The body as text; only UTF-8 is spoken here, whatever charset is claimed (RFC 8259 8.1)."""
    charset = (request.charset or "utf-8").lower().replace("_", "-")
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise ClientError(415, "unsupported_charset", "send the body as UTF-8")
    try:
        return request[RAW_BODY].decode("utf-8")
    except UnicodeDecodeError:
        raise ClientError(400, "bad_utf8", "the body is not valid UTF-8") from None


def _nesting(text: str) -> int:
    """The deepest nesting of brackets outside strings, found without recursion."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(literal: str) -> float:
    value = float(literal)
    if not math.isfinite(value):
        raise ValueError("number out of range")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _walk(value: Any) -> None:
    if isinstance(value, str):
        _refuse_unstorable(value, "JSON")
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unstorable(key, "JSON")
            _walk(item)
    elif isinstance(value, list):
        for item in value:
            _walk(item)


def storable(header: str) -> str:
    """A header's text with `?` for what no database takes (bytes that are no UTF-8, NUL); no reason to refuse it."""
    return header.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")


def _refuse_unstorable(text: str, where: str) -> None:
    """NUL and lone surrogates can be stored in no database as text."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ClientError(400, "bad_characters", f"the {where} holds characters that can't be stored")
