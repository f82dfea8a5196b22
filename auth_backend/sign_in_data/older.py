"""Whether what was shown is older than a change of the registered e-mail by more than can still be reported. Pure."""

from datetime import datetime, timedelta

REPORTABLE_FOR = timedelta(days=7)
"""As long as a notice's "this was not me" is good: a factor or password of these days may itself be the thief's."""


def is_older(
    at: datetime,
    *,
    factor_since: datetime | None,
    only_factor: bool,
    password_since: datetime,
    first_password: bool,
) -> bool:
    """Whether factor and password tell who is who after the change of `at`. A factor of unknown age (None) does not.

    Both have to be older than the change by the 7 days in which the notice of either can be answered. Younger is as
    good where nothing can have been slipped in: the one factor that this user ever had (`only_factor`), bound with the
    password and a code from the mailbox of before, and the first password.
    """
    if factor_since is None:
        return False
    factor_before = at if only_factor else at - REPORTABLE_FOR
    password_before = at if first_password else at - REPORTABLE_FOR
    return factor_since < factor_before and password_since < password_before
