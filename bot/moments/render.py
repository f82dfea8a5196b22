"""From a moment's name to what Zoe says."""

from collections.abc import Callable, Mapping

from bot.moments.asking_owner import ask_owner
from bot.moments.codes import ask_code, ask_password, ask_return_code, code_result
from bot.moments.confirmation import ask_confirmation
from bot.moments.context import Context
from bot.moments.outcomes import outcome, status, steps
from bot.replies import Reply

MOMENTS: Mapping[str, Callable[[Context], list[Reply]]] = {
    "ask_code": ask_code,
    "code_result": code_result,
    "ask_password": ask_password,
    "ask_return_code": ask_return_code,
    "ask_confirmation": ask_confirmation,
    "ask_owner": ask_owner,
    "outcome": outcome,
    "status": status,
    "steps": steps,
}
"""The moments of interfaces.md."""

NEEDS_VERIFY_LINK = frozenset({"ask_password"})
NEEDS_CARD = frozenset({"ask_confirmation", "ask_owner"})


def render(name: str, context: Context) -> list[Reply]:
    """What Zoe says in the moment `name`. Raises KeyError for an unknown name."""
    return MOMENTS[name](context)
