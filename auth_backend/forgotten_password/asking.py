"""The first half: an address, and the code that is mailed there if somebody has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import address_subject, user_subject
from auth_backend.accounts.models import User
from auth_backend.accounts.queries import NOBODY, lock_member_by_email, lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.codes.accept import CodeAccepted, CodeOutcome, accept_code
from auth_backend.codes.issue import issue_code
from auth_backend.codes.models import CodePurpose
from auth_backend.crypto import new_token, token_hash
from auth_backend.db import new_id
from auth_backend.factors.queries import known_browser
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.forgotten_password.requests import PROVING_FOR, Step, lock_request, step_of
from auth_backend.limits.destinations import named_by_anybody, of_holder
from auth_backend.limits.policy import Caller
from auth_backend.limits.sendings import SendingRefused, ask_to_send
from auth_backend.outbox.codes import send_mailed_code
from auth_backend.outbox.decoys import mail_nobody
from auth_backend.services import Services


@dataclass(frozen=True)
class Asked:
    """A code is on its way if somebody has the address; `token` is for this browser's cookie."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class AskedTooOften:
    """Nothing left, whoever has the address; not before `until`."""

    until: datetime


async def ask(
    session: AsyncSession,
    services: Services,
    address: str,
    facts: ClientFacts,
    *,
    language: str,
    before: ForgottenPassword | None,
    now: datetime,
) -> Asked | AskedTooOften:
    """Opens a request for a normalised address. What this browser had asked `before` ends.

    An address that nobody has, or somebody of the desk has (the operator sets theirs), takes the same way with the same
    writes; its code goes nowhere and is never accepted.
    """
    user = await lock_member_by_email(session, address)
    subject = user_subject(user.id) if user else address_subject(services.keys, address)
    known = await known_browser(session, user.id if user else NOBODY, facts.browser, now=now)
    caller = Caller.KNOWN_BROWSER if known else Caller.ANONYMOUS
    share = of_holder if known else named_by_anybody
    judged = await ask_to_send(
        session,
        subject=subject,
        channel="forgotten_password",
        caller=caller,
        destination=share(services.keys, address),
        now=now,
    )
    if isinstance(judged, SendingRefused):
        return AskedTooOften(judged.until)
    if before is not None and before.ended_at is None:
        before = await lock_request(session, before.id)
        before.ended_at, before.end_reason = before.ended_at or now, before.end_reason or "replaced"
    token, request_id = new_token(), new_id()
    session.add(
        ForgottenPassword(
            id=request_id,
            token=token_hash(token),
            subject=subject,
            user_id=user.id if user else None,
            address=address,
            created_at=now,
            expires_at=now + PROVING_FOR,
        )
    )
    await session.flush()
    issued = await issue_code(
        session,
        services.keys,
        subject=subject,
        user_id=user.id if user else None,
        purpose=CodePurpose.FORGOTTEN_EMAIL,
        binding=request_id,
        caller=caller,
        now=now,
    )
    send = mail_nobody if user is None else partial(send_mailed_code, user=user)
    await send(
        session,
        services,
        issued=issued,
        purpose=CodePurpose.FORGOTTEN_EMAIL,
        language=user.language if user else language,
        ip=facts.ip,
        user_agent=facts.user_agent,
        now=now,
    )
    await note(session, services, Tag.FORGOTTEN_ASKED, user, {"request": request_id, "ip": facts.ip}, now=now)
    return Asked(token)


async def prove_mail(
    session: AsyncSession,
    services: Services,
    request: ForgottenPassword,
    code: str,
    facts: ClientFacts,
    *,
    now: datetime,
) -> CodeOutcome | Step:
    """Judges the mailed code; a right one lets this browser, and no other, show the second half.

    A Step is where the request stands instead: no mailed code is awaited any more.
    """
    user = await lock_user(session, request.user_id or NOBODY)
    request = await lock_request(session, request.id)
    here = step_of(request, now=now)
    if here is not Step.MAIL:
        return here
    known = await known_browser(session, user.id if user else NOBODY, facts.browser, now=now)
    outcome = await accept_code(
        session,
        services.keys,
        purpose=CodePurpose.FORGOTTEN_EMAIL,
        binding=request.id,
        code=code,
        caller=Caller.KNOWN_BROWSER if known else Caller.ANONYMOUS,
        now=now,
    )
    accepted = isinstance(outcome, CodeAccepted)
    if accepted:
        await session.execute(
            update(ForgottenPassword)
            .where(ForgottenPassword.id == request.id, ForgottenPassword.ended_at.is_(None))
            .values(mail_proven_at=now, expires_at=now + PROVING_FOR)
        )
    data = {"request": request.id, "outcome": type(outcome).__name__, "ip": facts.ip}
    await note(session, services, Tag.FORGOTTEN_PROVEN if accepted else Tag.CODE_REFUSED, user, data, now=now)
    return outcome


async def note(
    session: AsyncSession, services: Services, tag: Tag, user: User | None, data: Mapping[str, object], *, now: datetime
) -> None:
    """An event of a browser that nobody is signed in with; last in the transaction."""
    await record(
        session,
        services.keys,
        tag,
        now=now,
        actor="anonymous",
        user_id=user.id if user else None,
        account_id=user.account_id if user else None,
        data=data,
    )
