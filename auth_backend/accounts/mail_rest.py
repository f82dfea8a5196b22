"""When a code mailed to a registered address proves nothing, because the address is new or disputed. Pure.

The one place that judges it. It is asked where such a code would leave (`outbox/codes.py`), where one is accepted
(`codes/accept.py`), and where a page has to say what counts instead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth_backend.accounts.models import User

MAIL_RESTS_FOR = timedelta(days=7)
"""After a change of the registered e-mail no mailed code, to the new or the old address, is a proof or second step."""


@dataclass(frozen=True)
class MailRests:
    """Mailed codes count again at `until`; None: not before the dispute about the address is answered."""

    until: datetime | None


def mail_rests(user: User, *, now: datetime) -> MailRests | None:
    """Why no mailed code of this user counts now; None when they count.

    Whose the new mailbox is, is what a dispute is about: a disputed address proves nothing, however long that takes.
    """
    if user.email_disputed:
        return MailRests(None)
    if user.email_changed_at is None or now >= user.email_changed_at + MAIL_RESTS_FOR:
        return None
    return MailRests(user.email_changed_at + MAIL_RESTS_FOR)
