"""The dialogues of `dialogues/*.yml`, each played against the whole of Zoe: what is said, and what is in the rows.

Each scenario is played in one language, the languages in turn; the other two are slow tests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from nlu.project import Project
from tests.conversations.dialogue import LANGUAGES, Dialogue, read_dialogues
from tests.conversations.player import Player
from tests.conversations.whole_zoe import WholeZoe, whole_zoe

# The first of these tests waits for the training.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


def _played() -> list[Any]:
    """Every dialogue as a parameter; scenario n is played quickly in language n, modulo three."""
    return [
        pytest.param(
            dialogue,
            id=str(dialogue),
            marks=[pytest.mark.slow] * (index % len(LANGUAGES) != index // len(LANGUAGES) % len(LANGUAGES)),
        )
        for index, dialogue in enumerate(read_dialogues())
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def zoe(project: Project, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeZoe]:
    """One Zoe for all dialogues; each has an account of its own."""
    async with whole_zoe(tmp_path_factory.mktemp("whole"), project) as running:
        yield running


@pytest.mark.parametrize("dialogue", _played())
async def test_dialogue(zoe: WholeZoe, dialogue: Dialogue) -> None:
    people, domain = await zoe.move_in()
    whose = people.member if dialogue.who == "member" else people.owner
    browser = await zoe.browser(whose if dialogue.known else None)
    jar = aiohttp.CookieJar(unsafe=True)
    jar.update_cookies({"zoe_browser": browser}, zoe.public.make_url("/"))
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        await Player(zoe, dialogue, http, people, domain).play()
