"""The machine's ground: one example's stage, and an act: what is done, what is seen of it, and the invariants after."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from auth_backend.outbox.service import open_body
from tests.conftest import postgres_database
from tests.integration.auth.stateful.cast import Cast
from tests.integration.auth.stateful.chats import Chat
from tests.integration.auth.stateful.invariants import check_all, check_last
from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.stage import Answer, open_stage
from tests.integration.auth.stateful.witness import Doing, Letter, Witness

NAMES = ("ana", "bruno", "dora", "carla", "elena", "fabio")
PERSONS = st.sampled_from(NAMES)
BROWSERS = st.integers(0, len(NAMES))
"""One of each person's own, and one more, which nobody knows."""
HOW = st.sampled_from(["right", "right", "right", "right", "wrong", "stolen"])
PICK = st.integers(0, 40)
READY = st.sampled_from([True, True, True, False])
"""Whether a step first sees to what it needs; without that, most orders of operations are refused at once."""


class Acts(RuleBasedStateMachine):
    """Sets an example up, and watches every act in it."""

    cast: Cast
    postgres = False
    steps = 0
    """Executed steps of all examples."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._databases: Iterator[str] = iter(())
        if self.postgres:
            self._databases = postgres_database(self.cast.database)
            url = next(self._databases)
        else:
            path = Path(self._folder.name) / "zoe.sqlite3"
            self.cast.copy_to(path)
            url = f"sqlite+aiosqlite:///{path}"
        self._opened = open_stage(url)
        self.stage = self._opened.__enter__()
        self.witness = Witness(self.cast, self.now)
        self.rows = self.stage.reader.snapshot(self.now)
        self.browsers = [self.stage.browser(name, number) for number, name in enumerate((*NAMES, "stranger"), 10)]
        self.people: dict[int, str] = {}
        """Browser → who typed a right password there last."""
        self.sign_ins = dict.fromkeys(range(len(self.browsers)), 0)
        self.stepped: dict[int, tuple[str, datetime]] = {}
        """Browser → whose strong factor was shown in its session, and when."""
        self.strong: dict[tuple[int, str], datetime] = {}
        """Browser and person → when a strong second step was last done there."""
        self.typed_at: dict[int, datetime] = {}
        self.chats: list[Chat] = []
        self.forgotten: dict[int, tuple[str, str]] = {}
        """Browser → asker and address of its forgotten password."""
        self.undoing: dict[int, tuple[str, str]] = {}
        """Browser → asker and reset of its undo."""
        self.passkeys: dict[str, Any] = {}
        """Person → the authenticator that holds their passkey."""

    def teardown(self) -> None:
        try:
            check_last(self.stage, self.witness)
        finally:
            self._opened.__exit__(None, None, None)
            for _ in self._databases:
                pass
            self._folder.cleanup()

    @property
    def now(self) -> datetime:
        """By the backend's clock."""
        return self.stage.clock()

    @contextmanager
    def doing(self, what: str, person: str | None = None, asker: str = "", **lawful: Any) -> Iterator[Doing]:
        """One act: afterwards letters are delivered to whoever asked, and every invariant is checked."""
        act = Doing(what, person, asker, **lawful)
        yield act
        before, self.rows = self.rows, self.stage.reader.snapshot(self.now)
        self._deliver(act)
        check_all(before, self.rows, act, self.witness)
        self._remember(before)

    def later(self, **by: float) -> None:
        """Time goes by."""
        self.stage.clock.advance(timedelta(**by))

    def asker(self, browser: int) -> str:
        """The sign-in that this browser is in."""
        return f"browser-{browser}/{self.sign_ins[browser]}"

    def took_session(self, browser: int, before: str | None) -> bool:
        """Whether the last answer gave this browser another session."""
        token = self.browsers[browser].session
        if token is None or token == before:
            return False
        self.witness.tokens.append(token)
        self.witness.secrets.add(token)
        return True

    def totp(self, person: str, status: str = "live") -> str | None:
        """What the person's app shows now, of the factor with that status."""
        mine = [f for f in self.rows.factors.values() if f.user_id == self.id(person) and f.status == status]
        keys = [self.witness.keys[f.id] for f in mine if f.id in self.witness.keys]
        return pyotp.TOTP(keys[-1]).at(self.now) if keys else None

    def id(self, person: str) -> str:
        """The user's id."""
        return self.cast.people[person].id

    def email(self, person: str) -> str:
        """The registered address as it is now."""
        return str(self.rows.users[self.id(person)].email)

    def slips(self, often: int) -> bool:
        """Whether somebody mistypes on a whole way: now and then, by nothing that is drawn."""
        return len(self.witness.letters) % often == 0

    def code(self, how: str, pick: int, right: str | None) -> str | None:
        """A code to type: the right one, a wrong one, or one that somebody saw somewhere, used ones too."""
        if how == "right":
            return right
        if how == "wrong":
            return f"{(int(right or '123456') + 1) % 1_000_000:06d}"
        seen = [letter.code for letter in self.witness.letters if letter.code]
        apps = [code for name in NAMES if (code := self.totp(name))]
        known = seen + apps
        return known[pick % len(known)] if known else None

    def showed(self, browser: int, person: str) -> None:
        """A strong factor was accepted in this browser."""
        self.stepped[browser] = (person, self.now)

    def is_stepped(self, browser: int) -> bool:
        """Whether that was at most five minutes ago, in the session that the browser has."""
        held = self.stepped.get(browser)
        return held is not None and held[0] == self.people.get(browser) and self.now < held[1] + timedelta(minutes=5)

    def refused(self, answer: Answer) -> bool:
        """A page said that what was typed is wrong."""
        return answer.status == 422

    def _deliver(self, act: Doing) -> None:
        for row in self.rows.outbox:
            if row.channel == "chat" or row.body is None:
                continue
            envelope = open_body(self.stage.services.keys.cipher, row)
            kinds = ("code:notice_address", "code:new_email")
            user = act.person if row.kind in kinds else self._holder(envelope.to, act)
            self.witness.letters.append(
                Letter(row.id, envelope.to, row.kind, envelope.text, row.created_at, act.asker, user)
            )
            self.witness.secrets.update(token for _, token in self.witness.letters[-1].links)

    def _holder(self, to: str, act: Doing) -> str | None:
        return act.person if to.startswith("+") else self.witness.person_of(to, self.rows)

    def _remember(self, before: Snapshot) -> None:
        for user_id, user in self.rows.users.items():
            name, old = self.witness.name_of(user_id), before.users[user_id]
            if name is not None and user.password_hash != old.password_hash:
                self.witness.password_changed[name] = self.now
                self._burnt(name)
            if name is not None and user.email != old.email:
                self.witness.email_changed[name] = self.now
                self._burnt(name)
        for reset_id, reset in self.rows.resets.items():
            old = before.resets.get(reset_id)
            if old is not None and old.state != reset.state and reset.state in {"executed", "undone"}:
                name = self.witness.name_of(reset.target_id)
                assert name is not None
                self._burnt(name)
                if reset.reason == "stolen" and reset.state == "executed":
                    self.forget_browsers(name)

    def _burnt(self, person: str) -> None:
        new = {row.id for row in self.rows.outbox}
        for letter in self.witness.letters:
            if letter.user == person and letter.id not in new:
                letter.void = True

    def forget_browsers(self, person: str) -> None:
        """No browser of that person is known any more."""
        for key in [key for key in self.strong if key[1] == person]:
            del self.strong[key]
