"""Whether sign-in and reset stay as quick with a million users and ten million audit events as in an empty database."""

import asyncio
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import psycopg
import pyotp

from auth_backend.conversations.models import Conversation
from auth_backend.db import new_id
from auth_backend.keyring import Keyring
from benchmarks.figures import Figure, Result, median, percentile
from benchmarks.guard.databases import own_database
from benchmarks.guard.filling import fill
from benchmarks.guard.people import PASSWORD, Person, Sort, make_people, services_on
from benchmarks.guard.visitor import Answer, Visitor, connect
from benchmarks.guard.web import SECRETS, Web, running_web

USERS, EVENTS = 1_000_000, 10_000_000
WARM_UP = 10
SEED = 5

type Times = dict[str, dict[str, list[float]]]
"""Milliseconds by step and database."""


@dataclass(frozen=True)
class Place:
    """One of the two databases with a server on it; the people are the same in both."""

    name: str
    web: Web
    keys: Keyring
    people: list[Person]
    chats: dict[str, str]


def measure_scale(rounds: int, *, users: int = USERS, events: int = EVENTS) -> list[Result]:
    """p95 of three steps in the filled database, as a multiple of the empty one's; request by request, side by side."""
    with own_database("empty") as empty, own_database("filled") as filled:
        times = asyncio.run(_both(rounds, empty, filled, users, events))
        size = _size_gb(filled)
    return [_figure(step, by_place) for step, by_place in times.items()] + [
        Figure("size of the filled database", size, "GB", note=f"{users:,} users, {events:,} events")
    ]


def _figure(step: str, by_place: dict[str, list[float]]) -> Result:
    empty, filled = by_place["empty"], by_place["filled"]
    shown = ", ".join(
        f"{name} p50 {median(values):.1f} p95 {percentile(values, 95):.1f} ms" for name, values in by_place.items()
    )
    ratio = percentile(filled, 95) / percentile(empty, 95)
    return Figure(f"{step}: p95 of the filled to the empty", ratio, "×", 1.3, f"{len(empty)} each; {shown}")


async def _both(rounds: int, empty: str, filled: str, users: int, events: int) -> Times:
    times: Times = defaultdict(lambda: defaultdict(list))
    seeded = [("empty", empty, await _seed(empty, rounds)), ("filled", filled, await _seed(filled, rounds))]
    await asyncio.to_thread(fill, filled, users=users, events=events)
    with ExitStack() as stack:
        places = []
        for name, url, (keys, people, chats) in seeded:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            places.append(Place(name, stack.enter_context(running_web(url, folder)), keys, people, chats))
        await asyncio.to_thread(_side_by_side, places, rounds, times)
    return times


async def _seed(url: str, count: int) -> tuple[Keyring, list[Person], dict[str, str]]:
    """Owners with an app, and a conversation for each."""
    async with services_on(url) as services:
        people = await make_people(services, count, Sort("owner"))
        now, chats = services.now(), {person.id: new_id() for person in people}
        async with services.sessions.begin() as session:
            for chat in chats.values():
                facts = {"ip": "198.51.100.7", "user_agent": "Mozilla/5.0 Firefox/140.0", "language": "en"}
                session.add(Conversation(id=chat, channel="web", created_at=now, **facts))
        return services.keys, people, chats


def _side_by_side(places: list[Place], rounds: int, times: Times) -> None:
    order = random.Random(SEED)  # noqa: S311 - an order, no secret
    for number in range(rounds):
        walkers = [(place, _walk(place, place.people[number])) for place in places]
        while walkers:
            order.shuffle(walkers)
            walkers = [(place, steps) for place, steps in walkers if _take(times, number, place, steps)]


def _take(times: Times, number: int, place: Place, steps: Iterator[tuple[str, Answer]]) -> bool:
    """One step of one walker; False when there is none left."""
    step = next(steps, None)
    if step is not None and number >= WARM_UP:
        times[step[0]][place.name].append(step[1].ms)
    return step is not None


def _walk(place: Place, person: Person) -> Iterator[tuple[str, Answer]]:
    """Signing in with both steps, and opening a reset in a chat."""
    assert person.key is not None
    page, parts = Visitor(connect(place.web.public)), Visitor(connect(place.web.internal))
    yield "login", page.submit("/login", {"email": person.email, "password": PASSWORD}, status=303)
    page.open("/login/second-step")
    code = pyotp.TOTP(person.key).now()
    yield "second step", page.submit("/login/second-step", {"code": code}, status=303)
    chat = place.chats[person.id]
    claims = {"aud": "zoe-turn", "sub": chat, "jti": new_id(), "exp": _soon()}
    headers = {
        "Authorization": f"Bearer {SECRETS['ZOE_INTERNAL_ACTIONS_TOKEN']}",
        "X-Zoe-Turn-Ticket": jwt.encode(claims, place.keys.turn_ticket, algorithm="HS256"),
    }
    named = {"address": person.email, "reason": "lost_device", "lang": "en"}
    yield "opening a reset", parts.call("/internal/actions/reset/open", named, headers)
    for visitor in (page, parts):
        visitor.connection.close()


def _soon() -> int:
    return int((datetime.now(UTC) + timedelta(seconds=100)).timestamp())


def _size_gb(url: str) -> float:
    with psycopg.connect(url) as database:
        row = database.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return float(row[0]) / 1e9
