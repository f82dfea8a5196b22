"""The page for the phone number: a plain list of countries for whoever has no script, and what is said while typing."""

import re

import pytest

from auth_backend.factors.models import Factor
from tests.integration.auth.factors.ways import ANA, PHONE, enrol_sms, to_methods
from tests.support.auth_site import Site, Visitor, running_site

CHECK = "/enrol/sms/check"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def at_phone(site: Site, *, lang: str = "en", email: str = ANA) -> Visitor:
    """Somebody who chose SMS and sees the page."""
    await site.user(email, account=await site.account(email), language=lang)
    visitor = await site.visitor()
    await to_methods(site, visitor, email)
    await visitor.open("/enrol/sms")
    return visitor


async def judged(visitor: Visitor, country: str, phone: str) -> dict[str, object]:
    """What the page's script is told."""
    fields = {"csrf": visitor.csrf, "phone_country": country, "phone": phone}
    answer = await visitor.client.post(CHECK, data=fields, headers=visitor.headers)
    assert answer.content_type == "application/json", await answer.text()
    told: dict[str, object] = await answer.json()
    return told


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("en", ["Brazil (+55)", "Germany (+49)", "Spain (+34)"]),
        ("pt", ["Alemanha (+49)", "Brasil (+55)", "Espanha (+34)"]),
        ("es", ["Alemania (+49)", "Brasil (+55)", "España (+34)"]),
    ],
)
async def test_the_countries_of_the_setting_by_their_names(
    database_url: str, clock: object, lang: str, names: list[str]
) -> None:
    async with running_site(database_url, clock, sms_countries=("ES", "BR", "DE")) as site:  # type: ignore[arg-type]
        visitor = await at_phone(site, lang=lang)
        (select,) = re.findall(r'<select[^>]*name="phone_country".*?</select>', visitor.page.html, re.DOTALL)
        assert re.findall(r"<option[^>]*>([^<]+)</option>", select) == names
        assert (await visitor.submit("/enrol/sms", phone_country="BR", phone=PHONE)).path == "/enrol/sms/code"


@pytest.mark.parametrize(
    ("lang", "goes_to", "landline"),
    [
        ("en", "The code goes to +55 11 98888-7777.", "That number can't get text messages"),
        ("pt", "O código vai para +55 11 98888-7777.", "Esse número não recebe SMS"),
        ("es", "El código se envía al +55 11 98888-7777.", "Ese número no recibe SMS"),
    ],
)
async def test_what_is_said_while_it_is_typed(site: Site, lang: str, goes_to: str, landline: str) -> None:
    visitor = await at_phone(site, lang=lang)
    sent_before = len(await site.outbox("+5511988887777"))
    assert await judged(visitor, "BR", "11 98888 7777") == {"ok": True, "says": goes_to, "unfinished": False}
    refused = await judged(visitor, "BR", "11 3333 4444")
    assert (refused["ok"], refused["unfinished"]) == (False, False)
    assert landline in str(refused["says"])
    assert (await judged(visitor, "BR", "11 9888"))["unfinished"] is True
    assert len(await site.outbox("+5511988887777")) == sent_before
    assert await site.rows(Factor) == []


async def test_it_tells_nothing_of_others(site: Site) -> None:
    """A number that somebody has is judged like any other: only its holder's code finds out (A7)."""
    await site.user("holder@acme.example", account=await site.account("Holder"))
    await enrol_sms(site, await site.visitor(), "holder@acme.example")
    visitor = await at_phone(site)
    assert (await judged(visitor, "BR", PHONE))["ok"] is True


async def test_only_for_who_stands_there(site: Site) -> None:
    """Neither a stranger nor a form of another page gets an answer."""
    visitor = await at_phone(site)
    assert (await visitor.post(CHECK, phone_country="BR", phone=PHONE)).status == 403
    stranger = await site.visitor()
    await stranger.open("/login")
    await stranger.post(CHECK, csrf=stranger.csrf, phone_country="BR", phone=PHONE)
    assert stranger.page.path == "/login"


async def test_a_refused_form_keeps_what_was_typed(site: Site) -> None:
    """A shared prefix names the country that comes first under it, and one country only."""
    visitor = await at_phone(site)
    page = await visitor.submit("/enrol/sms", phone_country="+1", phone="123")
    assert page.status == 422
    assert re.findall(r'value="(\w\w)"[^>]* selected', page.html) == ["US"]
    assert 'value="123"' in page
    assert 'aria-describedby="f-phone-error"' in page
