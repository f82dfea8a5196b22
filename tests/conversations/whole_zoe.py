"""Everything behind a chat in one process: account system, chat server, dialogue and actions servers, one database.

Only the clock, the mailbox and the browser are the test's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer, unused_port

from actions.server import build_app as build_actions
from actions.settings import ActionsSettings
from auth_backend.accounts.models import EnrolmentState
from auth_backend.app import create_internal_app, create_public_app
from auth_backend.crypto import token_hash
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, KnownBrowser
from auth_backend.login.browsers import new_browser_token
from auth_backend.outbox.models import Channel
from auth_backend.outbox.senders.base import Outgoing
from auth_backend.outbox.senders.chat import ChatSender
from auth_backend.outbox.worker import OutboxWorker
from auth_backend.resets.executing.schedule import run_due
from auth_backend.services import Services
from bot.app import attach_internal, attach_public, open_bot
from bot.keys import Bot
from bot.settings import BotSettings
from httpkit.clock import OffsetClock
from nlu.project import Project
from tests.conversations.dialogue_server import dialogue_server
from tests.support.auth_world import ACTIONS_TOKEN, BOT_TOKEN, People, add_people, auth_services

RASA_TOKEN = "the token of the actions port"
DIALOGUE_TOKEN = "the token of the dialogue port"
START = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)


@dataclass
class Mailbox:
    """Takes every mail and SMS."""

    received: list[tuple[str, str]] = field(default_factory=list)
    """(to, text), oldest first."""

    async def send(self, message: Outgoing) -> str | None:
        """It arrived."""
        self.received.append((message.envelope.to, message.envelope.text))
        return None


@dataclass
class WholeZoe:
    """The running servers and what a test may do behind their backs."""

    services: Services
    bot: Bot
    public: TestServer
    clock: OffsetClock
    mailbox: Mailbox
    outbox: OutboxWorker
    accounts: int = 0

    async def move_in(self, *, with_factor: bool = True) -> tuple[People, str]:
        """An account of its own for one dialogue: an owner and a member, each with a live method; and its domain."""
        self.accounts += 1
        domain = f"firm{self.accounts}.example"
        long_ago = self.clock() - timedelta(days=400)
        state = EnrolmentState.ENROLLED if with_factor else EnrolmentState.NONE
        people = await add_people(self.services, state=state, created_at=long_ago, domain=domain)
        async with self.services.sessions.begin() as session:
            for number, user_id in enumerate((people.owner, people.member) if with_factor else ()):
                phone = f"+5511{900_000_000 + self.accounts * 10 + number}"
                session.add(
                    Factor(
                        user_id=user_id,
                        kind=FactorKind.SMS,
                        status=FactorStatus.LIVE,
                        phone=phone,
                        created_at=long_ago,
                        confirmed_at=long_ago,
                    )
                )
        return people, domain

    async def browser(self, user_id: str | None) -> str:
        """The token of a browser; of one that somebody used a second step in, if `user_id` is given."""
        token = new_browser_token(self.services.keys.browsers)
        if user_id is not None:
            async with self.services.sessions.begin() as session:
                known = KnownBrowser(browser=token_hash(token), user_id=user_id, strong_step_at=self.clock())
                session.add(known)
        return token

    async def settle(self, conversation_id: str) -> None:
        """Runs what is due, as the background tasks do, until nothing is."""
        while True:
            await run_due(self.services)
            sent = await self.outbox.send_due()
            answered = await self.bot.worker.run_conversation(conversation_id)
            if not sent and not answered:
                return


@asynccontextmanager
async def whole_zoe(folder: Path, project: Project) -> AsyncIterator[WholeZoe]:
    """Starts everything."""
    clock = OffsetClock(lambda: START)
    url = f"sqlite+aiosqlite:///{folder / 'zoe.sqlite3'}"
    internal_port = unused_port()
    internal_url = f"http://127.0.0.1:{internal_port}"
    async with (
        auth_services(url, clock) as services,
        TestServer(build_actions(ActionsSettings(RASA_TOKEN, ACTIONS_TOKEN, internal_url))) as actions,
        dialogue_server(folder, project, actions, token=DIALOGUE_TOKEN, actions_token=RASA_TOKEN) as dialogue,
        aiohttp.ClientSession() as http,
    ):
        settings = BotSettings(
            database_url=url,
            public_url=services.settings.public_url,
            internal_url=internal_url,
            internal_token=BOT_TOKEN,
            dialogue_url=str(dialogue.make_url("")),
            dialogue_token=DIALOGUE_TOKEN,
            turn_ticket_key=services.keys.turn_ticket,
            production=False,
            secure_cookies=False,
            messages_per_window=1_000,
            conversations_per_minute=10_000,
        )
        async with open_bot(settings, clock, run_tasks=False) as bot:
            public = create_public_app(services, extra=lambda app: attach_public(app, bot))
            internal = create_internal_app(services)
            attach_internal(internal, bot)
            mailbox = Mailbox()
            chat = ChatSender(http, internal_url, BOT_TOKEN)
            senders = {Channel.EMAIL: mailbox, Channel.SMS: mailbox, Channel.CHAT: chat}
            outbox = OutboxWorker(services.sessions, services.keys, senders, clock)
            async with TestServer(internal, port=internal_port), TestServer(public) as outside:
                yield WholeZoe(services, bot, outside, clock, mailbox, outbox)
