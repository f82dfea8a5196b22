"""Any order of calls: a factor goes only after both proofs and the yes, while all of it still holds."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from auth_backend.accounts.models import Account, User
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.schedule import run_due
from httpkit.clock import OffsetClock
from tests.integration.auth.resets.world import (
    ANA,
    BRUNO,
    NOBODY,
    PASSWORDS,
    Browser,
    Chat,
    World,
    close_world,
    make_world,
)

START = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
PROVING = timedelta(minutes=30)


@dataclass
class Known:
    """What an onlooker knows of one chat: times of what was accepted there, and for whom."""

    address: str | None = None
    email_at: datetime | None = None
    password_at: datetime | None = None
    yes_at: datetime | None = None

    def may_execute(self, changed: str | None, changed_at: datetime) -> bool:
        """Whether everything that an execution needs was seen, in order and in time, and nothing was changed since."""
        if self.email_at is None or self.password_at is None or self.yes_at is None:
            return False
        fixed_at = {"password": self.password_at, "factors": self.yes_at}
        held = changed is None or (changed != "owner" and changed_at < fixed_at[changed])
        return held and self.email_at <= self.password_at <= self.yes_at < self.email_at + PROVING


class Resets(RuleBasedStateMachine):
    """Two chats in one known browser, one owner, and everything that may happen around them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = OffsetClock(base=lambda: START)
        self.world: World = self.run(
            make_world(f"sqlite+aiosqlite:///{Path(self.folder.name) / 'zoe.sqlite3'}", self.clock)
        )
        self.browser: Browser = self.run(self._browser())
        self.run(self.world.know(self.browser, "ana"))
        self.chats: list[Chat] = [self.run(self.world.chat(browser=self.browser)) for _ in range(2)]
        self.known = [Known(), Known()]
        self.changed: str | None = None
        self.changed_at = START
        self.nonces: list[str] = []

    async def _browser(self) -> Browser:
        return self.world.browser()

    def run(self, call: Any) -> Any:
        return self.runner.run(call)

    def teardown(self) -> None:
        self.run(self.browser.client.close())
        self.run(close_world(self.world))
        self.runner.close()
        self.folder.cleanup()

    which = st.integers(0, 1)

    @rule(which=which, address=st.sampled_from([ANA, ANA, ANA, BRUNO, NOBODY]))
    def claim(self, which: int, address: str) -> None:
        if self.run(self.chats[which].claim(address))["outcome"] == "sent":
            self.known[which] = Known(address=address)

    @rule(which=which, right=st.booleans())
    def type_code(self, which: int, right: bool) -> None:
        code = "000000"
        if right and self.known[which].address in {ANA, BRUNO}:
            codes = self.run(self.world.mailed_codes(self.known[which].address))
            code = codes[-1] if codes else code
        if self.run(self.chats[which].code(code))["outcome"] == "accepted":
            self.known[which].email_at = self.clock()

    @rule(which=which, right=st.booleans())
    def type_password(self, which: int, right: bool) -> None:
        link = self.run(self.chats[which].tell("verify-link", {"lang": "en"}))
        if "url" not in link:
            return
        name = "ana" if self.known[which].address == ANA else "bruno"
        self.run(self.browser.get(link["url"].removeprefix("http://localhost:8080")))
        password = PASSWORDS[name] if right else "wrong password here"
        self.run(self.browser.post("/verify/", {"password": password}, status=0))
        if self.run(self.chats[which].facts())["proofs"]["password"] is not None:
            self.known[which].password_at = self.clock()

    @rule(which=which)
    def ask_card(self, which: int) -> None:
        card = self.run(self.chats[which].card())
        if "nonce" in card:
            self.nonces.append(card["nonce"])

    @precondition(lambda self: bool(self.nonces))
    @rule(which=which, newest=st.booleans())
    def press_yes(self, which: int, newest: bool) -> None:
        nonce = self.nonces[-1 if newest else 0]
        if self.run(self.chats[which].confirm(nonce=nonce))["outcome"] == "recorded":
            self.known[which].yes_at = self.clock()

    @rule(which=which, text=st.sampled_from(["yes", "sim", "no", "yes, but wait"]))
    def type_yes(self, which: int, text: str) -> None:
        if self.run(self.chats[which].confirm(text=text))["outcome"] == "recorded":
            assert text in {"yes", "sim"}
            self.known[which].yes_at = self.clock()

    @rule(which=which, agree=st.booleans())
    def prove_both(self, which: int, agree: bool) -> None:
        """The straight way, so that what comes after it is reached often."""
        self.wait(1)
        self.claim(which, ANA)
        self.type_code(which, right=True)
        self.type_password(which, right=True)
        self.ask_card(which)
        if agree and self.nonces:
            self.press_yes(which, newest=True)

    @rule(which=which, disturbed=st.sampled_from([None, None, "owner", "password", "factors"]), at_once=st.booleans())
    def carry_through(self, which: int, disturbed: str | None, at_once: bool) -> None:
        """All the way, with or without something that changes before the execution."""
        self.prove_both(which, agree=True)
        if disturbed is not None and self.changed is None:
            self.change_facts(disturbed)
        if at_once:
            self.execute(which)
        else:
            self.a_day_later(24)

    @rule(which=which)
    def execute(self, which: int) -> None:
        before = self.revoked("ana")
        self.run(self.chats[which].execute())
        if self.revoked("ana") and not before:
            assert self.known[which].may_execute(self.changed, self.changed_at)

    @rule()
    def work_the_schedule(self) -> None:
        self.run(run_due(self.world.services))

    @rule(hours=st.just(24))
    def a_day_later(self, hours: int) -> None:
        """Whatever waits is due now; it is carried out only if it was allowed when it was confirmed, and holds."""
        before = self.revoked("ana")
        self.clock.advance(timedelta(hours=hours))
        self.run(run_due(self.world.services))
        if self.revoked("ana") and not before:
            assert any(known.may_execute(self.changed, self.changed_at) for known in self.known)

    @rule(which=which)
    def cancel(self, which: int) -> None:
        self.run(self.chats[which].act("POST", "reset/cancel"))

    @rule(minutes=st.sampled_from([1, 1, 2, 6, 11, 31]))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @precondition(lambda self: self.changed is None)
    @rule(what=st.sampled_from(["owner", "password", "factors"]))
    def change_facts(self, what: str) -> None:
        """Once an example something changes that proofs and yes rest on."""
        ids = self.world.ids
        if what == "owner":
            self.run(self.world.change(Account, ids["acme"], owner_id=ids["bruno"]))
        elif what == "password":
            self.run(self.world.change(User, ids["ana"], password_epoch=1))
        else:
            self.run(self.world.change(User, ids["ana"], factor_epoch=1))
        self.changed, self.changed_at = what, self.clock()
        self.clock.advance(timedelta(seconds=1))

    def revoked(self, name: str) -> bool:
        factor = self.run(self.world.one(Factor, Factor.user_id == self.world.ids[name]))
        return bool(factor.status is FactorStatus.REVOKED)

    @invariant()
    def others_keep_theirs(self) -> None:
        assert not self.revoked("carla")
        if self.changed != "owner":
            assert not self.revoked("bruno")


Resets.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
TestResets = pytest.mark.slow(pytest.mark.timeout(600)(Resets.TestCase))
