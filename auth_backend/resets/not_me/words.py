"""What the "This was not me" page says: the heading by what happened and how it stands, and what the button does."""

from auth_backend.i18n import translator
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.request_facts import when
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.not_me.models import ToldEvent


def about(event: ToldEvent, reset: Reset | None, lang: str) -> str:
    """One sentence on what happened and when."""
    _ = translator(lang)
    if reset is not None and reset.executed_at is not None:
        at = when(reset.executed_at, lang)
        if reset.state is ResetState.ENROLLED:
            text = _("Two-factor authentication of this user was removed on %(when)s, and a new method was set up.")
        else:
            text = _("Two-factor authentication of this user was removed on %(when)s.")
        return text % {"when": at}
    if reset is not None and reset.state is ResetState.SCHEDULED and reset.scheduled_for is not None:
        text = _("Two-factor authentication of this user will be removed on %(when)s.")
        return text % {"when": when(reset.scheduled_for, lang)}
    texts: dict[str, str] = {
        MailKind.FACTOR_ENROLLED: _("A second factor was set up for this user on %(when)s."),
        MailKind.FACTOR_REPLACED: _("The second factor of this user was replaced on %(when)s."),
        MailKind.EMAIL_CHANGED: _("The e-mail address of this user was changed on %(when)s."),
        MailKind.PASSWORD_CHANGED: _("The password of this user was changed on %(when)s."),
        MailKind.PASSWORD_WAITS: _("A new password for this user was asked for on %(when)s."),
        MailKind.PASSKEY_ADDED: _("A passkey was added for this user on %(when)s."),
        MailKind.RECOVERY_CODE_USED: _("A recovery code of this user was used on %(when)s."),
        MailKind.OPERATOR_REVOKED_FACTOR: _("An operator removed the second factor of this user on %(when)s."),
        MailKind.MEMBERS_CHANGED: _("A member of your account was removed or brought back on %(when)s."),
        MailKind.OWNER_BECOME: _("The owner of this account was changed on %(when)s."),
        MailKind.OWNER_NO_MORE: _("The owner of this account was changed on %(when)s."),
        MailKind.RESET_CANCELLED: _("A reset of this user's two-factor authentication ended on %(when)s."),
    }
    text = texts.get(event.kind, _("The sign-in of this user was changed on %(when)s."))
    return text % {"when": when(event.at, lang)}


def does(event: ToldEvent, reset: Reset | None, lang: str) -> tuple[str, str, str]:
    """Three lines on what the button does, in the state that things are in now."""
    _ = translator(lang)
    hold = _("Sign-in changes are on hold for 72 hours. Signing in with a method older than this works as before.")
    if reset is not None and reset.executed_at is None:
        return (
            _("The reset is stopped for good; nothing is removed."),
            _("Your method and your open sessions stay as they are."),
            hold,
        )
    if reset is not None and reset.state is not ResetState.ENROLLED:
        return (
            _("Nobody can set up a new method with this reset any more."),
            _("You can bring the old method back, with your password and a code of it."),
            hold,
        )
    if reset is not None or event.kind in {MailKind.FACTOR_ENROLLED, MailKind.FACTOR_REPLACED}:
        return (
            _("What was set up since is suspended, and whoever signed in with it is signed out."),
            _("Nothing is deleted, and nothing older is touched."),
            hold,
        )
    if event.kind == MailKind.EMAIL_CHANGED:
        return (
            _("A method that was set up since is suspended, and whoever signed in with it is signed out."),
            _("No code by e-mail counts until it is clear which address is the right one."),
            hold,
        )
    return (
        _("A method that was set up since is suspended, and whoever signed in with it is signed out."),
        _("Nothing is deleted, and nothing older is touched."),
        hold,
    )
