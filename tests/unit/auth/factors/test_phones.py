"""One number however it is written, and which numbers get an SMS."""

import pytest

from auth_backend.factors.countries import countries, likely_country
from auth_backend.factors.phones import Phone, PhoneRefused, read_phone, unfinished

BRAZIL = "+5511988887777"


@pytest.mark.parametrize(
    ("country", "typed", "e164"),
    [
        ("BR", "(11) 98888-7777", BRAZIL),
        ("BR", "011 98888-7777", BRAZIL),
        ("BR", "+55 11 98888-7777", BRAZIL),
        ("BR", "55 11 98888 7777", BRAZIL),
        ("BR", "１１９８８８８７７７７", BRAZIL),
        ("+55", "11 98888.7777", BRAZIL),
        ("55", "11988887777", BRAZIL),
        ("ES", "+55 11 98888-7777", BRAZIL),
        ("ES", "0034 612 345 678", "+34612345678"),
        ("PT", "912 345 678", "+351912345678"),
        ("GB", "07400 123456", "+447400123456"),
        ("US", "(201) 555-0123", "+12015550123"),
        ("AR", "011 15 2312-3456", "+5491123123456"),
        ("AR", "+54 9 11 2312-3456", "+5491123123456"),
    ],
)
def test_every_way_of_writing_is_one_number(country: str, typed: str, e164: str) -> None:
    """E.164 is what the database compares (A7)."""
    phone = read_phone(country, typed, allowed=())
    assert isinstance(phone, Phone)
    assert phone.e164 == e164


@pytest.mark.parametrize(
    ("country", "typed", "reason"),
    [
        ("BR", "1133334444", "not_mobile"),
        ("US", "900 555 0123", "not_mobile"),
        ("BR", "123", "invalid"),
        ("BR", "", "invalid"),
        ("BR", "11 98888-7777 ext. 5", "invalid"),
        ("XX", "11988887777", "unknown_country"),
        ("", "11988887777", "unknown_country"),
        ("+", "11988887777", "unknown_country"),
        ("BR", "9" * 5000, "invalid"),
        ("BR", "11 98888-7777\r\nX: y", "invalid"),
    ],
)
def test_what_gets_no_sms(country: str, typed: str, reason: str) -> None:
    """Landlines, premium numbers and what is no number."""
    assert read_phone(country, typed, allowed=()) == PhoneRefused(reason)


def test_only_allowed_countries() -> None:
    """The country of the number counts, not the one that was picked."""
    assert read_phone("BR", "+34612345678", allowed=("BR",)) == PhoneRefused("country")
    assert isinstance(read_phone("ES", BRAZIL, allowed=("BR",)), Phone)


def test_country_list_follows_language_and_setting() -> None:
    """Sorted by name without regard to accents; the likely one is chosen, or the first allowed."""
    assert [entry.name for entry in countries("pt", allowed=("ES", "BR", "AT"))] == ["Áustria", "Brasil", "Espanha"]
    assert likely_country("pt", allowed=()) == "BR"
    assert likely_country("pt", allowed=("ES", "PT")) == "ES"
    assert len(countries("en", allowed=())) > 200


def test_the_country_that_a_prefix_alone_means() -> None:
    """Twenty-odd countries share +1; each prefix has one that comes first in the picker."""
    shared = [entry for entry in countries("en", allowed=()) if entry.prefix == "+1"]
    assert [entry.code for entry in shared if entry.main] == ["US"]
    assert len(shared) > 20


@pytest.mark.parametrize(
    ("typed", "more_may_come"),
    [("", True), ("1", True), ("+", True), ("11 98888", True), ("988887777", False), ("11 98888-77777777", False)],
)
def test_when_nobody_is_corrected_yet(typed: str, more_may_come: bool) -> None:
    """While it is typed a number is not wrong, just short."""
    assert unfinished("BR", typed) is more_may_come
