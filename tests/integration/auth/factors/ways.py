"""The ways that people go through the pages, shared by the tests of this folder."""

import re

from tests.support.auth_site import PASSWORD, Page, Site, Visitor, key_on

ANA = "ana@acme.example"
PHONE = "+5511988887788"
CODES = "/account/security/recovery-codes"


async def to_methods(site: Site, visitor: Visitor, email: str = ANA) -> Page:
    """From `none` to the choice of the method: Activate, sign in again, mailed code."""
    await visitor.sign_in(email)
    await visitor.open("/account/security")
    await visitor.submit("/account/security/activate")
    await visitor.sign_in(email)
    return await visitor.submit("/enrol/mail", code=await site.code_for(email))


async def enrol_app(site: Site, visitor: Visitor, email: str = ANA) -> str:
    """Enrols an authenticator app; returns its key. The clock then stands in a fresh time step."""
    await to_methods(site, visitor, email)
    await visitor.submit("/enrol/method", method="app")
    key = key_on(visitor.page)
    await visitor.submit("/enrol/app", code=site.totp(key))
    await put_away(visitor)
    site.later(seconds=90)
    return key


async def enrol_sms(site: Site, visitor: Visitor, email: str = ANA, phone: str = PHONE) -> None:
    """Enrols SMS."""
    await to_methods(site, visitor, email)
    await ask_sms(visitor, phone)
    await visitor.submit("/enrol/sms/code", code=await site.code_for(phone))
    await put_away(visitor)
    site.later(seconds=90)


async def put_away(visitor: Visitor) -> list[str]:
    """Ticks that the recovery codes, which follow an enrolment, are put away; returns them as they were shown."""
    assert visitor.page.path == CODES, visitor.page.html
    codes = codes_on(visitor.page)
    await visitor.submit(CODES, put_away="yes")
    assert visitor.page.path == "/account/security", visitor.page.html
    return codes


def codes_on(page: Page) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><code>([0-9a-z]{5}-[0-9a-z]{5}-[0-9a-z]{5})</code></li>", page.html)


async def ask_sms(visitor: Visitor, phone: str, country: str = "BR") -> Page:
    """From the choice of the method to the field for the SMS code."""
    await visitor.submit("/enrol/method", method="sms")
    return await visitor.submit("/enrol/sms", phone_country=country, phone=phone)


__all__ = [
    "ANA",
    "CODES",
    "PASSWORD",
    "PHONE",
    "ask_sms",
    "codes_on",
    "enrol_app",
    "enrol_sms",
    "put_away",
    "to_methods",
]
