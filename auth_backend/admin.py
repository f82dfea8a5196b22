"""What the operator can do from the command line (`zoe admin`); every command is audited.

Each function has its own transactions, with argon2 between them. A refusal is an AdminError: nothing was changed.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts import creation
from auth_backend.accounts.addresses import normalise_address, user_subject
from auth_backend.accounts.models import Account, EnrolmentState, EnrolReason, User
from auth_backend.accounts.names import MAX_NAME, one_line
from auth_backend.accounts.owner_change import change_owner
from auth_backend.accounts.password_check import ANY_BROWSER, KNOWN_BROWSERS
from auth_backend.accounts.password_policy import LEAST_ALONE, PasswordProblem, least_length, password_problem
from auth_backend.accounts.queries import get_user, get_user_by_email, lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import burn_codes
from auth_backend.desk.models import GENERAL_TEAM, DeskRole
from auth_backend.desk.service import place_at_desk
from auth_backend.factors.queries import live_factors, revoke_all_factors
from auth_backend.i18n import LANGUAGES
from auth_backend.limits.failures import clear_failures
from auth_backend.login.flow import require_enrolment
from auth_backend.login.sessions import end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.policy import ENROL_RIGHT_FOR
from auth_backend.resets.undo.decision import decide
from auth_backend.services import Services
from auth_backend.sign_in_data.email_answer import Answer, Answered, By, open_change, revocable_change, settle
from auth_backend.sign_in_data.former_addresses import holder_of_address
from auth_backend.sign_in_data.new_password import store_password

OPERATOR = "operator"
MAX_REASON = 300

_PROBLEMS = {
    PasswordProblem.SHORT: "the password is too short: at least {least} characters",
    PasswordProblem.LONG: "the password is too long: at most 1024 bytes",
    PasswordProblem.COMMON: "too many people use that password",
    PasswordProblem.PERSONAL: "the password is the user's own name or address",
}


class AdminError(Exception):
    """The command can't be carried out; the message says why, for the operator."""


async def create_account(services: Services, name: str) -> str:
    """Makes an account and returns its id."""
    name = _name(name)
    async with services.sessions.begin() as session:
        account = await creation.create_account(session, services.keys, name, now=services.now(), actor=OPERATOR)
        return account.id


async def create_user(
    services: Services, *, account: str, name: str, address: str, language: str, password: str
) -> str:
    """Makes a member of `account` (id or name), who starts in `none`; returns the id."""
    name, normal, encoded = await _new_person(services, name, address, language, password)
    async with services.sessions.begin() as session:
        found = await _account(session, account)
        await _free(session, normal, now=services.now())
        user = await creation.create_user(
            session,
            services.keys,
            account_id=found.id,
            name=name,
            address=normal,
            language=language,
            password_hash=encoded,
            now=services.now(),
            actor=OPERATOR,
        )
        return user.id


async def create_agent(
    services: Services,
    *,
    name: str,
    address: str,
    language: str,
    password: str,
    team: str,
    supervisor: bool = False,
    accounts: Collection[str] = (),
) -> str:
    """Makes a desk user, who has to enrol first, in a team that from now on serves `accounts` too; returns the id."""
    team = _name(team)
    if accounts and team == GENERAL_TEAM:
        raise AdminError("the general team serves conversations whose account is not known yet; name another team")
    name, normal, encoded = await _new_person(services, name, address, language, password)
    async with services.sessions.begin() as session:
        served = [(await _account(session, account)).id for account in accounts]
        now = services.now()
        await _free(session, normal, now=now)
        user = await creation.create_user(
            session,
            services.keys,
            account_id=None,
            name=name,
            address=normal,
            language=language,
            password_hash=encoded,
            now=now,
            actor=OPERATOR,
        )
        role = DeskRole.SUPERVISOR if supervisor else DeskRole.AGENT
        await place_at_desk(
            session, services.keys, user, role=role, team=team, accounts=served, now=now, actor=OPERATOR
        )
        return user.id


async def set_owner(services: Services, *, account: str, user: str) -> bool:
    """Makes a member the owner of their account; False when that is so already."""
    async with services.sessions.begin() as session:
        found, person = await _account(session, account), await _user(session, user)
        if person.account_id != found.id or person.removed_at is not None:
            raise AdminError("that user is no member of the account")
        return await change_owner(
            session, services, account_id=found.id, user_id=person.id, now=services.now(), actor=OPERATOR
        )


async def set_password(services: Services, *, user: str, password: str) -> None:
    """Replaces a password: the user's sessions end, failures are forgiven, the user is told."""
    async with services.sessions.begin() as session:
        person = await _user(session, user)
    _judge(password, least=least_length(person), own_words=(person.name, person.email))
    encoded = await services.passwords.hash(password)
    async with services.sessions.begin() as session:
        locked = await lock_user(session, person.id)
        assert locked is not None  # users are never deleted
        await replace_password(session, services, locked, encoded, now=services.now())


async def replace_password(
    session: AsyncSession, services: Services, user: User, encoded: str, *, now: datetime
) -> None:
    """Stores the hash of a password that the operator chose for a locked user."""
    await store_password(session, services, user, encoded, by="operator", actor=OPERATOR, now=now)
    for bucket in (ANY_BROWSER, KNOWN_BROWSERS):
        await clear_failures(session, user_subject(user.id), bucket, now=now)
    await _record(session, services, Tag.OPERATOR_SET_PASSWORD, user, {}, now=now)


