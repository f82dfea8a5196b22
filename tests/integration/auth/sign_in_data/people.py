"""People who change their own sign-in data, shared by the tests of this folder."""

from datetime import timedelta

from auth_backend.accounts.models import User
from auth_backend.conversations.models import Conversation
from auth_backend.db import new_id
from auth_backend.resets.models import Claim, Reset, ResetState
from tests.integration.auth.factors.ways import ANA, PASSWORD, PHONE, enrol_sms
from tests.support.auth_site import Site, Visitor

EMAIL = "/account/security/email"


async def ana_by_sms(site: Site) -> Visitor:
    """Ana, who owns Acme, signed in with SMS that she enrolled a minute ago."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_sms(site, visitor)
    return visitor


async def step_up(site: Site, visitor: Visitor) -> None:
    """On the step-up page: a fresh SMS."""
    site.later(seconds=61)
    await visitor.submit("/login/step-up/send")
    await visitor.submit("/login/step-up", code=await site.code_for(PHONE))


async def reset_of(site: Site, state: ResetState, *, executed_ago: timedelta | None = None, email: str = ANA) -> Reset:
    """A reset of Ana's in some state, as a chat left it."""
    (user,) = await site.rows(User, User.email == email)
    now = site.clock()
    async with site.services.sessions.begin() as session:
        conversation = Conversation(
            id=new_id(), channel="web", ip="198.51.100.7", user_agent="", language="en", created_at=now
        )
        session.add(conversation)
        await session.flush()
        claim = Claim(
            conversation_id=conversation.id,
            subject=f"user:{user.id}",
            user_id=user.id,
            address=user.email,
            language="en",
            created_at=now,
            expires_at=now,
            ended_at=now,
            end_reason="proven",
        )
        session.add(claim)
        await session.flush()
        reset = Reset(
            reference=new_id()[:6].upper(),
            conversation_id=conversation.id,
            claim_id=claim.id,
            account_id=user.account_id,
            requester_id=user.id,
            target_id=user.id,
            language="en",
            state=state,
            created_at=now,
            proving_until=now + timedelta(minutes=30),
            confirmed_at=now if state is not ResetState.PROVING else None,
            scheduled_for=now + timedelta(hours=24) if state is ResetState.SCHEDULED else None,
            executed_at=now - executed_ago if executed_ago is not None else None,
        )
        session.add(reset)
    return reset


async def change_email(site: Site, visitor: Visitor, address: str, *, password: str = PASSWORD) -> None:
    """From the form to the changed address; the step-up is fresh."""
    await visitor.open(EMAIL)
    await visitor.submit(EMAIL, current_password=password, address=address)
    await visitor.submit(f"{EMAIL}/code", code=await site.code_for(address))
    assert "you sign in with" in visitor.page, visitor.page.html
