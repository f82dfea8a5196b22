"""How people type codes."""

import pytest

from auth_backend.factors.typed_codes import read_code


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "１２３４５６", "1 2 3 4 5 6", "123\u00a0456"])
def test_forgiven(typed: str) -> None:
    """Spaces, hyphens and full-width digits."""
    assert read_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "code 123456", "1" * 10_000])
def test_no_code(typed: str) -> None:
    """Costs no try, so it must never be right either."""
    assert read_code(typed) is None
