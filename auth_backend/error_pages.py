"""Errors as pages for people, and as JSON for programs."""

from aiohttp import web

from auth_backend.i18n import translator
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from httpkit.errors import ClientError, render_json

JSON_PREFIXES = ("/v3/", "/api/", "/chat/", "/desk/api/", "/dev/", "/livez", "/healthz")


async def render_error(request: web.Request, error: ClientError) -> web.StreamResponse:
    """JSON when the address or the body is a program's, else a page in the reader's language that leads on."""
    if _is_for_programs(request):
        return await render_json(request, error)
    title, text = _words(request[LANG], error)
    response = render(request, "error.html", status=error.status, title=title, text=text, status_code=error.status)
    response.headers.update(error.headers)
    return response


def _is_for_programs(request: web.Request) -> bool:
    if request.path.startswith(JSON_PREFIXES) or request.content_type == "application/json":
        return True
    return "text/html" not in request.headers.get("Accept", "text/html") and "application/json" in request.headers["Accept"]


def _words(lang: str, error: ClientError) -> tuple[str, str]:
    """Title and sentence for a status; an error's own message is for operators and stays out."""
    _ = translator(lang)
    if error.name == "stale_form":
        return _("This form is too old"), _("For your safety nothing was changed. Go back, reload the page and try again.")
    if error.status == 404:
        return _("There is nothing here"), _("The address may be mistyped, or the page has moved.")
    if error.status == 403:
        return _("You can't open this page"), _("Your sign-in doesn't reach this far.")
    if error.status == 429:
        return _("Too many tries"), _("Please wait a moment and try again.")
    if error.status == 413:
        return _("That was too much at once"), _("What you sent is larger than this page takes.")
    if error.status >= 500:
        return _("Something failed on our side"), _("Nothing was changed. Please try again in a moment.")
    return _("That didn't work"), _("The request could not be understood. Go back and try again.")
