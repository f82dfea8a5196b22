"""What somebody who sees every screen and every mailbox knows; the invariants compare rows with this, not with policy
code.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp

from tests.integration.auth.stateful.cast import Cast
from tests.integration.auth.stateful.rows import Snapshot

CODE_LIVES = timedelta(minutes=10)
SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
_PAGES = "verify|resets|undo|not-me|report|owner-dispute|email-dispute"
LINK = re.compile(rf"http://localhost:8080/({_PAGES})/([A-Za-z0-9_-]{{32,128}})")


@dataclass
class Letter:
    """One mail or SMS. `asker`: the sign-in, chat or page that it was sent for."""

    id: str
    to: str
    kind: str
    text: str
    at: datetime
    asker: str
    user: str | None
    """The person that the code is of."""
    used: bool = False
    void: bool = False
    code: str = field(init=False)
    links: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        found = SIX_DIGITS.findall(self.text) if self.kind.startswith("code:") else []
        self.code = found[0] if found else ""
        self.links = LINK.findall(self.text)


@dataclass
class Seen:
    """What was seen of one reset: when each proof was accepted, and what was true then."""

    person: str
    email_at: datetime | None = None
    email: str = ""
    password_at: datetime | None = None
    password_hash: str = ""
    yes_at: datetime | None = None
    live: frozenset[str] = frozenset()
    owner: str = ""
    approved_at: datetime | None = None
    by_owner: bool = False
    """Started on the Members page."""
    must_wait: bool = True


@dataclass
class Doing:
    """What the present act is, and what it may lawfully cause."""

    what: str
    person: str | None = None
    asker: str = ""
    chat: str | None = None
    may_prove: frozenset[str] = frozenset()
    may_revoke: frozenset[str] = frozenset()
    """Persons whose factors may go in this act without a reset."""
    changes: str | None = None
    """The person whose sign-in data may change."""
    failed_by: str | None = None
    """Whose counters have to show a failure: a person, or `address` for one that nobody has."""
    operator: bool = False
    undo: bool = False
    quiet: bool = False
    """Nothing may change."""


@dataclass
class Witness:
    """Everything known outside."""

    cast: Cast
    begin: datetime
    """When the example began: whatever is older was there before."""
    passwords: dict[str, str] = field(init=False)
    keys: dict[str, str] = field(init=False)
    recovery: dict[str, list[str]] = field(init=False)
    used_recovery: set[str] = field(default_factory=set)
    steps: dict[str, int] = field(default_factory=dict)
    """Factor id → the last time step that was accepted."""
    letters: list[Letter] = field(default_factory=list)
    resets: dict[str, Seen] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    """Every session cookie that there was."""
    nonces: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Nonce, chat, when."""
    spent_nonces: set[str] = field(default_factory=set)
    password_changed: dict[str, datetime] = field(default_factory=dict)
    email_changed: dict[str, datetime] = field(default_factory=dict)
    failed: dict[str, list[datetime]] = field(default_factory=dict)
    """Wrong passwords on verify pages."""
    secrets: set[str] = field(default_factory=set)
    """What may be found nowhere in the rows."""
    delivered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        people = self.cast.people
        self.passwords = {name: person.password for name, person in people.items()}
        self.keys = {factor: key for person in people.values() for factor, key in person.keys.items()}
        self.recovery = {name: list(person.recovery_codes) for name, person in people.items()}
        self.secrets.update(self.passwords.values(), self.keys.values(), *self.recovery.values())

    def newest(self, kind: str, asker: str) -> Letter | None:
        """The newest code of a kind that was sent for somebody's page or chat."""
        found = [letter for letter in self.letters if letter.kind == kind and letter.asker == asker]
        return found[-1] if found else None

    def linked(self, page: str, kinds: Iterable[str] = ()) -> list[tuple[Letter, str]]:
        """Letters with a link to a page, and its token."""
        wanted = set(kinds)
        return [
            (letter, token)
            for letter in self.letters
            for found, token in letter.links
            if found == page and (not wanted or letter.kind in wanted)
        ]

    def accept_letter(self, code: str, kind: str, asker: str, person: str, *, now: datetime) -> None:
        """A mailed or texted code was accepted: it has to be the newest of its page, fresh and unused."""
        letter = self.newest(kind, asker)
        assert letter is not None, f"3: a {kind} was accepted where none was sent"
        assert letter.code == code, f"3: a {kind} of another page or an older one was accepted"
        assert letter.user == person, f"3: a {kind} of somebody else was accepted"
        assert not letter.used, f"4: a {kind} was accepted twice"
        assert not letter.void, f"3: a {kind} that was burnt was accepted"
        assert now < letter.at + CODE_LIVES, f"3: a {kind} was accepted after ten minutes"
        changed = self.email_changed.get(person)
        proof = kind in {"code:login_email", "code:reset_email", "code:forgotten_email"}
        fresh = changed is not None and now < changed + timedelta(days=7)
        assert not (proof and fresh), f"2: a {kind} was a proof within seven days of a change of address"
        letter.used = True

    def accept_step(self, code: str, factors: Iterable[str], *, now: datetime) -> bool:
        """Whether an app's code explains an acceptance; its time step is spent then."""
        spent = False
        for factor in factors:
            key = self.keys.get(factor)
            if key is None:
                continue
            present = int(now.timestamp()) // 30
            for step in (present - 1, present, present + 1):
                if pyotp.TOTP(key).generate_otp(step) != code:
                    continue
                if step > self.steps.get(factor, 0):
                    self.steps[factor] = step
                    return True
                spent = True
        assert not spent, "4: a time step was accepted twice"
        return False

    def void_codes(self, person: str) -> None:
        """Codes on their way to somebody are burnt."""
        for letter in self.letters:
            if letter.user == person:
                letter.void = True

    def name_of(self, user_id: str | None) -> str | None:
        """Whose id it is."""
        return next((name for name, person in self.cast.people.items() if person.id == user_id), None)

    def person_of(self, address: str, rows: Snapshot) -> str | None:
        """Whose registered address it is now; nobody's that was removed."""
        there = (user for user in rows.users.values() if user.removed_at is None)
        return next((self.name_of(user.id) for user in there if user.email == address), None)
