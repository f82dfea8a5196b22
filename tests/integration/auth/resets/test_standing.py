"""What a chat is bound to, and what the session that opened it is worth."""

from datetime import timedelta

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.client_facts import ClientFacts
from auth_backend.conversations.models import Conversation
from auth_backend.crypto import token_hash
from auth_backend.desk.models import DeskMember, DeskRole, Team, TeamAccount, TeamMembership
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.login.sessions import create_session, end_session
from auth_backend.resets.models import Proof, ProofKind
from tests.integration.auth.resets.world import ANA, BRUNO, PASSWORDS, World


async def signed_in(world: World, name: str, level: SessionLevel = SessionLevel.PASSWORD) -> tuple[str, str]:
    """A session's id and token."""
    async with world.services.sessions.begin() as session:
        user = await session.get(User, world.ids[name])
        assert user is not None
        row, token = await create_session(session, user, level, ClientFacts("192.0.2.1", "x", None), now=world.clock())
        return row.id, token


async def test_second_step_carries_the_password(world: World) -> None:
    session_id, token = await signed_in(world, "ana")
    browser = world.browser()
    chat = await world.chat(session_token=token, browser=browser)
    assert chat.opened == {
        "standing": "second_step",
        "session_ref": session_id,
        "browser_token": browser.token,
        "lang": "en",
        "known": False,
    }
    claimed = await chat.claim(None)
    assert (claimed["outcome"], claimed["facts"]["claim"]["from_session"]) == ("sent", True)
    proven = await chat.code(await world.mailed_code(ANA))
    assert proven["facts"]["stage"] == "ready"
    proof = await world.one(Proof, Proof.kind == ProofKind.PASSWORD)
    assert proof.channel == "login"


async def test_carried_password_grows_old(lite: World) -> None:
    _, token = await signed_in(lite, "ana")
    chat = await lite.chat(session_token=token)
    lite.clock.advance(timedelta(minutes=10, seconds=1))
    await chat.claim(None)
    assert (await chat.code(await lite.mailed_code(ANA)))["facts"]["stage"] == "password"


async def test_own_login_proves_nobody_else(lite: World) -> None:
    _, token = await signed_in(lite, "bruno")
    chat = await lite.chat(session_token=token)
    await chat.claim(ANA)
    assert (await chat.code(await lite.mailed_code(ANA)))["facts"]["stage"] == "password"


async def test_naming_another_address_drops_the_carried_password(lite: World) -> None:
    _, token = await signed_in(lite, "ana")
    chat = await lite.chat(session_token=token)
    await chat.claim(BRUNO)
    await chat.claim(ANA)
    assert (await chat.code(await lite.mailed_code(ANA)))["facts"]["stage"] == "password"


async def test_signed_in_carries_no_password(lite: World) -> None:
    _, token = await signed_in(lite, "ana", SessionLevel.FULL)
    chat = await lite.chat(session_token=token)
    assert chat.opened["standing"] == "signed_in"
    await chat.claim(None)
    assert (await chat.code(await lite.mailed_code(ANA)))["facts"]["stage"] == "password"


async def test_standing_dies_with_its_session(lite: World) -> None:
    session_id, token = await signed_in(lite, "ana")
    chat = await lite.chat(session_token=token)
    assert await chat.tell("standing", {"session_token": token}) == {"standing": "second_step", "same_session": True}
    async with lite.services.sessions.begin() as session:
        await end_session(session, session_id, now=lite.clock(), reason="signed_out")
    assert await chat.tell("standing", {"session_token": token}) == {"standing": "anonymous", "same_session": False}
    assert (await chat.claim(None))["outcome"] == "need_address"


async def test_chat_is_never_upgraded(lite: World) -> None:
    chat = await lite.chat()
    _, token = await signed_in(lite, "ana")
    again = await lite.bot(
        "POST",
        "conversations",
        {
            "conversation_id": chat.id,
            "channel": "web",
            "session_token": token,
            "ip": "",
            "user_agent": "",
            "lang": "en",
        },
    )
    assert again["standing"] == "anonymous"
    assert await chat.tell("standing", {"session_token": token}) == {"standing": "anonymous", "same_session": False}
    assert await chat.tell("standing", {"session_token": None}) == {"standing": "anonymous", "same_session": True}


async def test_foreign_site_is_always_anonymous(lite: World) -> None:
    _, token = await signed_in(lite, "ana", SessionLevel.FULL)
    browser = lite.browser()
    await lite.know(browser, "ana")
    chat = await lite.chat(channel="embed", session_token=token, browser=browser)
    assert (chat.opened["standing"], chat.opened["known"]) == ("anonymous", False)
    row = await lite.one(Conversation)
    assert (row.browser, row.session_id) == (None, None)


async def test_enrolment_session_is_anonymous(lite: World) -> None:
    await lite.change(User, lite.ids["ana"], state=EnrolmentState.MUST_ENROL)
    _, token = await signed_in(lite, "ana", SessionLevel.ENROLMENT)
    chat = await lite.chat(session_token=token)
    assert chat.opened["standing"] == "anonymous"
    assert (await chat.tell("standing", {"session_token": token}))["same_session"]


async def test_new_browser_gets_a_token(lite: World) -> None:
    chat = await lite.chat()
    row = await lite.one(Conversation)
    assert row.browser == token_hash(chat.opened["browser_token"])


async def test_password_first_is_lifted_by_the_second_step(lite: World) -> None:
    for _ in range(3):
        await (await lite.chat()).claim()
        lite.clock.advance(timedelta(minutes=15))
    assert (await (await lite.chat()).claim())["outcome"] == "password_first"
    _, token = await signed_in(lite, "ana")
    chat = await lite.chat(session_token=token)
    assert (await chat.claim(None))["outcome"] == "sent"


async def test_desk_agent_and_panel(lite: World) -> None:
    async with lite.services.sessions.begin() as session:
        team = Team(name="north")
        session.add_all([team, DeskMember(user_id=lite.ids["sofia"], role=DeskRole.AGENT)])
        await session.flush()
        session.add_all(
            [
                TeamMembership(team_id=team.id, user_id=lite.ids["sofia"]),
                TeamAccount(team_id=team.id, account_id=lite.ids["acme"]),
            ]
        )
    _, full = await signed_in(lite, "sofia", SessionLevel.FULL)
    _, half = await signed_in(lite, "sofia", SessionLevel.PASSWORD)
    _, customer = await signed_in(lite, "ana", SessionLevel.FULL)
    agent = await lite.bot("POST", "desk/agent", {"session_token": full})
    assert agent["agent"] == {
        "id": lite.ids["sofia"],
        "name": "Sofia",
        "role": "agent",
        "teams": ["general", "north"],
        "lang": "en",
    }
    for token in (half, customer, "nonsense", None):
        assert (await lite.bot("POST", "desk/agent", {"session_token": token}))["agent"] is None

    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    await chat.prove_email()
    panel = await lite.bot("GET", f"conversations/{chat.id}/desk-panel")
    assert (panel["address_typed"], panel["teams"], panel["proofs"]["owner"]) == (ANA, ["general"], None)
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    panel = await lite.bot("GET", f"conversations/{chat.id}/desk-panel")
    assert (panel["teams"], panel["proofs"]["owner"], panel["stage"]) == (["north"], True, "ready")
    assert len(await lite.rows(LoginSession)) == 3
