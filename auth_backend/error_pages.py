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
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def _words(lang: str, error: ClientError) -> tuple[str, str]:
    """Title and sentence for a status; an error's own message is for operators and stays out."""
    _ = translator(lang)
    if error.name == "stale_form":
        return _("This form is too old"), _(
            "For your safety nothing was changed. Go back, reload the page and try again."
        )
    if error.status >= 500:
        return _("Something failed on our side"), _("Nothing was changed. Please try again in a moment.")
    by_status = {
        403: (_("You can't open this page"), _("Your sign-in doesn't reach this far.")),
        404: (_("There is nothing here"), _("The address may be mistyped, or the page has moved.")),
        413: (_("That was too much at once"), _("What you sent is larger than this page takes.")),
        429: (_("Too many tries"), _("Please wait a moment and try again.")),
    }
    otherwise = (_("That didn't work"), _("The request could not be understood. Go back and try again."))
    return by_status.get(error.status, otherwise)
