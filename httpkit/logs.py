"""Structured logs: one line an event, with the request's id, without personal data; routes, not paths."""

import logging
import re
import secrets
import sys
import time
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from httpkit.errors import Handler, route_name

REQUEST_ID_HEADER = "X-Request-Id"
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

log = structlog.get_logger("access")


def configure_logs(*, process: str, as_json: bool, level: str = "INFO") -> None:
    """Sets up structlog and the standard library's logging for this process; lines go to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    logging.getLogger("aiohttp.server").addFilter(MalformedHttp())
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


@web.middleware
async def log_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives each request an id (a caller's own when well-formed), returns it, and writes one access line."""
    offered = request.headers.get(REQUEST_ID_HEADER, "")
    request_id = offered if _ID.fullmatch(offered) else secrets.token_urlsafe(12)
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        try:
            response = await handler(request)
        except web.HTTPException as redirect:
            redirect.headers[REQUEST_ID_HEADER] = request_id
            _access_line(request, redirect.status, started)
            raise
        if not response.prepared:
            response.headers[REQUEST_ID_HEADER] = request_id
        _access_line(request, response.status, started)
    return response


def _access_line(request: web.Request, status: int, started: float) -> None:
    ms = round((time.perf_counter() - started) * 1000, 1)
    log.info("request", method=request.method, route=route_name(request), status=status, ms=ms)


class MalformedHttp(logging.Filter):
    """Replaces aiohttp's account of HTTP that it could not parse, which repeats the sender's bytes and address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """False for such a record, after one line that says only what kind of fault it was."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError):
            return True
        log.info("malformed HTTP refused", kind=type(error).__name__, status=error.code)
        return False


def current_request_id() -> str | None:
    """The id of the request that is being served, to be passed on to the next service."""
    value = structlog.contextvars.get_contextvars().get("request_id")
    return value if isinstance(value, str) else None
