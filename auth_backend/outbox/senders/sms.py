"""SMS.

A provider is one class with `send` (senders/base.py) that `sms_sender` returns; in development it is the mailbox.
"""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.outbox.models import Channel
from auth_backend.outbox.senders.base import Sender
from auth_backend.outbox.senders.dev_mailbox import DevMailbox
from auth_backend.settings import Settings

log = structlog.get_logger("outbox")


def sms_sender(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> Sender | None:
    """The way out for SMS; None when there is none, which is the same question as `settings.sms_available`."""
    if settings.sms_available:
        return DevMailbox(sessions, Channel.SMS)
    log.warning("no SMS provider: SMS is not offered as a method and notices go by e-mail only")
    return None
