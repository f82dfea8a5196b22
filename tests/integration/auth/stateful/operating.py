"""Operations of time, workers, the operator, and of programs with the wrong ticket."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from auth_backend import admin, rotation
from auth_backend.accounts.erasure import erase_removed_members
from auth_backend.keyring import Keyring
from auth_backend.outbox.models import Channel
from auth_backend.outbox.senders.base import Outgoing, SendError
from auth_backend.outbox.worker import OutboxWorker
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.undo.erasure import erase_what_undo_needed
from tests.integration.auth.stateful.acts import PERSONS, PICK
from tests.integration.auth.stateful.cast import SECRETS
from tests.integration.auth.stateful.neutral import compare_strangers
from tests.integration.auth.stateful.owning import Owning
from tests.integration.auth.stateful.stage import ACTIONS, BOT

DAY = 24 * 60
MINUTES = st.sampled_from([1, 1, 2, 6, 11, 31, 61, DAY, DAY + 60, 2 * DAY + 60, 3 * DAY + 60, 8 * DAY, 31 * DAY])
OFFICE = st.sampled_from(["send", "send", "rotate", "operate", "operate"])
MODES = st.sampled_from(["up", "up", "flaky", "down", "bounces"])
COMMANDS = st.sampled_from(["factor", "password", "undo old", "undo new", "owner"])
WRONG_TICKETS = st.sampled_from(["none", "expired", "long", "scope", "audience"])


@dataclass
class Wire:
    """A next hop that works, or doesn't."""

    mode: str
    delivered: set[str]

    async def send(self, message: Outgoing) -> str | None:
        """Takes the message or refuses it."""
        if self.mode == "down" or (self.mode == "flaky" and int(message.id, 16) % 2):
            raise SendError("smtp:451")
        if self.mode == "bounces":
            raise SendError("smtp:550", bounced=True)
        self.delivered.add(message.id)
        return None


class Operating(Owning):
    """Everything that no customer does."""

    def work(self) -> None:
        """The schedule, twice, as two instances would; and what no undo needs any more is erased."""
        with self.doing("schedule"):
            self.stage.run(run_due(self.stage.services))
            self.stage.run(run_due(self.stage.services))
            self.stage.run(erase_what_undo_needed(self.stage.services))
            self.stage.run(erase_removed_members(self.stage.services))

    def send(self, mode: str) -> None:
        """The outbox worker, with a next hop that may fail."""
        wire = Wire(mode, self.witness.delivered)
        senders = {Channel.EMAIL: wire, Channel.SMS: wire, Channel.CHAT: wire}
        services = self.stage.services
        with self.doing("outbox"):
            worker = OutboxWorker(services.sessions, services.keys, senders, services.now)
            self.stage.run(worker.send_due())

    def operate(self, person: str, what: str) -> None:
        """`zoe admin`: an operator's command, refused when it makes no sense."""
        services, user, old_hash = self.stage.services, self.email(person), self.hash_of(person)
        password = f"the operator chose number {len(self.witness.letters)}"
        gone = frozenset({person}) if what != "owner" else frozenset()
        command = {
            "factor": lambda: admin.revoke_factor(services, user=user, reason="called and showed a passport"),
            "password": lambda: admin.set_password(services, user=user, password=password),
            "undo old": lambda: admin.decide_undo(services, user=user, old_method=True, reason="seen in person"),
            "undo new": lambda: admin.decide_undo(services, user=user, old_method=False, reason="seen in person"),
            "owner": lambda: admin.set_owner(services, account=self.cast.people[person].account.title(), user=user),
        }[what]
        with self.doing(f"operator {what}", person, operator=True, changes=person, may_revoke=gone):
            try:
                self.stage.run(command())
            except admin.AdminError:
                return
        self.learn_password(person, password, old_hash)
        if what == "factor":
            self.witness.void_codes(person)

    def rotate(self, key: str) -> None:
        """Every sealed value under another key."""
        services = replace(self.stage.services, keys=Keyring.of(SECRETS, key))
        with self.doing("rotate"):
            self.stage.run(rotation.rotate(services))

    @rule(pick=PICK, wrong=WRONG_TICKETS, what=st.sampled_from(["execute", "cancel", "check"]))
    def cross_ticket(self, pick: int, wrong: str, what: str) -> None:
        """11: no ticket, no act."""
        if not self.chats:
            return
        chat, hours = self.chat(pick), int(self.now.timestamp())
        ticket = {
            "none": None,
            "expired": self.stage.ticket(chat.id, exp=hours),
            "long": self.stage.ticket(chat.id, exp=hours + 3600),
            "scope": self.stage.ticket(chat.id),
            "audience": self.stage.ticket(chat.id, aud="zoe-chat"),
        }[wrong]
        with self.doing("cross ticket", quiet=True):
            token = BOT if wrong == "scope" else ACTIONS
            answer = self.stage.call("POST", f"actions/reset/{what}", {}, token=token, ticket=ticket)
            assert answer.status == 403, "11: an action was taken without its ticket"

    @rule(person=PERSONS, on_pages=st.booleans())
    def compare(self, person: str, on_pages: bool) -> None:
        """6: a person's address and one that nobody has are answered alike, to strangers."""
        self.later(hours=25)
        self.work()
        subject = f"user:{self.id(person)}"
        if any(key[0] == subject and row.in_a_row > 2 for key, row in self.rows.counters.items()):
            return  # whoever attacked somebody for days may see that: the address that nobody has was not attacked
        with self.doing("compare", person, f"compare-{len(self.witness.letters)}"):
            compare_strangers(
                self.stage, self.email(person), f"nobody-{len(self.witness.letters)}@acme.example", on_pages=on_pages
            )
        self.witness.void_codes(person)

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        """A minute, or a month."""
        self.later(minutes=minutes)
        self.work()

    @rule(what=OFFICE, mode=MODES, person=PERSONS, command=COMMANDS)
    def back_office(self, what: str, mode: str, person: str, command: str) -> None:
        """Workers and the operator."""
        if what == "send":
            self.send(mode)
        elif what == "rotate":
            self.rotate("k1" if mode == "up" else "k2")
        else:
            self.operate(person, command)
