"""A member's reason in words: one of a list, so that a mail carries nothing of the member's own wording."""

from auth_backend.i18n import translator
from auth_backend.resets.policy import Reason


def reason_words(reason: Reason, lang: str) -> str:
    """The reason as the owner reads it."""
    _ = translator(lang)
    return {
        Reason.LOST_DEVICE: _("phone or app lost"),
        Reason.NEW_PHONE: _("new phone"),
        Reason.NEW_NUMBER: _("new phone number"),
        Reason.APP_DELETED: _("app deleted"),
        Reason.NO_CODES: _("no codes arrive"),
        Reason.SWITCH: _("wants another method"),
        Reason.STOLEN: _("phone stolen"),
        Reason.OTHER: _("another reason"),
    }[reason]


def reason_choices(lang: str) -> list[tuple[str, str]]:
    """(value, words) of every reason, for a list to choose from."""
    return [(reason.value, reason_words(reason, lang)) for reason in Reason]
