"""What pages tell before both proofs: the same words, statuses, cookies and headers, whoever is or is not there."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from tests.integration.auth.factors.ways import ANA, enrol_app, enrol_sms
from tests.integration.auth.passkeys.keys import with_passkey
from tests.support.auth_site import Site, Visitor
from tests.support.authenticator import Authenticator

NOBODY, NEW, LOST, FROZEN, APP, SOFIA = (
    "nobody@acme.example",
    "new@acme.example",
    "lost@acme.example",
    "frozen@acme.example",
    "app@acme.example",
    "sofia@desk.example",
)
FORGOT = "/login/forgot"
VARY = frozenset({"date", "x-request-id", "content-length", "set-cookie", "retry-after"})

type Seen = tuple[int, str, Mapping[str, str], frozenset[str]]


async def everybody(site: Site) -> None:
    """Ana owns the account and has SMS; one is new, one has to enrol, one is on hold, one has app and passkey, one is
    of the desk.
    """
    account = await site.account()
    await site.user(ANA, account=account)
    for email in (NEW, LOST, FROZEN, APP):
        await site.user(email, account=account, owner=False)
    await site.user(SOFIA)
    await enrol_sms(site, await site.visitor())
    await enrol_app(site, await site.visitor(), FROZEN)
    await with_passkey(site, Authenticator(), APP)
    changes: dict[str, dict[str, Any]] = {
        LOST: {"state": EnrolmentState.MUST_ENROL, "enrol_reason": EnrolReason.RESET},
        FROZEN: {"frozen_until": site.clock() + timedelta(days=3)},
    }
    async with site.services.sessions.begin() as session:
        for email, values in changes.items():
            await session.execute(update(User).where(User.email == email).values(**values))


async def send(visitor: Visitor, path: str, who: str, /, **fields: str) -> Seen:
    """One form of the page that is shown; what the answer tells, without what differs by chance or was typed."""
    csrf = visitor.csrf
    answer = await visitor.client.post(
        path, data={"csrf": csrf, **fields}, headers=visitor.headers, allow_redirects=False
    )
    text = await answer.text()
    for chance in (csrf, who):
        text = text.replace(chance, "")
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in VARY}
    return answer.status, told(text), headers, frozenset(answer.cookies)


def told(html: str) -> str:
    """The page without the menu, which has the person's own name past the password, and without times."""
    main = html.partition("<main")[2].partition("</main>")[0] or html
    return re.sub(r'datetime="[^"]*">[^<]*<', "<", main)


def shown(visitor: Visitor, who: str) -> Seen:
    """The page that is shown."""
    html = visitor.page.html.replace(visitor.csrf, "").replace(who, "")
    return visitor.page.status, told(html), {}, frozenset()


async def test_addresses_are_answered_alike(site: Site) -> None:
    """Signing in with wrong passwords up to the back-off, and a forgotten password up to its code."""
    await everybody(site)
    seen: dict[str, list[Seen]] = {}
    for email in (NOBODY, ANA, NEW, LOST, FROZEN, APP, SOFIA):
        visitor = await site.visitor()
        await visitor.open("/login")
        walk = [await send(visitor, "/login", email, email=email, password="not that one") for _ in range(6)]
        await visitor.open(FORGOT)
        walk.append(await send(visitor, FORGOT, email, email=email))
        await visitor.open(FORGOT)
        walk += [await send(visitor, f"{FORGOT}/mail", email, code="000000") for _ in range(6)]
        walk.append(await send(visitor, FORGOT, email, email=email))
        seen[email] = walk
    statuses = [answer[0] for answer in seen[NOBODY]]
    assert statuses == [422] * 5 + [429] + [303] + [422] * 6 + [429]
    for email, walk in seen.items():
        for number, (mine, nobodys) in enumerate(zip(walk, seen[NOBODY], strict=True)):
            assert mine == nobodys, (email, number)


async def test_the_mailbox_alone_tells_no_method_and_no_state(site: Site) -> None:
    """The second half of a forgotten password: the page, and each way wrong until it is slowed down."""
    await everybody(site)
    site.later(minutes=5)
    seen: dict[str, list[Seen]] = {}
    for email in (ANA, NEW, LOST, FROZEN, APP):
        visitor = await site.visitor()
        await visitor.open(FORGOT)
        await visitor.submit(FORGOT, email=email)
        await visitor.submit(f"{FORGOT}/mail", code=await site.code_for(email))
        assert "One thing more" in visitor.page
        walk = [shown(visitor, email)]
        walk += [await send(visitor, f"{FORGOT}/code/send", email) for _ in range(2)]
        walk += [await send(visitor, f"{FORGOT}/code", email, code="000000") for _ in range(6)]
        walk += [await send(visitor, f"{FORGOT}/passkey", email, credential="{}") for _ in range(6)]
        wrong = {"recovery_code": "00000-00000-00000"}
        walk += [await send(visitor, f"{FORGOT}/recovery-code", email, **wrong) for _ in range(6)]
        seen[email] = walk
    assert [answer[0] for answer in seen[ANA]] == [200, 303, 429, *([*[422] * 5, 429] * 3)]
    for email, walk in seen.items():
        for number, (mine, anas) in enumerate(zip(walk, seen[ANA], strict=True)):
            assert mine == anas, (email, number)


async def test_the_password_alone_tells_no_method(site: Site) -> None:
    """At the second step: the page, the other methods, and wrong codes until they are slowed down."""
    await everybody(site)
    site.later(minutes=5)
    seen: dict[str, list[Seen]] = {}
    for email in (ANA, FROZEN, APP):
        visitor = await site.visitor()
        await visitor.sign_in(email)
        assert visitor.page.path == "/login/second-step"
        walk = [shown(visitor, email)]
        walk += [await send(visitor, "/login/second-step/send", email)]
        walk += [await send(visitor, "/login/second-step", email, code="000000") for _ in range(6)]
        walk += [await send(visitor, "/login/passkey", email, credential="{}") for _ in range(6)]
        wrong = {"recovery_code": "00000-00000-00000"}
        walk += [await send(visitor, "/login/recovery-code", email, **wrong) for _ in range(6)]
        walk += [await send(visitor, "/login/methods", email) for _ in range(2)]
        walk += [await send(visitor, "/login/methods", email, code="000000")]
        seen[email] = walk
    assert [answer[0] for answer in seen[ANA]] == [200, 429, *([*[422] * 5, 429] * 3), 303, 429, 422]
    for email, walk in seen.items():
        for number, (mine, anas) in enumerate(zip(walk, seen[ANA], strict=True)):
            assert mine == anas, (email, number)
