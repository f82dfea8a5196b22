"""The `web` process: auth_backend's pages and internal API and bot's chat, on one event loop and two ports."""

import asyncio
import signal
from collections.abc import Mapping

import click
import uvloop
from aiohttp import web

from auth_backend.app import create_internal_app, create_public_app
from auth_backend.demo import DemoReady, ensure_demo
from auth_backend.running import open_auth
from auth_backend.services import Services
from auth_backend.settings import Settings
from auth_backend.settings_loader import load_settings
from bot.app import attach_internal, attach_public, open_bot
from bot.cli.web_settings import bot_settings, check_settings
from bot.keys import Bot
from httpkit.environment import Environment, SettingsError
from httpkit.failpoints import Failpoint, kill_when_armed, no_failpoint

SHUTDOWN_S = 5.0
"""How long open requests may take when the process is told to stop."""


def run_web(variables: Mapping[str, str], *, demo: bool) -> None:
    """Serves until SIGINT or SIGTERM."""
    check_settings(variables, demo=demo)
    asyncio.run(_serve(variables, demo=demo), loop_factory=uvloop.new_event_loop)


async def _serve(variables: Mapping[str, str], *, demo: bool) -> None:
    env = Environment(variables)
    settings = load_settings(variables)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    failpoint = _failpoint(env, settings)
    async with open_auth(settings, failpoint=failpoint) as services:
        ready = await ensure_demo(services) if demo else None
        chat = bot_settings(env, settings, turn_ticket_key=services.keys.turn_ticket)
        async with open_bot(chat, services.now, failpoint=failpoint) as bot:
            public = create_public_app(services, extra=lambda app: attach_public(app, bot))
            internal = create_internal_app(services)
            attach_internal(internal, bot)
            saying = asyncio.create_task(_say_when_answering(bot))
            try:
                await _run(public, internal, env, services, ready, stop)
            finally:
                saying.cancel()


async def _say_when_answering(bot: Bot) -> None:
    """Pages work before Rasa does; this line tells when the chat answers too."""
    await bot.health.first_turn.wait()
    click.echo("Zoe answers in the chat.")


def _failpoint(env: Environment, settings: Settings) -> Failpoint:
    """In development with `ZOE_DEV_FAILPOINTS=yes` the file `failpoint` of the data directory names where to die."""
    armed = settings.dev and env.flag("DEV_FAILPOINTS")
    return kill_when_armed(settings.data_dir / "failpoint") if armed else no_failpoint


async def _run(
    public: web.Application,
    internal: web.Application,
    env: Environment,
    services: Services,
    ready: DemoReady | None,
    stop: asyncio.Event,
) -> None:
    dev = services.settings.dev
    host = env.text("HOST", "127.0.0.1" if dev else "0.0.0.0")  # noqa: S104 - production listens everywhere by design
    port = env.integer("PORT", 8080, least=0, most=65535)
    runners = [web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S) for app in (internal, public)]
    try:
        for runner in runners:
            await runner.setup()
        internal_host, internal_port = services.settings.internal_host, env.integer("INTERNAL_PORT", 8081)
        await _listen(runners[0], internal_host, internal_port)
        await _listen(runners[1], host, port)
        _announce(services.settings, ready)
        await stop.wait()
    finally:
        for runner in reversed(runners):
            await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise SettingsError(f"port {port} can't be used: {error.strerror or error}") from None


def _announce(settings: Settings, ready: DemoReady | None) -> None:
    """Says where Zoe is, and who the demo's people are."""
    base = settings.public_url
    click.echo(f"\nZoe is at {base}   (chat {base}/chat, desk {base}/desk)")
    if settings.dev:
        click.echo(f"What Zoe sends: {base}/dev/mailbox")
    click.echo("The pages work now; the chat answers in some seconds, when its model is loaded.")
    if ready is None:
        return
    click.echo("Demo users: ana@acme.example (owner), bruno@acme.example (member), carla@globex.example (owner)")
    click.echo("At the desk: sofia@desk.example (agent), sam@desk.example, rita@desk.example (supervisors)")
    password = ready.password or "as printed when they were made; set ZOE_DEMO_PASSWORD to choose a new one"
    click.echo(f"Password of all: {password}\n")
