"""Changing one's own password: step-up, the current password, the new one."""

from dataclasses import dataclass
from datetime import datetime

from auth_backend.accounts.password_check import (
    PasswordAccepted,
    PasswordRefused,
    PasswordThrottled,
    check_password,
)
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import Services
from auth_backend.sign_in_data.new_password import store_password


@dataclass(frozen=True)
class PasswordChanged:
    """Done; every other session of the user ended."""


async def change_password(
    services: Services, current: CurrentSession, *, old: str, new: str, facts: ClientFacts, now: datetime
) -> PasswordChanged | PasswordRefused | PasswordThrottled | ChangeRefused:
    """Judges the current password, with the counter that all pages share, and stores the new one.

    Which passwords are taken was judged before (`accounts/password_policy.py`). Own transactions, argon2 between them:
    when the password was changed meanwhile, the one that was judged is wrong now.
    """
    outcome = await check_password(
        services, address=current.user.email, password=old, browser=facts.browser, ip=facts.ip
    )
    if not isinstance(outcome, PasswordAccepted):
        return outcome
    encoded = await services.passwords.hash(new)
    async with services.sessions.begin() as session:
        live = await lock_for_change(session, current, contact=True, now=now)
        if isinstance(live, ChangeRefused):
            return live
        if live.user.id != outcome.user_id or live.user.password_epoch != outcome.password_epoch:
            return PasswordRefused()
        await store_password(session, services, live.user, encoded, by="password_change", keep_session=live.id, now=now)
        await record_step(session, services, live, Tag.PASSWORD_SET, {"by": "change", "ip": facts.ip}, now=now)
    return PasswordChanged()
