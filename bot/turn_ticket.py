"""Turn tickets: what lets an action server act in one conversation during one turn."""

from datetime import datetime, timedelta

import jwt

LIFE = timedelta(seconds=120)
AUDIENCE = "zoe-turn"


def sign_ticket(key: bytes, conversation_id: str, turn_id: str, now: datetime) -> str:
    """A JWT (HS256) good for this conversation and turn for 120 s from `now`."""
    claims = {"aud": AUDIENCE, "sub": conversation_id, "jti": turn_id, "exp": int((now + LIFE).timestamp())}
    return jwt.encode(claims, key, algorithm="HS256")
