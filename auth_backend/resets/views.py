"""The pages of a reset: verify, status, cancel."""

from aiohttp import web

from auth_backend.resets import account_views, link_views
from auth_backend.resets.not_me import reference_views
from auth_backend.resets.not_me import views as not_me_views
from auth_backend.resets.proving import report_views, verify_views
from auth_backend.resets.undo import views as undo_views


def add_routes(app: web.Application) -> None:
    """Routes of this package."""
    verify_views.add_routes(app)
    account_views.add_routes(app)
    link_views.add_routes(app)
    not_me_views.add_routes(app)
    reference_views.add_routes(app)
    report_views.add_routes(app)
    undo_views.add_routes(app)
