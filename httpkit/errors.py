"""Client errors, and the outermost middleware that turns every exception into one clear answer."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

log = structlog.get_logger("http")


class ClientError(Exception):
    """The request can't be served as it is.

    `name` is for programs, `message` (English) for operators; neither repeats what was sent.
    """

    def __init__(self, status: int, name: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.message = message
        self.headers = headers or {}


type Render = Callable[[web.Request, ClientError], Awaitable[web.StreamResponse]]
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_NAMES = {
    400: ("bad_request", "the request could not be understood"),
    401: ("unauthorized", "a valid token is needed"),
    403: ("forbidden", "not allowed"),
    404: ("not_found", "there is nothing here"),
    405: ("method_not_allowed", "this address does not take that method"),
    413: ("too_large", "the body is too large"),
    415: ("unsupported_media_type", "this kind of body is not taken here"),
    429: ("too_many", "too many requests; wait and try again"),
    500: ("internal_error", "something failed on our side"),
    503: ("unavailable", "not ready yet"),
}


def client_error(status: int) -> ClientError:
    """The plain error of an HTTP status."""
    name, message = _NAMES.get(status, (f"http_{status}", "the request failed"))
    return ClientError(status, name, message)


async def render_json(_request: web.Request, error: ClientError) -> web.StreamResponse:
    """`{"error", "message"}`, the form of this project's JSON interfaces."""
    return web.json_response(
        {"error": error.name, "message": error.message}, status=error.status, headers=error.headers
    )


def error_middleware(render: Render = render_json) -> Middleware:
    """The outermost middleware: whatever is raised becomes one answer; an unexpected error leaves its detail in the
    log.
    """

    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ClientError as error:
            return await render(request, error)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            converted = client_error(error.status)
            converted.headers.update({k: v for k, v in error.headers.items() if k in {"Allow", "Retry-After"}})
            return await render(request, converted)
        except ConnectionResetError:
            raise
        except Exception:
            log.exception("request failed", route=route_name(request))
            return await render(request, client_error(500))

    return answer_errors


def route_name(request: web.Request) -> str:
    """The route's pattern (`/verify/{token}`), never the path itself: paths may hold tokens."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"
