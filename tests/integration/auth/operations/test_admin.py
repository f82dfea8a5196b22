"""What the operator does by hand."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from auth_backend import admin
from auth_backend.accounts.models import Account, EnrolmentState, EnrolReason, User
from auth_backend.accounts.password_check import PasswordAccepted, check_password
from auth_backend.accounts.queries import get_user_by_email, owner_of
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.service import Verified, verify
from auth_backend.client_facts import ClientFacts
from auth_backend.conversations.models import Conversation
from auth_backend.demo import ADDRESSES, ensure_demo
from auth_backend.desk.service import desk_agent, teams_for_account
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.installation.facts import claim_database, get_fact
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.login.sessions import create_session
from auth_backend.outbox.models import Channel, OutboxMessage
from auth_backend.outbox.service import open_body
from auth_backend.resets.models import Claim, Reset, ResetState
from auth_backend.services import Services
from httpkit.clock import OffsetClock
from httpkit.environment import SettingsError
from tests.support.auth_world import PASSWORD, People, add_people

LONG = "a password of several words"


async def user(services: Services, address: str) -> User:
    async with services.sessions.begin() as session:
        found = await get_user_by_email(session, address)
        assert found is not None
        return found


async def tags(services: Services) -> list[str]:
    async with services.sessions.begin() as session:
        assert isinstance(await verify(session, services.keys), Verified)
        return list(await session.scalars(select(AuditEvent.tag).order_by(AuditEvent.seq)))


async def mails(services: Services) -> list[tuple[str, str, str]]:
    async with services.sessions.begin() as session:
        rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.channel, OutboxMessage.kind))
        cipher = services.keys.cipher
        return [(row.channel.value, row.kind, open_body(cipher, row).to) for row in rows if row.channel != Channel.CHAT]


async def enrol(services: Services, user_id: str, *, phone: str | None = None) -> None:
    """A live factor and an open session."""
    async with services.sessions.begin() as session:
        person = await session.get(User, user_id)
        assert person is not None
        person.state = EnrolmentState.ENROLLED
        session.add(
            Factor(
                user_id=user_id,
                kind=FactorKind.SMS if phone else FactorKind.APP,
                status=FactorStatus.LIVE,
                phone=phone,
                created_at=services.now(),
                confirmed_at=services.now(),
            )
        )
        facts = ClientFacts(ip="192.0.2.1", user_agent="", browser=None)
        await create_session(session, person, SessionLevel.FULL, facts, now=services.now())


async def open_sessions(services: Services, user_id: str) -> int:
    async with services.sessions.begin() as session:
        query = select(LoginSession.id).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        return len((await session.scalars(query)).all())


async def test_an_account_with_its_owner(services: Services) -> None:
    account_id = await admin.create_account(services, "  Acme   Ltd ")
    user_id = await admin.create_user(
        services, account="Acme Ltd", name="Ana", address="Ana@Acme.example", language="pt", password=LONG
    )
    assert await admin.set_owner(services, account=account_id, user="ana@acme.example")
    assert not await admin.set_owner(services, account=account_id, user=user_id)
    ana = await user(services, "ana@acme.example")
    assert (ana.id, ana.state, ana.language, ana.password_epoch) == (user_id, EnrolmentState.NONE, "pt", 0)
    accepted = await check_password(services, address="ana@acme.example", password=LONG, browser=None, ip="192.0.2.1")
    assert isinstance(accepted, PasswordAccepted)
    assert accepted.user_id == user_id
    async with services.sessions.begin() as session:
        account = await session.get(Account, account_id)
        assert account is not None
        assert (account.owner_id, account.owner_epoch) == (user_id, 0)  # the first owner is no change of owner
    assert await mails(services) == []
    assert await tags(services) == ["account:created", "user:created", "account:owner:changed"]


async def test_a_new_owner_ends_what_was_asked_before(services: Services, clock: OffsetClock) -> None:
    people = await add_people(services)
    waiting = await reset_of(services, people)
    assert await admin.set_owner(services, account=people.account, user="bruno@acme.example")
    async with services.sessions.begin() as session:
        owner, account = await owner_of(session, people.account), await session.get(Account, people.account)
        reset = await session.get(Reset, waiting)
        assert owner is not None
        assert account is not None
        assert reset is not None
        assert (owner.id, account.owner_epoch, account.owner_changed_at) == (people.member, 1, clock())
        assert reset.state is ResetState.CANCELLED
    told = {(kind, to) for _channel, kind, to in await mails(services)}
    assert told == {
        ("notice:owner_no_more", "ana@acme.example"),
        ("notice:owner_become", "bruno@acme.example"),
        ("notice:reset_cancelled", "ana@acme.example"),
    }
    assert await tags(services) == ["reset:cancelled", "account:owner:changed"]


async def reset_of(services: Services, people: People) -> str:
    """A reset of the owner's that waits."""
    now = services.now()
    async with services.sessions.begin() as session:
        session.add(Conversation(id="c1", channel="web", created_at=now, language="en", ip="192.0.2.1", user_agent=""))
        await session.flush()
        claim = Claim(
            conversation_id="c1", subject=f"user:{people.owner}", user_id=people.owner, address="ana@acme.example",
            language="en", created_at=now, expires_at=now,
        )  # fmt: skip
        session.add(claim)
        await session.flush()
        reset = Reset(
            reference="7F3K", conversation_id="c1", claim_id=claim.id, account_id=people.account,
            requester_id=people.owner,
            target_id=people.owner, language="en", state=ResetState.SCHEDULED, created_at=now, proving_until=now,
            confirmed_at=now, scheduled_for=now + timedelta(hours=24),
        )  # fmt: skip
        session.add(reset)
        await session.flush()
        return reset.id


