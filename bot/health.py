"""Whether turns go through dialogue and actions: `/healthz` and `/livez`."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from aiohttp import web

from bot.dialogue_client import (
    DialogueClient,
    DialogueLoadingError,
    DialogueRefusedError,
    DialogueUnavailableError,
    TurnMessage,
)
from bot.identifiers import new_id
from bot.turn_ticket import sign_ticket
from httpkit.clock import Now

log = structlog.get_logger("health")

PROBE = "zoe-probe"
PROBE_MESSAGE = "/EXTERNAL_probe"


class Health:
    """Remembers the last turn that went through everything, the probe's or a person's."""

    def __init__(
        self,
        dialogue: DialogueClient,
        now: Now,
        ticket_key: bytes,
        *,
        every_s: float,
        good_for: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dialogue = dialogue
        self._now = now
        self._ticket_key = ticket_key
        self._every_s = every_s
        self._good_for_s = good_for.total_seconds()
        self._monotonic = monotonic
        self._last: float | None = None
        self.first_turn = asyncio.Event()
        """Set once the first turn went through."""

    def turn_succeeded(self) -> None:
        """A turn went through dialogue and actions."""
        self._last = self._monotonic()
        self.first_turn.set()

    def status(self) -> str:
        """`ok`, `starting` until the first success, else `degraded`."""
        if self._last is None:
            return "starting"
        return "ok" if self._monotonic() - self._last <= self._good_for_s else "degraded"

    async def run(self) -> None:
        """Probes until cancelled."""
        while True:
            try:
                await self.probe()
            except Exception:
                log.exception("probe failed")
            await asyncio.sleep(min(self._every_s, 1.0) if self._last is None else self._every_s)

    async def probe(self) -> bool:
        """One turn of a conversation of its own that leaves no row; an answer means that the action ran."""
        turn = new_id()
        metadata = {
            "activity_id": turn,
            "lang": "en",
            "ticket": sign_ticket(self._ticket_key, PROBE, turn, self._now()),
            "standing": "anonymous",
            "stage": "none",
            "outcome": None,
        }
        try:
            answer = await self._dialogue.turn(TurnMessage(PROBE, PROBE_MESSAGE, metadata))
        except (DialogueLoadingError, DialogueUnavailableError, DialogueRefusedError):
            return False
        if not answer.said:
            return False
        self.turn_succeeded()
        return True


def add_routes(app: web.Application, health: Health) -> None:
    """The two addresses that supervisors and load balancers ask."""

    async def livez(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def healthz(_request: web.Request) -> web.Response:
        status = health.status()
        return web.json_response({"status": status}, status=200 if status == "ok" else 503)

    app.router.add_get("/livez", livez)
    app.router.add_get("/healthz", healthz)
