"""The end of it: the new password, stored once, if everything still is as it was."""

from datetime import datetime
from enum import StrEnum

from auth_backend.accounts.addresses import user_subject
from auth_backend.accounts.password_check import ANY_BROWSER, KNOWN_BROWSERS
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.forgotten_password.asking import note
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.forgotten_password.requests import Step, holds, is_held, lock_request, step_of
from auth_backend.limits.failures import clear_failures
from auth_backend.services import Services
from auth_backend.sign_in_data.new_password import store_password


class Replaced(StrEnum):
    """What became of it."""

    DONE = "done"
    OVER = "over"
    """Somebody signed in, a reset was executed, or the password was changed meanwhile; or another press came first."""
    HELD = "held"


async def replace_forgotten(
    services: Services, request: ForgottenPassword, password: str, facts: ClientFacts, *, now: datetime
) -> Replaced:
    """Stores the new password of whoever showed both halves; argon2 outside the transaction.

    It ends what every new password ends, and forgives wrong passwords: who typed them had forgotten it.
    """
    encoded = await services.passwords.hash(password)
    async with services.sessions.begin() as session:
        user = await lock_user(session, request.user_id) if request.user_id else None
        request = await lock_request(session, request.id)
        if user is None or step_of(request, now=now) is not Step.PASSWORD or not holds(request, user):
            return Replaced.OVER
        if is_held(user, now=now):
            return Replaced.HELD
        request.ended_at, request.end_reason = now, "done"
        await session.flush()
        for bucket in (ANY_BROWSER, KNOWN_BROWSERS):
            await clear_failures(session, user_subject(user.id), bucket, now=now)
        await store_password(session, services, user, encoded, by="forgotten_password", actor="anonymous", now=now)
        data: dict[str, object] = {"by": "forgotten", "half": request.second_half, "ip": facts.ip}
        await note(session, services, Tag.PASSWORD_SET, user, data, now=now)
    return Replaced.DONE