async def test_a_set_password_ends_sessions_and_lengths_depend_on_the_state(services: Services) -> None:
    people = await add_people(services)
    with pytest.raises(admin.AdminError, match="at least 15"):
        await admin.set_password(services, user="ana@acme.example", password="plum tree")
    await enrol(services, people.owner)
    await admin.set_password(services, user=people.owner, password="plum tree")
    assert await open_sessions(services, people.owner) == 0
    ana = await user(services, "ana@acme.example")
    assert ana.password_epoch == 1
    old = await check_password(services, address=ana.email, password=PASSWORD, browser=None, ip="192.0.2.1")
    new = await check_password(services, address=ana.email, password="plum tree", browser=None, ip="192.0.2.1")
    assert not isinstance(old, PasswordAccepted)
    assert isinstance(new, PasswordAccepted)
    assert new.user_id == ana.id
    assert await mails(services) == [("email", "notice:password_changed", "ana@acme.example")]
    assert await tags(services) == ["operator:password:set", "user:password:refused"]


async def test_a_set_password_opens_a_door_that_a_stranger_closed(services: Services, clock: OffsetClock) -> None:
    await add_people(services)
    for _ in range(120):
        await check_password(services, address="ana@acme.example", password="guess", browser=None, ip="203.0.113.1")
        clock.advance(timedelta(hours=1))
    await admin.set_password(services, user="ana@acme.example", password=LONG)
    got = await check_password(services, address="ana@acme.example", password=LONG, browser=None, ip="192.0.2.1")
    assert isinstance(got, PasswordAccepted)


async def test_a_revoked_factor_means_enrolling_anew(services: Services, clock: OffsetClock) -> None:
    people = await add_people(services)
    await enrol(services, people.owner, phone="+5511987654321")
    assert await admin.revoke_factor(services, user="ana@acme.example", reason=" came in\nperson ") == 1
    ana = await user(services, "ana@acme.example")
    assert (ana.state, ana.enrol_reason, ana.factor_epoch) == (EnrolmentState.MUST_ENROL, EnrolReason.RESET, 1)
    assert ana.enrol_right_until == clock() + timedelta(days=7)
    assert await open_sessions(services, people.owner) == 0
    assert await mails(services) == [
        ("email", "notice:operator_revoked_factor", "ana@acme.example"),
        ("sms", "notice:operator_revoked_factor", "+5511987654321"),
    ]
    async with services.sessions.begin() as session:
        event = await session.get(AuditEvent, 1)
        assert event is not None
        assert (event.tag, event.actor, event.data["reason"]) == (
            "operator:factor:revoked",
            "operator",
            "came in person",
        )
        assert "9876" not in str(event.data)
    clock.advance(timedelta(days=8))
    assert await admin.revoke_factor(services, user="ana@acme.example", reason="right lapsed") == 0
    assert (await user(services, "ana@acme.example")).enrol_right_until == clock() + timedelta(days=7)


async def test_an_agent_has_to_enrol_before_the_desk_opens(services: Services) -> None:
    people = await add_people(services)
    agent_id = await admin.create_agent(
        services, name="Sam", address="sam@desk.example", language="es", password=LONG, team="Care", supervisor=True,
        accounts=("Acme",),
    )  # fmt: skip
    sam, ana = await user(services, "sam@desk.example"), await user(services, "ana@acme.example")
    assert sam.state is EnrolmentState.MUST_ENROL
    async with services.sessions.begin() as session:
        agent = await desk_agent(session, sam, SessionLevel.FULL)
        assert agent is not None
        assert agent.as_json() == {
            "id": agent_id, "name": "Sam", "role": "supervisor", "teams": ["general", "Care"], "lang": "es",
        }  # fmt: skip
        for level in set(SessionLevel) - {SessionLevel.FULL}:
            assert await desk_agent(session, sam, level) is None
        assert await desk_agent(session, ana, SessionLevel.FULL) is None
        assert await teams_for_account(session, people.account) == ["Care"]
        assert await teams_for_account(session, "nobody's") == ["general"]


