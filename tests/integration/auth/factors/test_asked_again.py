"""Why a code is asked again on a device that was remembered (A5): told to it, and to nobody else."""

from collections.abc import Awaitable, Callable

import pytest

from auth_backend.accounts.models import Account, User
from auth_backend.accounts.owner_change import change_owner
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.support.auth_site import Site, Visitor

BOB = "bob@acme.example"
SAID = {
    "age": {
        "en": "because 14 days have passed",
        "pt": "porque se passaram 14 dias",
        "es": "porque han pasado 14 días",
    },
    "address": {
        "en": "from another network address",
        "pt": "o seu endereço de rede (IP) não é o da última vez",
        "es": "desde otra dirección de red (IP)",
    },
    "administrator": {
        "en": "something about the account's administrator was changed",
        "pt": "algo mudou no administrador da conta",
        "es": "algo cambió en el administrador de la cuenta",
    },
    "changed": {
        "en": "This device isn't remembered any more",
        "pt": "Este dispositivo deixou de ser lembrado",
        "es": "Este dispositivo ya no está recordado",
    },
}
LANGUAGES = ("en", "pt", "es")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def bob_remembered(site: Site) -> Visitor:
    """Bob, a member of Ana's account, in a browser that is remembered, signed out."""
    account = await site.account()
    await site.user(ANA, account=account)
    await site.user(BOB, account=account, owner=False)
    key = await enrol_app(site, await site.visitor(), BOB)
    visitor = await site.visitor()
    await visitor.sign_in(BOB)
    await visitor.submit("/login/second-step", code=site.totp(key), remember="yes")
    await visitor.open("/account/security")
    await visitor.submit("/sign-out")
    assert (await visitor.sign_in(BOB)).path == "/", "remembered: no code is asked"
    await visitor.open("/account/security")
    await visitor.submit("/sign-out")
    return visitor


async def days_pass(site: Site, visitor: Visitor) -> None:
    """A5: every 14 days."""
    site.later(days=14)


async def another_address(site: Site, visitor: Visitor) -> None:
    """A5: when the IP address changes."""
    visitor.headers["X-Forwarded-For"] = "203.0.113.9"


async def another_administrator(site: Site, visitor: Visitor) -> None:
    """A5: when the account's administrator is another person."""
    (account,), (bob,) = await site.rows(Account), await site.rows(User, User.email == BOB)
    async with site.services.sessions.begin() as session:
        await change_owner(
            session, site.services, account_id=account.id, user_id=bob.id, now=site.clock(), actor="operator"
        )


async def administrator_modified(site: Site, visitor: Visitor) -> None:
    """A5: when the administrator's own sign-in is modified: Ana enrols an app."""
    await enrol_app(site, await site.visitor(), ANA)


async def own_password(site: Site, visitor: Visitor) -> None:
    """A change of the user's own, as every password change writes it."""
    (bob,) = await site.rows(User, User.email == BOB)
    async with site.services.sessions.begin() as session:
        held = await session.get(User, bob.id)
        assert held is not None
        held.password_epoch += 1


async def signed_out_everywhere(site: Site, visitor: Visitor) -> None:
    """From the remembered browser itself."""
    await visitor.sign_in(BOB)
    await visitor.open("/account/security")
    await visitor.submit("/sign-out/everywhere")


type Happening = Callable[[Site, Visitor], Awaitable[None]]
HAPPENINGS: list[tuple[Happening, str]] = [
    (days_pass, "age"),
    (another_address, "address"),
    (another_administrator, "administrator"),
    (administrator_modified, "administrator"),
    (own_password, "changed"),
    (signed_out_everywhere, "changed"),
]


@pytest.mark.parametrize(("happens", "reason"), HAPPENINGS, ids=[happens.__name__ for happens, _ in HAPPENINGS])
async def test_the_page_says_why(site: Site, happens: Happening, reason: str) -> None:
    """In three languages, after a wrong code too; and it names neither address, nor person, nor method."""
    visitor = await bob_remembered(site)
    await happens(site, visitor)
    assert (await visitor.sign_in(BOB)).path == "/login/second-step"
    for lang in LANGUAGES:
        page = await visitor.open(f"/login/second-step?lang={lang}")
        said = [known for known, words in SAID.items() if words[lang] in page]
        assert said == [reason], lang
        assert not [secret for secret in ("127.0.0.1", "203.0.113", "Ana", ANA) if secret in page.html]
    await visitor.open("/login/second-step?lang=en")
    page = await visitor.submit("/login/second-step", code="00")
    assert page.status == 422
    assert SAID[reason]["en"] in page


@pytest.mark.parametrize(("happens", "reason"), HAPPENINGS, ids=[happens.__name__ for happens, _ in HAPPENINGS])
async def test_the_password_alone_learns_no_reason(site: Site, happens: Happening, reason: str) -> None:
    """Without the device's token, or with a made-up one: the page as ever."""
    visitor = await bob_remembered(site)
    await happens(site, visitor)
    for token in (None, "x" * 43):
        stranger = await site.visitor()
        if token:
            stranger.take_cookies({"zoe_device": token})
        assert (await stranger.sign_in(BOB)).path == "/login/second-step"
        page = await stranger.open("/login/second-step?lang=en")
        assert not [known for known, words in SAID.items() if words["en"] in page]


async def test_another_persons_device_says_nothing(site: Site) -> None:
    """In a shared browser the cookie is Bob's: Ana's sign-in there learns nothing of him, nor of herself."""
    visitor = await bob_remembered(site)
    await enrol_app(site, await site.visitor(), ANA)
    site.later(days=14)
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"
    assert not [known for known, words in SAID.items() if words["en"] in visitor.page]


async def test_the_browser_keeps_the_token_beyond_its_power(site: Site) -> None:
    """Else nobody could be told that 14 days are over; the row says until when it opens anything."""
    visitor = await bob_remembered(site)
    (morsel,) = [one for one in visitor.client.session.cookie_jar if one.key == "zoe_device"]
    assert int(morsel["max-age"]) > 14 * 24 * 3600
