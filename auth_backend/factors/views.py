"""Routes of everything about a person's own factors."""

from aiohttp import web

from auth_backend.factors import confirm_views, enrol_views, passkey_views, phone_views, security_views
from auth_backend.factors.enrol_paths import ENROL, REPLACE
from auth_backend.login.change_gate import SECURITY


def add_routes(app: web.Application) -> None:
    """The Security tab, enrolment, and the same pages again for a replacement."""
    app.router.add_get(SECURITY, security_views.show_security)
    app.router.add_post(f"{SECURITY}/activate", security_views.activate_two_factor)
    passkey_views.add_routes(app)
    app.router.add_post(f"{ENROL}/mail", enrol_views.submit_mailed_code)
    app.router.add_post(f"{ENROL}/mail/send", enrol_views.send_mail_again)
    app.router.add_post(f"{ENROL}/password", enrol_views.submit_password)
    for base in (ENROL, REPLACE):
        app.router.add_get(base, enrol_views.show_enrolment)
        app.router.add_post(f"{base}/method", enrol_views.choose_method)
        app.router.add_get(f"{base}/app", confirm_views.show_app)
        app.router.add_post(f"{base}/app", confirm_views.confirm_app)
        app.router.add_get(f"{base}/sms", phone_views.show_phone)
        app.router.add_post(f"{base}/sms", phone_views.submit_phone)
        app.router.add_post(f"{base}/sms/check", phone_views.check_phone)
        app.router.add_get(f"{base}/sms/code", confirm_views.show_sms_code)
        app.router.add_post(f"{base}/sms/code", confirm_views.confirm_sms)
        app.router.add_post(f"{base}/sms/send", confirm_views.resend_sms)
