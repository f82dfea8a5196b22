"""Where everything arrives in development: a table that `/dev/mailbox` shows."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.outbox.models import Channel, DevMail
from auth_backend.outbox.senders.base import Outgoing


@dataclass(frozen=True)
class DevMailbox:
    """Takes e-mail or SMS."""

    sessions: async_sessionmaker[AsyncSession]
    channel: Channel

    async def send(self, message: Outgoing) -> str | None:
        """Stores the message where the developer finds it."""
        envelope = message.envelope
        async with self.sessions.begin() as session:
            session.add(
                DevMail(
                    channel=self.channel.value,
                    to=envelope.to,
                    subject=envelope.subject,
                    text=envelope.text,
                    html=envelope.html,
                    at=message.now,
                )
            )
        return None
