"""Turn tickets, forged in the usual ways."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from auth_backend.internal_api.tickets import TicketRefused, TurnTicket, judge_ticket

KEY = b"k" * 32
NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "aud": "zoe-turn",
    "sub": "chat-1",
    "jti": "turn-1",
    "exp": int((NOW + timedelta(seconds=120)).timestamp()),
}


def signed(key: bytes = KEY, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode({**GOOD, **claims}, key, algorithm=algorithm)


def test_good_ticket() -> None:
    assert judge_ticket(KEY, signed(), now=NOW) == TurnTicket("chat-1", "turn-1")


def test_time_is_the_injected_clock() -> None:
    assert judge_ticket(KEY, signed(), now=NOW + timedelta(seconds=119)) == TurnTicket("chat-1", "turn-1")
    assert judge_ticket(KEY, signed(), now=NOW + timedelta(seconds=120)) == TicketRefused("expired")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "missing"),
        ("", "missing"),
        ("not a token", "malformed"),
        (signed(b"x" * 32), "malformed"),
        (signed(algorithm="HS512"), "malformed"),
        (jwt.encode(GOOD, None, algorithm="none"), "malformed"),
        (signed(aud="zoe-chat"), "malformed"),
        (signed(sub=""), "malformed"),
        (signed(exp=GOOD["exp"] + 3600), "too_long"),
        (signed(exp=GOOD["exp"] - 121), "expired"),
        (jwt.encode({k: v for k, v in GOOD.items() if k != "exp"}, KEY, algorithm="HS256"), "malformed"),
        (jwt.encode({k: v for k, v in GOOD.items() if k != "jti"}, KEY, algorithm="HS256"), "malformed"),
        (signed(filler="x" * 3000), "malformed"),
    ],
)
def test_refused(token: str | None, reason: str) -> None:
    assert judge_ticket(KEY, token, now=NOW) == TicketRefused(reason)
