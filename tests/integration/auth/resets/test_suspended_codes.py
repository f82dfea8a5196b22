"""Recovery codes that were suspended as a stranger's: what was reached with them ends, and nothing brings them back."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.models import AuditEvent
from auth_backend.factors.models import KnownBrowser
from auth_backend.factors.queries import revoke_all_factors
from auth_backend.factors.suspension import suspend_since
from auth_backend.login.models import RememberedDevice
from auth_backend.login.trust import remember_device, remembered_device
from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode, RecoveryCodeSet
from auth_backend.recovery_codes.queries import unsuspend_codes_since
from auth_backend.resets.not_me.dispute import stop
from tests.integration.auth.resets.repudiation_world import executed, give_app, undo
from tests.integration.auth.resets.world import World

IP = "192.0.2.7"


async def ana(world: World, session: AsyncSession) -> User:
    """Her row, locked."""
    user = await lock_user(session, world.ids["ana"])
    assert user is not None
    return user


async def strange_codes(session: AsyncSession, user: User, now: datetime) -> None:
    """What somebody in her session made: one code is enough here."""
    session.add(RecoveryCodeSet(id="strange", user_id=user.id, created_at=now))
    await session.flush()
    session.add(
        RecoveryCode(set_id="strange", user_id=user.id, tag="abcd", hash="-", status=CodeStatus.LIVE, created_at=now)
    )
    await session.flush()


async def test_devices_and_browsers_reached_with_them_are_forgotten_and_older_browsers_stay(lite: World) -> None:
    """A recovery code makes a browser known, for which a reset need not wait; and a changed set voids all devices."""
    made_at = lite.clock()
    async with lite.services.sessions.begin() as session:
        user = await ana(lite, session)
        await strange_codes(session, user, made_at)
        old = made_at - timedelta(days=3)
        session.add(KnownBrowser(browser="hers", user_id=user.id, strong_step_at=old))
        session.add(KnownBrowser(browser="strangers", user_id=user.id, strong_step_at=made_at))
        token = await remember_device(session, user, ip=IP, now=made_at)
    lite.clock.advance(timedelta(hours=1))
    async with lite.services.sessions.begin() as session:
        user = await ana(lite, session)
        suspended = await suspend_since(session, user, made_at, now=lite.clock())
        assert (suspended.factors, suspended.recovery_codes, suspended.must_enrol) == ([], 1, False)
    async with lite.services.sessions.begin() as session:
        user = await ana(lite, session)
        assert await remembered_device(session, user, token, ip=IP, now=lite.clock()) is None
    known = {row.browser for row in await lite.rows(KnownBrowser, KnownBrowser.user_id == lite.ids["ana"])}
    assert "strangers" not in known
    assert "hers" in known
    assert not await lite.rows(RememberedDevice, RememberedDevice.ended_at.is_(None))


async def test_a_later_reset_revokes_them_so_no_decision_about_the_earlier_one_revives_them(lite: World) -> None:
    made_at = lite.clock()
    async with lite.services.sessions.begin() as session:
        user = await ana(lite, session)
        await strange_codes(session, user, made_at)
        await suspend_since(session, user, made_at, now=made_at)
    lite.clock.advance(timedelta(days=1))
    async with lite.services.sessions.begin() as session:
        await revoke_all_factors(session, await ana(lite, session), now=lite.clock(), reset_id=None)
    async with lite.services.sessions.begin() as session:
        await unsuspend_codes_since(session, lite.ids["ana"], made_at)
    (code,) = await lite.rows(RecoveryCode, RecoveryCode.set_id == "strange")
    assert code.status is CodeStatus.REVOKED
    assert code.revoked_by_reset_id is None


async def test_what_becomes_of_them_is_in_the_record(lite: World) -> None:
    """Executed: revoked. Undone: the later ones revoked, the old ones back. Reported: suspended."""
    key = await give_app(lite)
    async with lite.services.sessions.begin() as session:
        await strange_codes(session, await ana(lite, session), lite.clock() - timedelta(days=3))
    await executed(lite)
    assert await counts(lite) == [("recovery_codes:revoked", 1)]
    lite.clock.advance(timedelta(minutes=2))
    await undo(lite, key=key)
    assert (await counts(lite))[1:] == [("recovery_codes:restored", 1)]
    lite.clock.advance(timedelta(minutes=2))
    async with lite.services.sessions.begin() as session:
        user = await ana(lite, session)
        now = lite.clock()
        since = now - timedelta(days=4)
        await stop(
            session, lite.services, user, None, about=since, ends_right=False, reference="ABCDEF", by="link", now=now
        )
    assert (await counts(lite))[2:] == [("recovery_codes:suspended", 1)]


async def counts(world: World) -> list[tuple[str, int]]:
    """What the record says of recovery codes."""
    events = await world.rows(AuditEvent, AuditEvent.tag.like("recovery_codes:%"))
    return [(event.tag, event.data["count"]) for event in sorted(events, key=lambda event: event.seq)]
