"""Whether the time of an answer tells who has an address, or what they have.

Everybody takes each walk once, side by side: at every step the sorts of people come in a new random order, so that
whatever else the machine does meets them alike.
"""

import asyncio
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.conversations.models import Conversation
from auth_backend.crypto import new_token, token_hash
from auth_backend.db import new_id
from auth_backend.resets.models import Claim, LinkPower, Proof, ProofKind, Reset, ResetLink, ResetState
from auth_backend.services import Services
from benchmarks.figures import Figure, Result, median
from benchmarks.guard.databases import own_database
from benchmarks.guard.people import PASSWORD, Person, Sort, make_people, services_on
from benchmarks.guard.visitor import Answer, Visitor, connect
from benchmarks.guard.web import SECRETS, Web, running_web

SEED = 3
WARM_UP = 10
"""Rounds that are not counted: statements are prepared, templates compiled."""
NOBODY, MEMBER, OWNER = Sort("unknown"), Sort("member", owner=False), Sort("owner")
FROZEN, PHONE, DESK = Sort("frozen", frozen=True), Sort("phone", phone=True), Sort("desk", desk=True)

type Step = tuple[str, Answer]
type Times = dict[str, dict[str, list[float]]]
"""Milliseconds by step and sort."""


@dataclass(frozen=True)
class Stage:
    """Where the walks go: `tickets` signs turns as `bot` does."""

    services: Services
    web: Web
    chats: Mapping[str, str]
    """Person's id → a conversation of their own."""
    links: Mapping[str, str]
    """Person's id → the token of a verify link."""

    def ticket(self, conversation: str) -> str:
        """A turn ticket."""
        expires = int((self.services.now() + timedelta(seconds=119)).timestamp())
        claims = {"aud": "zoe-turn", "sub": conversation, "jti": new_id(), "exp": expires}
        return jwt.encode(claims, self.services.keys.turn_ticket, algorithm="HS256")


def measure_timing(rounds: int) -> list[Result]:
    """For each step the largest difference between the medians of two sorts of people."""
    times = asyncio.run(_all_walks(rounds))
    return [_figure(step, by_sort) for step, by_sort in times.items()]


def _figure(step: str, by_sort: Mapping[str, Sequence[float]]) -> Result:
    medians = {sort: median(times) for sort, times in by_sort.items()}
    apart = max(medians.values()) - min(medians.values())
    shown = ", ".join(f"{sort} {value:.1f}" for sort, value in medians.items())
    target = max(2.0, min(medians.values()) * 0.05)
    return Figure(step, apart, "ms", round(target, 1), f"{len(next(iter(by_sort.values())))} each; medians: {shown}")


async def _all_walks(rounds: int) -> Times:
    times: Times = defaultdict(lambda: defaultdict(list))
    with own_database("timing") as url, tempfile.TemporaryDirectory() as folder:
        async with services_on(url) as services:
            people = {sort: await make_people(services, rounds, sort) for sort in (MEMBER, OWNER, FROZEN, PHONE, DESK)}
            unknown = [Person(new_id(), None, f"unknown{number}@bench.example", None) for number in range(rounds)]
            everybody = people | {NOBODY: unknown}
            chats, links = await _chats_and_links(services, everybody)
            with running_web(url, Path(folder), core=None) as web:
                stage = Stage(services, web, chats, links)
                await asyncio.to_thread(_walk_side_by_side, stage, everybody, rounds, times)
    return times


def _walk_side_by_side(stage: Stage, people: Mapping[Sort, Sequence[Person]], rounds: int, times: Times) -> None:
    order = random.Random(SEED)  # noqa: S311 - an order, no secret
    public, internal = connect(stage.web.public), connect(stage.web.internal)
    for number in range(rounds):
        for walk, sorts in _WALKS.items():
            walkers = [(sort, walk(stage, Visitor(public), Visitor(internal), people[sort][number])) for sort in sorts]
            while walkers:
                order.shuffle(walkers)
                walkers = [(sort, steps) for sort, steps in walkers if _take(times, number, sort, steps)]


def _take(times: Times, number: int, sort: Sort, steps: Iterator[Step]) -> bool:
    """One step of one walker; False when there is none left."""
    for name, answer in steps:
        if number >= WARM_UP:
            times[name][sort.name].append(answer.ms)
        return True
    return False


def _sign_in_wrong(_stage: Stage, page: Visitor, _parts: Visitor, person: Person) -> Iterator[Step]:
    fields = {"email": person.email, "password": "not that one, I fear"}
    yield "login: wrong password", page.submit("/login", fields, status=422)


def _forgotten(_stage: Stage, page: Visitor, _parts: Visitor, person: Person) -> Iterator[Step]:
    yield "forgotten password: ask", page.submit("/login/forgot", {"email": person.email}, status=303)
    yield "forgotten password: wrong mailed code", page.submit("/login/forgot/mail", {"code": "000000"}, status=422)


