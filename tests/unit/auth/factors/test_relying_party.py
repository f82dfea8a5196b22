"""Which name and origin passkeys are bound to, by the public address."""

import pytest

from auth_backend.factors.relying_party import RelyingParty, relying_party


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("http://localhost:8080", RelyingParty("localhost", "http://localhost:8080")),
        ("https://accounts.example.com", RelyingParty("accounts.example.com", "https://accounts.example.com")),
        ("https://Accounts.Example.com:443", RelyingParty("accounts.example.com", "https://accounts.example.com")),
        (
            "https://accounts.example.com:8443",
            RelyingParty("accounts.example.com", "https://accounts.example.com:8443"),
        ),
        ("https://bücher.example", RelyingParty("xn--bcher-kva.example", "https://xn--bcher-kva.example")),
        ("http://127.0.0.1:8080", None),
        ("https://[::1]:8443", None),
        ("http://accounts.example.com", None),
    ],
)
def test_relying_party(address: str, party: RelyingParty | None) -> None:
    assert relying_party(address) == party
