"""`web` is killed at the worst moments: the reset is wholly there, once, the customer is told, no notice is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.owner_in_browser import Chat, Owner, Programs
from tests.support.people import live_factors, make_owner, reset_states, rows
from tests.support.running_zoe import RunningZoe, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningZoe]:
    """A Zoe that dies where the test says: `recorded` is between the committed yes and its execution."""
    with RunningZoe(tmp_path_factory.mktemp("mortal"), settings={"ZOE_DEV_FAILPOINTS": "yes"}) as running:
        yield running


@pytest.mark.parametrize("point", ["recorded", "asked", "sending"])
def test_a_kill_neither_halves_nor_repeats_nor_hides_a_reset(
    mortal: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path, point: str
) -> None:
    email = f"olga.{point}@mill.example"
    make_owner(mortal, email, f"Mill {point}")
    owner = Owner(mortal, sync_browser, email, "en", programs, tmp_path)
    chat = proven(owner)
    assert live_factors(mortal, email) == 1
    known, victim = len(mortal.mails(email)), mortal.pid_of("web")

    arm(mortal, point)
    chat.press("Remove and start over")
    wait_for(lambda: not Path(f"/proc/{victim}").exists(), "the end of web")
    assert not (mortal.data_dir / "failpoint").exists()
    assert (reset_states(mortal, email), live_factors(mortal, email)) in ((["executed"], 0), (["confirmed"], 1))
    mortal.wait_until_healthy()
    mortal.advance(120)  # what a dead process had claimed is free again

    chat.hears("Gone: authenticator app")
    assert (reset_states(mortal, email), live_factors(mortal, email)) == (["executed"], 0)
    notice = wait_for(lambda: (found := mortal.mails(email))[: len(found) - known], "the notice")
    assert any("/resets/" in mail["text"] or "removed" in mail["text"] for mail in notice)
    assert executions(mortal, email) == 1
    assert chat.log.inner_text().count("Gone: authenticator app") == 1
    wait_for(lambda: not unsent(mortal), "an empty outbox")
    assert mortal.run("audit", "verify").startswith("ok ")


def test_a_kill_after_a_typed_yes(
    mortal: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path
) -> None:
    """The word is judged again after the restart, with the same activity: it must not have become an idle one."""
    email = "olga.typed@mill.example"
    make_owner(mortal, email, "Mill typed")
    chat = proven(Owner(mortal, sync_browser, email, "en", programs, tmp_path))
    victim = mortal.pid_of("web")
    arm(mortal, "recorded")
    chat.say("yes, please")
    wait_for(lambda: not Path(f"/proc/{victim}").exists(), "the end of web")
    assert (reset_states(mortal, email), live_factors(mortal, email)) == (["confirmed"], 1)
    mortal.wait_until_healthy()
    mortal.advance(120)
    chat.hears("Gone: authenticator app")
    assert (reset_states(mortal, email), live_factors(mortal, email)) == (["executed"], 0)
    assert executions(mortal, email) == 1


@pytest.mark.parametrize(("point", "state"), [("executing", "scheduled"), ("executed", "executed")])
def test_a_kill_while_a_waiting_reset_is_carried_out(
    mortal: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path, point: str, state: str
) -> None:
    """The day after, without anybody in the chat: wholly there or not at all, in the end once, and one notice."""
    email = f"olga.{point}@mill.example"
    make_owner(mortal, email, f"Mill {point}")
    chat = proven(Owner(mortal, sync_browser, email, "en", programs, tmp_path), unknown_browser=True)
    chat.press("Remove and start over")
    wait_for(lambda: reset_states(mortal, email) == ["scheduled"], "the waiting")
    wait_for(lambda: not unsent(mortal), "an empty outbox")
    known, victim = len(mortal.mails(email)), mortal.pid_of("web")

    arm(mortal, point)
    mortal.advance(24 * 3600)
    wait_for(lambda: not Path(f"/proc/{victim}").exists(), "the end of web")
    assert (reset_states(mortal, email), live_factors(mortal, email)) == ([state], int(state == "scheduled"))
    mortal.wait_until_healthy()
    mortal.advance(120)

    wait_for(lambda: reset_states(mortal, email) == ["executed"], "the execution")
    assert live_factors(mortal, email) == 0
    assert executions(mortal, email) == 1
    wait_for(lambda: not unsent(mortal), "an empty outbox")
    assert len(mortal.mails(email)) == known + 1
    assert mortal.run("audit", "verify").startswith("ok ")


def proven(owner: Owner, *, unknown_browser: bool = False) -> Chat:
    """An owner who has lost the phone, with both proofs, in front of the question."""
    owner.sign_in()
    owner.activate()
    owner.enrol_app()
    owner.sign_out()
    if unknown_browser:
        owner.page.context.clear_cookies(name="zoe_browser")
    owner.sign_in()
    owner.page.get_by_role("link", name=re.compile("lost or changed your phone", re.IGNORECASE)).click()
    chat = Chat(owner.page)
    chat.say("i lost my phone")
    known = len(owner.zoe.mails(owner.email))
    chat.press("Reset it")
    chat.hears("6-digit code is on its way")
    chat.say(owner.zoe.next_code(owner.email, known))
    chat.hears("One step left")
    owner.page.get_by_role("button", name="Remove and start over", exact=True).last.wait_for()
    return chat


def arm(zoe: RunningZoe, point: str) -> None:
    """Names the point at which `web` dies, in one step."""
    draft = zoe.data_dir / "failpoint.draft"
    draft.write_text(point, encoding="utf-8")
    draft.rename(zoe.data_dir / "failpoint")


def executions(zoe: RunningZoe, email: str) -> int:
    """How often the audit says that a reset of this user was executed."""
    query = (
        "SELECT count(*) FROM auth_audit_events JOIN auth_users ON auth_users.id = user_id "
        "WHERE tag = 'reset:executed' AND email = ?"
    )
    return int(rows(zoe, query, email)[0][0])


def unsent(zoe: RunningZoe) -> list[tuple[str, ...]]:
    """What still waits in the outbox."""
    return rows(zoe, "SELECT kind, channel FROM auth_outbox WHERE lower(state) = 'pending'")
