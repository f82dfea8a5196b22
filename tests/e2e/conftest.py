"""A whole Zoe and a real browser."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ToolFinder
from tests.support.owner_in_browser import Programs
from tests.support.running_zoe import RunningZoe

RESULTS = Path(__file__).parents[1] / "results"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def zoe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningZoe]:
    """One Zoe for all stories that don't break it; each story has people of its own."""
    with RunningZoe(tmp_path_factory.mktemp("zoe")) as running:
        yield running


@pytest.fixture(scope="module")
def sync_browser(chromium: str) -> Iterator[Browser]:
    """Chromium, driven from tests without an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def programs(tool: ToolFinder) -> Programs:
    """`oathtool` and `zbarimg`."""
    return Programs(oathtool=tool("oathtool"), zbarimg=tool("zbarimg"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed browser test leaves pictures of what was on the screen under tests/results/."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("sync_browser")
    if report.when == "call" and report.failed and browser is not None:
        RESULTS.mkdir(exist_ok=True)
        for number, context in enumerate(browser.contexts):
            for page in context.pages:
                page.screenshot(path=RESULTS / f"{re.sub(r'[^a-z0-9]+', '-', item.name)}-{number}.png", full_page=True)
    return report


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where pictures of this test go."""
    return tmp_path
