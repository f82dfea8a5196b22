"""Wires the chat into the applications of the command line: the public one, and the internal API's."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from aiohttp import ClientSession, DummyCookieJar, web

from bot import chat_events, health
from bot.answering import Answering
from bot.auth_client import AuthClient
from bot.db import Database, upgrade
from bot.dialogue_client import DialogueClient
from bot.directline import views as directline_views
from bot.directline.stream import Sockets
from bot.fanout import DatabasePoller, InProcessFanout
from bot.handoff import desk_page, desk_socket, desk_views
from bot.handoff.desk import Desk
from bot.handoff.desk_audit import DeskAudit
from bot.handoff.places import Places
from bot.housekeeping import Housekeeping
from bot.identifiers import NewToken, new_token
from bot.intake import Intake
from bot.keys import BOT, Bot
from bot.limits import SlidingWindow
from bot.pages import chat, token
from bot.sealing import Seal
from bot.settings import BotSettings
from bot.sites import origins
from bot.turn_runner import TurnRunner
from bot.turns.worker import Failpoint, TurnWorker, no_failpoint
from bot.widget.serving import add_file_routes
from dbkit.engines import create_engine
from httpkit.clock import Now


@asynccontextmanager
async def open_bot(
    settings: BotSettings,
    now: Now,
    *,
    make_token: NewToken = new_token,
    monotonic: Callable[[], float] = time.monotonic,
    failpoint: Failpoint = no_failpoint,
    run_tasks: bool = True,
) -> AsyncIterator[Bot]:
    """One instance of the chat server with its database migrated and, if `run_tasks`, its background tasks running."""
    engine = create_engine(settings.database_url, outlives_power_cuts=False)
    try:
        await upgrade(engine)
        async with ClientSession(cookie_jar=DummyCookieJar()) as http:
            bot = _wired(
                Database(engine), http, settings, now, make_token=make_token, monotonic=monotonic, failpoint=failpoint
            )
            tasks = [asyncio.create_task(task) for task in _background(bot)] if run_tasks else []
            try:
                yield bot
            finally:
                await bot.sockets.close_all()
                await _end(tasks)
    finally:
        await engine.dispose()


def attach_public(app: web.Application, bot: Bot) -> None:
    """Mounts Direct Line, the chat page, its token, the widget's files, the desk and the health addresses on the public
    application.
    """
    app[BOT] = bot
    directline_views.add_routes(app)
    origins.add_routes(app)
    app.router.add_post("/chat/token", token.give_token)
    chat.add_routes(app)
    desk_page.add_routes(app)
    desk_views.add_routes(app)
    desk_socket.add_routes(app)
    add_file_routes(app, "/desk/files", app[BOT].settings.desk_folder)
    health.add_routes(app, bot.health)
    app.on_shutdown.append(_close_sockets)


def attach_internal(app: web.Application, bot: Bot) -> None:
    """Mounts `POST /internal/chat/events` on the internal application, behind its bearer check."""
    app[BOT] = bot
    chat_events.add_routes(app)


async def _close_sockets(app: web.Application) -> None:
    await app[BOT].sockets.close_all()


def _wired(
    database: Database,
    http: ClientSession,
    settings: BotSettings,
    now: Now,
    *,
    make_token: NewToken,
    monotonic: Callable[[], float],
    failpoint: Failpoint,
) -> Bot:
    backend = AuthClient(http, settings.internal_url, settings.internal_token, settings.backend_timeout_s)
    dialogue = DialogueClient(http, settings.dialogue_url, settings.dialogue_token, settings.dialogue_timeout_s)
    fanout = InProcessFanout()
    seal = Seal(settings.turn_ticket_key)
    probe = health.Health(
        dialogue,
        now,
        settings.turn_ticket_key,
        every_s=settings.probe_s,
        good_for=settings.probe_good_for,
        monotonic=monotonic,
    )
    answering = Answering(
        backend,
        dialogue,
        Desk(database, backend, fanout, now),
        now,
        ticket_key=settings.turn_ticket_key,
        seal=seal,
        public_url=settings.public_url,
        turn_succeeded=probe.turn_succeeded,
        failpoint=failpoint,
    )
    runner = TurnRunner(answering, fanout)
    worker = TurnWorker(
        database,
        runner,
        fanout,
        now,
        lease=settings.turn_lease,
        timeout_s=settings.turn_timeout_s,
        poll_s=settings.poll_s,
        failpoint=failpoint,
    )
    intake = Intake(
        database,
        backend,
        worker,
        fanout,
        now,
        most=settings.messages_per_window,
        window=settings.window,
        failpoint=failpoint,
    )
    return Bot(
        settings=settings,
        database=database,
        now=now,
        new_token=make_token,
        backend=backend,
        intake=intake,
        worker=worker,
        fanout=fanout,
        sockets=Sockets(database, fanout, seal),
        seal=seal,
        health=probe,
        turn_runner=runner,
        places=Places(database, fanout, now),
        desk_audit=DeskAudit(database, backend, now),
        openings=SlidingWindow(settings.conversations_per_minute, timedelta(minutes=1)),
    )


def _background(bot: Bot) -> list[Coroutine[None, None, None]]:
    settings = bot.settings
    return [
        bot.worker.run(),
        DatabasePoller(bot.database, bot.fanout, settings.poll_s).run(),
        Housekeeping(bot.database, bot.fanout, bot.now, settings.comeback).run(),
        bot.health.run(),
        bot.desk_audit.run(),
        _load_when_quiet(bot),
    ]


async def _load_when_quiet(bot: Bot) -> None:
    """Gets the Bot Framework ready once the dialogue answers, when the start has nothing else to do."""
    await bot.health.first_turn.wait()
    await bot.turn_runner.load()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
