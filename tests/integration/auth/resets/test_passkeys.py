"""A passkey on file makes a reset wait; the reset takes it too, names it in the card, and keeps what an undo needs."""

import secrets
from datetime import timedelta

import pyotp

from auth_backend.factors.models import Factor, FactorKind, FactorStatus, Passkey
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Reset
from auth_backend.resets.undo.password_half import shows_code
from tests.integration.auth.resets.repudiation_world import give_app, scheduled, undo
from tests.integration.auth.resets.world import ANA, PASSWORDS, World


async def give_passkeys(world: World, count: int) -> None:
    """Rows as an enrolment leaves them."""
    at = world.clock() - timedelta(days=30)
    async with world.services.sessions.begin() as session:
        for number in range(count):
            factor = Factor(
                user_id=world.ids["ana"],
                kind=FactorKind.PASSKEY,
                status=FactorStatus.LIVE,
                created_at=at,
                confirmed_at=at,
            )
            session.add(factor)
            await session.flush()
            session.add(
                Passkey(
                    factor_id=factor.id,
                    credential_id=secrets.token_bytes(32),
                    public_key=b"key",
                    sign_count=0,
                    name=f"Key {number}",
                    backed_up=False,
                )
            )


async def test_reset_of_somebody_with_passkeys(world: World) -> None:
    await give_passkeys(world, 2)
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.prove_email()
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    card = await chat.card()
    assert card["facts"]["reset"]["removes"] == [
        {"kind": "sms", "label": "ending in 88", "count": 1},
        {"kind": "passkey", "label": "", "count": 2},
    ]
    await chat.confirm(nonce=card["nonce"])
    reset = await world.one(Reset)
    assert reset.risks == ["passkey"]
    assert "risk" not in str(await chat.facts())

    world.clock.advance(timedelta(hours=24))
    await run_due(world.services)
    factors = await world.rows(Factor, Factor.user_id == world.ids["ana"])
    assert {(row.status, row.revoked_by_reset_id) for row in factors} == {(FactorStatus.REVOKED, reset.id)}
    assert len(await world.rows(Passkey)) == 2, "an undo restores them"
    (told,) = await world.mails(ANA, "notice:reset_executed")
    assert "2 passkeys" in told.text


async def test_a_removed_passkey_undoes_nothing_and_comes_back_with_an_undo(lite: World) -> None:
    """Six digits of the removed app or number undo a reset (docs/decisions/0022); the passkey is not asked for."""
    key = await give_app(lite)
    async with lite.services.sessions.begin() as session:
        passkey = Factor(
            user_id=lite.ids["ana"],
            kind=FactorKind.PASSKEY,
            status=FactorStatus.LIVE,
            created_at=lite.clock(),
            confirmed_at=lite.clock(),
        )
        session.add(passkey)
    chat = await scheduled(lite)
    lite.clock.advance(timedelta(hours=24))
    assert (await chat.execute())["outcome"] == "executed"
    reader = await undo(lite, code=None)
    assert 'name="code"' in reader.page
    assert "passkey" not in reader.page.lower().partition("<main")[2]
    assert passkey.id not in {factor.id for factor in await shown(lite)}
    await reader.post("/undo/code", {"credential": "{}"}, status=422)
    assert (await lite.one(Factor, Factor.id == passkey.id)).status is FactorStatus.REVOKED
    await reader.post("/undo/code", {"code": pyotp.TOTP(key).at(lite.clock())})
    assert (await lite.one(Factor, Factor.id == passkey.id)).status is FactorStatus.LIVE


async def shown(world: World) -> list[Factor]:
    """The removed factors whose code undoes the reset."""
    reset = await world.one(Reset)
    async with world.services.sessions.begin() as session:
        return await shows_code(session, reset.id)
