"""`zoe admin` and `zoe audit` as the operator types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import zoe

LONG = "a password of several words"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Development, no tokens: these commands serve and call nothing."""
    return {"ZOE_ENV": "dev", "ZOE_DATA_DIR": str(tmp_path / "data")}


def run(environment: dict[str, str], *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(zoe, list(arguments), env=environment, input=typed, catch_exceptions=False)


def test_an_operator_sets_up_an_account_and_checks_the_record(environment: dict[str, str]) -> None:
    assert run(environment, "admin", "create-account", "Acme").exit_code == 0
    made = run(
        environment, "admin", "create-user", "ana@acme.example", "--account", "Acme", "--name", "Ana", typed=f"{LONG}\n"
    )
    assert (made.exit_code, len(made.output.strip())) == (0, 32)
    assert run(environment, "admin", "set-owner", "Acme", "ana@acme.example").output == "owner changed\n"
    refused = run(environment, "admin", "set-password", "ana@acme.example", typed="short\n")
    assert (refused.exit_code, "at least 15" in refused.output) == (1, True)
    agent = ("admin", "create-agent", "sam@desk.example", "--name", "Sam", "--team", "Care", "--supervisor")
    assert run(environment, *agent, typed=f"{LONG}\n").exit_code == 0

    whole = run(environment, "audit", "verify")
    word, count, head = whole.output.split()
    assert (whole.exit_code, word, count, len(head)) == (0, "ok", "5", 64)
    assert run(environment, "audit", "verify", "--head", head).exit_code == 0
    broken = run(environment, "audit", "verify", "--head", "0" * 63 + "1")
    assert (broken.exit_code, broken.output) == (1, "broken at 6: the expected head is not in the chain\n")
    lines = [json.loads(line) for line in run(environment, "audit", "export").output.splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5]
    assert LONG not in str(lines)
    assert "ana@" not in str(lines)


def test_a_site_is_registered_listed_and_switched_off(environment: dict[str, str]) -> None:
    bad = run(environment, "admin", "create-site", "Shop", "--origin", "https://shop.example/page")
    assert (bad.exit_code, "not an origin" in bad.output) == (1, True)
    made = run(
        environment, "admin", "create-site", "Shop", "--origin", "https://Shop.example", "--origin", "http://a:81"
    )
    key, secret = (line.split()[1] for line in made.output.splitlines())
    assert run(environment, "admin", "list-sites").output == f"{key}  on  Shop  http://a:81 https://shop.example\n"
    assert run(environment, "admin", "disable-site", key).exit_code == 0
    assert run(environment, "admin", "disable-site", key).exit_code == 1
    assert "  off  Shop" in run(environment, "admin", "list-sites").output
    record = run(environment, "audit", "export").output
    assert [json.loads(line)["tag"] for line in record.splitlines()] == ["site:created", "site:disabled"]
    assert secret not in record


def test_a_password_is_never_an_argument(environment: dict[str, str]) -> None:
    for command in ("create-user", "set-password", "create-agent"):
        shown = run(environment, "admin", command, "--help").output
        assert "--password" not in shown


def test_looking_makes_no_database(environment: dict[str, str]) -> None:
    from httpkit.environment import SettingsError

    with pytest.raises(SettingsError, match="no database"):
        run(environment, "audit", "verify")
    assert not list(Path(environment["ZOE_DATA_DIR"]).glob("*.sqlite3"))
