"""docs/article.md names a test for each rule of the help article, and no test that isn't there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
ROW = re.compile(r"^\| (A\d+) \|.*\| ([^|]+) \|$", re.MULTILINE)


def test_each_rule_has_tests_that_exist() -> None:
    rows = dict(ROW.findall((ROOT / "docs" / "article.md").read_text(encoding="utf-8")))
    assert list(rows) == [f"A{number}" for number in range(1, 13)]
    for rule, cell in rows.items():
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", cell)
        assert named, rule
        for file, test in named:
            assert f"def {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{rule}: {file}::{test}"
