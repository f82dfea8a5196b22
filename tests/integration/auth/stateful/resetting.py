"""Operations of a reset in the chat: claim, proofs, yes, execution, and everything typed into the wrong place."""

import re
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.integration.auth.stateful.acts import BROWSERS, HOW, NAMES, PERSONS, PICK
from tests.integration.auth.stateful.cast import NOBODY
from tests.integration.auth.stateful.chats import Chat, open_chat
from tests.integration.auth.stateful.enrolling import Enrolling
from tests.integration.auth.stateful.neutral import hides_everything
from tests.integration.auth.stateful.witness import Seen

CHATS = 6
RETURN_CODE = re.compile(r"<output>([A-Z]{3}-[A-Z]{3})</output>")
REASONS = st.sampled_from(["lost_device", "new_number", "stolen", None])
REPLIES = ("yes", "sim", "sí", "no", "yes?", "yes, but wait", "yess")
OPENS = st.sampled_from(["web", "embed", "", ""])
WHOSE = st.sampled_from([*NAMES, *NAMES, *NOBODY])
SELDOM = st.sampled_from([False, False, False, True])
YES = {"yes", "sim", "sí"}
has_chat = precondition(lambda self: bool(self.chats))


class Resetting(Enrolling):
    """Chats of anybody about anybody."""

    def open_chat(self, browser: int, channel: str, *, signed_in: bool) -> Chat:
        """The same; the older ones are kept up to a number."""
        held = self.browsers[browser]
        with self.doing("open chat"):
            chat = open_chat(self.stage, held, browser, channel, with_session=signed_in)
        row = self.session_of(held.session) if signed_in and held.session else None
        if channel == "web" and row is not None and row.ended_at is None:
            chat.signed_in = self.witness.name_of(row.user_id)
            chat.password_at = row.password_at if row.level == "password" else None
        self.chats = [*self.chats[-CHATS + 1 :], chat]
        return chat

    def chat(self, pick: int) -> Chat:
        """One of those that are open, the newest for 0."""
        return self.chats[-1 - pick % len(self.chats)]

    def name_address(self, chat: Chat, address: str, reason: str | None) -> None:
        """The same for one chat."""
        asker = f"{chat.id}/{len(chat.claims) + 1}"
        with self.doing("claim", self.witness.person_of(address, self.rows), asker):
            answer = chat.act("reset/open", {"address": address, "reason": reason, "lang": "en"}).json
            if answer["outcome"] == "sent":
                chat.claims.append(address)
        chat.named.append(address)
        hides_everything(answer["facts"])

    def resend(self, pick: int) -> None:
        """Another mail with a code."""
        chat = self.chat(pick)
        if chat.address is not None:
            with self.doing("resend", self.witness.person_of(chat.address, self.rows), chat.asker):
                chat.act("reset/resend", {"lang": "en"})

    @has_chat
    @rule(pick=PICK, how=HOW, which=PICK)
    def type_code(self, pick: int, how: str, which: int) -> None:
        """The mailed code, a code that a page showed, or another one."""
        if which % 8 == 7:
            self.type_return_code(pick, which)
            return
        chat = self.chat(pick)
        letter = self.witness.newest("code:reset_email", chat.asker)
        code = self.code(how, which, letter.code if letter else None)
        if code is None:
            return
        person = self.witness.person_of(chat.address, self.rows) if chat.address else None
        right = letter is not None and code == letter.code
        carried = self.carries_password(chat, person)
        proves = frozenset({"email", "owner"} | ({"password"} if carried else set())) if right else frozenset()
        counted = self.claim_is_open(chat)
        with self.doing("code", person, chat.asker, chat=chat.id, may_prove=proves) as act:
            outcome = chat.hand_in("codes", code=code)["outcome"]
            if outcome == "accepted":
                assert person is not None, "3: a code for an address that nobody has was accepted"
                self.witness.accept_letter(code, "code:reset_email", chat.asker, person, now=self.now)
            elif outcome == "wrong" and counted:
                act.failed_by = person or "address"
        for reset in self.new_resets(chat):
            assert person is not None, "2: a reset without a person"
            seen = Seen(person, email_at=self.now, email=self.email(person))
            self.witness.resets[reset.id] = seen
            if "password" in self.proofs_of(reset.id):
                seen.password_at, seen.password_hash = chat.password_at, self.hash_of(person)
            chat.links.clear()

    def carries_password(self, chat: Chat, person: str | None) -> bool:
        """Whether the chat was opened at the second step, at most ten minutes after that person's password."""
        if chat.password_at is None or chat.signed_in != person or set(chat.named) - {chat.address}:
            return False
        return (self.now - chat.password_at).total_seconds() <= 600

    def claim_is_open(self, chat: Chat) -> bool:
        """Whether a code of this chat is awaited, so that a wrong one is counted."""
        letters = [letter for letter in self.witness.letters if letter.asker == chat.asker]
        return bool(letters) and not letters[-1].used

    def new_resets(self, chat: Chat) -> list[Any]:
        """Resets of a chat that were not seen before."""
        known = self.witness.resets
        return [row for row in self.rows.resets.values() if row.conversation_id == chat.id and row.id not in known]

    def proofs_of(self, reset_id: str) -> set[str]:
        """Kinds of proof rows."""
        return {row.kind.value for row in self.rows.proofs.values() if row.reset_id == reset_id}

    def hash_of(self, person: str) -> str:
        """The stored password."""
        return str(self.rows.users[self.id(person)].password_hash)

    def reset_of(self, chat: Chat) -> Any:
        """The reset that a chat's newest proven claim made."""
        mine = [row for row in self.rows.resets.values() if row.conversation_id == chat.id]
        return mine[-1] if mine else None

    @has_chat
    @rule(pick=PICK, browser=BROWSERS, own=st.sampled_from([True, True, True, False]), right=st.booleans(), old=PICK)
    def verify(self, pick: int, browser: int, own: bool, right: bool, old: int) -> None:
        """The verify page: in the chat's own browser or another one, by the newest link or an older one."""
        chat = self.chat(pick)
        with self.doing("verify link", quiet=True, chat=chat.id):
            made = chat.tell("verify-link", {"lang": "en"})
        if "url" in made:
            chat.links.append(made["url"].removeprefix("http://localhost:8080"))
            self.witness.secrets.add(chat.links[-1].rpartition("/")[2])
        if chat.links:
            path = chat.links[-1 - (old // 20) % len(chat.links)]
            self.type_at_verify(chat, chat.browser if own else browser, path, right=right or own)

    def type_at_verify(self, chat: Chat, browser: int, path: str, *, right: bool) -> None:
        """Password of the claim's person, or a wrong one."""
        reset = self.reset_of(chat)
        person = self.witness.resets[reset.id].person if reset is not None else None
        if person is None:
            return
        held, password = self.browsers[browser], self.witness.passwords[person]
        held.get(path)
        own = browser == chat.browser and chat.channel == "web"
        proves = frozenset({"password", "owner"}) if own and right else frozenset()
        with self.doing("verify", person, chat.asker, chat=chat.id, may_prove=proves) as act:
            answer = held.post("/verify/", password=password if right else "not the password of it")
            if answer.status == 422 and not right:
                act.failed_by = person
                self.witness.failed.setdefault(person, []).append(self.now)
            code = RETURN_CODE.search(answer.text)
            if code is not None:
                chat.return_code, chat.return_password = code[1], self.hash_of(person)
        self.note_password(reset.id, self.hash_of(person))

    def note_password(self, reset_id: str, password_hash: str) -> None:
        """The witness writes down when the password became a proof."""
        seen = self.witness.resets[reset_id]
        if seen.password_at is None and "password" in self.proofs_of(reset_id):
            seen.password_at, seen.password_hash = self.now, password_hash

    def type_return_code(self, pick: int, other: int) -> None:
        """The code that a page in another browser showed, typed into this chat or the wrong one."""
        chat, source = self.chat(pick), self.chat(other if other % 3 == 0 else pick)
        if source.return_code is None:
            return
        reset = self.reset_of(chat)
        person = self.witness.resets[reset.id].person if reset is not None else None
        proves = frozenset({"password", "owner"}) if source is chat else frozenset()
        with self.doing("return code", person, chat.asker, chat=chat.id, may_prove=proves):
            outcome = chat.hand_in("return-codes", code=source.return_code)["outcome"]
            assert outcome != "accepted" or source is chat, "3: a return code of another chat was accepted"
        if outcome == "accepted" and reset is not None and person is not None:
            self.note_password(reset.id, chat.return_password)
            chat.return_code = None

    def ask_card(self, pick: int) -> None:
        """The card with the nonce."""
        chat = self.chat(pick)
        reset = self.reset_of(chat)
        person = self.witness.resets[reset.id].person if reset is not None else None
        with self.doing("card", person, chat=chat.id, may_prove=frozenset({"owner"})):
            card = chat.tell("confirmation-card", {"lang": "en"})
        if "nonce" in card:
            chat.nonce = card["nonce"]
            self.witness.nonces.append((chat.nonce, chat.id, self.now))
            self.witness.secrets.add(chat.nonce)

    @has_chat
    @rule(pick=PICK, how=st.sampled_from(["button", "any nonce", *REPLIES]), which=PICK)
    def yes(self, pick: int, how: str, which: int) -> None:
        """The button, a nonce that was seen anywhere, or words."""
        chat, known = self.chat(pick), self.witness.nonces
        if how in REPLIES:
            self.say_yes(chat, chat.nonce, text=how, written_at=self.now.isoformat())
        else:
            if which % 4:
                self.ask_card(pick)
            self.say_yes(chat, known[which % len(known)][0] if how == "any nonce" and known else chat.nonce)

    def say_yes(self, chat: Chat, nonce: str, **said: str) -> None:
        """A press or reply; lawful only with the newest nonce of this very chat, ten minutes long, once."""
        mine = [one for one in self.witness.nonces if one[1] == chat.id]
        newest = bool(mine) and mine[-1][0] == nonce and (self.now - mine[-1][2]).total_seconds() < 600
        lawful = newest and nonce not in self.witness.spent_nonces and said.get("text", "yes") in YES
        reset = self.reset_of(chat)
        seen = self.witness.resets.get(reset.id) if reset is not None else None
        proves = frozenset({"confirmation", "owner"}) if lawful else frozenset({"owner"})
        person = seen.person if seen else None
        with self.doing("yes", person, chat.asker, chat=chat.id, may_prove=proves):
            outcomes = [chat.hand_in("confirmations", nonce=nonce, **said)["outcome"] for _ in range(2)]
            if "recorded" in outcomes:
                assert lawful, f"3: a yes was recorded that is none: {said or 'a nonce that is not this chat’s newest'}"
                assert outcomes.count("recorded") == 1, "4: a nonce was accepted twice"
                self.witness.spent_nonces.add(nonce)
                assert seen is not None, "2: a yes to nothing"
                self.write_down(seen, chat)

    def write_down(self, seen: Seen, chat: Chat | None) -> None:
        """What is true at the yes, in the words of rules.md: whether it must wait among it."""
        user_id = self.id(seen.person)
        account, user = self.rows.account_of(user_id), self.rows.users[user_id]
        seen.yes_at, seen.live, seen.owner = self.now, self.rows.live(user_id), account.owner_id
        seen.must_wait = self.must_wait(seen.person, user, account, chat)

    def must_wait(self, person: str, user: Any, account: Any, chat: Chat | None) -> bool:
        """The waiting rule, from what was seen."""
        days = lambda since: None if since is None else (self.now - since).total_seconds() / 86400  # noqa: E731
        recent = lambda since, most: since is not None and days(since) < most  # noqa: E731
        known = chat is None or (chat.channel == "web" and recent(self.strong.get((chat.browser, person)), 90))
        others = [row.confirmed_at for row in self.rows.resets.values() if row.target_id == user.id]
        kinds = {self.rows.factors[factor].kind.value for factor in self.rows.live(user.id)}
        failed = [at for at in self.witness.failed.get(person, []) if recent(at, 1)]
        return (
            not known
            or recent(self.witness.password_changed.get(person), 7)
            or (account.owner_epoch > 0 and recent(account.owner_changed_at, 7))
            or any(recent(at, 30) for at in others)
            or recent(user.disputed_at, 30)
            or "passkey" in kinds
            or len(failed) >= 3
        )

    @has_chat
    @rule(pick=PICK, what=st.sampled_from(["execute", "execute", "cancel", "check", "resend"]))
    def drive(self, pick: int, what: str) -> None:
        """What the dialogue asks for."""
        getattr(self, what)(pick)

    def execute(self, pick: int) -> None:
        """The dialogue asks for the execution, from two places at once."""
        chat = self.chat(pick)
        with self.doing("execute", chat=chat.id):
            chat.act("reset/execute")
            chat.act("reset/execute")

    def cancel(self, pick: int) -> None:
        """Stops it in the chat."""
        with self.doing("cancel"):
            self.chat(pick).act("reset/cancel")

    def check(self, pick: int) -> None:
        """The dialogue asks how things are."""
        chat = self.chat(pick)
        with self.doing("check", chat=chat.id, may_prove=frozenset({"owner"})):
            chat.act("reset/check")

    @rule(person=PERSONS, elsewhere=SELDOM, upto=st.integers(0, 3), reason=REASONS)
    def prove_through(self, person: str, elsewhere: bool, upto: int, reason: str | None) -> None:
        """The straight way: both proofs (1), the yes (2), the execution (3)."""
        self.later(minutes=2)
        browser = len(NAMES) if elsewhere else NAMES.index(person)
        chat = self.open_chat(browser, "web", signed_in=False)
        self.name_address(chat, self.email(person), reason)
        if self.slips(4):
            self.type_code(0, "wrong", 0)
        self.type_code(0, "right", 0)
        self.verify(0, browser, own=True, right=True, old=0)
        if upto > 0:
            self.ask_card(0)
            self.say_yes(chat, chat.nonce)
        if upto > 1:
            self.execute(0)

    @rule(browser=BROWSERS, opens=OPENS, signed_in=st.booleans(), pick=PICK, whose=WHOSE, reason=REASONS)
    def claim(self, browser: int, opens: str, signed_in: bool, pick: int, whose: str, reason: str | None) -> None:
        """Somebody names an address, in a new chat or one that is open."""
        if opens or not self.chats:
            self.open_chat(browser, opens or "web", signed_in=signed_in)
        chat = self.chat(0 if opens else pick)
        self.name_address(chat, whose if "@" in whose else self.email(whose), reason)