def _reset(stage: Stage, _page: Visitor, parts: Visitor, person: Person) -> Iterator[Step]:
    chat = stage.chats[person.id]
    actions = {
        "Authorization": f"Bearer {SECRETS['ZOE_INTERNAL_ACTIONS_TOKEN']}",
        "X-Zoe-Turn-Ticket": stage.ticket(chat),
    }
    bot = {"Authorization": f"Bearer {SECRETS['ZOE_INTERNAL_TOKEN']}"}
    named = {"address": person.email, "reason": "lost_device", "lang": "en"}
    yield "reset: claim", parts.call("/internal/actions/reset/open", named, actions)
    for tried in ("wrong mailed code", "wrong mailed code again"):
        handed_in = {"code": "000000", "activity_id": new_id()}
        yield f"reset: {tried}", parts.call(f"/internal/conversations/{chat}/codes", handed_in, bot)
    yield (
        "reset: ask for the verify link",
        parts.call(f"/internal/conversations/{chat}/verify-link", {"lang": "en"}, bot),
    )


def _second_step(_stage: Stage, page: Visitor, _parts: Visitor, person: Person) -> Iterator[Step]:
    right = {"email": person.email, "password": PASSWORD}
    yield "login: right password", page.submit("/login", right, status=303)
    yield "second step: page", page.open("/login/second-step")
    yield "second step: wrong code", page.submit("/login/second-step", {"code": "000000"}, status=422)
    yield "second step: ask for a mailed code", page.submit("/login/methods", {}, status=303)
    yield "second step: wrong mailed code", page.submit("/login/methods", {"code": "000000"}, status=422)


def _verify(stage: Stage, page: Visitor, _parts: Visitor, person: Person) -> Iterator[Step]:
    page.cookies["zoe_verify"] = stage.links[person.id]
    yield "verify page: open", page.open("/verify/")
    yield "verify page: wrong password", page.submit("/verify/", {"password": "not that one, I fear"}, status=422)


_WALKS = {
    _sign_in_wrong: (NOBODY, MEMBER, OWNER, FROZEN, DESK),
    _forgotten: (NOBODY, MEMBER, OWNER, FROZEN, DESK),
    _reset: (NOBODY, MEMBER, OWNER, FROZEN, DESK),
    # Only a right password leads there: nobody's address never does. What must not show is the method.
    _second_step: (MEMBER, OWNER, FROZEN, PHONE, DESK),
    # Only a proven address leads there.
    _verify: (MEMBER, OWNER, FROZEN),
}


async def _chats_and_links(
    services: Services, people: Mapping[Sort, Sequence[Person]]
) -> tuple[dict[str, str], dict[str, str]]:
    """A conversation for everybody; and for those who have an account another one whose address is proven."""
    now = services.now()
    chats, links = {}, {}
    async with services.sessions.begin() as session:
        for sort, some in people.items():
            for person in some:
                chat = _chat(now)
                session.add(chat)
                chats[person.id] = chat.id
                if sort in {MEMBER, OWNER, FROZEN}:
                    links[person.id] = new_token()
                    await _add_proven(session, person, token_hash(links[person.id]), now)
    return chats, links


def _chat(now: datetime) -> Conversation:
    return Conversation(
        id=new_id(),
        channel="web",
        ip="198.51.100.7",
        user_agent="Mozilla/5.0 Firefox/140.0",
        language="en",
        created_at=now,
    )


async def _add_proven(session: AsyncSession, person: Person, link: str, now: datetime) -> None:
    """A reset that awaits its password: the mailed code was right."""
    chat, soon = _chat(now), now + timedelta(hours=12)
    claim = Claim(
        id=new_id(),
        conversation_id=chat.id,
        subject=f"user:{person.id}",
        user_id=person.id,
        address=person.email,
        from_session=False,
        language="en",
        created_at=now,
        expires_at=soon,
        ended_at=now,
        end_reason="proven",
    )
    reset = Reset(
        id=new_id(),
        reference=new_id()[:12],
        conversation_id=chat.id,
        claim_id=claim.id,
        account_id=person.account_id,
        requester_id=person.id,
        target_id=person.id,
        language="en",
        state=ResetState.PROVING,
        fact_email=person.email,
        created_at=now,
        proving_until=soon,
    )
    for row in (chat, claim, reset):
        session.add(row)
        await session.flush()
    session.add(Proof(reset_id=reset.id, kind=ProofKind.EMAIL, channel="chat", at=now))
    session.add(ResetLink(token=link, reset_id=reset.id, power=LinkPower.VERIFY, created_at=now, expires_at=soon))
