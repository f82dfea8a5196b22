"""How often codes leave: each number of the limits, just before and just at it."""

from datetime import timedelta
from typing import Any

import pytest

from auth_backend.codes.issue import issue_code
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.limits.destinations import Destination, named_by_anybody, of_holder
from auth_backend.limits.models import Sending
from auth_backend.limits.policy import Caller
from auth_backend.limits.sendings import SendingAllowed, SendingHeld, SendingRefused, ask_to_send
from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.support.auth_world import add_people

TICK = timedelta(microseconds=1)
PAUSE, HOUR, DAY = timedelta(seconds=60), timedelta(hours=1), timedelta(hours=24)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def ask(
    services: Services,
    caller: Caller = Caller.LOGIN,
    *,
    subject: str = "user:ana",
    channel: str = "email",
    destination: str = "d1",
    an_hour: int = 25,
) -> SendingAllowed | SendingRefused:
    async with services.sessions.begin() as session:
        outcome = await ask_to_send(
            session,
            subject=subject,
            channel=channel,
            caller=caller,
            destination=Destination(destination, an_hour),
            now=services.now(),
        )
    assert not isinstance(outcome, SendingHeld)
    return outcome


async def refusal(services: Services, caller: Caller = Caller.LOGIN, **more: Any) -> tuple[str, timedelta]:
    refused = await ask(services, caller, **more)
    assert isinstance(refused, SendingRefused)
    return refused.reason, refused.until - services.now()


async def test_one_a_minute(services: Services, clock: OffsetClock) -> None:
    first = await ask(services)
    assert first == SendingAllowed(clock() + PAUSE)
    clock.advance(PAUSE - TICK)
    assert await refusal(services) == ("pause", TICK)
    clock.advance(TICK)
    assert isinstance(await ask(services), SendingAllowed)


async def test_five_an_hour_whenever_the_hour_begins(services: Services, clock: OffsetClock) -> None:
    """A sliding hour: the sixth may leave when the first is an hour old, then one for each that gets an hour old."""
    begin = clock()
    for _ in range(5):
        assert isinstance(await ask(services), SendingAllowed)
        clock.advance(timedelta(minutes=10))
    assert await refusal(services) == ("hourly", timedelta(minutes=10))
    clock.advance(begin + HOUR - TICK - clock())
    assert await refusal(services) == ("hourly", TICK)
    clock.advance(TICK)
    assert isinstance(await ask(services), SendingAllowed)
    clock.advance(PAUSE)
    assert await refusal(services) == ("hourly", timedelta(minutes=9))


async def test_what_was_refused_counts_nothing(services: Services, clock: OffsetClock) -> None:
    await ask(services)
    for _ in range(20):
        await ask(services)
    clock.advance(PAUSE)
    assert isinstance(await ask(services), SendingAllowed)


async def test_every_kind_of_caller_user_and_channel_has_a_budget_of_its_own(
    services: Services, clock: OffsetClock
) -> None:
    """A stranger who used everything up leaves the others all of theirs."""
    for _ in range(5):
        assert isinstance(await ask(services, Caller.ANONYMOUS), SendingAllowed)
        clock.advance(PAUSE)
    assert (await refusal(services, Caller.ANONYMOUS))[0] == "hourly"
    for caller in set(Caller) - {Caller.ANONYMOUS}:
        assert isinstance(await ask(services, caller), SendingAllowed), caller
        assert (await refusal(services, caller))[0] == "pause", caller
    assert isinstance(await ask(services, Caller.ANONYMOUS, channel="sms", destination="d2"), SendingAllowed)
    assert isinstance(await ask(services, Caller.ANONYMOUS, subject="user:bob", destination="d3"), SendingAllowed)


async def test_a_destination_gets_the_sum_of_the_kinds_and_no_more(services: Services, clock: OffsetClock) -> None:
    """Five kinds of caller with five an hour: 25; the 26th has no kind left, whoever asks and in whose name."""
    begin = clock()
    assert len(Caller) == 5
    for turn in range(25):
        caller = list(Caller)[turn % 5]
        assert isinstance(await ask(services, caller), SendingAllowed), turn
        clock.advance(timedelta(seconds=61))
    assert await refusal(services, subject="user:bob") == ("destination", begin + HOUR - clock())
    clock.advance(begin + HOUR - TICK - clock())
    assert (await refusal(services, subject="user:bob"))[0] == "destination"
    clock.advance(TICK)
    assert isinstance(await ask(services, subject="user:bob"), SendingAllowed)
    async with services.sessions.begin() as session:
        assert len((await session.scalars(Sending.__table__.select())).all()) == 26


