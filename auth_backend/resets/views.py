"""The pages of a reset: verify, status, cancel."""

from aiohttp import web

from auth_backend.resets import link_views, verify_views


def add_routes(app: web.Application) -> None:
    """Routes of this package."""
    verify_views.add_routes(app)
    link_views.add_routes(app)
