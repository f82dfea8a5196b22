"""A conversation, from the side of the chat server and of the actions."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.integration.auth.stateful.stage import ACTIONS, AGENT, Answer, Browser, Stage

_numbers = itertools.count(1)


@dataclass
class Chat:
    """One conversation and what an onlooker knows of it."""

    stage: Stage
    id: str
    browser: int
    channel: str
    signed_in: str | None = None
    """Whose session opened it, when that was at the second step or signed in."""
    password_at: datetime | None = None
    """When that session's password was typed, if it was at the second step."""
    claims: list[str] = field(default_factory=list)
    """Addresses for which a code was sent, by claim."""
    named: list[str] = field(default_factory=list)
    """Every address that was named."""
    nonce: str = "none yet"
    links: list[str] = field(default_factory=list)
    """Paths of verify links."""
    link_of: dict[str, str | None] = field(default_factory=dict)
    """Path → the reset that it proves the password for."""
    return_code: str | None = None
    return_password: str = ""

    @property
    def asker(self) -> str:
        """What its newest claim is called among letters."""
        return f"{self.id}/{len(self.claims)}"

    @property
    def address(self) -> str | None:
        """The newest claim's address."""
        return self.claims[-1] if self.claims else None

    def act(self, path: str, body: dict[str, Any] | None = None, *, method: str = "POST", **more: Any) -> Answer:
        """A call of scope actions, with a fresh ticket unless `ticket` is given."""
        ticket = more.get("ticket", self.stage.ticket(self.id))
        sent = ({} if body is None else body) if method == "POST" else None
        return self.stage.call(method, f"actions/{path}", sent, token=ACTIONS, ticket=ticket)

    def tell(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """A call of scope bot about this conversation."""
        answer = self.stage.call("POST", f"conversations/{self.id}/{path}", body)
        assert answer.status == 200, answer
        return answer.json

    def hand_in(self, path: str, **said: Any) -> Any:
        """Something that was typed or pressed."""
        return self.tell(path, {**said, "activity_id": f"activity-{next(_numbers)}"})


def open_chat(stage: Stage, browser: Browser, number: int, channel: str, *, with_session: bool) -> Chat:
    """A new conversation in a browser."""
    name = f"chat-{next(_numbers)}"
    body = {
        "conversation_id": name,
        "channel": channel,
        "session_token": browser.session if with_session else None,
        "browser_token": browser.token,
        "ip": browser.ip,
        "user_agent": AGENT,
        "lang": "en",
    }
    answer = stage.call("POST", "conversations", body)
    assert answer.status == 200, answer
    if channel == "web":
        browser.cookies["zoe_browser"] = (answer.json["browser_token"], "/")
    return Chat(stage, name, number, channel)
