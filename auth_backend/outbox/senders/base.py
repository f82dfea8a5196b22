"""What the worker asks of a sender."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from auth_backend.outbox.service import Envelope


class SendError(Exception):
    """The message did not leave; it is tried again. `code` is for logs and names neither a person nor a text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Outgoing:
    """One message on its way. `id` is the outbox row's, the same at every try, so that a receiver knows it again."""

    id: str
    envelope: Envelope
    now: datetime


class Sender(Protocol):
    """One way out.

    It returns once the next hop has taken the message over and raises SendError (or OSError) otherwise.
    """

    async def send(self, message: Outgoing) -> None:
        """Hands one message over. Called concurrently, never inside a transaction; may be cancelled."""
