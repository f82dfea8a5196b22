"""Mailed codes: other people's, other conversations', replayed, guessed."""

from datetime import timedelta

import pytest

from auth_backend.accounts.models import Account
from auth_backend.codes.models import OneTimeCode
from auth_backend.limits.models import FailureCounter
from auth_backend.resets.models import Claim, Reset
from tests.integration.auth.resets.world import ANA, BRUNO, CARLA, NOBODY, PASSWORDS, SOFIA, World


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_code_works_in_its_own_conversation_only(lite: World) -> None:
    chat, other = await lite.chat(), await lite.chat()
    await chat.claim()
    code = await lite.mailed_code(ANA)
    assert (await other.code(code))["outcome"] == "not_awaited"
    lite.clock.advance(timedelta(minutes=1))
    assert (await other.claim(CARLA))["outcome"] == "sent"
    assert (await other.code(code))["outcome"] == "wrong"
    assert (await chat.code(code))["outcome"] == "accepted"


async def test_code_of_an_earlier_claim_is_worth_nothing(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim()
    code = await lite.mailed_code(ANA)
    await chat.claim(CARLA)
    assert (await chat.code(code))["outcome"] == "wrong"
    assert await lite.rows(Reset) == []


async def test_new_code_replaces_the_old_and_keeps_the_failures(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim()
    first = await lite.mailed_code(ANA)
    assert (await chat.code(other_than(first)))["outcome"] == "wrong"
    lite.clock.advance(timedelta(minutes=1))
    assert (await chat.act("POST", "reset/resend", {"lang": "en"}))["outcome"] == "sent"
    assert (await chat.code(first))["outcome"] == "wrong"
    counter = await lite.one(FailureCounter, FailureCounter.bucket == "code:reset_email:anonymous")
    assert counter.in_a_row == 2


async def test_code_is_replayed(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim()
    code = await lite.mailed_code(ANA)
    assert (await chat.code(code, "same"))["outcome"] == "accepted"
    assert (await chat.code(code, "same"))["outcome"] == "accepted"
    assert (await chat.code(code))["outcome"] == "not_awaited"
    assert len(await lite.rows(Reset)) == 1


async def test_an_activity_is_one_attempt(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim()
    wrong = other_than(await lite.mailed_code(ANA))
    for _ in range(3):
        answer = await chat.code(wrong, "same")
        assert (answer["outcome"], answer["facts"]["claim"]["attempts_left"]) == ("wrong", 4)
    other = await lite.chat()
    await other.tell("codes", {"code": wrong, "activity_id": "same"}, status=409)
    await chat.tell("confirmations", {"nonce": "whatever", "activity_id": "same"}, status=409)


async def test_guessing_ends_with_the_code_and_then_with_the_counter(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim()
    right = await lite.mailed_code(ANA)
    wrong = other_than(right)
    outcomes = [(await chat.code(wrong))["outcome"] for _ in range(5)]
    assert outcomes == ["wrong"] * 4 + ["spent"]
    assert (await chat.facts())["claim"]["spent"]
    assert (await chat.code(right))["outcome"] == "spent"

    lite.clock.advance(timedelta(minutes=2))
    other = await lite.chat()
    await other.claim()
    right = await lite.mailed_code(ANA)
    assert (await other.code(other_than(right)))["outcome"] == "wrong"
    assert (await other.code(right))["outcome"] == "throttled"
    lite.clock.advance(timedelta(seconds=5))
    assert (await other.code(right))["outcome"] == "accepted"


async def test_stranger_does_not_lock_the_owner_out(lite: World) -> None:
    stranger = await lite.chat()
    await stranger.claim()
    wrong = other_than(await lite.mailed_code(ANA))
    for _ in range(5):
        await stranger.code(wrong)
    await lite.chat()
    browser = lite.browser()
    await lite.know(browser, "ana")
    owner = await lite.chat(browser=browser)
    assert (await owner.claim())["outcome"] == "sent"
    assert (await owner.code(await lite.mailed_code(ANA)))["outcome"] == "accepted"


async def test_expired_code(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim()
    code = await lite.mailed_code(ANA)
    lite.clock.advance(timedelta(minutes=10))
    assert (await chat.code(code))["outcome"] == "expired"
    lite.clock.advance(timedelta(minutes=20))
    assert (await chat.code(code))["outcome"] == "expired"
    assert await chat.stage() == "expired"


async def test_password_comes_first_after_three_unused_codes(lite: World) -> None:
    outcomes = {}
    for address in (ANA, NOBODY):
        outcomes[address] = []
        for _ in range(4):
            chat = await lite.chat()
            outcomes[address].append((await chat.claim(address))["outcome"])
            lite.clock.advance(timedelta(minutes=15))
    assert outcomes[ANA] == outcomes[NOBODY] == ["sent", "sent", "sent", "password_first"]


@pytest.mark.parametrize(
    "address", ["nonsense", "a@b", "two@at@signs.example", "x\ny@acme.example", "", "ana@acme.example, eve@e.example"]
)
async def test_what_is_no_address(lite: World, address: str) -> None:
    chat = await lite.chat()
    assert (await chat.claim(address))["outcome"] == "invalid_address"
    assert await lite.rows(Claim) == []


async def test_lookalike_address_is_another_address(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim("аna@acme.example")  # a Cyrillic а
    assert await lite.mails(ANA) == []


async def test_desk_user_looks_like_nobody(lite: World) -> None:
    chat = await lite.chat()
    assert (await chat.claim(SOFIA))["outcome"] == "sent"
    assert await lite.mails(SOFIA) == []
    assert (await lite.one(OneTimeCode)).user_id is None


async def test_mail_goes_to_the_address_on_file(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim("  ANA@Acme.Example ")
    assert len(await lite.mails(ANA, "code:")) == 1


async def test_member_is_told_after_both_proofs_only(lite: World) -> None:
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    facts = (await chat.prove_email(BRUNO))["facts"]
    assert (facts["stage"], facts["refusal"], facts["proofs"]["owner"]) == ("password", None, None)
    await browser.type_password(await chat.verify_url(), PASSWORDS["bruno"])
    facts = await chat.facts()
    assert (facts["stage"], facts["refusal"], facts["proofs"]["owner"]) == ("ask_owner", None, False)
    assert facts["reset"]["removes"] == facts["reset"]["told"] == []
    assert (await chat.confirm(nonce=(await chat.card())["nonce"]))["outcome"] == "not_recorded"
    assert (await chat.execute())["outcome"] == "not_confirmed"


async def test_member_of_an_account_without_owner_has_nobody_to_ask(lite: World) -> None:
    await lite.change(Account, lite.ids["acme"], owner_id=None)
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    await chat.to_ready(browser, "bruno", BRUNO)
    facts = await chat.facts()
    assert (facts["stage"], facts["refusal"], facts["proofs"]["owner"]) == ("refused", "not_owner", False)
    assert "nonce" not in await chat.card()
    assert (await chat.execute())["outcome"] == "refused"


async def test_owner_of_another_account_resets_only_themselves(lite: World) -> None:
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    await chat.prove_email(ANA)
    page = await browser.type_password(await chat.verify_url(), PASSWORDS["carla"], status=422)
    assert "not the password of this address" in page
    assert await chat.stage() == "password"
