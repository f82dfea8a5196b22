"""The real trained model, dialogue server and actions server, in one process, beside the fake backend."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from itertools import count

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from actions.server import build_app as build_actions
from actions.settings import ActionsSettings
from nlu.project import Project
from nlu.settings import read_project
from nlu.training import train
from tests.conversations.conversation import Talk
from tests.conversations.dialogue_server import dialogue_server
from tests.support.fake_backend import SERVICE_TOKEN, FakeBackend, Person

ACTIONS_TOKEN = "the token of the actions port"
DIALOGUE_TOKEN = "the token of the dialogue port"
LANGUAGES = ("en", "pt", "es")

type StartTalk = Callable[[str], Talk]

_numbers = count(1)


@pytest.fixture(scope="session")
def project() -> Project:
    """The project with a model of its present inputs; trained once, kept for the next run."""
    project = read_project(os.environ)
    train(print, project)
    return project


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def backend_and_server() -> AsyncIterator[tuple[FakeBackend, TestServer]]:
    """The fake backend, listening for the whole session."""
    fake = FakeBackend()
    server = TestServer(fake.app())
    async with server:
        yield fake, server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def dialogue_url(
    project: Project,
    backend_and_server: tuple[FakeBackend, TestServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[str]:
    """The dialogue server with the model loaded, its actions server beside it."""
    _, backend_server = backend_and_server
    internal_url = str(backend_server.make_url("")).rstrip("/")
    data_dir = tmp_path_factory.mktemp("dialogue")
    actions = build_actions(ActionsSettings(ACTIONS_TOKEN, SERVICE_TOKEN, internal_url))
    async with (
        TestServer(actions) as beside,
        dialogue_server(data_dir, project, beside, token=DIALOGUE_TOKEN, actions_token=ACTIONS_TOKEN) as server,
    ):
        yield str(server.make_url("")).rstrip("/")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """`bot`'s connections."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def start_talk(
    dialogue_url: str, backend_and_server: tuple[FakeBackend, TestServer], http: aiohttp.ClientSession
) -> StartTalk:
    """Begins conversations; the backend is there again and its people are as they were."""
    fake, _ = backend_and_server
    fake.people = {p.address: p for p in (Person("ana@acme.example"), Person("bruno@acme.example", owner=False))}
    fake.away, fake.password_first, fake.lose_next, fake.executions = False, False, 0, 0
    fake.mails.clear()

    def start(lang: str) -> Talk:
        return Talk(http, dialogue_url, DIALOGUE_TOKEN, fake, f"conversation-{next(_numbers)}", lang)

    return start


@pytest.fixture(params=LANGUAGES)
def talk(request: pytest.FixtureRequest, start_talk: StartTalk) -> Talk:
    """A conversation, once in each language."""
    return start_talk(request.param)
