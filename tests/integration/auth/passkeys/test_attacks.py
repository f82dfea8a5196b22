"""What a passkey's answer is worth elsewhere, later, twice, or with anything wrong: nothing, and it is counted."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from auth_backend.accounts.models import User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorKind, Passkey, PasskeyChallenge
from auth_backend.limits.models import FailureCounter
from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA, enrol_app, to_methods
from tests.integration.auth.passkeys.keys import PASSKEYS, SHOW, add, counter, live, options, show, with_passkey
from tests.support.auth_site import Site, Visitor
from tests.support.authenticator import PRESENT, Authenticator, decoded

BOB = "bob@acme.example"


async def at_second_step(site: Site, email: str = ANA) -> Visitor:
    """A new browser with the password."""
    visitor = await site.visitor()
    await visitor.sign_in(email)
    assert visitor.page.path == "/login/second-step"
    return visitor


async def full_sessions(site: Site) -> int:
    """How many are open."""
    rows = await site.rows(LoginSession, LoginSession.level == SessionLevel.FULL, LoginSession.ended_at.is_(None))
    return len(rows)


WRONG: list[dict[str, Any]] = [
    {"origin": "http://evil.example:8080"},
    {"origin": "https://localhost:8080"},
    {"origin": "http://localhost"},
    {"rp_id": "evil.example"},
    {"cross_origin": True},
    {"flags": PRESENT},  # not verified
    {"flags": 0},
    {"user_handle": "somebody else"},
    {"key": Authenticator().key},
    {"credential_id": b"unknown" * 4},
]


async def test_anything_wrong_is_refused_and_counted(sqlite_site: Site) -> None:
    """Foreign origin, foreign RP ID, a foreign frame, no verification, another key: same words, one failure each."""
    site = sqlite_site
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    for number, wrong in enumerate(WRONG, start=1):
        site.later(hours=25)
        visitor = await at_second_step(site)
        page = await show(visitor, device.but(**wrong))
        assert (page.status, "Try again, or use another method" in page) == (422, True), wrong
        (failures,) = await site.rows(FailureCounter, FailureCounter.bucket == "code:passkey:login:login")
        assert failures.in_a_row == 1, wrong
        assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.CODE_REFUSED.value)) == number
        assert (await show(visitor, device)).path == "/"


async def test_an_answer_is_good_once(site: Site) -> None:
    """Replayed in the same session, right after or after a failure, and in another one."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    visitor, thief = await at_second_step(site), await at_second_step(site)
    answer = device.answer(await options(visitor, SHOW))
    await options(thief, SHOW)
    assert (await thief.submit(SHOW, credential=answer)).status == 422
    assert (await visitor.submit(SHOW, credential=answer)).path == "/"
    await visitor.open("/login/step-up")
    assert (await visitor.submit(SHOW, credential=answer)).status == 422
    await options(visitor, SHOW)
    assert (await visitor.submit(SHOW, credential=answer)).status == 422


async def test_a_refused_answer_ends_the_question_too(site: Site) -> None:
    """One question, one answer."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    visitor = await at_second_step(site)
    asked = await options(visitor, SHOW)
    await visitor.submit(SHOW, credential=device.but(flags=PRESENT).answer(asked))
    assert (await visitor.submit(SHOW, credential=device.answer(asked))).status == 422


async def test_a_question_lives_five_minutes_and_until_the_next(site: Site) -> None:
    """An older one is worth nothing once a newer one was asked."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    visitor = await at_second_step(site)
    old = await options(visitor, SHOW)
    new = await options(visitor, SHOW)
    assert len(await site.rows(PasskeyChallenge)) == 1
    assert (await visitor.submit(SHOW, credential=device.answer(old))).status == 422
    new = await options(visitor, SHOW)
    site.later(minutes=5)
    assert (await visitor.submit(SHOW, credential=device.answer(new))).status == 422
    assert await full_sessions(site) == 1


async def test_questions_are_bound_to_their_purpose(site: Site) -> None:
    """What was asked for a step-up confirms no enrolment, and the other way round."""
    await site.user(ANA, account=await site.account())
    device, other = Authenticator(), Authenticator()
    visitor, key = await with_passkey(site, device)
    await visitor.open("/login/step-up")
    for_step_up = await options(visitor, SHOW)
    await visitor.submit("/login/step-up", code=site.totp(key))
    await visitor.open(PASSKEYS)
    assert (await visitor.submit(PASSKEYS, credential=other.make(for_step_up), name="x")).status == 422
    for_enrolment = await options(visitor, PASSKEYS)
    await visitor.open("/login/step-up")
    assert (await visitor.submit(SHOW, credential=device.answer(for_enrolment))).status == 422
    assert await live(site) == [FactorKind.APP, FactorKind.PASSKEY]
    refused = await site.rows(AuditEvent, AuditEvent.tag == Tag.PASSKEY_ENROLMENT_REFUSED.value)
    assert len(refused) == 1


