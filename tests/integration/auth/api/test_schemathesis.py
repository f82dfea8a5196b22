"""Thousands of requests made from the description, good and bad, against the real application on SQLite."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings, strategies
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from auth_backend.accounts.models import User
from auth_backend.desk.models import DeskRole
from auth_backend.desk.service import place_at_desk
from auth_backend.internal_api.contract import INTERNAL as INTERNAL_ROUTES
from httpkit.clock import OffsetClock, system_now
from tests.integration.auth.resets.world import ACTIONS, INTERNAL, World, close_world, make_world

CONVERSATION = "chat-1"
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


class RunningApi:
    """The application in a thread of its own, for a client that knows no asyncio."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.world: World | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        assert self.world is not None
        return str(self.world.internal.make_url("")).rstrip("/")

    def start(self) -> None:
        """Returns once it answers."""
        self._thread.start()
        assert self._ready.wait(60)

    def stop(self) -> None:
        """Ends it."""
        assert self.loop is not None
        assert self._stop is not None
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    async def _serve(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self.world = await make_world(self._database_url, OffsetClock(system_now))
        await self.world.chat()
        services = self.world.services
        async with services.sessions.begin() as session:
            sofia = await session.get(User, self.world.ids["sofia"])
            assert sofia is not None
            await place_at_desk(
                session,
                services.keys,
                sofia,
                role=DeskRole.AGENT,
                team="Care",
                accounts=[],
                now=services.now(),
                actor="test",
            )
        self._ready.set()
        await self._stop.wait()
        await close_world(self.world)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """One application for all operations, with one open conversation."""
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    running = RunningApi(f"sqlite+aiosqlite:///{folder / 'zoe.sqlite3'}")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def described(api: RunningApi) -> schemathesis.BaseSchema:
    """The internal part of what the application says of itself."""
    answer = requests.get(
        f"{api.url}/internal/openapi.json", headers={"Authorization": f"Bearer {INTERNAL}"}, timeout=30
    )
    # NUL can be stored in no database as text and is refused everywhere; JSON Schema has no word for it.
    config = SchemathesisConfig.from_dict({"generation": {"allow-x00": False}})
    schema = schemathesis.openapi.from_dict(answer.json(), config=config)
    schema.config.update(base_url=api.url)
    return schema.include(path_regex="^/internal|^/livez")


def is_good(case: schemathesis.Case) -> bool:
    """Whether the request was made to keep the description."""
    return case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE


def wrong_parts(case: schemathesis.Case) -> set[ParameterLocation]:
    """Which parts of the request break the description."""
    components = case.meta.components if case.meta is not None else {}
    return {place for place, info in components.items() if info.mode is schemathesis.GenerationMode.NEGATIVE}


@pytest.mark.parametrize("examples", [20, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("method", "path"), sorted(INTERNAL_ROUTES), ids=lambda part: part)
def test_the_application_keeps_its_description(
    api: RunningApi, described: schemathesis.BaseSchema, method: str, path: str, examples: int
) -> None:
    operation = described[path][method]
    actions = path.startswith("/internal/actions")
    headers = {"Authorization": f"Bearer {ACTIONS if actions else INTERNAL}"}

    @given(case=strategies.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES)))
    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def keeps(case: schemathesis.Case) -> None:
        assert api.world is not None
        if is_good(case) and "id" in case.path_parameters and len(str(case.path_parameters["id"])) % 2:
            case.path_parameters["id"] = CONVERSATION  # a conversation that is open: beyond the 404
        if is_good(case) and isinstance(case.body, dict) and "agent_id" in case.body:
            case.body["agent_id"] = api.world.ids["sofia"]  # others are refused, which no schema can say
        if actions:
            headers["X-Zoe-Turn-Ticket"] = api.world.ticket(CONVERSATION)
        # A wrong header is mended by the token that every call carries; unknown names in a query are ignored.
        wrong = wrong_parts(case)
        assume(not wrong or wrong - {ParameterLocation.HEADER, ParameterLocation.QUERY})
        case.call_and_validate(headers=headers)

    keeps()
