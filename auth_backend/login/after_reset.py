"""For a week after a reset a factor bound since is no step-up for what would make a takeover final.

Those are the password, the registered e-mail, the notice address and the owner: whoever got through a reset in the
owner's name can't lock the owner out with the factor that it let them enrol. Pure.
"""

from datetime import datetime, timedelta

FRESH_FOR = timedelta(days=7)


def is_fresh(shown_since: datetime | None, *, reset_at: datetime | None, now: datetime) -> bool:
    """Whether a factor that is its user's since `shown_since` (None: unknown) came with a reset of the last 7 days."""
    if reset_at is None or now >= reset_at + FRESH_FOR:
        return False
    return shown_since is None or shown_since >= reset_at
