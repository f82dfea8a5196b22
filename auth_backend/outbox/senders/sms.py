"""Which way SMS leave: a provider (one small file each, one class with `send`), or in development the mailbox."""

import aiohttp
import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.outbox.models import Channel
from auth_backend.outbox.senders.base import Sender
from auth_backend.outbox.senders.dev_mailbox import DevMailbox
from auth_backend.outbox.senders.twilio import TwilioSender
from auth_backend.outbox.senders.zenvia import ZenviaSender
from auth_backend.settings import Settings, TwilioSettings, ZenviaSettings

TWILIO_CALLBACK, ZENVIA_CALLBACK = "/sms/status/twilio", "/sms/status/zenvia"
"""Where the providers report what became of a message (outbox/status_views.py)."""

log = structlog.get_logger("outbox")


def sms_sender(
    settings: Settings, sessions: async_sessionmaker[AsyncSession], http: aiohttp.ClientSession
) -> Sender | None:
    """The way out for SMS; None when there is none, which is the same question as `settings.sms_available`."""
    if isinstance(settings.sms, TwilioSettings):
        return TwilioSender(http, settings.sms, settings.public_url + TWILIO_CALLBACK)
    if isinstance(settings.sms, ZenviaSettings):
        return ZenviaSender(http, settings.sms)
    if settings.sms_available:
        return DevMailbox(sessions, Channel.SMS)
    log.warning("no SMS provider: SMS is not offered as a method and notices go by e-mail only")
    return None
