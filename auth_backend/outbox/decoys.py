"""What a mailed code costs, without a mail: for addresses that nobody has, so that no time and no write tells them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.codes.issue import IssuedCode
from auth_backend.codes.models import CodePurpose
from auth_backend.db import new_id
from auth_backend.outbox.codes import compose_code
from auth_backend.outbox.models import Channel, OutboxMessage, OutboxState
from auth_backend.services import Services


async def mail_nobody(
    session: AsyncSession,
    services: Services,
    *,
    issued: IssuedCode,
    purpose: CodePurpose,
    language: str,
    ip: str,
    user_agent: str,
    now: datetime,
) -> None:
    """Composed, encrypted, thrown away; the row is dropped from the start."""
    mail = compose_code(services, issued, purpose, language, ip=ip, user_agent=user_agent, now=now)
    row_id = new_id()
    services.keys.cipher.encrypt(mail.text.encode() + mail.html.encode(), context=row_id)
    session.add(
        OutboxMessage(
            id=row_id,
            channel=Channel.EMAIL,
            kind=f"code:{purpose.value}",
            body=None,
            state=OutboxState.DROPPED,
            due_at=now,
            created_at=now,
            ended_at=now,
        )
    )
    await session.flush()
