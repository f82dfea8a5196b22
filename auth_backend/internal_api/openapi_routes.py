"""`GET /internal/openapi.json`: what this port speaks."""

from aiohttp import web

from auth_backend.internal_api.contract import describe
from auth_backend.internal_api.guards import for_bot


async def read_description(request: web.Request) -> web.Response:
    """`GET openapi.json`: OpenAPI 3.1 made from the routes and models."""
    return web.json_response(describe(request.app))


def add_routes(app: web.Application) -> None:
    """On the internal port."""
    app.router.add_get("/internal/openapi.json", for_bot(read_description))
