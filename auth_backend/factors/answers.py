"""What pages say to a code that was not accepted, the same words on each of them."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from auth_backend.codes.accept import CodeExpired, CodeOutcome, CodeThrottled, CodeWrong
from auth_backend.factors.base import FactorRefused, FactorThrottled
from auth_backend.i18n import Gettext

type Ngettext = Callable[[str, str, int], str]


def refused_text(judged: FactorRefused | FactorThrottled, _: Gettext) -> str:
    """For a code of an app or by SMS: neither which of them it is, nor how many tries are left."""
    if isinstance(judged, FactorThrottled):
        return _("Too many wrong codes. Wait a moment, then try again.")
    return _("That code doesn't match, or it was used already. Only the newest one counts.")


def mailed_text(outcome: CodeOutcome, _: Gettext, ngettext: Ngettext) -> str:
    """For a code that was asked for by e-mail."""
    if isinstance(outcome, CodeWrong):
        left = ngettext("%(num)s try left.", "%(num)s tries left.", outcome.attempts_left)
        return f"{_("That doesn't match.")} {left % {'num': outcome.attempts_left}} {_('Only the newest mail counts.')}"
    if isinstance(outcome, CodeExpired):
        return _("This code is older than 10 minutes. Ask for a new one.")
    if isinstance(outcome, CodeThrottled):
        return _("Too many wrong codes. Wait a moment, then try again.")
    return _("This code is spent. Ask for a new one.")


def not_a_code(_: Gettext) -> str:
    """For what can't be a code at all; it costs no try."""
    return _("A code has six digits.")


def too_many_tries(_: Gettext) -> str:
    """Beside a field whose tries are used up for now; since when it is open again stands above the form."""
    return _("Too many tries. Wait a moment, then try again.")


def with_retry_after(response: web.Response, until: datetime, *, now: datetime) -> web.Response:
    """Says in the header when it is worth trying again."""
    response.headers["Retry-After"] = str(max(1, int((until - now).total_seconds()) + 1))
    return response