async def test_refusals_change_nothing(services: Services) -> None:
    people = await add_people(services)
    person = {"account": "Acme", "name": "X", "address": "x@acme.example", "language": "en", "password": LONG}
    agent = {"name": "X", "address": "x@desk.example", "language": "en", "password": LONG, "team": "Care"}
    create, desk = admin.create_user, admin.create_agent
    tries: list[tuple[str, Callable[[], Coroutine[Any, Any, object]]]] = [
        ("no such account", lambda: create(services, **{**person, "account": "Nobody"})),
        ("already", lambda: create(services, **{**person, "address": "ANA@acme.example"})),
        ("no e-mail", lambda: create(services, **{**person, "address": "x@acme.example\nBcc: y@acme.example"})),
        ("language", lambda: create(services, **{**person, "language": "de"})),
        ("at least 15", lambda: create(services, **{**person, "password": "short"})),
        ("too long", lambda: create(services, **{**person, "password": "wörter " * 200})),
        ("too many people", lambda: create(services, **{**person, "password": "passwordpassword"})),
        ("a name", lambda: create(services, **{**person, "name": " \n "})),
        ("general team", lambda: desk(services, **agent | {"team": "general"}, accounts=("Acme",))),  # type: ignore[arg-type]
        ("no such user", lambda: admin.set_password(services, user="nobody@acme.example", password=LONG)),
        ("no second factor", lambda: admin.revoke_factor(services, user=people.owner, reason="lost")),
        ("a reason", lambda: admin.revoke_factor(services, user=people.owner, reason=" ")),
    ]
    for message, attempt in tries:
        with pytest.raises(admin.AdminError, match=message):
            await attempt()
    await admin.create_account(services, "Acme")
    with pytest.raises(admin.AdminError, match="give the id"):
        await admin.set_owner(services, account="Acme", user=people.member)
    other = await admin.create_account(services, "Globex")
    with pytest.raises(admin.AdminError, match="no member"):
        await admin.set_owner(services, account=other, user=people.owner)
    assert await tags(services) == ["account:created", "account:created"]


async def test_the_demo_is_made_once(services: Services) -> None:
    first = await ensure_demo(services)
    assert first.created
    assert first.password
    assert len(first.password) >= 15
    again = await ensure_demo(services)
    assert (again.created, again.password) == (False, None)
    states = {address: (await user(services, address)).state for address in ADDRESSES}
    assert len(states) == 6
    assert {state for address, state in states.items() if "desk" in address} == {EnrolmentState.MUST_ENROL}
    assert {state for address, state in states.items() if "desk" not in address} == {EnrolmentState.NONE}
    languages = [
        (await user(services, f"{name}.example")).language for name in ("ana@acme", "bruno@acme", "carla@globex")
    ]
    assert languages == ["en", "pt", "es"]
    async with services.sessions.begin() as session:
        owners = {
            account.name: (await owner_of(session, account.id)).email  # type: ignore[union-attr]
            for account in await session.scalars(select(Account))
        }
        roles = {}
        for name in ("sofia", "sam", "rita"):
            person = await get_user_by_email(session, f"{name}@desk.example")
            assert person is not None
            agent = await desk_agent(session, person, SessionLevel.FULL)
            assert agent is not None
            roles[name] = (agent.role.value, agent.teams)
        assert await get_fact(session, "demo") == "yes"
    assert owners == {"Acme": "ana@acme.example", "Globex": "carla@globex.example"}
    assert [roles[name][0] for name in ("sofia", "sam", "rita")] == ["agent", "supervisor", "supervisor"]
    assert not set(roles["sam"][1][1:]) & set(roles["rita"][1][1:])
    assert (await tags(services))[-1] == "operator:demo:created"
    assert await mails(services) == []


async def test_the_demo_password_can_be_chosen_later(services: Services) -> None:
    await ensure_demo(services)
    chosen = replace(services, settings=replace(services.settings, demo_password=LONG))
    assert (await ensure_demo(chosen)).password == LONG
    epochs = {(await user(services, address)).password_epoch for address in ADDRESSES}
    await ensure_demo(chosen)  # right already: nothing changes, nobody is signed out
    assert {(await user(services, address)).password_epoch for address in ADDRESSES} == epochs == {1}
    got = await check_password(services, address="ana@acme.example", password=LONG, browser=None, ip="127.0.0.1")
    assert isinstance(got, PasswordAccepted)


async def test_production_has_no_demo_and_takes_no_such_database(services: Services) -> None:
    production = replace(services, settings=replace(services.settings, dev=False))
    with pytest.raises(SettingsError):
        await ensure_demo(production)
    await ensure_demo(services)
    async with services.sessions.begin() as session:
        await claim_database(session, dev=True)
    with pytest.raises(SettingsError):
        async with services.sessions.begin() as session:
            await claim_database(session, dev=False)
