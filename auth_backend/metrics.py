"""Prometheus metrics of one running backend, in a registry of its own; no label holds anything of a person."""

import time
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.tags import Tag
from auth_backend.outbox.models import BouncedDestination, Channel, OutboxMessage, OutboxState
from auth_backend.tally import Counted
from httpkit.errors import Handler, route_name

LOGINS = {
    Tag.LOGIN_PASSWORD: ("password", "accepted"),
    Tag.PASSWORD_REFUSED: ("password", "refused"),
    Tag.PASSWORD_LOCKED: ("password", "locked"),
    Tag.LOGIN_SECOND_STEP: ("second_step", "accepted"),
    Tag.LOGIN_REMEMBERED: ("remembered_device", "accepted"),
    Tag.LOGIN_STEP_UP: ("step_up", "accepted"),
}
"""Steps of signing in, by the event that each of them records."""
ARGON2_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """All metrics, and how what happens gets into them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._events = self._counter("zoe_security_events", "Events of the audit record, by tag.", "tag")
        self._logins = self._counter("zoe_logins", "Steps of signing in.", "step", "outcome")
        self._codes = self._counter("zoe_codes", "One-time codes sent and judged, by purpose.", "purpose", "outcome")
        self._resets = self._counter("zoe_resets", "Resets that came into a state.", "state")
        self._requests = self._counter("zoe_http_requests", "Answers, by the route's pattern.", "route", "status")
        self._request_time = Histogram(
            "zoe_http_request_seconds", "Time to an answer.", ("port",), buckets=REQUEST_BUCKETS, registry=self.registry
        )
        self._argon2 = Histogram(
            "zoe_argon2_seconds", "Time of one password hash.", buckets=ARGON2_BUCKETS, registry=self.registry
        )
        self._depth = self._gauge("zoe_outbox_messages", "Messages that wait, or were given up.", "channel", "state")
        self._age = self._gauge("zoe_outbox_oldest_seconds", "Age of the oldest message that waits.", "channel")
        self._bounced = self._gauge("zoe_bounced_destinations", "Destinations that are marked.", "channel")

    def take(self, counted: Counted) -> None:
        """Counts one committed thing (`tally.Sink`)."""
        if counted.kind == "code":
            self._codes.labels(*counted.labels).inc()
        elif counted.kind == "event":
            self._take_event(Tag(counted.labels[0]))

    def hashed(self, seconds: float) -> None:
        """Notes how long one argon2 computation took."""
        self._argon2.observe(seconds)

    def count_requests(self, port: str) -> Middleware:
        """The outermost middleware of an application; `port` is `public` or `internal`."""

        @web.middleware
        async def counting(request: web.Request, handler: Handler) -> web.StreamResponse:
            started, status = time.perf_counter(), 500
            try:
                response = await handler(request)
                status = response.status
            except web.HTTPException as redirect:
                status = redirect.status
                raise
            else:
                return response
            finally:
                self._requests.labels(route_name(request), str(status)).inc()
                self._request_time.labels(port).observe(time.perf_counter() - started)

        return counting

    async def render(self, session: AsyncSession, *, now: datetime) -> bytes:
        """Prometheus' text format; what lies in the database is read now, so that several processes agree on it."""
        waiting = select(OutboxMessage.channel, OutboxMessage.state, func.count(), func.min(OutboxMessage.created_at))
        waiting = waiting.where(OutboxMessage.state.in_((OutboxState.PENDING, OutboxState.DEAD)))
        rows = (await session.execute(waiting.group_by(OutboxMessage.channel, OutboxMessage.state))).all()
        found = {(channel, state): (number, oldest) for channel, state, number, oldest in rows}
        marked = select(BouncedDestination.channel, func.count().label("number")).group_by(BouncedDestination.channel)
        bounced = {row.channel: row.number for row in await session.execute(marked)}
        for channel in Channel:
            for state in (OutboxState.PENDING, OutboxState.DEAD):
                self._depth.labels(channel.value, state.value).set(found.get((channel, state), (0, None))[0])
            oldest = found.get((channel, OutboxState.PENDING), (0, None))[1]
            self._age.labels(channel.value).set(max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
            if channel is not Channel.CHAT:
                self._bounced.labels(channel.value).set(bounced.get(channel, 0))
        return generate_latest(self.registry)

    def _take_event(self, tag: Tag) -> None:
        self._events.labels(tag.value).inc()
        if tag in LOGINS:
            self._logins.labels(*LOGINS[tag]).inc()
        area, _, state = tag.value.partition(":")
        if area == "reset" and ":" not in state:
            self._resets.labels(state).inc()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)


CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SCOPE_METRICS = "metrics"
