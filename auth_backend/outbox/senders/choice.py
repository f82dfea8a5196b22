"""Which sender serves which channel in this installation."""

from collections.abc import Mapping

import aiohttp
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.outbox.models import Channel
from auth_backend.outbox.senders.base import Sender
from auth_backend.outbox.senders.chat import ChatSender
from auth_backend.outbox.senders.dev_mailbox import DevMailbox
from auth_backend.outbox.senders.sms import sms_sender
from auth_backend.outbox.senders.smtp import SmtpSender
from auth_backend.settings import Settings


def choose_senders(
    settings: Settings, sessions: async_sessionmaker[AsyncSession], http: aiohttp.ClientSession
) -> Mapping[Channel, Sender]:
    """E-mail goes to the SMTP server if one is set, in development else to the mailbox.

    Production always has one (settings_loader).
    """
    senders: dict[Channel, Sender] = {
        Channel.EMAIL: SmtpSender(settings.smtp) if settings.smtp else DevMailbox(sessions, Channel.EMAIL),
        Channel.CHAT: ChatSender(http, settings.internal_url, settings.internal_token),
    }
    sms = sms_sender(settings, sessions, http)
    return senders if sms is None else {**senders, Channel.SMS: sms}
