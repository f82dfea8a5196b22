"""What a browser is asked, and whether its answer holds, as pure functions over the webauthn library.

The library checks type, challenge, origin, RP ID, presence, verification and signature (WebAuthn Level 3, 7.1 and 7.2);
here are the parts that it leaves to the site: a foreign frame, the user handle, a counter that went back.

It is imported where it is used: its import takes a tenth of a second, and no page without a passkey waits for it.
"""

# ruff: noqa: PLC0415

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auth_backend.factors.relying_party import NAME, RelyingParty

if TYPE_CHECKING:
    from webauthn.helpers import structs

TIMEOUT_MS = 5 * 60 * 1000
"""As long as the challenge lives; within what WebAuthn 15.1 recommends where verification is required."""
MAX_CREDENTIAL_ID = 1023
"""WebAuthn Level 3, 7.1 step 25."""


@dataclass(frozen=True)
class Credential:
    """An authenticator as a question names it."""

    id: bytes
    transports: Sequence[str] = ()


@dataclass(frozen=True)
class NewCredential:
    """What a registration gave."""

    id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]
    backed_up: bool


@dataclass(frozen=True)
class Asserted:
    """The answer holds; the counter to keep, and whether the passkey is synced by now."""

    sign_count: int
    backed_up: bool


@dataclass(frozen=True)
class CounterWentBack:
    """Right in everything else, but the counter is not beyond the last one: there may be a copy (WebAuthn 6.1.1)."""


@dataclass(frozen=True)
class NotHeld:
    """It doesn't answer this question, or not for this passkey."""


def registration_options(
    party: RelyingParty, *, user_id: str, address: str, name: str, challenge: bytes, known: Sequence[Credential]
) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked, as JSON; an authenticator that holds one of `known` makes no other.

    No attestation: which make an authenticator is, is nobody's business here.
    """
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs

    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=user_id.encode(),
        user_name=address,
        user_display_name=name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json_dict(options)


def assertion_options(party: RelyingParty, *, challenge: bytes, allowed: Sequence[Credential]) -> dict[str, Any]:
    """What `navigator.credentials.get` is asked, as JSON. `allowed` is never empty: no sign-in begins here."""
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs

    assert allowed
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=_descriptors(allowed),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def check_registration(party: RelyingParty, answer: dict[str, Any], *, challenge: bytes) -> NewCredential | None:
    """The new credential when the answer holds, else None."""
    import webauthn
    from webauthn.helpers import parse_client_data_json, parse_registration_credential_json

    try:
        credential = parse_registration_credential_json(answer)
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        foreign = parse_client_data_json(credential.response.client_data_json).cross_origin
    except Exception:  # noqa: BLE001 - whatever foreign bytes make a parser raise, it is no passkey
        return None
    if foreign or not 0 < len(verified.credential_id) <= MAX_CREDENTIAL_ID:
        return None
    return NewCredential(
        id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=[transport.value for transport in credential.response.transports or []],
        backed_up=verified.credential_backed_up,
    )


def check_assertion(
    party: RelyingParty,
    answer: dict[str, Any],
    *,
    challenge: bytes,
    user_id: str,
    public_key: bytes,
    sign_count: int,
) -> Asserted | CounterWentBack | NotHeld:
    """Whether the holder of `public_key` answered `challenge`, here and now, verified by PIN or body.

    The counter is judged last, so that it says something about a copy and nothing about a forgery.
    """
    import webauthn
    from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json

    try:
        credential = parse_authentication_credential_json(answer)
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        foreign = parse_client_data_json(credential.response.client_data_json).cross_origin
    except Exception:  # noqa: BLE001 - whatever foreign bytes make a parser raise, it is no answer
        return NotHeld()
    if foreign or credential.response.user_handle not in {None, b"", user_id.encode()}:
        return NotHeld()
    counted = verified.new_sign_count > 0 or sign_count > 0
    if counted and verified.new_sign_count <= sign_count:
        return CounterWentBack()
    return Asserted(verified.new_sign_count, verified.credential_backed_up)


def credential_id_of(answer: dict[str, Any]) -> bytes | None:
    """Which passkey an answer says it is from; believed by nobody before the signature."""
    from webauthn.helpers import parse_authentication_credential_json

    try:
        return parse_authentication_credential_json(answer).raw_id
    except Exception:  # noqa: BLE001 - as above
        return None


def _descriptors(credentials: Sequence[Credential]) -> "list[structs.PublicKeyCredentialDescriptor]":
    from webauthn.helpers import structs

    known = {transport.value for transport in structs.AuthenticatorTransport}
    return [
        structs.PublicKeyCredentialDescriptor(
            id=credential.id,
            transports=[structs.AuthenticatorTransport(name) for name in credential.transports if name in known]
            or None,
        )
        for credential in credentials
    ]
