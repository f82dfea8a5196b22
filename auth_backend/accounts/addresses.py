"""E-mail addresses as identifiers: one normal form, compared exactly.

And how they are shown to people who may not see them.
"""

import unicodedata

import idna

from auth_backend.crypto import keyed_hash
from auth_backend.keyring import Keyring

MAX_ADDRESS = 254
"""Characters of a whole address (RFC 5321 4.5.3.1.3, less the brackets)."""
MAX_LOCAL = 64

_LOCAL_MARKS = frozenset("!#$%&'*+/=?^_`{|}~.-")


def normalise_address(raw: str) -> str | None:
    """The one form in which an address is stored and compared; None for what is no address.

    NFKC, trimmed, lower case, the domain in IDNA's ASCII form. Look-alike letters stay what they are: they make another
    address, which nobody has. Line breaks, controls, spaces, quotes and brackets are refused, so nothing reaches a mail
    header but an address.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if len(text) > MAX_ADDRESS or text.count("@") != 1:
        return None
    local, domain = text.lower().split("@")
    host = _ascii_domain(domain)
    if host is None or not _is_local_part(local):
        return None
    address = f"{local}@{host}"
    return address if len(address) <= MAX_ADDRESS else None


def address_subject(keys: Keyring, address: str) -> str:
    """Whose counters an address is that nobody has: `address:HMAC` of the normalised form, never the address itself."""
    return f"address:{keyed_hash(keys.addresses, address)}"


def user_subject(user_id: str) -> str:
    """Whose counters a user's are."""
    return f"user:{user_id}"


def mask_address(address: str) -> str:
    """`ana@acme.example` → `a••@acme.example`: enough to recognise an address, not enough to learn one."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}••@{domain}"


def _is_local_part(local: str) -> bool:
    """Dot-atom of RFC 5322 3.2.3, with letters and digits of any script (RFC 6531 3.3)."""
    if not 0 < len(local) <= MAX_LOCAL or local.startswith(".") or local.endswith(".") or ".." in local:
        return False
    return all(character.isalnum() or character in _LOCAL_MARKS or _is_mark(character) for character in local)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc"}


def _ascii_domain(domain: str) -> str | None:
    try:
        host = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None
    return host if "." in host.strip(".") and not host.endswith(".") else None
