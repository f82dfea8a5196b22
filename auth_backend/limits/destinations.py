"""Where a code goes, as the limits count it: at most 25 an hour for one mailbox or number, in two shares.

Anybody may name any address: in a chat, as a forgotten password's, as a new address or number of their own. What leaves
because of that has a share of its own, and what its holder asks for (past the password, in a known browser, signed in)
has the other. So strangers, however many, can't use up the codes that a holder needs to get in; and what a stranger is
answered depends on what strangers asked for, never on whether anybody has the address and is using it
(docs/decisions/0020-two-shares-of-a-destination.md).
"""

from dataclasses import dataclass

from auth_backend.crypto import keyed_hash
from auth_backend.keyring import Keyring
from auth_backend.limits.policy import DESTINATION_BY_ANYBODY_AN_HOUR, DESTINATION_BY_HOLDER_AN_HOUR


@dataclass(frozen=True)
class Destination:
    """One share of a mailbox or number: its keyed hash, and how many codes an hour it may get."""

    key: str
    an_hour: int


def of_holder(keys: Keyring, *address: str) -> Destination:
    """The share of whoever has the address (normalised) or number (E.164) on file and has shown some of it."""
    return Destination(keyed_hash(keys.destinations, *address), DESTINATION_BY_HOLDER_AN_HOUR)


def named_by_anybody(keys: Keyring, address: str) -> Destination:
    """The share of what anybody named, whoever has it, if anybody has."""
    return Destination(keyed_hash(keys.destinations, "named", address), DESTINATION_BY_ANYBODY_AN_HOUR)
