"""Somebody at the desk, as the server sees them: a cookie, an origin, calls below `/desk/api`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.support.chat_server import Chat, Visit

ORIGIN = "http://localhost:8080"


def wants_a_person(turn: dict[str, Any]) -> list[dict[str, Any]]:
    """A dialogue that hands over at the word "person" and repeats everything else."""
    if turn["message"] == "person":
        return [
            {"recipient_id": turn["sender"], "text": "I'm calling somebody."},
            {"recipient_id": turn["sender"], "custom": {"zoe": "handoff", "reason": "asked"}},
        ]
    return [{"recipient_id": turn["sender"], "text": f"heard: {turn['message']}"}]


@dataclass
class Colleague:
    """One agent's browser."""

    chat: Chat
    token: str

    async def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON."""
        url = self.chat.url(f"/desk/api/{path}")
        async with self.chat.http.get(url, headers={"Cookie": f"zoe_session={self.token}"}) as response:
            return response.status, await response.json()

    async def post(self, path: str, origin: str | None = ORIGIN, **body: Any) -> tuple[int, Any]:
        """Status and JSON of a call from a page of `origin`."""
        headers = {"Cookie": f"zoe_session={self.token}", **({"Origin": origin} if origin else {})}
        async with self.chat.http.post(self.chat.url(f"/desk/api/{path}"), headers=headers, json=body) as response:
            return response.status, await response.json()

    async def act(self, visit: Visit, what: str, **body: Any) -> tuple[int, Any]:
        """A call about a conversation."""
        return await self.post(f"conversations/{visit.conversation}/{what}", **body)

    async def say(self, visit: Visit, text: str, client_id: str = "m1") -> tuple[int, Any]:
        """Writes to the customer."""
        return await self.act(visit, "replies", text=text, client_id=client_id)

    async def transcript(self, visit: Visit) -> tuple[int, Any]:
        """The conversation as the desk shows it."""
        return await self.get(f"conversations/{visit.conversation}/activities?after=0")


def colleague(chat: Chat, name: str, *teams: str, **more: Any) -> Colleague:
    """Somebody new at the desk."""
    token = name.lower()
    chat.backend.add_agent(token, f"{name} Prado", *teams, **more)
    return Colleague(chat, token)


async def queued(chat: Chat) -> Visit:
    """A conversation that waits for a person."""
    visit = await chat.open()
    await ask_for_a_person(chat, visit)
    return visit


async def ask_for_a_person(chat: Chat, visit: Visit) -> None:
    """Gets in line, a second after whoever did so before."""
    chat.dialogue.script = wants_a_person
    chat.clock.advance(timedelta(seconds=1))
    await visit.say("person")


def states(activities: list[dict[str, Any]]) -> list[tuple[str, str | None, int | None]]:
    """What clients were told about who is in charge."""
    values = [item["value"] for item in activities if item.get("name") == "zoe.state"]
    return [(value["state"], value["agent"], value["position"]) for value in values]
