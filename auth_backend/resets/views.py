"""The pages of a reset: verify, status, cancel."""

from aiohttp import web

from auth_backend.resets import (
    account_views,
    link_views,
    not_me_views,
    reference_views,
    report_views,
    undo_views,
    verify_views,
)


def add_routes(app: web.Application) -> None:
    """Routes of this package."""
    verify_views.add_routes(app)
    account_views.add_routes(app)
    link_views.add_routes(app)
    not_me_views.add_routes(app)
    reference_views.add_routes(app)
    report_views.add_routes(app)
    undo_views.add_routes(app)
