"""What the chat's handlers find in their application."""

from dataclasses import dataclass

from aiohttp import web

from bot.auth_client import AuthClient
from bot.db import Database
from bot.directline.stream import Sockets
from bot.fanout import InProcessFanout
from bot.handoff.desk_audit import DeskAudit
from bot.handoff.places import Places
from bot.health import Health
from bot.identifiers import NewToken
from bot.intake import Intake
from bot.limits import SlidingWindow
from bot.sealing import Seal
from bot.settings import BotSettings
from bot.turn_runner import TurnRunner
from bot.turns.worker import TurnWorker
from httpkit.clock import Now


@dataclass(frozen=True)
class Bot:
    """One instance of the chat server, wired."""

    settings: BotSettings
    database: Database
    now: Now
    new_token: NewToken
    backend: AuthClient
    intake: Intake
    worker: TurnWorker
    fanout: InProcessFanout
    sockets: Sockets
    seal: Seal
    health: Health
    turn_runner: TurnRunner
    places: Places
    desk_audit: DeskAudit
    openings: SlidingWindow


BOT: web.AppKey[Bot] = web.AppKey("bot", Bot)
