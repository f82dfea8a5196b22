"""What the desk does is in the audit; who is no agent is told apart from who has to sign in."""

from sqlalchemy import select

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.service import Verified, verify
from auth_backend.desk.models import DeskMember, DeskRole
from tests.integration.auth.resets.world import ACTIONS, World


async def test_each_action_of_the_desk_is_one_audit_event_by_its_agent(lite: World) -> None:
    chat = await lite.chat()
    sofia = lite.ids["sofia"]
    async with lite.services.sessions.begin() as session:
        session.add(DeskMember(user_id=sofia, role=DeskRole.AGENT))
    for event in ("claimed", "panel_read", "handed_back", "closed"):
        answer = await lite.bot("POST", f"conversations/{chat.id}/desk-events", {"agent_id": sofia, "event": event})
        assert answer == {"recorded": True}
    async with lite.services.sessions.begin() as session:
        rows = (await session.scalars(select(AuditEvent).where(AuditEvent.actor == f"agent:{sofia}"))).all()
        assert isinstance(await verify(session, lite.services.keys), Verified)
    assert [row.tag for row in rows] == [
        "desk:conversation:claimed",
        "desk:panel:read",
        "desk:conversation:handed_back",
        "desk:conversation:closed",
    ]
    assert {row.data["conversation"] for row in rows} == {chat.id}


async def test_nobody_is_recorded_who_does_not_work_at_the_desk(lite: World) -> None:
    chat = await lite.chat()
    path = f"conversations/{chat.id}/desk-events"
    body = {"agent_id": lite.ids["ana"], "event": "claimed"}
    await lite.bot("POST", path, body, status=422)
    await lite.bot("POST", path, {"agent_id": lite.ids["ana"], "event": "executed"}, status=422)
    await lite.bot("POST", "conversations/unknown/desk-events", body, status=404)
    await lite.call("POST", f"/internal/{path}", body, token=ACTIONS, status=403)


async def test_a_session_that_is_no_agents_says_why(lite: World) -> None:
    answer = await lite.bot("POST", "desk/agent", {"session_token": "nobody's"})
    assert answer == {"agent": None, "refused": "signed_out"}