async def test_somebody_elses_passkey_opens_nothing(site: Site) -> None:
    """Not even with its real holder at the device; nor is it bound to a second person."""
    account = await site.account()
    await site.user(ANA, account=account)
    await site.user(BOB, account=account, owner=False)
    device = Authenticator()
    await with_passkey(site, device)
    bob = await site.visitor()
    await enrol_app(site, bob, BOB)
    assert (await add(bob, device)).status == 422
    assert len(await site.rows(Passkey)) == 1
    assert (await show(await at_second_step(site, BOB), device)).status == 422


async def test_a_counter_that_went_back_is_refused_and_recorded(sqlite_site: Site) -> None:
    """There may be a copy of it: WebAuthn Level 3, 6.1.1."""
    site = sqlite_site
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device, count=7)
    for number, shown in enumerate((7, 6, 0), start=1):
        visitor = await at_second_step(site)
        assert (await show(visitor, device, count=shown)).status == 422
        assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.PASSKEY_COUNTER_WENT_BACK.value)) == number
        assert await counter(site) == 7
    assert (await show(visitor, device, count=8)).path == "/"


async def test_a_forged_counter_says_nothing_about_a_copy(site: Site) -> None:
    """Without the right signature it is just wrong."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device, count=7)
    await show(await at_second_step(site), device.but(key=Authenticator().key), count=1)
    assert not await site.rows(AuditEvent, AuditEvent.tag == Tag.PASSKEY_COUNTER_WENT_BACK.value)


@pytest.mark.slow
async def test_sixteen_times_the_same_answer(site: Site) -> None:
    """One question, sixteen requests at once: one session, one step of the counter."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    before = await full_sessions(site)
    visitor = await at_second_step(site)
    fields = {"csrf": visitor.csrf, "credential": device.answer(await options(visitor, SHOW), count=1)}

    async def send() -> int:
        answer = await visitor.client.post(SHOW, data=fields, headers=visitor.headers, allow_redirects=False)
        await answer.read()
        return answer.status

    statuses = await asyncio.gather(*(send() for _ in range(16)))
    assert await full_sessions(site) == before + 1
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.LOGIN_SECOND_STEP.value)) == 1
    assert await counter(site) == 1
    assert set(statuses) <= {303, 403, 422}  # 403: the form of a session that is over


@pytest.mark.slow
async def test_sixteen_times_the_same_registration(site: Site) -> None:
    """One question, one passkey."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    await visitor.open(PASSKEYS)
    fields = {"csrf": visitor.csrf, "credential": Authenticator().make(await options(visitor, PASSKEYS)), "name": "x"}
    await asyncio.gather(*(visitor.client.post(PASSKEYS, data=fields, headers=visitor.headers) for _ in range(16)))
    assert await live(site) == [FactorKind.APP, FactorKind.PASSKEY]


async def test_ten_failures_lock_it_for_strangers_and_nothing_else(site: Site) -> None:
    """The app still signs in; so does the passkey in the owner's own browser."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    owner, key = await with_passkey(site, device)
    stranger = await at_second_step(site)
    for _ in range(10):
        assert (await show(stranger, Authenticator())).status == 422
        site.later(seconds=70)
    assert (await show(stranger, device)).status == 429
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.FACTOR_LOCKED.value)) == 1
    await stranger.open("/login/second-step")
    assert (await stranger.submit("/login/second-step", code=site.totp(key))).path == "/"
    owner.client.session.cookie_jar.clear(lambda cookie: cookie.key == "zoe_session")
    await owner.sign_in(ANA)
    assert (await show(owner, device)).path == "/"


async def test_the_password_alone_does_not_tell_who_has_one(site: Site) -> None:
    """Same pages, as many identifiers, the same each time, none of them naming its kind; the same refusal."""
    account = await site.account()
    await site.user(ANA, account=account)
    await site.user(BOB, account=account, owner=False)
    device = Authenticator()
    await with_passkey(site, device)
    await enrol_app(site, await site.visitor(), BOB)
    seen = []
    for email in (ANA, BOB):
        visitor = await at_second_step(site, email)
        asked, again = await options(visitor, SHOW), await options(visitor, SHOW)
        assert asked["allowCredentials"] == again["allowCredentials"]
        page = await show(visitor, Authenticator())
        main = page.html.partition("<main")[2].partition("</main>")[0].replace(visitor.csrf, "")
        seen.append(
            (asked.keys(), len(asked["allowCredentials"]), asked["allowCredentials"][0].keys(), page.status, main)
        )
        ids = [decoded(one["id"]) for one in asked["allowCredentials"]]
        assert (device.credential_id in ids) is (email == ANA)
        assert len(set(ids)) == len(ids)
    assert seen[0] == seen[1]


