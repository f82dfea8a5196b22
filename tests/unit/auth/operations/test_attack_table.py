"""docs/attacks.md names a test for each attack and each invariant, and no test and no file that isn't there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
PACKAGES = ("auth_backend", "bot", "httpkit")


def table(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    part = (
        (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    )
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_each_attack_and_each_invariant_has_tests_that_exist() -> None:
    attacks, invariants = table("Attacks"), table("What must never happen")
    assert len(attacks) >= 36
    assert [row[0].strip("| ") for row in invariants] == [str(number) for number in range(1, 16)]
    for row in [*attacks, *invariants]:
        named = NAMED.findall(row[-2])
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{file}::{test}"


def test_what_stops_an_attack_is_there() -> None:
    """A path of the last column is whole, or goes on in the package of the one before it."""
    for row in [*table("Attacks"), *table("What must never happen")]:
        paths = re.findall(r"`([\w./-]+(?:\.py|\.js|/))`", row[-1])
        assert paths, row
        for path in paths:
            found = (ROOT / path).exists() or any(
                (folder / path).exists()
                for package in PACKAGES
                for folder in (ROOT / package, *(ROOT / package).glob("*/"))
            )
            assert found, (row[0], path)
