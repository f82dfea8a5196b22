"""How events are chained: pure."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auth_backend.crypto import keyed_hash
from httpkit.clock import iso

GENESIS = "0" * 64
"""The MAC before the first event."""


def event_mac(
    key: bytes,
    *,
    previous: str,
    seq: int,
    at: datetime,
    tag: str,
    actor: str,
    user_id: str | None,
    account_id: str | None,
    data: Mapping[str, Any],
    request_id: str | None,
    clock_offset_s: int,
) -> str:
    """HMAC-SHA256 over the predecessor's MAC and every column; the key is kept outside the database."""
    content = json.dumps(
        [seq, iso(at), tag, actor, user_id, account_id, dict(data), request_id, clock_offset_s],
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return keyed_hash(key, previous, content)
