"""Ways into the states in which somebody says that it wasn't them."""

import re
from datetime import timedelta

import pyotp
from sqlalchemy import select

from auth_backend.factors.models import Factor, FactorKind
from auth_backend.factors.totp import base32_key, new_secret
from tests.integration.auth.resets.world import ANA, PASSWORDS, Browser, Chat, World

OLD_PHONE = "+5511912345688"


async def scheduled(world: World) -> Chat:
    """A reset that waits: its browser is not known."""
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)
    return chat


async def executed(world: World, browser: Browser | None = None) -> Chat:
    """A reset that was carried out at once."""
    browser = browser or world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)
    assert (await chat.execute())["outcome"] == "executed"
    return chat


async def path_in_mail(world: World, kind: str, page: str, to: str = ANA) -> str:
    """The path of the link to `page` in the newest notice of a kind."""
    mail = (await world.mails(to, f"notice:{kind}"))[-1]
    found = re.search(rf"http://localhost:8080(/{page}/[A-Za-z0-9_-]+)", mail.text)
    assert found is not None, mail.text
    return found[1]


async def not_me_path(world: World, kind: str) -> str:
    """The link that stops what a notice tells."""
    return await path_in_mail(world, kind, "not-me")


async def sign_in_as(world: World, name: str, browser: Browser | None = None) -> Browser:
    """Address and password; the page that comes next is shown."""
    browser = browser or world.browser()
    await browser.get("/login")
    await browser.post("/login", {"email": f"{name}@acme.example", "password": PASSWORDS[name]})
    return browser


async def enrol(world: World, name: str = "ana") -> tuple[Browser, str]:
    """Sets up an authenticator app after a reset; returns the browser and the app's key."""
    world.clock.advance(timedelta(minutes=2))
    browser = await sign_in_as(world, name)
    await browser.post("/enrol/mail", {"code": await world.mailed_code(f"{name}@acme.example")})
    await browser.post("/enrol/method", {"method": "app"})
    found = re.search(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>', browser.page)
    assert found is not None, browser.page
    key = found[1].replace(" ", "")
    await browser.post("/enrol/app", {"code": pyotp.TOTP(key).at(world.clock())})
    return browser, key


async def give_app(world: World, name: str = "ana") -> str:
    """Somebody's one factor becomes an app of old; returns its key."""
    secret = new_secret()
    async with world.services.sessions.begin() as session:
        factor = await session.scalar(select(Factor).where(Factor.user_id == world.ids[name]))
        assert factor is not None
        factor.kind, factor.phone = FactorKind.APP, None
        factor.secret = world.services.keys.cipher.encrypt(secret, context=f"auth_factors:{factor.id}:secret")
    return base32_key(secret)


async def undo(
    world: World,
    *,
    key: str | None = None,
    code: str | None = "",
    password: str = PASSWORDS["ana"],
    path: str | None = None,
    status: int = 200,
    at_code: bool = True,
) -> Browser:
    """By the mailed link: the password, and the code of `key`, or `code`; with `code` None it stays at the field."""
    reader = world.browser()
    await reader.get(path or await path_in_mail(world, "reset_executed", "undo"))
    await reader.post("/undo/", {"password": password}, status=200 if at_code else 422)
    if code is not None and at_code:
        await reader.post("/undo/code", {"code": code or pyotp.TOTP(key or "").at(world.clock())}, status=status)
    return reader
