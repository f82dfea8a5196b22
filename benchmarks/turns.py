"""How long a question takes: from the Direct Line POST to the reply on the socket, one customer at a time."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

TURNS_A_CONVERSATION = 10
"""Beyond 15 messages in 10 seconds a conversation is slowed down, which is not what is measured here."""
REPLY_S = 20.0
_DATA = Path(__file__).resolve().parent.parent / "nlu" / "data" / "nlu"
_CUSTOMERS = IPv4Address("10.20.0.1")


@dataclass(frozen=True)
class Question:
    """A sentence and its language."""

    text: str
    lang: str


def faq_questions(most: int) -> list[Question]:
    """Distinct example sentences of the FAQ intents, the languages in turn, at most `most` of them."""
    by_language = [list(_examples(folder)) for folder in sorted(_DATA.iterdir()) if folder.is_dir()]
    mixed = (question for row in itertools.zip_longest(*by_language) for question in row if question is not None)
    distinct = {question.text.casefold(): question for question in mixed}
    return list(distinct.values())[:most]


def _examples(folder: Path) -> Iterator[Question]:
    for file in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if block.get("intent", "").startswith("faq_"):
                lines = block["examples"].splitlines()
                yield from (Question(line[2:].strip(), folder.name) for line in lines if line.startswith("- "))


@dataclass
class Visit:
    """One conversation with its socket open."""

    http: ClientSession
    origin: str
    headers: dict[str, str] = field(repr=False)
    conversation: str
    socket: ClientWebSocketResponse
    seen: dict[str, float] = field(default_factory=dict)
    """When the first message that answers an activity arrived, by that activity's id."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Notes arrivals until the socket closes."""
        async for frame in self.socket:
            now = time.perf_counter()
            if frame.type is not WSMsgType.TEXT or not frame.data:
                continue
            for activity in json.loads(frame.data)["activities"]:
                if activity["type"] == "message" and activity["from"]["id"] == "zoe":
                    self.seen.setdefault(activity.get("replyToId", ""), now)
            self.arrived.set()

    async def greeted(self) -> None:
        """Waits for the greeting, so that it is not measured as part of the first question."""
        await self._until(lambda: bool(self.seen))

    async def ask(self, text: str) -> float:
        """Milliseconds from sending to the reply's arrival. Raises TimeoutError."""
        began = time.perf_counter()
        url = f"{self.origin}/v3/directline/conversations/{self.conversation}/activities"
        async with self.http.post(url, json={"type": "message", "text": text}, headers=self.headers) as response:
            response.raise_for_status()
            sent: str = (await response.json())["id"]
        await self._until(lambda: sent in self.seen)
        return (self.seen[sent] - began) * 1000

    async def _until(self, condition: Any) -> None:
        async with asyncio.timeout(REPLY_S):
            while not condition():
                self.arrived.clear()
                await self.arrived.wait()


async def measure_turns(origin: str, questions: Iterable[Question]) -> list[float]:
    """Milliseconds of every question, asked one after another in conversations of ten."""
    found: list[float] = []
    customers = itertools.count(int(_CUSTOMERS))
    async with ClientSession() as http:
        for some in itertools.batched(questions, TURNS_A_CONVERSATION):
            found += await _converse(http, origin, some, str(IPv4Address(next(customers))))
    return found


async def _converse(http: ClientSession, origin: str, questions: Sequence[Question], address: str) -> list[float]:
    async with visiting(http, origin, questions[0].lang, address) as visit:
        return [await visit.ask(question.text) for question in questions]


@asynccontextmanager
async def visiting(http: ClientSession, origin: str, lang: str, address: str) -> AsyncIterator[Visit]:
    """A greeted customer. The address is the customer's: Zoe trusts this client as a proxy (`ZOE_TRUSTED_PROXIES`)."""
    headers = {"X-Forwarded-For": address}
    http.cookie_jar.clear()
    async with http.post(f"{origin}/chat/token", json={"lang": lang}, headers=headers) as response:
        response.raise_for_status()
        given = await response.json()
    headers["Authorization"] = f"Bearer {given['token']}"
    async with http.post(f"{origin}/v3/directline/conversations", headers=headers) as response:
        response.raise_for_status()
        stream = (await response.json())["streamUrl"]
    async with http.ws_connect(stream, headers={"Origin": origin}) as socket:
        visit = Visit(http, origin, headers, given["conversationId"], socket)
        listening = asyncio.create_task(visit.listen())
        try:
            await visit.greeted()
            yield visit
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
