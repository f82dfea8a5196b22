"""Operations of enrolment and replacement."""

import hashlib
import re

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration.auth.stateful.acts import BROWSERS, HOW, NAMES, PERSONS, PICK, READY
from tests.integration.auth.stateful.cast import PHONES
from tests.integration.auth.stateful.signing_in import SigningIn

ENROL, REPLACE = "/enrol", "/account/security/replace"
KEY = re.compile(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>')
CODES = re.compile(r"\b[0-9a-z]{5}-[0-9a-z]{5}-[0-9a-z]{5}\b")
BASES = st.sampled_from([ENROL, REPLACE])
KINDS = st.sampled_from(["app", "sms"])
SHOWN = st.sampled_from(["code", "code", "again", "again", "mail", "recovery", "passkey"])
NUMBERS = st.sampled_from(PHONES)


class Enrolling(SigningIn):
    """The way to a factor, one page after the other or all at once."""

    def __init__(self) -> None:
        super().__init__()
        self.mailbox_proven: set[str] = set()
        """Sign-ins in which the code from the registered mailbox was typed."""
        self.pending: dict[str, tuple[str, str]] = {}
        """Sign-in → kind and key or number that waits for its first code."""

    def prove_mailbox(self, browser: int, how: str, pick: int) -> None:
        """The mailed code without which nothing is enrolled."""
        person, held, asker = self.people.get(browser), self.browsers[browser], self.asker(browser)
        if person is None:
            return
        if self.witness.newest("code:enrol_email", asker) is None:
            with self.doing("send", person, asker):
                held.post(f"{ENROL}/mail/send")
        sent = self.witness.newest("code:enrol_email", asker)
        code = self.code(how, pick, sent.code if sent else None)
        if code is None:
            return
        with self.doing("mailbox", person, asker) as act:
            counted = held.session is not None and self.awaited("enrol_email", self.session_of(held.session).id)
            answer = held.post(f"{ENROL}/mail", code=code)
            proven = held.session is not None and self.is_mailbox_proven(held.session)
            if proven and asker not in self.mailbox_proven:
                self.witness.accept_letter(code, "code:enrol_email", asker, person, now=self.now)
                self.mailbox_proven.add(asker)
            elif self.refused(answer) and counted:
                act.failed_by = person

    def is_mailbox_proven(self, token: str) -> bool:
        """As the session's row has it now."""
        row = self.stage.reader.session(hashlib.sha256(token.encode()).hexdigest())
        return row is not None and row.enrol_mail_proven_at is not None

    def choose_method(self, browser: int, base: str, kind: str, number: str) -> None:
        """App or SMS; a new password before it where a reset asks for one."""
        person, held, asker = self.people.get(browser), self.browsers[browser], self.asker(browser)
        if person is None:
            return
        if base == ENROL and self.rows.users[self.id(person)].new_password_required:
            self.new_password_at_enrolment(browser, person)
        with self.doing("choose", person, asker):
            if kind == "sms":
                answer = held.post(f"{base}/sms", phone_country="BR", phone=number)
                if answer.path == f"{base}/sms/code":
                    self.pending[asker] = ("sms", f"+55{number}")
                return
            held.post(f"{base}/method", method="app")
            page = held.get(f"{base}/app")
            found = KEY.search(page.text)
            if found is not None:
                self.pending[asker] = ("app", found[1].replace(" ", ""))
                self.witness.secrets.add(self.pending[asker][1])
        for factor in self.rows.factors.values():
            if factor.user_id == self.id(person) and factor.status == "pending" and kind == "app":
                self.witness.keys.setdefault(factor.id, self.pending.get(asker, ("app", ""))[1])

    def new_password_at_enrolment(self, browser: int, person: str) -> None:
        """What a reset for a stolen device asks for."""
        password = f"{person} has secret number {len(self.witness.letters)} now"
        old = self.rows.users[self.id(person)].password_hash
        with self.doing("new password", person, changes=person):
            self.browsers[browser].post(f"{ENROL}/password", password=password)
        self.learn_password(person, password, old)

    def learn_password(self, person: str, password: str, old_hash: str) -> None:
        """The person knows the new one if it was taken."""
        if self.rows.users[self.id(person)].password_hash != old_hash:
            self.witness.passwords[person] = password
            self.witness.secrets.add(password)

    def confirm_method(self, browser: int, base: str, how: str, pick: int) -> None:
        """The first code of what was chosen."""
        person, held, asker = self.people.get(browser), self.browsers[browser], self.asker(browser)
        if person is None or asker not in self.pending:
            return
        kind, before = self.pending[asker][0], held.session
        waiting = [f for f in self.rows.factors.values() if f.user_id == self.id(person) and f.status == "pending"]
        letter = self.witness.newest("code:enrol_sms", asker)
        right = self.totp(person, "pending") if kind == "app" else letter.code if letter else None
        code = self.code(how, pick, right)
        if code is None:
            return
        stepped, proven = self.is_stepped(browser), asker in self.mailbox_proven
        lawful = frozenset({person}) if base == REPLACE and stepped else frozenset()
        with self.doing("confirm", person, asker, changes=person, may_revoke=lawful) as act:
            answers = held.posts(f"{base}/{kind}{'/code' * (kind == 'sms')}", 2, code=code)
            if self.took_session(browser, before):
                if not self.witness.accept_step(code, [factor.id for factor in waiting], now=self.now):
                    self.witness.accept_letter(code, "code:enrol_sms", asker, person, now=self.now)
                assert proven if base == ENROL else stepped, "2: a factor was bound without mailed code or step-up"
                self.passed(browser, person)
                self.pending.pop(asker)
            elif any(answer.status == 422 for answer in answers) and kind == "app" and waiting:
                act.failed_by = person if how == "wrong" else None
        if held.session != before:
            self.read_recovery_codes(browser, person)

    def read_recovery_codes(self, browser: int, person: str) -> None:
        """The codes that were made with it are shown to this browser."""
        with self.doing("read codes", quiet=True):
            page = self.browsers[browser].get("/account/security/recovery-codes")
        shown = CODES.findall(page.text) if page.status == 200 else []
        new = [code.replace("-", "") for code in shown]
        self.witness.recovery[person] += [code for code in new if code not in self.witness.recovery[person]]
        self.witness.secrets.update(new)

    @rule(browser=BROWSERS, ready=READY, add=st.sampled_from([True, True, False]))
    def passkeys_of(self, browser: int, ready: bool, add: bool) -> None:
        """A passkey is added or removed."""
        self.get_in(browser, ready)
        self.change_passkeys(browser, add=add)

    @rule(person=PERSONS, kind=KINDS, number=NUMBERS)
    def enrol_through(self, person: str, kind: str, number: str) -> None:
        """All of it, in the person's own browser, so that what comes after is reached often."""
        browser = NAMES.index(person)
        self.later(minutes=2)
        state = self.rows.users[self.id(person)].state
        if state == "enrolled" or not self.type_password(browser, person):
            return
        if state == "none":
            self.activate(browser)
            self.type_password(browser, person)
        self.prove_mailbox(browser, "right", 0)
        self.choose_method(browser, ENROL, kind, number)
        self.confirm_method(browser, ENROL, "right", 0)

    def get_in(self, browser: int, ready: bool) -> None:
        """Sees to it that the browser's own person is signed in there with a fresh step-up, if `ready`."""
        if ready and browser < len(NAMES) and not self.is_stepped(browser):
            self.sign_in_through(NAMES[browser], elsewhere=False, remember=False)

    @rule(person=PERSONS, elsewhere=st.sampled_from([False, False, True]), remember=st.booleans())
    def sign_in_through(self, person: str, elsewhere: bool, remember: bool) -> None:
        """Both steps with what the person has."""
        browser = len(NAMES) if elsewhere else NAMES.index(person)
        self.later(minutes=2)
        if self.type_password(browser, person):
            if self.slips(5):
                self.second_step(browser, "wrong", 0, remember=False)
            self.second_step(browser, "right", 0, remember=remember, tabs=1)
            if self.slips(6):
                self.step_up(browser, "right", 0)  # an app still shows the code that was just burnt

    @rule(person=PERSONS, kind=KINDS, number=NUMBERS)
    def replace_through(self, person: str, kind: str, number: str) -> None:
        """Another method in place of the present one."""
        browser = NAMES.index(person)
        self.sign_in_through(person, elsewhere=False, remember=False)
        if self.is_stepped(browser):
            self.choose_method(browser, REPLACE, kind, number)
            self.confirm_method(browser, REPLACE, "right", 0)

    @rule(browser=BROWSERS, base=BASES, step=st.integers(0, 2), kind=KINDS, number=NUMBERS, how=HOW, pick=PICK)
    def enrol_step(self, browser: int, base: str, step: int, kind: str, number: str, how: str, pick: int) -> None:
        """One page of it, in whatever order."""
        if step == 0:
            self.prove_mailbox(browser, how, pick)
        elif step == 1:
            self.choose_method(browser, base, kind, number)
        else:
            self.confirm_method(browser, base, how, pick)

    @rule(browser=BROWSERS, ready=READY, kind=SHOWN, how=HOW, pick=PICK, remember=st.booleans())
    def present(self, browser: int, ready: bool, kind: str, how: str, pick: int, remember: bool) -> None:
        """Something is shown for the second step, or again before a change."""
        if kind in {"code", "mail"} and ready and browser < len(NAMES):
            self.type_password(browser, NAMES[browser])
        elif ready:
            self.get_in(browser, ready)  # with the code that the app shows at this very moment
        if kind == "code":
            self.second_step(browser, how, pick, remember=remember)
        elif kind == "again":
            self.step_up(browser, how, pick)
        elif kind == "mail":
            self.mailed_step(browser, how, pick)
        elif kind == "recovery":
            self.recovery_code(browser, {"stolen": ("used", "foreign")[pick % 2]}.get(how, how), pick)
        elif self.passkeys:
            self.show_passkey(browser, pick)
