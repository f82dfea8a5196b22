"""Operations of accounts and sign-in data: owner, members, approvals, password, notice address, recovery codes."""

from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration.auth.stateful.acts import BROWSERS, HOW, NAMES, PERSONS, PICK, READY
from tests.integration.auth.stateful.taking_back import TakingBack
from tests.integration.auth.stateful.witness import Seen

FORGOT = "/login/forgot"
OWNERS = st.sampled_from(["hand over", "take back", "start", "start", "ask", "decide", "remove", "bring-back"])
FORGOTTEN = st.sampled_from(["through", "through", "password", "address", "mail", "half"])
HALVES = st.sampled_from(["code", "recovery-code"])
DATA = st.sampled_from(["password", "notice", "codes", "email"])
ODD = st.sampled_from([False, False, True])
SECOND = st.sampled_from(["second@mail.example", "bruno@acme.example"])


class Owning(TakingBack):
    """What people change of their own, and owners of others."""

    def __init__(self) -> None:
        super().__init__()
        self.halves: dict[int, tuple[str, datetime]] = {}
        """Browser → what its forgotten password has shown, and when."""

    def hand_over(self, browser: int, ready: bool, member: str) -> None:
        """A change of owner, on the Members page."""
        self.get_in(browser, ready)
        person = self.people.get(browser)
        with self.doing("hand over" if self.is_stepped(browser) else "no step-up", person, changes=member):
            self.browsers[browser].post(f"/account/members/{self.id(member)}/owner")

    def take_back(self, browser: int, ready: bool) -> None:
        """The former owner takes the account back."""
        self.get_in(browser, ready)
        person = self.people.get(browser)
        with self.doing("take back" if self.is_stepped(browser) else "no step-up", person):
            self.browsers[browser].post("/account/members/take-back")

    def remove(self, browser: int, ready: bool, member: str, what: str) -> None:
        """The owner puts a member out, or brings them back."""
        self.get_in(browser, ready)
        with self.doing(what if self.is_stepped(browser) else "no step-up", self.people.get(browser)):
            self.browsers[browser].post(f"/account/members/{self.id(member)}/{what}")

    def start_for_member(self, browser: int, ready: bool, member: str, reason: str) -> None:
        """The owner starts a reset for somebody."""
        self.get_in(browser, ready)
        person = self.people.get(browser)
        owner = person is not None and self.rows.account_of(self.id(member)).owner_id == self.id(person)
        lawful = owner and self.is_stepped(browser) and person != member
        seen = self.seen_on_members_page(browser, member)
        proves = frozenset({"password", "step_up", "owner", "confirmation"}) if lawful else frozenset()
        with self.doing("start for member", member, may_prove=proves):
            self.browsers[browser].post(f"/account/members/{self.id(member)}/reset", reason=reason)
            known = set(self.rows.resets)
            new = [row for row in self.stage.reader.resets() if row.id not in known]
            self.witness.resets.update({row.id: seen for row in new})

    def seen_on_members_page(self, browser: int, member: str) -> Seen:
        """What is true of a member when their owner presses."""
        user_id = self.id(member)
        account, user = self.rows.account_of(user_id), self.rows.users[user_id]
        seen = Seen(member, email_at=self.now, email=user.email, password_at=self.now, by_owner=True)
        seen.password_hash, seen.yes_at, seen.live = user.password_hash, self.now, self.rows.live(user_id)
        seen.owner, owner = account.owner_id, self.people.get(browser)
        strong = self.strong.get((browser, owner or ""))
        changed = self.witness.password_changed.get(owner or "")
        unknown = strong is None or (changed is not None and (self.now - changed).days < 7)
        seen.must_wait = unknown or self.must_wait(member, user, account, None)
        return seen

    def ask_owner(self, pick: int, reason: str, which: int) -> None:
        """A member passes the request to the owner."""
        if not self.chats:
            return
        chat, known = self.chat(pick), self.witness.nonces
        nonce = known[-1 - which % len(known)][0] if known and which > 20 else chat.nonce
        mine = [one for one in known if one[1] == chat.id]
        newest = bool(mine) and mine[-1][0] == nonce and (self.now - mine[-1][2]).total_seconds() < 600
        lawful = newest and nonce not in self.witness.spent_nonces
        reset = self.reset_of(chat)
        seen = self.witness.resets.get(reset.id) if reset is not None else None
        proves = frozenset({"confirmation"}) if lawful else frozenset()
        with self.doing("ask owner", seen.person if seen else None, chat=chat.id, may_prove=proves):
            outcome = chat.hand_in("owner-requests", nonce=nonce, reason=reason)["outcome"]
            if outcome == "recorded":
                assert lawful, "3: a request was passed on with a nonce that is not this chat's newest"
                assert seen is not None, "2: nothing was passed on"
                self.witness.spent_nonces.add(nonce)
                self.write_down(seen, chat)

    def decide(self, browser: int, ready: bool, pick: int, *, yes: bool) -> None:
        """The owner's press, or somebody else's."""
        self.get_in(browser, ready)
        asked = list(self.rows.requests.values())
        if not asked:
            return
        request = asked[-1 - pick % len(asked)]
        person, seen = self.people.get(browser), self.witness.resets[request.reset_id]
        owner = person is not None and self.rows.accounts[request.account_id].owner_id == self.id(person)
        lawful = owner and self.is_stepped(browser)
        proves = frozenset({"owner"}) if lawful and yes else frozenset()
        chat = self.rows.resets[request.reset_id].conversation_id
        user = self.rows.users[request.member_id]
        held = next((one for one in self.chats if one.id == chat), None)
        wait = held is None or self.must_wait(seen.person, user, self.rows.account_of(user.id), held)
        if lawful and yes and seen.approved_at is None:
            seen.approved_at, seen.must_wait = self.now, wait and held is not None
        with self.doing("decide", seen.person, chat=chat, may_prove=proves):
            self.browsers[browser].post(f"/account/requests/{request.id}/{'approve' if yes else 'refuse'}")

    def change_password(self, browser: int, ready: bool, *, right: bool) -> None:
        """Behind a step-up, with the current password."""
        self.get_in(browser, ready)
        person = self.people.get(browser)
        if person is None:
            return
        new, old_hash = f"{person} changed it, number {len(self.witness.letters)}", self.hash_of(person)
        old = self.witness.passwords[person] if right else "a guess that is wrong"
        stepped = self.is_stepped(browser)
        with self.doing("change password", person, changes=person if stepped and right else None):
            self.browsers[browser].post("/account/security/password", current_password=old, new_password=new)
        self.learn_password(person, new, old_hash)

    def notice_address(self, browser: int, ready: bool, address: str, *, remove: bool) -> None:
        """The second address: asked, confirmed with a code that went there, or removed."""
        self.get_in(browser, ready)
        person, held = self.people.get(browser), self.browsers[browser]
        if person is None:
            return
        base, asker = "/account/security/notice-address", f"notice-{person}"
        lawful = person if self.is_stepped(browser) else None
        before = self.rows.users[self.id(person)].notice_email
        if remove and before:
            with self.doing("notice", person, changes=lawful):
                held.post(f"{base}/remove")
            return
        with self.doing("notice", person, asker):
            held.post(base, address=address)
        sent = self.witness.newest("code:notice_address", asker)
        if sent is not None:
            with self.doing("notice", person, asker, changes=lawful):
                held.post(f"{base}/code", code=sent.code)
            if self.rows.users[self.id(person)].notice_email not in {before, None}:
                self.witness.accept_letter(sent.code, "code:notice_address", asker, person, now=self.now)

    def change_email(self, browser: int, ready: bool, *, right: bool) -> None:
        """The registered address: with password and step-up, and a code to the new mailbox."""
        self.get_in(browser, ready)
        person, base = self.people.get(browser), "/account/security/email"
        if person is None:
            return
        held, asker = self.browsers[browser], f"email-{person}-{len(self.witness.letters)}"
        address = f"{person}-{len(self.witness.letters)}@new.example"
        password = self.witness.passwords[person] if right else "a guess that is wrong"
        lawful = person if self.is_stepped(browser) and right else None
        with self.doing("change email", person, asker):
            held.post(base, address=address, current_password=password)
        sent = self.witness.newest("code:new_email", asker)
        if sent is not None:
            with self.doing("change email", person, changes=lawful):
                if held.post(f"{base}/code", code=sent.code).path.endswith("?done=email"):
                    self.witness.accept_letter(sent.code, "code:new_email", asker, person, now=self.now)

    def new_codes(self, browser: int, ready: bool) -> None:
        """Ten new recovery codes."""
        self.get_in(browser, ready)
        person = self.people.get(browser)
        if person is not None:
            lawful = person if self.is_stepped(browser) else None
            with self.doing("new codes", person, changes=lawful):
                self.browsers[browser].post("/account/security/recovery-codes/new")
            self.read_recovery_codes(browser, person)

    def forget_password(self, browser: int, whose: str) -> None:
        """The address of a forgotten password."""
        address = whose if "@" in whose else self.email(whose)
        asker = f"browser-{browser}/forgot-{len(self.witness.letters)}"
        with self.doing("forgot", self.witness.person_of(address, self.rows), asker):
            answer = self.browsers[browser].post(FORGOT, email=address)
            if answer.status == 303:
                self.forgotten[browser] = (asker, address)
                self.halves.pop(browser, None)

    def forgotten_mail(self, browser: int, how: str, pick: int) -> None:
        """Its mailed code."""
        if browser not in self.forgotten:
            return
        asker, address = self.forgotten[browser]
        sent, person = self.witness.newest("code:forgotten_email", asker), self.witness.person_of(address, self.rows)
        code = self.code(how, pick, sent.code if sent else None)
        if code is None:
            return
        with self.doing("forgot mail", person, asker):
            answers = self.browsers[browser].posts(f"{FORGOT}/mail", 2, code=code)
            proven = self.stage.reader.mail_proven(self.browsers[browser].cookies.get("zoe_forgot", ("", ""))[0])
            if proven and browser not in self.halves:
                assert person is not None, "3: a code for an address that nobody has was accepted"
                self.witness.accept_letter(code, "code:forgotten_email", asker, person, now=self.now)
                self.halves[browser] = ("mail", self.now)
            assert answers

    def forgotten_half(self, browser: int, kind: str, how: str, pick: int) -> None:
        """Its second half: app, SMS or a recovery code."""
        if browser not in self.forgotten:
            return
        asker, address = self.forgotten[browser]
        person, held = self.witness.person_of(address, self.rows), self.browsers[browser]
        if person is None:
            return
        if kind == "recovery-code":
            code = self.a_recovery_code(person, {"stolen": "foreign"}.get(how, how), pick)
            field = "recovery_code"
        else:
            if self.totp(person) is None:
                with self.doing("send", person, asker):
                    held.post(f"{FORGOT}/code/send")
            sent, field = self.witness.newest("code:forgotten_sms", asker), "code"
            code = self.code(how, pick, self.totp(person) or (sent.code if sent else None))
        if code is None:
            return
        live = self.rows.live(self.id(person))
        with self.doing("forgot half", person, asker):
            before = self.second_half(browser)
            held.posts(f"{FORGOT}/{kind}", 2, **{field: code})
            if before is None and self.second_half(browser) is not None:
                assert browser in self.halves, "2: the second half counted without the mailed code"
                if field == "recovery_code":
                    self.accept_recovery_code(person, code)
                elif not self.witness.accept_step(code, live, now=self.now):
                    self.witness.accept_letter(code, "code:forgotten_sms", asker, person, now=self.now)
                self.halves[browser] = (kind, self.now)

    def second_half(self, browser: int) -> datetime | None:
        """From when this browser may choose a password, as the row has it."""
        row = self.stage.reader.forgotten_of(self.browsers[browser].cookies.get("zoe_forgot", ("", ""))[0])
        return row.not_before if row is not None else None

    def forgotten_password(self, browser: int) -> None:
        """The new password: at once after a recovery code, after 24 h otherwise."""
        if browser not in self.forgotten:
            return
        person = self.witness.person_of(self.forgotten[browser][1], self.rows)
        if person is None:
            return
        kind, at = self.halves.get(browser, ("", self.now))
        waited = (self.now - at).total_seconds() >= 86400
        lawful = kind == "recovery-code" or (kind == "code" and waited)
        new, old_hash = f"{person} remembers number {len(self.witness.letters)}", self.hash_of(person)
        with self.doing("forgot password", person, changes=person if lawful else None):
            self.browsers[browser].post(f"{FORGOT}/password", new_password=new)
        self.learn_password(person, new, old_hash)

    def forget_through(self, person: str, kind: str) -> None:
        """All of it but the new password."""
        browser = NAMES.index(person)
        self.later(minutes=2)
        self.forget_password(browser, person)
        self.forgotten_mail(browser, "right", 0)
        self.forgotten_half(browser, kind, "right", 0)
        if kind == "recovery-code":
            self.forgotten_password(browser)

    @rule(browser=BROWSERS, ready=READY, what=OWNERS, member=PERSONS, pick=PICK, yes=st.booleans())
    def own(self, browser: int, ready: bool, what: str, member: str, pick: int, yes: bool) -> None:
        """What owners, former owners and members do with each other."""
        if what == "hand over":
            self.hand_over(browser, ready, member)
        elif what == "take back":
            self.take_back(browser, ready)
        elif what == "start":
            self.start_for_member(browser, ready, member, "stolen" if yes else "lost_device")
        elif what in {"remove", "bring-back"}:
            self.remove(browser, ready, member, what)
        elif what == "ask":
            self.ask_owner(pick, "lost_device", pick)
        else:
            self.decide(browser, ready, pick, yes=yes)

    @rule(browser=BROWSERS, ready=READY, what=DATA, address=SECOND, odd=ODD)
    def own_data(self, browser: int, ready: bool, what: str, address: str, odd: bool) -> None:
        """What people change of their own."""
        if what == "password":
            self.change_password(browser, ready, right=not odd)
        elif what == "email":
            self.change_email(browser, ready, right=not odd)
        elif what == "notice":
            self.notice_address(browser, ready, address, remove=odd)
        else:
            self.new_codes(browser, ready)

    @rule(browser=BROWSERS, step=FORGOTTEN, whose=st.sampled_from(NAMES), kind=HALVES, how=HOW, pick=PICK)
    def forget(self, browser: int, step: str, whose: str, kind: str, how: str, pick: int) -> None:
        """A forgotten password, page by page or all of it."""
        if step == "through":
            self.forget_through(whose, kind)
        elif step == "address":
            self.forget_password(browser, whose if pick % 5 else "nobody@nowhere.example")
        elif step == "mail":
            self.forgotten_mail(browser, how, pick)
        elif step == "half":
            self.forgotten_half(browser, kind, how, pick)
        else:
            self.forgotten_password(browser)
