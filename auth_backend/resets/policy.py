"""The guard's decisions: times, refusals, risks, and what counts as a yes. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auth_backend.accounts.models import EnrolmentState, EnrolReason
from auth_backend.limits.policy import Caller
from auth_backend.resets.models import ProofKind

PROVING_FOR = timedelta(minutes=30)
"""From the claim to the mailed code, and again from the mailed code to the yes."""
PASSWORD_CARRIED_FOR = timedelta(minutes=10)
NONCE_FOR = timedelta(minutes=10)
RETURN_CODE_FOR = timedelta(minutes=5)
CONFIRMED_FOR = timedelta(minutes=30)
"""A yes that nobody asked to execute within this time is void."""
ENROL_RIGHT_FOR = timedelta(days=7)

BANNER_FOR = timedelta(days=14)
"""How long after a reset that waited every session still shows that there was one."""

EXECUTED_AT_MOST = 2
EXECUTED_WINDOW = timedelta(days=30)

RECENT_CHANGE = timedelta(days=7)
RECENT_RESET = timedelta(days=30)
FAILED_PROOFS = 3
FAILED_PROOFS_WINDOW = timedelta(hours=24)

CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
RETURN_CODE_LETTERS = 6


class Reason(StrEnum):
    """Why somebody wants the method gone (docs/interfaces.md, `reset/open`)."""

    LOST_DEVICE = "lost_device"
    NEW_PHONE = "new_phone"
    NEW_NUMBER = "new_number"
    APP_DELETED = "app_deleted"
    NO_CODES = "no_codes"
    SWITCH = "switch"
    STOLEN = "stolen"
    OTHER = "other"


class Refusal(StrEnum):
    """Why a reset isn't carried out; told only after both proofs."""

    NOT_OWNER = "not_owner"
    NOTHING_TO_RESET = "nothing_to_reset"
    FROZEN = "frozen"
    TOO_MANY = "too_many"
    FACTS_CHANGED = "facts_changed"
    ASKED_ALREADY = "asked_already"
    """A member's earlier request is still open."""
    ASKED_TOO_OFTEN = "asked_too_often"
    OWNER_SAID_NO = "owner_said_no"
    """Said by the owner to this request, or less than 24 h ago to the one before."""


class Risk(StrEnum):
    """Why a reset waits; never told in the conversation."""

    ALWAYS = "always"
    UNKNOWN_BROWSER = "unknown_browser"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a risk's name
    OWNER_CHANGED = "owner_changed"
    RECENT_RESET = "recent_reset"
    DISPUTE = "dispute"
    FAILED_PROOFS = "failed_proofs"
    PASSKEY = "passkey"


@dataclass(frozen=True)
class Facts:
    """What has to be the same at execution as when the proofs and the yes were given; None: not recorded yet."""

    owner_id: str | None
    email: str | None
    password_epoch: int | None
    factor_epoch: int | None

    def hold(self, present: "Facts") -> bool:
        """Whether everything that was recorded is still so."""
        pairs = (
            (self.owner_id, present.owner_id),
            (self.email, present.email),
            (self.password_epoch, present.password_epoch),
            (self.factor_epoch, present.factor_epoch),
        )
        return all(recorded is None or recorded == now for recorded, now in pairs)


@dataclass(frozen=True)
class Situation:
    """What is true of the target when a reset is judged. `executed_lately` counts within EXECUTED_WINDOW."""

    facts_hold: bool
    is_owner: bool
    has_live_factor: bool
    state: EnrolmentState
    enrol_reason: EnrolReason | None
    enrol_right_until: datetime | None
    frozen: bool
    executed_lately: int


def refusal_of(situation: Situation, *, now: datetime) -> Refusal | None:
    """Why this can't go on, the owner first; None when nothing is in the way."""
    if not situation.facts_hold:
        return Refusal.FACTS_CHANGED
    if not situation.is_owner:
        return Refusal.NOT_OWNER
    if situation.frozen:
        return Refusal.FROZEN
    if not situation.has_live_factor and not _right_to_enrol_lapsed(situation, now):
        return Refusal.NOTHING_TO_RESET
    if situation.executed_lately >= EXECUTED_AT_MOST:
        return Refusal.TOO_MANY
    return None


def _right_to_enrol_lapsed(situation: Situation, now: datetime) -> bool:
    """After a reset that nobody used for 7 days the proofs give a new right, though nothing is left to revoke."""
    return (
        situation.state is EnrolmentState.MUST_ENROL
        and situation.enrol_reason is EnrolReason.RESET
        and situation.enrol_right_until is not None
        and now >= situation.enrol_right_until
    )


@dataclass(frozen=True)
class FailedProof:
    """A wrong code or password that was offered as a user's proof.

    `proof`: `email` or `password` (the return code is one too). `caller` as its budget was named when it failed;
    `browser` that of the conversation, None where there is none.
    """

    proof: str
    caller: str
    browser: str | None


def weighs(failed: FailedProof, *, browser: str | None, browser_known: bool) -> bool:
    """Whether a failed proof is a risk of the reset that is confirmed in `browser`.

    Anybody can type wrong codes for any address; three a day must not make the owner wait. So a stranger's wrong code
    weighs for a stranger's reset, and for one from the very same browser, but not for one from a known browser
    elsewhere. Whoever failed further on weighs always: a wrong password or return code comes after the mailed code was
    right, and the other kinds of caller have the user's browser, session or password
    (docs/decisions/0010-whose-failures-weigh.md).
    """
    if failed.proof != ProofKind.EMAIL.value or failed.caller != Caller.ANONYMOUS.value:
        return True
    return not browser_known or (failed.browser is not None and failed.browser == browser)


