"""People with an app and sign-ins that wait for its code, in django-allauth's database. Runs in the peer's environment.

`python allauth_people.py make COUNT` and `… begin COUNT`; the latter prints a JSON list of sign-ins.
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allauth_settings")
PASSWORD = "correct horse battery staple"


def make(count):
    """Users with a verified address and an app each."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for number in range(count):
        email = f"person{number}@bench.example"
        user = get_user_model().objects.create_user(f"person{number}", email, PASSWORD)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        TOTP.activate(user, generate_totp_secret())
    assert Authenticator.objects.count() == count


def begin(count):
    """A new session for each of so many users, as a right password opens it."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import decrypt
    from django.conf import settings
    from django.test import Client

    found = []
    for app in Authenticator.objects.select_related("user").order_by("id")[:count]:
        browser = Client()
        answer = browser.post("/accounts/login/", {"login": app.user.email, "password": PASSWORD})
        assert answer.headers.get("Location", "").startswith("/accounts/2fa/"), answer.status_code
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        found.append({"session": session, "key": decrypt(app.data["secret"])})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    import django

    django.setup()
    {"make": make, "begin": begin}[sys.argv[1]](int(sys.argv[2]))
