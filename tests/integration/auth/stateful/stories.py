"""Whole ways in one step, so that what lies behind them is reached in every example; anything may happen between."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration.auth.stateful.acts import NAMES, PERSONS, PICK
from tests.integration.auth.stateful.enrolling import REPLACE
from tests.integration.auth.stateful.operating import Operating
from tests.integration.auth.stateful.resetting import REASONS

WHO = st.sampled_from(["ana", "carla", "ana", "carla", "bruno", "elena", "dora", "fabio"])
"""Owners first: the others reset nothing without one."""
OWNER = {"bruno": "ana", "dora": "ana", "elena": "carla", "fabio": "carla"}
CHANGES = st.sampled_from(["", "", "app", "app", "passkey", "password", "email", "owner"])
ENDS = st.sampled_from(["yes", "execute", "a day", "a day", "enrol", "enrol"])
WAYS = st.sampled_from(["undo", "undo", "not me", "not me", "cancel", "put off", "held", "stop"])


class Stories(Operating):
    """The ways that the rules describe."""

    @rule(person=WHO, known=st.booleans(), reason=REASONS, end=ENDS, change=CHANGES)
    def reset_story(self, person: str, known: bool, reason: str | None, end: str, change: str = "") -> None:
        """A reset, at once from a known browser or after a day, as far as `end`."""
        if known:
            self.sign_in_through(person, elsewhere=False, remember=False)
        self.prove_through(person, elsewhere=not known, upto=1 if end == "yes" else 2, reason=reason)
        if change and end == "a day":
            self.change_meanwhile(person, change)
        if end in {"a day", "enrol"}:
            self.time_passes(25 * 60)
        if end == "enrol":
            self.enrol_through(person, "app", "11987650003")

    def change_meanwhile(self, person: str, change: str) -> None:
        """While a reset waits, its person changes what its proofs rest on."""
        browser = NAMES.index(person)
        self.sign_in_through(person, elsewhere=False, remember=False)
        self.answer_held(browser, stop=False)
        if change == "passkey":
            self.change_passkeys(browser, add=True)
        elif change == "password":
            self.change_password(browser, ready=False, right=True)
        elif change == "email":
            self.change_email(browser, ready=False, right=True)
        elif change == "owner":
            self.hand_over(browser, ready=False, member="bruno" if browser < 3 else "elena")
        else:
            self.choose_method(browser, REPLACE, change, "11987650003")
            self.confirm_method(browser, REPLACE, "right", 0)

    @rule(person=WHO, way=WAYS, pick=PICK, again=st.booleans())
    def repudiation_story(self, person: str, way: str, pick: int, again: bool) -> None:
        """Somebody says that a reset is not theirs: a new one, or whatever was reset before."""
        if again or not any(seen.person == person for seen in self.witness.resets.values()):
            self.reset_story(person, known=way in {"undo", "not me"}, reason="lost_device", end="execute")
        if way == "undo":
            self.undo_through(person)
        elif way == "not me":
            self.not_me(pick, len(NAMES), newest=pick % 2 == 0)
        elif way == "cancel":
            self.press_cancel(pick % 3, len(NAMES))
        elif way == "put off":
            self.put_off(0)
            self.time_passes(25 * 60)
        elif way == "held":
            self.sign_in_through(person, elsewhere=False, remember=False)
            self.answer_held(NAMES.index(person), stop=pick % 2 == 0)
        else:
            self.stop_own(NAMES.index(person), ready=True)

    @rule(member=st.sampled_from(sorted(OWNER)), yes=st.sampled_from([True, True, False]), wait=st.booleans())
    def member_story(self, member: str, yes: bool, wait: bool) -> None:
        """A member asks, the owner decides."""
        self.prove_through(member, elsewhere=False, upto=0, reason="lost_device")
        self.ask_card(0)
        self.ask_owner(0, "lost_device", 0)
        self.decide(NAMES.index(OWNER[member]), ready=True, pick=0, yes=yes)
        if wait:
            self.time_passes(25 * 60)

    @rule(member=st.sampled_from(sorted(OWNER)), then=st.sampled_from(["dispute", "take back", "nothing"]), pick=PICK)
    def owner_story(self, member: str, then: str, pick: int) -> None:
        """An account is handed over, and perhaps comes back."""
        owner = NAMES.index(OWNER[member])
        self.hand_over(owner, ready=True, member=member)
        if then == "dispute":
            self.dispute_owner(pick % 2, len(NAMES))
        elif then == "take back":
            self.take_back(owner, ready=True)

    @rule(person=PERSONS, then=st.sampled_from(["old", "new", "dispute", "time"]), pick=PICK, right=st.booleans())
    def address_story(self, person: str, then: str, pick: int, right: bool) -> None:
        """An address is changed and disputed, and one of the two is said to count."""
        browser = NAMES.index(person)
        self.sign_in_through(person, elsewhere=False, remember=False)
        self.change_email(browser, ready=False, right=True)
        self.dispute_email(pick % 2, len(NAMES))
        if then == "time":
            self.time_passes(4 * 24 * 60)
        elif then != "dispute":
            self.later(minutes=2)
            self.answer_email(browser, ready=True, counts=then, right=right)

    @rule(person=PERSONS, days=st.sampled_from([0, 0, 1, 13, 15]))
    def device_story(self, person: str, days: int) -> None:
        """A remembered device, and the next sign-in there."""
        self.sign_in_through(person, elsewhere=False, remember=True)
        self.later(days=days, minutes=1)
        self.work()
        self.type_password(NAMES.index(person), person)
