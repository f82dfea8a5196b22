"""Plays a dialogue as a customer with a browser and a mailbox, against the whole of Zoe."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import select

from auth_backend.factors.models import Factor
from auth_backend.resets.models import Claim, Reset
from bot.models import Conversation, Offer
from tests.conversations.dialogue import LANGUAGES, Dialogue
from tests.conversations.whole_zoe import WholeZoe
from tests.conversations.words import name_of
from tests.support.auth_world import PASSWORD, People

DIRECT_LINE = "/v3/directline/conversations"
WRONG_CODE = "000000"
ANYTHING = "any"
"""`says` of a turn whose answer doesn't matter, because the rows tell."""

_SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
_RETURN_CODE = re.compile(r"<output>([A-Z]{3}-[A-Z]{3})</output>")
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_DOINGS = ("press", "code", "password", "return_code", "wait", "same", *LANGUAGES)


@dataclass(frozen=True)
class Said:
    """One thing Zoe said: its name in the project's files, its language, the words."""

    name: str
    lang: str
    text: str


@dataclass
class Player:
    """One customer. `http` is the browser that holds the chat."""

    zoe: WholeZoe
    dialogue: Dialogue
    http: ClientSession
    people: People
    domain: str
    token: str = ""
    conversation: str = ""
    heard: int = 0
    last: list[Said] = field(default_factory=list)
    verify_link: str = ""
    page: str = ""
    transcript: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What the customer types as theirs."""
        local = {"member": "bruno", "stranger": "nobody"}.get(self.dialogue.who, "ana")
        return f"{local}@{self.domain}"

    async def play(self) -> None:
        """Plays every turn and compares what Zoe says, then the rows."""
        await self.open()
        for number, turn in enumerate(self.dialogue.turns, start=1):
            said = await self.take(turn)
            found = [part.name for part in said]
            expected = turn.get("says", [])
            expected = expected[self.dialogue.lang] if isinstance(expected, dict) else expected
            accepted = turn.get("one_of", [expected])
            assert ANYTHING in accepted or found in accepted, f"turn {number}: {found}\n{self}"
            lang = turn.get("answered_in", {}).get(self.dialogue.lang, self.dialogue.lang)
            assert {part.lang for part in said} <= {lang}, f"turn {number}: not all in {lang}\n{self}"
            texts = [part.text for part in [*self.last[-1:], *said]]
            assert all(one != next_one for one, next_one in pairwise(texts)), f"turn {number}: said twice\n{self}"
            self.last = said or self.last
        rows = await self.rows()
        assert {name: rows[name] for name in self.dialogue.rows} == self.dialogue.rows, f"{rows}\n{self}"

    async def open(self) -> None:
        """A token, the conversation, and Zoe's greeting."""
        given = await self._call("POST", "/chat/token", {"lang": self.dialogue.lang})
        self.token, self.conversation = given["token"], given["conversationId"]
        await self._call("POST", DIRECT_LINE, {})
        await self.zoe.settle(self.conversation)
        self.last = await self._news()

    async def take(self, turn: dict[str, Any]) -> list[Said]:
        """Does what the customer does in a turn; returns what Zoe says to it."""
        doing = next(name for name in _DOINGS if name in turn and name not in {"says", "one_of"})
        doing = self.dialogue.lang if doing in LANGUAGES else doing
        self.transcript.append(f"{doing}: {turn[doing]}")
        match doing:
            case "press":
                await self._press(str(turn["press"]))
            case "code":
                await self._type("{code}" if turn["code"] == "right" else "{wrong}")
            case "password":
                await self._enter_password(PASSWORD if turn["password"] == "right" else "not the right one at all")
            case "wait":
                self.zoe.clock.advance(timedelta(minutes=turn["wait"]))
                await self._come_back()
            case _:
                await self._type(str(turn[doing]))
        await self.zoe.settle(self.conversation)
        return await self._news()

    async def _come_back(self) -> None:
        """Zoe's page asks for a new token when it is looked at again; it leads to the same conversation."""
        held = {"lang": self.dialogue.lang, "token": self.token}
        given = await self._call("POST", "/chat/token", held)
        assert (given["conversationId"], given["resumed"]) == (self.conversation, True)
        self.token = given["token"]

    async def rows(self) -> dict[str, Any]:
        """What is in the database of this customer: states in the order in which they came about."""
        users = [self.people.owner, self.people.member]
        async with self.zoe.services.sessions.begin() as session:
            resets = await session.scalars(select(Reset).where(Reset.target_id.in_(users)).order_by(Reset.created_at))
            factors = await session.scalars(select(Factor).where(Factor.user_id.in_(users)))
            claims = await session.scalars(select(Claim).where(Claim.conversation_id == self.conversation))
            chat = await session.get(Conversation, self.conversation)
            return {
                "resets": [row.state.value for row in resets],
                "factors": sorted(row.status.value for row in factors),
                "claims": len(list(claims)),
                "reasons": [],
                "code_mails": len(self._codes()),
                "in_charge": chat.state if chat else None,
            }

    def _codes(self) -> list[str]:
        """The codes mailed to this customer, oldest first."""
        mails = [text for to, text in self.zoe.mailbox.received if to.endswith(f"@{self.domain}")]
        return [found[0] for text in mails if (found := _SIX_DIGITS.search(text))]

    async def _news(self) -> list[Said]:
        listed = (await self._call("GET", f"{DIRECT_LINE}/{self.conversation}/activities"))["activities"]
        fresh, self.heard = listed[self.heard :], len(listed)
        said = []
        for each in fresh:
            if each["type"] != "message" or each["from"]["role"] == "user":
                continue
            zoe = each["channelData"]["zoe"]
            said.append(Said(name_of(each["text"], zoe["lang"], zoe["kind"]), zoe["lang"], each["text"]))
            for action in each.get("suggestedActions", {}).get("actions", []):
                if action["type"] == "openUrl" and "/verify/" in action["value"]:
                    self.verify_link = action["value"]
        self.transcript += [f"    {part.name}: {part.text}" for part in said]
        return said

    async def _type(self, text: str) -> None:
        codes = self._codes()
        known = {
            "address": self.address,
            "other_address": f"somebody.else@{self.domain}",
            "code": codes[-1] if codes else "",
            "wrong": WRONG_CODE,
        }
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        await self._post({"type": "message", "text": text})

    async def _press(self, leads_to: str) -> None:
        """The newest open button that sends this payload, raises this event or (`confirm`) does this."""
        async with self.zoe.services.sessions.begin() as session:
            query = select(Offer).where(Offer.conversation_id == self.conversation, Offer.closed_at.is_(None))
            offers = list(await session.scalars(query))
        fitting = [offer for offer in offers if leads_to in {offer.payload, offer.action}]
        assert fitting, f"no button {leads_to} among {[(o.title, o.payload) for o in offers]}\n{self}"
        await self._post({"type": "message", "text": fitting[-1].title, "value": fitting[-1].id})

    async def _enter_password(self, password: str) -> None:
        path = self.verify_link.removeprefix(self.zoe.services.settings.public_url)
        async with self.http.get(self.zoe.public.make_url(path)) as response:
            page = await response.text()
        csrf = _CSRF.search(page)
        assert csrf, page
        fields = {"csrf": csrf[1], "password": password}
        async with self.http.post(self.zoe.public.make_url("/verify/"), data=fields) as response:
            self.page = await response.text()

    async def _post(self, activity: dict[str, Any]) -> None:
        await self._call("POST", f"{DIRECT_LINE}/{self.conversation}/activities", activity)

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = self.zoe.public.make_url(path)
        async with self.http.request(method, url, json=body, headers=headers) as response:
            answer = await response.json()
            assert response.status in {200, 201}, answer
            return answer

    def __str__(self) -> str:
        return "\n".join([str(self.dialogue), *self.transcript])
