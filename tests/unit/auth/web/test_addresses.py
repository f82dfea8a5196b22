"""Addresses in their one form."""

import pytest

from auth_backend.accounts.addresses import address_subject, mask_address, normalise_address
from auth_backend.keyring import Keyring
from tests.support.auth_world import SECRETS


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("ana@acme.example", "ana@acme.example"),
        ("  Ana@ACME.Example\n", "ana@acme.example"),
        ("\uff41na@\uff41cme.example", "ana@acme.example"),
        ("josé@acme.example", "josé@acme.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana+zoe.x@mail.acme.example", "ana+zoe.x@mail.acme.example"),
    ],
)
def test_one_form(raw: str, normal: str) -> None:
    assert normalise_address(raw) == normal


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "ana",
        "@acme.example",
        "ana@",
        "ana@localhost",
        "ana@@acme.example",
        "ana@acme..example",
        "ana@acme.example.",
        "ana.@acme.example",
        ".ana@acme.example",
        "a..na@acme.example",
        "ana@acme.example\r\nBcc: x@evil.example",
        "ana bo@acme.example",
        "ana\t@acme.example",
        "ana@acme.example,bob@acme.example",
        '"ana"@acme.example',
        "<ana@acme.example>",
        "ana\u200b@acme.example",
        "ana\u202e@acme.example",
        "ana@-acme.example",
        "ana@[192.0.2.1]",
        "a" * 65 + "@acme.example",
        "ana@" + "a" * 300 + ".example",
    ],
)
def test_what_is_no_address(raw: str) -> None:
    assert normalise_address(raw) is None


def test_look_alikes_are_other_addresses() -> None:
    assert normalise_address("аna@acme.example") not in {None, "ana@acme.example"}  # Cyrillic а
    assert normalise_address("ana@аcme.example") not in {None, "ana@acme.example"}


@pytest.mark.parametrize(("address", "masked"), [("ana@acme.example", "a••@acme.example"), ("x@y.zz", "x••@y.zz")])
def test_masking(address: str, masked: str) -> None:
    assert mask_address(address) == masked


def test_the_subject_of_an_unknown_address_does_not_show_it() -> None:
    subject = address_subject(Keyring.of(SECRETS), "nobody@acme.example")
    assert subject.startswith("address:")
    assert "nobody" not in subject
    assert subject == address_subject(Keyring.of(SECRETS), "nobody@acme.example")