async def test_no_passkey_before_app_or_sms(site: Site) -> None:
    """Neither in the grace period nor while one has to enrol: it would make nobody `enrolled`."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    assert (await visitor.open(PASSKEYS)).path == "/account/security"
    assert "/account/security/passkeys" not in visitor.page
    await visitor.submit("/sign-out")
    await to_methods(site, visitor)
    assert (await visitor.open(PASSKEYS)).path == "/enrol"
    for path in (PASSKEYS, f"{PASSKEYS}/options", SHOW, f"{SHOW}/options"):
        await visitor.open("/enrol")
        page = await visitor.post(path, csrf=visitor.csrf, credential="{}", name="x")
        assert page.path == "/enrol"
    assert not await site.rows(Factor)


async def test_a_frozen_user_adds_and_removes_none(site: Site) -> None:
    """Changes of sign-in data are on hold; signing in is not."""
    user = await site.user(ANA, account=await site.account())
    device = Authenticator()
    visitor, _key = await with_passkey(site, device)
    await visitor.open("/login/step-up")
    await show(visitor, device)
    await visitor.open(PASSKEYS)
    (factor,) = await site.rows(Factor, Factor.kind == FactorKind.PASSKEY)
    fields = {"csrf": visitor.csrf, "name": "x", "credential": Authenticator().make(await options(visitor, PASSKEYS))}
    async with site.services.sessions.begin() as session:
        row = await session.get(User, user.id)
        assert row is not None
        row.frozen_until = site.clock() + timedelta(hours=72)
    for path in (PASSKEYS, f"{PASSKEYS}/{factor.id}/remove", f"{PASSKEYS}/{factor.id}/name"):
        assert (await visitor.post(path, **fields)).path == "/account/security"
    assert await live(site) == [FactorKind.APP, FactorKind.PASSKEY]
    assert (await show(await at_second_step(site), device)).path == "/"


async def test_forms_need_their_token(site: Site) -> None:
    """Asking too: a foreign page could end somebody's question."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    visitor, _key = await with_passkey(site, device)
    await visitor.open("/login/step-up")
    await show(visitor, device)
    (factor,) = await site.rows(Factor, Factor.kind == FactorKind.PASSKEY)
    own = f"{PASSKEYS}/{factor.id}"
    for path in (SHOW, f"{SHOW}/options", PASSKEYS, f"{PASSKEYS}/options", f"{own}/name", f"{own}/remove"):
        assert (await visitor.post(path, name="x", credential="{}")).status == 403
    assert await live(site) == [FactorKind.APP, FactorKind.PASSKEY]


async def test_nobody_changes_somebody_elses(site: Site) -> None:
    """An id of another user's passkey is an unknown one."""
    account = await site.account()
    await site.user(ANA, account=account)
    await site.user(BOB, account=account, owner=False)
    await with_passkey(site, Authenticator())
    bob, _key = await with_passkey(site, own := Authenticator(), BOB)
    (factor,) = await site.rows(Factor, Factor.kind == FactorKind.PASSKEY, Factor.user_id != await id_of(site, BOB))
    await bob.open("/login/step-up")
    await show(bob, own)
    await bob.open(PASSKEYS)
    for action in ("name", "remove"):
        await bob.post(f"{PASSKEYS}/{factor.id}/{action}", csrf=bob.csrf, name="mine")
    assert sorted(await live(site)) == [FactorKind.APP, FactorKind.APP, FactorKind.PASSKEY, FactorKind.PASSKEY]
    assert {row.name for row in await site.rows(Passkey)} == {"Laptop"}


NO_ANSWERS = ("", "x", "[]", "{}", '{"id":1}', '{"id":"a","rawId":"a","type":"public-key"}', "[" * 5000)


async def test_bytes_that_are_no_answer(sqlite_site: Site) -> None:
    """A clear page, no error of ours; the name that was typed is still there."""
    site = sqlite_site
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    await visitor.open(PASSKEYS)
    for brought in NO_ANSWERS:
        await options(visitor, PASSKEYS)
        assert (await visitor.submit(PASSKEYS, credential=brought, name="kept")).status == 422, brought
        assert 'value="kept"' in visitor.page
    stranger = await at_second_step(site)
    for brought in NO_ANSWERS:
        await options(stranger, SHOW)
        assert (await stranger.submit(SHOW, credential=brought)).status in {422, 429}, brought


async def test_five_are_the_most(site: Site) -> None:
    """The sixth is not asked for, and not taken."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    for number in range(5):
        await add(visitor, Authenticator(), f"Key {number}")
    assert "You have 5 passkeys" in visitor.page
    assert (await visitor.post(f"{PASSKEYS}/options", csrf=visitor.csrf)).path == PASSKEYS
    assert len(await site.rows(Passkey)) == 5


async def id_of(site: Site, email: str) -> str:
    """A user's id."""
    (user,) = await site.rows(User, User.email == email)
    return user.id
