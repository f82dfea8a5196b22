"""Operations that stop or take back: cancel links, disputes, references, holds, undo, reports."""

import re

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration.auth.stateful.acts import BROWSERS, HOW, NAMES, PERSONS, PICK, READY
from tests.integration.auth.stateful.resetting import Resetting
from tests.integration.auth.stateful.witness import Letter

REFERENCE = re.compile(r"\b[A-Z0-9]{3}-?[A-Z0-9]{3}\b")
COOKIE_OF = {
    "undo": ("zoe_undo", "/undo/"),
    "cancel": ("zoe_cancel", "/resets/cancel"),
    "not-me": ("zoe_not_me", "/not-me/event"),
    "report": ("zoe_report", "/report/"),
    "owner-dispute": ("zoe_owner_dispute", "/owner-dispute/"),
    "email-dispute": ("zoe_email_dispute", "/email-dispute/"),
}
"""Page → the cookie that its link is traded for, and where it is pressed."""
LINKS = st.sampled_from(["not-me", "resets", "owner-dispute", "email-dispute", "report", "undo"])


class TakingBack(Resetting):
    """Whoever has a mail, a code of the old method, or nothing."""

    def scan(self, page: str, pick: int, browser: int) -> None:
        """13: a scanner opens a link; nothing happens."""
        found = self.witness.linked(page)
        if found:
            with self.doing("scan", quiet=True):
                self.browsers[browser].get(f"/{page}/{found[-1 - pick % len(found)][1]}", follow=True)

    def not_me(self, pick: int, browser: int, *, newest: bool) -> None:
        """This was not me: by the link of any notice."""
        found = self.witness.linked("not-me")
        if found:
            letter, token = found[-1 - (0 if newest else pick) % len(found)]
            self.press("not-me", letter, token, browser)

    def press_cancel(self, pick: int, browser: int) -> None:
        """The link that stops a waiting reset; the status link has no such power."""
        found = self.witness.linked("resets")
        if found:
            letter, token = found[-1 - pick % len(found)]
            with self.doing("cancel link", letter.user):
                self.browsers[browser].get(f"/resets/{token}")
                self.browsers[browser].post("/resets/cancel")

    def dispute_owner(self, pick: int, browser: int) -> None:
        """The former owner's link."""
        found = self.witness.linked("owner-dispute")
        if found:
            letter, token = found[-1 - pick % len(found)]
            self.press("owner-dispute", letter, token, browser)

    def dispute_email(self, pick: int, browser: int) -> None:
        """The link of the mail to an address that was left."""
        found = self.witness.linked("email-dispute")
        if found:
            letter, token = found[-1 - pick % len(found)]
            self.press("email-dispute", letter, token, browser)

    def answer_email(self, browser: int, ready: bool, counts: str, *, right: bool) -> None:
        """Which address counts, said with the password after a step-up."""
        self.get_in(browser, ready)
        person = self.people.get(browser)
        if person is not None:
            password = self.witness.passwords[person] if right else "a guess that is wrong"
            lawful = person if self.is_stepped(browser) and right else None
            with self.doing("answer email", person, changes=lawful):
                self.browsers[browser].post("/account/security/email/dispute", password=password, counts=counts)

    def report(self, pick: int, browser: int) -> None:
        """The link of a code mail: burns that code, freezes nothing."""
        found = self.witness.linked("report")
        if found:
            letter, token = found[-1 - pick % len(found)]
            self.press("report", letter, token, browser)
            letter.void = True

    def press(self, page: str, letter: Letter, token: str, browser: int) -> None:
        """Opens a link and presses the button."""
        with self.doing(f"press {page}", letter.user):
            self.browsers[browser].get(f"/{page}/{token}")
            self.browsers[browser].post(COOKIE_OF[page][1])

    def cross_link(self, has: str, page: str, pick: int) -> None:
        """13: one token, one power: a token is put where another one belongs."""
        found = self.witness.linked(has)
        if not found or has == page or (has, page) == ("resets", "cancel"):
            return
        thief = self.stage.browser("thief", 98)
        name, path = COOKIE_OF[page]
        thief.cookies[name] = (found[-1 - pick % len(found)][1], path)
        with self.doing("cross link", quiet=True):
            thief.post(path, password="a guess that is wrong")

    def put_off(self, pick: int) -> None:
        """The reference of a notice by SMS: a day's delay, once."""
        known = list(self.rows.resets.values())
        if known:
            reset = known[-1 - pick % len(known)]
            with self.doing("put off", self.witness.name_of(reset.target_id)):
                self.browsers[-1].post("/not-me", reference=reset.reference)

    def stop_own(self, browser: int, ready: bool) -> None:
        """The stop button in a session."""
        self.get_in(browser, ready)
        with self.doing("stop own", self.people.get(browser)):
            self.browsers[browser].post("/account/security/reset/stop")

    def lift_hold(self, browser: int, ready: bool, *, right: bool) -> None:
        """Ends a hold, with the password and an older factor."""
        self.get_in(browser, ready)
        person = self.people.get(browser)
        if person is not None:
            password = self.witness.passwords[person] if right else "a guess that is wrong"
            with self.doing("lift" if right and self.is_stepped(browser) else "lift in vain", person):
                self.browsers[browser].post("/account/security/hold", password=password)

    def begin_undo(self, pick: int, browser: int, *, right: bool) -> None:
        """The password at the undo page."""
        found = self.witness.linked("undo")
        if not found:
            return
        letter, token = found[-1 - pick % len(found)]
        person = letter.user
        if person is None:
            return
        held, asker = self.browsers[browser], f"browser-{browser}/undo-{len(self.witness.letters)}"
        password = self.witness.passwords[person] if right else "a guess that is wrong"
        with self.doing("undo password", person, asker) as act:
            held.get(f"/undo/{token}")
            answer = held.post("/undo/", password=password)
            if answer.path == "/undo/code":
                assert right, "2: an undo began with a wrong password"
                self.undoing[browser] = (asker, person)
            elif answer.status == 422 and not right:
                act.failed_by = person

    def undo(self, browser: int, how: str, pick: int) -> None:
        """The code of the revoked factor."""
        if browser not in self.undoing:
            return
        asker, person = self.undoing[browser]
        sent = self.witness.newest("code:undo_sms", asker)
        code = self.code(how, pick, sent.code if sent else self.totp(person, "revoked"))
        if code is None:
            return
        revoked = [f.id for f in self.rows.factors.values() if f.user_id == self.id(person) and f.status == "revoked"]
        gone = frozenset({person})
        with self.doing("undo", person, asker, undo=True, may_revoke=gone, changes=person):
            answers = self.browsers[browser].posts("/undo/code", 2, code=code)
            done = [answer for answer in answers if answer.path == "/undo/code"]
            if done and not self.witness.accept_step(code, revoked, now=self.now):
                self.witness.accept_letter(code, "code:undo_sms", asker, person, now=self.now)
        if done:
            self.undoing.pop(browser)

    def undo_through(self, person: str) -> None:
        """All of it, with the newest link."""
        found = [one for one in self.witness.linked("undo") if one[0].user == person]
        if found:
            self.later(minutes=2)
            pick = len(self.witness.linked("undo")) - 1 - self.witness.linked("undo").index(found[-1])
            self.begin_undo(pick, len(NAMES), right=True)
            self.undo(len(NAMES), "right", 0)

    @rule(way=st.sampled_from(["scan", "press", "press", "cancel", "cross"]), page=LINKS, pick=PICK, browser=BROWSERS)
    def links(self, way: str, page: str, pick: int, browser: int) -> None:
        """A link out of any mail: looked at, pressed, or put where another one belongs."""
        if way == "scan":
            self.scan(page, pick, browser)
        elif way == "cancel":
            self.press_cancel(pick, browser)
        elif way == "cross":
            self.cross_link(page, sorted(COOKIE_OF)[pick % len(COOKIE_OF)], pick)
        elif page == "not-me":
            self.not_me(pick, browser, newest=pick % 2 == 0)
        elif page == "owner-dispute":
            self.dispute_owner(pick, browser)
        elif page == "email-dispute":
            self.dispute_email(pick, browser)
        elif page == "report":
            self.report(pick, browser)

    @rule(browser=BROWSERS, ready=READY, what=st.sampled_from(["put off", "stop", "lift", "lift"]), pick=PICK)
    def holds(self, browser: int, ready: bool, what: str, pick: int) -> None:
        """What a reference, a session or an older factor does."""
        if what == "put off":
            self.put_off(pick)
        elif what == "stop":
            self.stop_own(browser, ready)
        else:
            self.lift_hold(browser, ready, right=pick % 4 != 0)

    @rule(person=PERSONS, browser=BROWSERS, step=st.sampled_from(["through", "begin", "code"]), how=HOW, pick=PICK)
    def undoing_of(self, person: str, browser: int, step: str, how: str, pick: int) -> None:
        """An undo, page by page or all of it."""
        if step == "through":
            self.undo_through(person)
        elif step == "begin":
            self.begin_undo(pick, browser, right=how == "right")
        else:
            self.undo(browser, how, pick)