@dataclass(frozen=True)
class Circumstances:
    """What the risk is judged by. `password_epoch` and `owner_epoch` are 0 while the first password and owner stand."""

    always_wait: bool
    browser_known: bool
    password_epoch: int
    password_changed_at: datetime
    owner_epoch: int
    owner_changed_at: datetime | None
    other_reset_lately: bool
    disputed_at: datetime | None
    """When any change of this user's sign-in data was last reported as somebody else's."""
    failed_proofs: int
    has_passkey: bool


def risks_of(circumstances: Circumstances, *, now: datetime) -> tuple[Risk, ...]:
    """Every risk there is; any of them makes the reset wait."""
    c, since = circumstances, now - RECENT_CHANGE
    judged = {
        Risk.ALWAYS: c.always_wait,
        Risk.UNKNOWN_BROWSER: not c.browser_known,
        Risk.PASSWORD_CHANGED: c.password_epoch > 0 and c.password_changed_at > since,
        Risk.OWNER_CHANGED: c.owner_epoch > 0 and c.owner_changed_at is not None and c.owner_changed_at > since,
        Risk.RECENT_RESET: c.other_reset_lately,
        Risk.DISPUTE: c.disputed_at is not None and c.disputed_at > now - RECENT_RESET,
        Risk.FAILED_PROOFS: c.failed_proofs >= FAILED_PROOFS,
        Risk.PASSKEY: c.has_passkey,
    }
    return tuple(risk for risk, present in judged.items() if present)


def password_is_carried(*, typed_at: datetime, changed_at: datetime, other_address_named: bool, now: datetime) -> bool:
    """Whether the password typed at the login's first step counts here too."""
    return not other_address_named and changed_at <= typed_at and now - typed_at <= PASSWORD_CARRIED_FOR


_ENGLISH_YES = """
yes, yes please, yes do it, yes do that, yes go ahead, yes remove it, yes reset it, yes i confirm, yes i am
sure, yes im sure, yes confirm, yes of course, yes you can, yes you may, yep, yeah, yup, ok, okay, ok yes, yes
ok, ok do it, okay do it, ok go ahead, sure, sure do it, sure go ahead, of course, go ahead, please go ahead,
please do, do it, do it please, please do it, remove it, reset it, confirm, i confirm, confirmed, i am sure,
im sure, remove and start over, yes remove and start over
"""

_PORTUGUESE_YES = """
sim, sim por favor, sim pode, sim pode remover, sim pode resetar, sim pode fazer, sim remova, sim confirmo,
sim eu confirmo, sim quero, sim tenho certeza, sim claro, claro, claro que sim, com certeza, pode, pode sim,
pode remover, pode resetar, pode redefinir, pode fazer, pode prosseguir, pode seguir, pode ir,
isso mesmo, confirmo, eu confirmo, confirmado, confirma, tenho certeza, remova, remover, pode remover sim,
prossiga, faca, faca isso, ta bom, ta certo, beleza, remover e recomecar, sim remover e recomecar
"""

_SPANISH_YES = """
si, si por favor, si claro, si adelante, si hazlo, si confirmo, si lo confirmo, si quiero, si puedes, si
eliminalo, si borralo, si estoy seguro, si estoy segura, claro que si, por supuesto, adelante, hazlo, hazlo
por favor, vale, de acuerdo, dale, esta bien, lo confirmo, eliminalo, borralo, quitalo, procede, estoy seguro,
estoy segura, eliminar y empezar de nuevo, si eliminar y empezar de nuevo
"""

YES = frozenset(
    " ".join(reply.split()) for listed in (_ENGLISH_YES, _PORTUGUESE_YES, _SPANISH_YES) for reply in listed.split(",")
)
"""The ordinary ways of saying yes, normalised, and the button's own words: a reply is one of these or no yes."""

MAX_YES = 60


def is_yes(text: str) -> bool:
    """Whether the whole reply is one of the listed ways of saying yes. A question never is."""
    return len(text) <= MAX_YES and not set(text) & set("?¿？") and normalise_reply(text) in YES


def normalise_reply(text: str) -> str:
    """Lower case without accents, apostrophes and punctuation, words separated by one space."""
    letters = []
    for character in unicodedata.normalize("NFKD", text.casefold()):
        category = unicodedata.category(character)
        if category.startswith("M") or character in "'’`´":
            continue
        letters.append(" " if category[0] in "PZC" else character)
    return " ".join("".join(letters).split())


def letters_of_return_code(picks: Iterable[int]) -> str:
    """Six consonants (no vowels: it spells nothing) from numbers below 20."""
    return "".join(CONSONANTS[pick] for pick in picks)


def normalise_return_code(text: str) -> str | None:
    """`bcd-fgh` → `BCDFGH`; None for what can't be one."""
    letters = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if not c.isspace() and c not in "-‐‑–—.")
    return letters if len(letters) == RETURN_CODE_LETTERS and set(letters) <= set(CONSONANTS) else None


def normalise_digits(text: str) -> str | None:
    """`123 456` or full-width digits → `123456`; None for what can't be a mailed code."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in "-‐‑–—.")
    return digits if len(digits) == 6 and digits.isascii() and digits.isdigit() else None
