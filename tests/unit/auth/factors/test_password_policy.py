"""Which new passwords are taken."""

import pytest

from auth_backend.accounts.password_policy import PasswordProblem, password_problem


@pytest.mark.parametrize(
    ("password", "least", "problem"),
    [
        ("correct horse battery", 15, None),
        ("ñandú café öl über", 15, None),
        ("short", 15, PasswordProblem.SHORT),
        ("fourteen chars", 15, PasswordProblem.SHORT),
        ("eightchr", 8, None),
        ("x" * 1025, 8, PasswordProblem.LONG),
        ("é" * 600, 8, PasswordProblem.LONG),
        ("aaaaaaaaaaaaaaaa", 15, PasswordProblem.COMMON),
        ("password12345678", 15, PasswordProblem.COMMON),
        ("passwordpassword", 15, PasswordProblem.COMMON),
        ("Senha1234567890!", 15, PasswordProblem.COMMON),
        ("1234567890123456", 15, PasswordProblem.COMMON),
        ("qwertyuiopasdfgh", 15, PasswordProblem.COMMON),
        ("Ana@Acme.Example", 15, PasswordProblem.PERSONAL),
    ],
)
def test_length_and_blocklist(password: str, least: int, problem: PasswordProblem | None) -> None:
    """SP 800-63B-4 3.1.1.2; no composition rules."""
    assert password_problem(password, least=least, own_words=("ana@acme.example", "Ana")) is problem
