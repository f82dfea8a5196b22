"""What the worker asks of a sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from auth_backend.outbox.service import Envelope


class SendError(Exception):
    """The message did not leave. `code` is for logs and names neither a person nor a text.

    It is tried again, after `pause` at the earliest, unless it is `final`: then the same message would be refused
    again. `bounced`: it was refused because of its destination, and no other message would get there either.
    """

    def __init__(
        self, code: str, *, final: bool = False, bounced: bool = False, pause: timedelta = timedelta(0)
    ) -> None:
        super().__init__(code)
        self.code = code
        self.final = final or bounced
        self.bounced = bounced
        self.pause = pause


@dataclass(frozen=True)
class Outgoing:
    """One message on its way. `id` is the outbox row's, the same at every try, so that a receiver knows it again.

    After `useless_after` it had better not arrive.
    """

    id: str
    envelope: Envelope
    now: datetime
    useless_after: datetime | None = None


class Sender(Protocol):
    """One way out.

    It returns once the next hop has taken the message over and raises SendError (or OSError) otherwise.
    """

    async def send(self, message: Outgoing) -> str | None:
        """Hands one message over; returns the id by which the next hop will report what became of it, if it will.

        Called concurrently, never inside a transaction; may be cancelled.
        """


LONGEST_PAUSE_S = 3600


def asked_pause(retry_after: str | None) -> timedelta:
    """What a `Retry-After` header in seconds asks for, an hour at most; a date or nonsense asks for nothing."""
    text = (retry_after or "").strip()
    return timedelta(seconds=min(int(text), LONGEST_PAUSE_S)) if text.isascii() and text.isdecimal() else timedelta(0)