async def test_strangers_and_the_holder_share_25_and_neither_takes_the_others(
    services: Services, clock: OffsetClock
) -> None:
    """Whoever names an address, from however many accounts and chats: five an hour leave for it, and the holder's
    twenty are all there.
    """
    named, holder = named_by_anybody(services.keys, "ana@acme.example"), of_holder(services.keys, "ana@acme.example")
    assert named.an_hour + holder.an_hour == 25
    for stranger in range(5):
        asked = await ask(services, subject=f"user:{stranger}", destination=named.key, an_hour=named.an_hour)
        assert isinstance(asked, SendingAllowed)
    refused = await ask(services, subject="user:6", destination=named.key, an_hour=named.an_hour)
    assert isinstance(refused, SendingRefused)
    assert refused.reason == "destination"
    for turn in range(20):
        caller = [kind for kind in Caller if kind is not Caller.ANONYMOUS][turn % 4]
        mine = await ask(services, caller, destination=holder.key, an_hour=holder.an_hour)
        assert isinstance(mine, SendingAllowed), turn
        clock.advance(timedelta(seconds=16))
    assert isinstance(await ask(services, Caller.ANONYMOUS, destination=holder.key, an_hour=20), SendingRefused)


async def issue(services: Services, user_id: str, caller: Caller = Caller.ANONYMOUS) -> str:
    async with services.sessions.begin() as session:
        issued = await issue_code(
            session,
            services.keys,
            subject="user:ana",
            user_id=user_id,
            purpose=CodePurpose.RESET_EMAIL,
            binding=f"claim-{services.now().isoformat()}",
            caller=caller,
            now=services.now(),
        )
    return issued.id


async def end(services: Services, code_id: str, reason: str) -> None:
    async with services.sessions.begin() as session:
        row = await session.get(OneTimeCode, code_id)
        assert row is not None
        row.ended_at, row.end_reason = services.now(), reason


async def test_three_unused_codes_of_strangers_put_the_password_first(services: Services, clock: OffsetClock) -> None:
    """For a day, and for strangers only; a used code does not count, one that was replaced, wrong or late does."""
    owner = (await add_people(services)).owner
    begin = clock()
    for reason in ("replaced", "attempts", None):
        assert isinstance(await ask(services, Caller.ANONYMOUS), SendingAllowed)
        code = await issue(services, owner)
        if reason is not None:
            await end(services, code, reason)
        clock.advance(timedelta(hours=2))
    assert (await refusal(services, Caller.ANONYMOUS))[0] == "password_first"
    for caller in set(Caller) - {Caller.ANONYMOUS}:
        assert isinstance(await ask(services, caller), SendingAllowed), caller
    assert isinstance(await ask(services, Caller.ANONYMOUS, subject="user:bob", destination="d2"), SendingAllowed)

    await end(services, code, "used")
    assert isinstance(await ask(services, Caller.ANONYMOUS), SendingAllowed)
    await issue(services, owner)
    clock.advance(HOUR)
    assert await refusal(services, Caller.ANONYMOUS) == ("password_first", begin + DAY - clock())
    clock.advance(begin + DAY - TICK - clock())
    assert (await refusal(services, Caller.ANONYMOUS))[0] == "password_first"
    clock.advance(TICK)
    assert isinstance(await ask(services, Caller.ANONYMOUS), SendingAllowed)


async def test_codes_of_the_other_kinds_are_no_strangers_unused_ones(services: Services, clock: OffsetClock) -> None:
    owner = (await add_people(services)).owner
    for caller in (Caller.KNOWN_BROWSER, Caller.SIGNED_IN, Caller.PASSWORD_PROVEN, Caller.LOGIN):
        await issue(services, owner, caller)
        clock.advance(PAUSE)
    assert isinstance(await ask(services, Caller.ANONYMOUS), SendingAllowed)
