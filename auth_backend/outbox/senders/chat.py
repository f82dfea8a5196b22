"""Events for the chat server (docs/interfaces.md, `chat/events`)."""

from dataclasses import dataclass, field

import aiohttp

from auth_backend.outbox.senders.base import Outgoing, SendError

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class ChatSender:
    """Posts events to `{internal_url}/internal/chat/events`. `http` is made and closed by whoever makes the worker."""

    http: aiohttp.ClientSession
    internal_url: str
    internal_token: str = field(repr=False)

    async def send(self, message: Outgoing) -> str | None:
        """The event's id is the outbox row's: the chat server drops what it has seen."""
        body = {
            "event_id": message.id,
            "conversation_id": message.envelope.to,
            "event": message.envelope.text,
        }
        try:
            async with self.http.post(
                f"{self.internal_url}/internal/chat/events",
                json=body,
                headers={"Authorization": f"Bearer {self.internal_token}"},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise SendError(f"chat:{response.status}")
        except aiohttp.ClientError as error:
            raise SendError(f"chat:{type(error).__name__}") from None
        return None
