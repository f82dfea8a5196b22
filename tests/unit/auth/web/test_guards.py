"""`next` stays on the site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from auth_backend.login.guards import MAX_NEXT, safe_next, with_next

SITE = URL("https://zoe.example/login")


@pytest.mark.parametrize("path", ["/", "/account/security", "/?q=a%20b", "/help/x#reset", "/account/preferences?x=/y"])
def test_paths_of_this_site(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "raw",
    [
        None, "", "account", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/a\\b",
        "https://evil.example", "https:/evil.example", "javascript:alert(1)", " /x", "/x y", "/x\n", "/\t/evil.example",
        "/é", "/login", "/login/second-step", "/enrol", "/sign-out", "/sign-out/everywhere", "/" + "x" * MAX_NEXT,
    ],
)  # fmt: skip
def test_everything_else(raw: str | None) -> None:
    assert safe_next(raw) is None


@given(st.text(alphabet="/\\.:@?#%evil \t\n0", max_size=20))
def test_whatever_is_let_through_leads_to_this_site(raw: str) -> None:
    goal = safe_next(raw)
    if goal is not None:
        assert SITE.join(URL(goal)).host == "zoe.example"


def test_with_next_quotes() -> None:
    assert with_next("/login", "/a?b=c&d=e") == "/login?next=%2Fa%3Fb%3Dc%26d%3De"
    assert with_next("/login", None) == "/login"
