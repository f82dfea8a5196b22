"""The dialogue server with its trained model, in the test's own process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp.test_utils import TestServer

from nlu.project import Project
from nlu.server import STATE, build_app
from nlu.settings import DialogueSettings


@asynccontextmanager
async def dialogue_server(
    folder: Path, project: Project, actions: TestServer, *, token: str, actions_token: str
) -> AsyncIterator[TestServer]:
    """Listening, with the model loaded; its trackers are in `folder`."""
    settings = DialogueSettings(
        token=token,
        actions_token=actions_token,
        actions_url=str(actions.make_url("")).rstrip("/"),
        data_dir=folder,
        tracker_url=f"sqlite:///{folder / 'trackers.sqlite3'}",
        project=project,
    )
    app = build_app(settings)
    async with TestServer(app) as server:
        await asyncio.wait_for(app[STATE].loaded.wait(), 300)
        yield server
