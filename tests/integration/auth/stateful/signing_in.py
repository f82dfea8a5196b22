"""Operations of sign-in: password, every kind of second step, step-up, sessions."""

import hashlib
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration.auth.stateful.acts import BROWSERS, NAMES, PERSONS, PICK, Acts
from tests.support.authenticator import Authenticator

EVERYWHERE = ("sign-out/everywhere", "account/security/activity/elsewhere")
ENDINGS = ("sign-out", *EVERYWHERE)


class SigningIn(Acts):
    """How people get in, and how others try to."""

    @rule(person=PERSONS, right=st.sampled_from([True, True, True, False]), elsewhere=st.booleans(), browser=BROWSERS)
    def sign_in(self, person: str, right: bool, elsewhere: bool, browser: int) -> None:
        """Address and password, in the person's own browser or another one."""
        self.type_password(browser if elsewhere else NAMES.index(person), person, right=right)

    def type_password(self, browser: int, person: str, *, right: bool = True) -> bool:
        """The first step."""
        password = self.witness.passwords[person] if right else "a guess that is wrong"
        before, asker = self.browsers[browser].session, f"browser-{browser}/{self.sign_ins[browser] + 1}"
        with self.doing("sign in", person, asker) as act:
            blocked = self.password_blocked(person)
            answer = self.browsers[browser].post("/login", email=self.email(person), password=password)
            passed = self.took_session(browser, before)
            assert not (passed and not right), "2: a wrong password opened a session"
            assert not (passed and blocked), "5: a password was judged while its counters are blocked"
            if passed:
                self.sign_ins[browser] += 1
                self.people[browser], self.typed_at[browser] = person, self.now
                self.stepped.pop(browser, None)
            elif self.refused(answer) and not right:
                act.failed_by = person
        return passed

    def second_step(self, browser: int, how: str, pick: int, *, remember: bool, tabs: int = 2) -> None:
        """A code of the app or by SMS."""
        person = self.people.get(browser)
        if person is None:
            return
        asker, held = self.asker(browser), self.browsers[browser]
        if how == "right" and self.totp(person) is None and self.witness.newest("code:login_sms", asker) is None:
            with self.doing("send", person, asker):
                held.post("/login/second-step/send")
        sent = self.witness.newest("code:login_sms", asker)
        code = self.code(how, pick, self.totp(person) or (sent.code if sent else None))
        if code is not None:
            self.show(
                browser, person, "/login/second-step", "code:login_sms", tabs=tabs, code=code, remember="yes" * remember
            )

    def step_up(self, browser: int, how: str, pick: int) -> None:
        """The same again before a change."""
        person = self.people.get(browser)
        if person is None:
            return
        asker = self.asker(browser)
        if how == "right" and self.totp(person) is None:
            with self.doing("send", person, asker):
                self.browsers[browser].post("/login/step-up/send")
        sent = self.witness.newest("code:step_up_sms", asker)
        code = self.code(how, pick, self.totp(person) or (sent.code if sent else None))
        if code is not None:
            self.show(browser, person, "/login/step-up", "code:step_up_sms", code=code)

    def show(self, browser: int, person: str, path: str, kind: str, *, tabs: int = 2, **fields: str) -> bool:
        """Types a code where a strong factor is asked for, in so many tabs at once."""
        held, asker = self.browsers[browser], self.asker(browser)
        before, live = held.session, self.rows.live(self.id(person))
        with self.doing(path, person, asker) as act:
            answers = held.posts(path, tabs, **fields)
            passed = [answer for answer in answers if answer.status == 303 and self.leads_in(answer.path)]
            if self.took_session(browser, before):
                assert len(passed) <= 1, "4: one code was accepted twice at once"
                if not self.witness.accept_step(fields["code"], live, now=self.now):
                    self.witness.accept_letter(fields["code"], kind, asker, person, now=self.now)
                self.passed(browser, person, remember=bool(fields.get("remember")))
                return True
            if any(self.refused(answer) for answer in answers) and self.has_digits(person):
                act.failed_by = person
        return False

    @staticmethod
    def leads_in(path: str) -> bool:
        """Whether a redirect goes on, and not back to the password or the step-up."""
        return not path.startswith(("/login?", "/login/step-up", "/login/second-step")) and path != "/login"

    def passed(self, browser: int, person: str, *, remember: bool = False) -> None:
        """A strong second step was done here."""
        self.showed(browser, person)
        self.strong[browser, person] = self.now
        if remember and "zoe_device" in self.browsers[browser].cookies:
            self.witness.secrets.add(self.browsers[browser].cookies["zoe_device"][0])

    def mailed_step(self, browser: int, how: str, pick: int) -> None:
        """A8: the code by e-mail, which gives no step-up."""
        person, held, asker = self.people.get(browser), self.browsers[browser], self.asker(browser)
        if person is None:
            return
        kind = "code:login_email"
        if self.witness.newest(kind, asker) is None:
            with self.doing("send", person, asker):
                held.post("/login/methods")
        sent = self.witness.newest(kind, asker)
        code, before = self.code(how, pick, sent.code if sent else None), held.session
        if code is None:
            return
        with self.doing("mailed step", person, asker) as act:
            answer = held.post("/login/methods", code=code)
            if self.took_session(browser, before):
                self.witness.accept_letter(code, kind, asker, person, now=self.now)
                self.stepped.pop(browser, None)
            elif (
                self.refused(answer) and before is not None and self.awaited("login_email", self.session_of(before).id)
            ):
                act.failed_by = person

    def recovery_code(self, browser: int, how: str, pick: int) -> None:
        """One of the ten, at the second step or as step-up."""
        person = self.people.get(browser)
        code = self.a_recovery_code(person, how, pick) if person is not None else None
        if person is None or code is None:
            return
        held, asker, before = self.browsers[browser], self.asker(browser), self.browsers[browser].session
        with self.doing("recovery code", person, asker) as act:
            answers = held.posts("/login/recovery-code", 2, recovery_code=code)
            if self.took_session(browser, before):
                self.accept_recovery_code(person, code)
                self.passed(browser, person)
            elif any(self.refused(answer) for answer in answers):
                act.failed_by = person

    def a_recovery_code(self, person: str, how: str, pick: int) -> str | None:
        """One to type."""
        if how == "wrong":
            return "00000-00000-00000"
        mine, used = self.witness.recovery[person], self.witness.used_recovery
        if how == "foreign":
            known = [code for name in NAMES if name != person for code in self.witness.recovery[name]]
        elif how == "used":
            known = sorted(used)
        else:
            known = [code for code in mine if code not in used]
        return known[pick % len(known)] if known else None

    def accept_recovery_code(self, person: str, code: str) -> None:
        """It has to be that person's, and unused."""
        assert code in self.witness.recovery[person], "3: a recovery code of somebody else was accepted"
        assert code not in self.witness.used_recovery, "4: a recovery code was accepted twice"
        self.witness.used_recovery.add(code)

    def show_passkey(self, browser: int, whose: int) -> None:
        """A passkey, at the second step or as step-up."""
        person, held = self.people.get(browser), self.browsers[browser]
        if person is None:
            return
        owners = sorted(self.passkeys)
        owner = person if person in self.passkeys and whose % 3 else owners[whose % len(owners)]
        before, asker = held.session, self.asker(browser)
        with self.doing("passkey", person, asker):
            options = held.post("/login/passkey/options").json
            if not isinstance(options, dict):
                return
            answer = self.passkeys[owner][1].answer(options)
            held.post("/login/passkey", credential=answer)
            if self.took_session(browser, before):
                factor = self.passkeys[owner][0]
                assert owner == person, "3: somebody else's passkey was accepted"
                assert factor in self.rows.live(self.id(person)), "2: a passkey that is not live was accepted"
                self.passed(browser, person)

    def change_passkeys(self, browser: int, *, add: bool) -> None:
        """Adds a passkey, or removes it: behind a step-up."""
        person, held = self.people.get(browser), self.browsers[browser]
        if person is None or (not add and person not in self.passkeys):
            return
        base = "/account/security/passkeys"
        if not add:
            gone = frozenset({person}) if self.is_stepped(browser) else frozenset()
            with self.doing("remove passkey", person, changes=person, may_revoke=gone):
                held.post(f"{base}/{self.passkeys[person][0]}/remove")
            return
        device, before = Authenticator(), self.rows.live(self.id(person))
        with self.doing("add passkey", person, changes=person) as act:
            options = held.post(f"{base}/options").json
            if isinstance(options, dict):
                answer = held.post(base, credential=device.make(options), name="Laptop")
                act.what += f" {answer.path}"
        new = self.rows.live(self.id(person)) - before
        if new:
            assert self.is_stepped(browser), "2: a passkey was added without a step-up"
            self.passkeys[person] = (next(iter(new)), device)

    def end_sessions(self, browser: int, what: str) -> None:
        """Signing out: here, everywhere, everywhere else."""
        person, held = self.people.get(browser), self.browsers[browser]
        with self.doing(what, person):
            ended = held.post(f"/{what}")
        if person is not None and what in EVERYWHERE and ended.path.endswith(("why=everywhere", "?done")):
            self.forget_browsers(person)

    def activate(self, browser: int) -> None:
        """A2: from `none` to `must_enrol`."""
        with self.doing("activate", self.people.get(browser)):
            self.browsers[browser].post("/account/security/activate")

    def answer_held(self, browser: int, *, stop: bool) -> None:
        """Was that you? While a reset waits."""
        before = self.browsers[browser].session
        with self.doing("held", self.people.get(browser)):
            self.browsers[browser].post("/login/was-it-you", answer="stop" if stop else "mine")
            self.took_session(browser, before)

    def old_cookie(self, pick: int) -> None:
        """Somebody uses a session cookie that there once was: it opens what its user's state allows, and no more."""
        token = self.witness.tokens[-1 - pick % len(self.witness.tokens)]
        stranger = self.stage.browser("thief", 99)
        stranger.cookies["zoe_session"] = (token, "/")
        with self.doing("old cookie", quiet=True):
            answer = stranger.get("/account/security/activity")
        row = self.session_of(token)
        if answer.status == 200:
            user = self.rows.users[row.user_id]
            allowed = {"none": {"limited"}, "must_enrol": set(), "enrolled": {"full", "full_email"}}[user.state]
            assert row.ended_at is None, "1: a session that has ended opened a page"
            assert self.now < row.expires_at, "1: a session that is over opened a page"
            assert row.level in allowed, f"1: {row.level} for somebody who is {user.state}"

    def awaited(self, purpose: str, session_id: str) -> bool:
        """Whether a session's code of that purpose is open, so that a wrong one is judged and counted."""
        return any(
            row.purpose == purpose and row.binding == f"session:{session_id}" and row.ended_at is None
            for row in self.rows.codes.values()
            if row.expires_at > self.now
        )

    def has_digits(self, person: str) -> bool:
        """Whether there is an app or a number against which a code can be wrong."""
        mine = (f for f in self.rows.factors.values() if f.user_id == self.id(person) and f.status == "live")
        return any(factor.kind in {"app", "sms"} for factor in mine)

    def session_of(self, token: str) -> Any:
        """The row of a cookie."""
        hashed = hashlib.sha256(token.encode()).hexdigest()
        return next(row for row in self.rows.sessions.values() if row.token == hashed)

    def password_blocked(self, person: str) -> bool:
        """Whether both counters of the person's password are blocked, so that nothing may be judged."""
        rows = [
            self.rows.counters.get((f"user:{self.id(person)}", bucket)) for bucket in ("password", "password:known")
        ]
        return all(row is not None and row.blocked_until is not None and row.blocked_until > self.now for row in rows)

    @rule(browser=BROWSERS, what=st.sampled_from(["end", "activate", "held", "old cookie", "old cookie"]), pick=PICK)
    def sessions(self, browser: int, what: str, pick: int) -> None:
        """Sessions end, go on, or are stolen."""
        if what == "end":
            self.end_sessions(browser, ENDINGS[pick % 3])
        elif what == "activate":
            self.activate(browser)
        elif what == "held":
            self.answer_held(browser, stop=pick % 2 == 0)
        elif self.witness.tokens:
            self.old_cookie(pick)
