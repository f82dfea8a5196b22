"""For 7 days after a change of the registered e-mail no mailed code proves anything to Zoe, and nobody is told so."""

from datetime import timedelta

from auth_backend.accounts.models import User
from auth_backend.codes.models import OneTimeCode
from auth_backend.resets.models import Claim, Reset
from auth_backend.resets.proving.claims import disown_claims
from auth_backend.sign_in_data.models import FormerAddress
from tests.integration.auth.resets.test_neutral import answers, writes
from tests.integration.auth.resets.world import ANA, NOBODY, World

NEW = "ana@new.example"


async def move_ana(world: World) -> None:
    """As if Ana's address had been changed this moment."""
    await world.change(User, world.ids["ana"], email=NEW, email_changed_at=world.clock())
    async with world.services.sessions.begin() as session:
        left = {"user_id": world.ids["ana"], "address": ANA, "at": world.clock()}
        session.add(FormerAddress(**left, reference="ABC234", dispute_token="t" * 64))


async def test_a_hijackers_new_mailbox_opens_no_reset(lite: World) -> None:
    """Whoever changed the address asks for a reset with it: the code never leaves, and guessing is worth nothing."""
    await move_ana(lite)
    chat = await lite.chat()
    assert (await chat.claim(NEW))["outcome"] == "sent"
    assert await lite.mailed_codes(NEW) == []
    (mail,) = await lite.mails(NEW, "notice:mail_rests")
    assert "We send none" in mail.text
    for address in (ANA, NEW):
        lite.clock.advance(timedelta(minutes=2))
        other = await lite.chat()
        await other.claim(address)
        assert await lite.mailed_codes(address) == []
    assert await lite.rows(Reset) == []


async def test_even_the_right_digits_are_wrong(lite: World) -> None:
    chat = await lite.chat()
    await chat.claim(ANA)
    code = await lite.mailed_code(ANA)
    await lite.change(User, lite.ids["ana"], email_changed_at=lite.clock())
    assert (await chat.code(code))["outcome"] == "wrong"
    assert await lite.rows(Reset) == []


async def test_after_seven_days_it_proves_again(lite: World) -> None:
    await move_ana(lite)
    lite.clock.advance(timedelta(days=7))
    chat = await lite.chat()
    assert (await chat.prove_email(NEW))["outcome"] == "accepted"


async def test_a_new_and_an_unknown_address_get_the_same_answers_for_the_same_writes(lite: World) -> None:
    await move_ana(lite)
    seen, written = [], []
    for address in (NOBODY, NEW, ANA):
        before = await writes(lite)
        seen.append(await answers(lite, address))
        after = await writes(lite)
        written.append({name: after[name] - before[name] for name in after})
    assert seen[0] == seen[1] == seen[2]
    assert written[0] == written[1] == written[2]


async def test_a_claim_that_was_open_becomes_one_about_nobody(lite: World) -> None:
    """Whoever waits in a chat with the old address on it learns nothing from the change."""
    chat, stranger = await lite.chat(), await lite.chat()
    await chat.claim(ANA)
    await stranger.claim(NOBODY)
    code = await lite.mailed_code(ANA)
    async with lite.services.sessions.begin() as session:
        await disown_claims(session, lite.services, lite.ids["ana"], ANA)
    wrong = "000000" if code != "000000" else "111111"
    mine, theirs = [await chat.code(code)], [await stranger.code(wrong)]
    for _ in range(5):
        mine.append(await chat.code(wrong))
        theirs.append(await stranger.code(wrong))
    assert [a["outcome"] for a in mine] == [a["outcome"] for a in theirs]
    assert {row.user_id for row in await lite.rows(Claim)} == {None}
    assert {row.user_id for row in await lite.rows(OneTimeCode)} == {None}
