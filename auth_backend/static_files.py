"""Style sheet, script and icons: plain files, cached for good under an address that holds their fingerprint."""

from aiohttp import web

from auth_backend.pages import STATIC

PREFIX = "/static/"


def add_routes(app: web.Application) -> None:
    """Serves the files of `static/`."""
    app.router.add_static(PREFIX, STATIC, append_version=False)


async def cache_forever(request: web.Request, response: web.StreamResponse) -> None:
    """`on_response_prepare`: what was asked for by fingerprint never changes; the rest is asked for again each time."""
    if request.path.startswith(PREFIX):
        found = response.status in {200, 206, 304}
        kept = "public, max-age=31536000, immutable" if found and "v" in request.query else "no-cache"
        response.headers["Cache-Control"] = kept