async def revoke_factor(services: Services, *, user: str, reason: str) -> int:
    """Revokes every second factor of a user, who must enrol anew within 7 days; returns how many there were.

    Asked again after those days with nothing left to revoke, it gives a new right to enrol. `reason` goes to the
    record.
    """
    reason = _one_line(reason, MAX_REASON, "a reason")
    async with services.sessions.begin() as session:
        person = await lock_user(session, (await _user(session, user)).id)
        assert person is not None  # users are never deleted
        live, now = await live_factors(session, person.id), services.now()
        waits = person.state is EnrolmentState.MUST_ENROL and person.enrol_reason is EnrolReason.RESET
        if not live and not waits:
            raise AdminError("that user has no second factor")
        phones = tuple(factor.phone for factor in live if factor.phone)
        removed = await revoke_all_factors(session, person, now=now, reset_id=None)
        await end_sessions(session, person.id, now=now, reason="operator")
        await burn_codes(session, user_id=person.id, now=now)
        require_enrolment(person, EnrolReason.RESET)
        person.enrol_right_until = now + ENROL_RIGHT_FOR
        await notify_user(session, services, person, MailKind.OPERATOR_REVOKED_FACTOR, now=now, phones=phones)
        if removed.recovery_codes:
            count = {"count": removed.recovery_codes}
            await _record(session, services, Tag.RECOVERY_CODES_REVOKED, person, count, now=now)
        data = {"reason": reason, "factors": [factor.factor_id for factor in removed.factors]}
        await _record(session, services, Tag.OPERATOR_REVOKED_FACTOR, person, data, now=now)
        return len(removed.factors)


async def decide_undo(services: Services, *, user: str, old_method: bool, reason: str) -> None:
    """Ends the stop on a user's sign-in: the removed method comes back, or what was set up since is valid."""
    reason = _one_line(reason, MAX_REASON, "the reason")
    async with services.sessions.begin() as session:
        person = await lock_user(session, (await _user(session, user)).id)
        assert person is not None  # users are never deleted
        if not person.awaits_operator:
            raise AdminError("that user's sign-in is not stopped")
        decided = await decide(
            session, services, person, old_method=old_method, reason=reason, now=services.now(), actor=OPERATOR
        )
        if not decided:
            raise AdminError("the number of that method belongs to somebody else now, or nothing can come back")


async def decide_email(services: Services, *, user: str, old: bool, reason: str) -> None:
    """Decides which address counts after a change that is or may still be disputed, and ends a hold on changes.

    `old`: also when it was settled that the new one counts, as long as the old one has its 14 days.
    """
    reason = _one_line(reason, MAX_REASON, "the reason")
    async with services.sessions.begin() as session:
        person = await lock_user(session, (await _user(session, user)).id)
        assert person is not None  # users are never deleted
        now = services.now()
        change = await (revocable_change if old else open_change)(session, person, now=now)
        if change is None or not (old or person.email_disputed):
            raise AdminError("no change of that user's address is open")
        choice, by = Answer.OLD if old else Answer.NEW, By(OPERATOR, OPERATOR, person=True)
        if await settle(session, services, person, change, choice, by=by, now=now) is Answered.NOTHING:
            raise AdminError("the address of before belongs to somebody else now")
        data = {"reason": reason, "decision": choice.value, "former": change.id}
        await _record(session, services, Tag.OPERATOR_DECIDED_EMAIL, person, data, now=now)


async def _new_person(
    services: Services, name: str, address: str, language: str, password: str
) -> tuple[str, str, str]:
    """Name, normal address and password hash of somebody new."""
    name = _name(name)
    normal = normalise_address(address)
    if normal is None:
        raise AdminError("that is no e-mail address")
    if language not in LANGUAGES:
        raise AdminError(f"the language is one of: {', '.join(LANGUAGES)}")
    _judge(password, least=LEAST_ALONE, own_words=(name, normal))
    async with services.sessions.begin() as session:
        await _free(session, normal, now=services.now())
    return name, normal, await services.passwords.hash(password)


def _judge(password: str, *, least: int, own_words: Collection[str]) -> None:
    problem = password_problem(password, least=least, own_words=tuple(own_words))
    if problem is not None:
        raise AdminError(_PROBLEMS[problem].format(least=least))


async def _free(session: AsyncSession, address: str, *, now: datetime) -> None:
    if await holder_of_address(session, address, now=now) is not None:
        raise AdminError("somebody has that address already, or had it until lately and may get it back")


async def _account(session: AsyncSession, named: str) -> Account:
    """By id or by name."""
    found = (await session.scalars(select(Account).where(or_(Account.id == named, Account.name == named)))).all()
    if len(found) != 1:
        raise AdminError("there is no such account" if not found else "several accounts have that name: give the id")
    return found[0]


async def _user(session: AsyncSession, named: str) -> User:
    """By id or by address."""
    address = normalise_address(named)
    user = await get_user_by_email(session, address) if address else await get_user(session, named)
    if user is None:
        raise AdminError("there is no such user")
    return user


async def _record(
    session: AsyncSession, services: Services, tag: Tag, user: User, data: Mapping[str, object], *, now: datetime
) -> None:
    await record(
        session,
        services.keys,
        tag,
        now=now,
        actor=OPERATOR,
        user_id=user.id,
        account_id=user.account_id,
        data=data,
    )


def _name(raw: str) -> str:
    return _one_line(raw, MAX_NAME, "a name")


def _one_line(raw: str, longest: int, what: str) -> str:
    text = one_line(raw, longest)
    if text is None:
        raise AdminError(f"{what} is one line of at most {longest} characters")
    return text
