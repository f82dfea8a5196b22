"""What the desk reads of a conversation: the words, never a link that has a power."""

from datetime import UTC, datetime

import pytest

from bot.handoff.desk_shapes import transcript_json
from bot.models import ActivityRow


@pytest.mark.parametrize("page", ["verify", "resets", "undo", "not-me", "report", "owner-dispute", "email-dispute"])
def test_a_link_to_a_page_with_a_token_is_cut(page: str) -> None:
    row = ActivityRow(
        id="a",
        author="zoe",
        author_name="Zoe",
        type="message",
        text=f"Here: https://zoe.example/{page}/q83Jx-token and https://zoe.example/help",
        wire={},
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    [line] = transcript_json([row])
    assert line["text"] == f"Here: https://zoe.example/{page}/… and https://zoe.example/help"
