"""One tiny model for all tests of this folder, a scripted actions server, and a running dialogue server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from nlu.project import Project
from nlu.server import STATE, build_app
from nlu.training import train
from tests.integration.nlu import tiny_project
from tests.integration.nlu.running_dialogue import Dialogue, ScriptedActions, settings_for


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tiny project, trained once."""
    made = tiny_project.make(tmp_path_factory.mktemp("tiny"))
    train(lambda _: None, made)
    return made


@pytest_asyncio.fixture
async def actions() -> AsyncIterator[tuple[ScriptedActions, str]]:
    """The scripted server and its URL."""
    scripted = ScriptedActions()
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post("/webhook", scripted.run)
    async with TestServer(app) as server:
        yield scripted, str(server.make_url("")).rstrip("/")


@pytest_asyncio.fixture
async def dialogue(project: Project, tmp_path: Path, actions: tuple[ScriptedActions, str]) -> AsyncIterator[Dialogue]:
    """A server whose model is loaded."""
    app = build_app(settings_for(project, tmp_path, actions[1]))
    async with TestClient(TestServer(app)) as client:
        await app[STATE].loaded.wait()
        yield Dialogue(client, app)
