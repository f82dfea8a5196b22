"""What is kept only so that a reset can be undone is erased when it can't be any more."""

from sqlalchemy import select, update

from auth_backend.accounts.models import User
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.models import Reset
from auth_backend.resets.undo.window import UNDO_FOR
from auth_backend.services import Services


async def erase_what_undo_needed(services: Services) -> int:
    """One run: seeds of revoked factors, and the passwords valid at execution, once they are 7 days old.

    Those of a user for whom the operator has to decide are kept until then. Returns how many seeds were erased.
    """
    before = services.now() - UNDO_FOR
    undecided = select(User.id).where(User.awaits_operator)
    old = (Factor.status == FactorStatus.REVOKED, Factor.secret.is_not(None), Factor.revoked_at <= before)
    async with services.sessions.begin() as session:
        erased = await session.scalars(
            update(Factor)
            .where(*old, Factor.user_id.not_in(undecided))
            .values(secret=None)
            .returning(Factor.id)
            .execution_options(synchronize_session=False)
        )
        count = len(erased.all())
        await session.execute(
            update(Reset)
            .where(
                Reset.password_at_execution.is_not(None),
                Reset.executed_at <= before,
                Reset.target_id.not_in(undecided),
            )
            .values(password_at_execution=None)
            .execution_options(synchronize_session=False)
        )
    return count
