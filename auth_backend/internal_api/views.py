"""The internal API's routes, both scopes."""

from aiohttp import web

from auth_backend.internal_api import action_routes, bot_routes, desk_routes, metrics_routes, openapi_routes


def add_routes(app: web.Application) -> None:
    """On the internal port, behind `httpkit.bearer.require_bearer`."""
    bot_routes.add_routes(app)
    desk_routes.add_routes(app)
    action_routes.add_routes(app)
    metrics_routes.add_routes(app)
    openapi_routes.add_routes(app)
