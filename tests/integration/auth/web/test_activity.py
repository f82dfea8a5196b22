"""Sessions and devices are shown to their own person, and ended one by one or all but this."""

from auth_backend.accounts.models import User
from auth_backend.factors.models import KnownBrowser
from auth_backend.login.models import LoginSession, RememberedDevice
from auth_backend.login.trust import remember_device
from tests.integration.auth.approvals.asking import signed_in
from tests.integration.auth.resets.conftest import lite
from tests.integration.auth.resets.world import World

__all__ = ["lite"]
ACTIVITY = "/account/security/activity"


async def sessions_of(world: World, name: str) -> list[LoginSession]:
    return await world.rows(LoginSession, LoginSession.user_id == world.ids[name], LoginSession.ended_at.is_(None))


async def test_one_session_is_ended_and_never_a_strangers(lite: World) -> None:
    here, there, stranger = [await signed_in(lite, name) for name in ("ana", "ana", "bruno")]
    (bruno,) = await sessions_of(lite, "bruno")
    await here.get(ACTIVITY)
    await here.post(f"{ACTIVITY}/end", {"id": bruno.id})
    assert len(await sessions_of(lite, "bruno")) == 1
    for row in await sessions_of(lite, "ana"):
        await here.get(ACTIVITY)
        await here.post(f"{ACTIVITY}/end", {"id": row.id})
    assert len(await sessions_of(lite, "ana")) == 1
    await here.get(ACTIVITY)
    assert "Sessions ended" in here.page
    assert (await there.get(ACTIVITY)).url.path == "/login"
    assert (await stranger.get(ACTIVITY)).url.path == ACTIVITY


async def test_no_device_is_shown_that_is_asked_for_a_code_anyway(lite: World) -> None:
    """After a change of the account's administrator every device of the account shows a code again (A5)."""
    here = await signed_in(lite, "bruno")
    async with lite.services.sessions.begin() as session:
        bruno = await session.get(User, lite.ids["bruno"])
        assert bruno is not None
        await remember_device(session, bruno, ip="192.0.2.1", now=lite.clock())
    await here.get(ACTIVITY)
    assert f"{ACTIVITY}/forget" in here.page
    await lite.change(User, lite.ids["ana"], factor_epoch=1)
    await here.get(ACTIVITY)
    assert f"{ACTIVITY}/forget" not in here.page


async def test_a_device_is_forgotten_and_everything_elsewhere_ends(lite: World) -> None:
    here = await signed_in(lite, "ana")
    await signed_in(lite, "ana")
    await lite.know(here, "ana")
    for name in ("ana", "ana", "bruno"):
        async with lite.services.sessions.begin() as session:
            user = await session.get(User, lite.ids[name])
            assert user is not None
            await remember_device(session, user, ip="192.0.2.1", now=lite.clock())
    devices = await lite.rows(RememberedDevice)
    for device in (devices[0], next(row for row in devices if row.user_id == lite.ids["bruno"])):
        await here.get(ACTIVITY)
        await here.post(f"{ACTIVITY}/forget", {"id": device.id})
    live = await lite.rows(RememberedDevice, RememberedDevice.ended_at.is_(None))
    assert sorted(row.user_id for row in live) == sorted([lite.ids["ana"], lite.ids["bruno"]])
    await here.get(ACTIVITY)
    await here.post(f"{ACTIVITY}/elsewhere")
    assert (await here.get(ACTIVITY)).url.path == ACTIVITY
    assert len(await sessions_of(lite, "ana")) == 1
    assert await lite.rows(KnownBrowser) == []
    live = await lite.rows(RememberedDevice, RememberedDevice.ended_at.is_(None))
    assert [row.user_id for row in live] == [lite.ids["bruno"]]
