"""Routes of what one changes of one's own sign-in."""

from aiohttp import web

from auth_backend.sign_in_data import email_answer_views, email_dispute_views, email_views, notice_views, password_views


def add_routes(app: web.Application) -> None:
    """The pages behind the Security tab's buttons."""
    app.router.add_get(password_views.PASSWORD, password_views.show_password)
    app.router.add_post(password_views.PASSWORD, password_views.submit_password)
    app.router.add_get(email_views.EMAIL, email_views.show_email)
    app.router.add_post(email_views.EMAIL, email_views.submit_email)
    app.router.add_get(email_views.CODE, email_views.show_code)
    app.router.add_post(email_views.CODE, email_views.submit_code)
    email_answer_views.add_routes(app)
    email_dispute_views.add_routes(app)
    app.router.add_get(notice_views.NOTICE, notice_views.show_notice_address)
    app.router.add_post(notice_views.NOTICE, notice_views.submit_notice_address)
    app.router.add_get(notice_views.CODE, notice_views.show_notice_code)
    app.router.add_post(notice_views.CODE, notice_views.submit_notice_code)
    app.router.add_post(notice_views.REMOVE, notice_views.submit_removal)
