"""Every tag of the record is recorded somewhere; one that is not stands for a change without its event."""

import re
from pathlib import Path

from auth_backend.audit.tags import Tag

ROOT = Path(__file__).parents[4]


def test_every_tag_is_recorded_somewhere() -> None:
    files = [*ROOT.glob("auth_backend/**/*.py"), *ROOT.glob("bot/cli/*.py")]
    used = {name for file in files for name in re.findall(r"\bTag\.([A-Z_]+)\b", file.read_text())}
    assert {tag.name for tag in Tag} - used == set()
