"""What mails and SMS say: one template a kind and language, the HTML part made from the same text.

A template is plain text: a first line `Subject: …` (mails only), paragraphs, `> code` for a code shown large, `- item`
lists, and `[label](address)` alone on a line for a button.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auth_backend.outbox.service import Envelope

LANGUAGES = ("en", "pt", "es")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates" / "mails"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - the text part is text; the HTML part is escaped below
    keep_trailing_newline=False,
)
_BUTTON = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<address>https?://[^\s)]+)\)")
_ADDRESS = re.compile(r"https?://\S+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


class MailKind(StrEnum):
    """What is told. The values are the names of the templates."""

    CODE_LOGIN = "code_login"
    CODE_ENROL = "code_enrol"
    CODE_RESET = "code_reset"
    CODE_FORGOTTEN = "code_forgotten"
    CODE_NOTICE_ADDRESS = "code_notice_address"
    CODE_NEW_EMAIL = "code_new_email"
    MAIL_RESTS = "mail_rests"
    RESET_EXECUTED = "reset_executed"
    RESET_SCHEDULED = "reset_scheduled"
    RESET_CANCELLED = "reset_cancelled"
    RESET_PUT_OFF = "reset_put_off"
    RESET_UNDONE = "reset_undone"
    CHANGE_REPORTED = "change_reported"
    SIGN_IN_STOPPED = "sign_in_stopped"
    OPERATOR_DECIDED = "operator_decided"
    FACTOR_ENROLLED = "factor_enrolled"
    FACTOR_REPLACED = "factor_replaced"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PHONE_TAKEN = "phone_taken"
    NOTICE_ADDRESS_CHANGED = "notice_address_changed"
    EMAIL_CHANGED = "email_changed"
    EMAIL_LEFT = "email_left"
    EMAIL_TAKEN = "email_taken"
    EMAIL_TAKEN_BACK = "email_taken_back"
    EMAIL_KEPT = "email_kept"
    PASSWORD_WAITS = "password_waits"  # noqa: S105 - a mail's name
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a mail's name
    OPERATOR_REVOKED_FACTOR = "operator_revoked_factor"
    RECOVERY_CODES_REPLACED = "recovery_codes_replaced"
    RECOVERY_CODE_USED = "recovery_code_used"
    MEMBER_REMOVED = "member_removed"
    MEMBER_BACK = "member_back"
    MEMBERS_CHANGED = "members_changed"
    OWNER_BECOME = "owner_become"
    OWNER_NO_MORE = "owner_no_more"
    OWNER_DISPUTED = "owner_disputed"
    OWNER_ASKED = "owner_asked"
    OWNER_APPROVED = "owner_approved"
    REQUEST_PASSED_ON = "request_passed_on"
    REQUEST_REFUSED = "request_refused"
    REQUEST_UNANSWERED = "request_unanswered"


class SmsKind(StrEnum):
    """What an SMS says.

    A notice names no person and no account, since numbers are given to others.
    """

    CODE = "sms_code"
    RESET_EXECUTED = "sms_reset_executed"
    RESET_SCHEDULED = "sms_reset_scheduled"
    OPERATOR_REVOKED = "sms_operator_revoked"
    FACTOR_REPLACED = "sms_factor_replaced"
    NOTICE_ADDRESS_CHANGED = "sms_notice_address_changed"
    EMAIL_CHANGED = "sms_email_changed"
    PASSWORD_WAITS = "sms_password_waits"  # noqa: S105 - a text's name
    PASSWORD_CHANGED = "sms_password_changed"  # noqa: S105 - a text's name
    RECOVERY_CODES_REPLACED = "sms_recovery_codes_replaced"
    RECOVERY_CODE_USED = "sms_recovery_code_used"
    PASSKEY_ADDED = "sms_passkey_added"
    PASSKEY_REMOVED = "sms_passkey_removed"
    RESET_UNDONE = "sms_reset_undone"


@dataclass(frozen=True)
class Composed:
    """A mail without its destination."""

    subject: str
    text: str
    html: str

    def to(self, address: str) -> Envelope:
        """The mail for one address."""
        return Envelope(to=address, subject=self.subject, text=self.text, html=self.html)


def compose(kind: MailKind, language: str, facts: Mapping[str, object]) -> Composed:
    """Renders a mail. Raises UndefinedError when a fact that the template needs is missing."""
    head, _, body = _render(kind.value, language, facts).partition("\n")
    subject = _CONTROLS.sub(" ", head.removeprefix("Subject:")).strip()
    body = body.strip()
    return Composed(subject, _plain(body), _html(subject, body, language))


def compose_sms(kind: SmsKind, language: str, facts: Mapping[str, object]) -> str:
    """The text of an SMS."""
    return _render(kind.value, language, facts).strip()


def _render(name: str, language: str, facts: Mapping[str, object]) -> str:
    folder = language if language in LANGUAGES else "en"
    return _TEMPLATES.get_template(f"{folder}/{name}.txt").render(
        {key: _words(value, may_link=key.endswith("_url")) for key, value in facts.items()}
    )


def _words(value: object, *, may_link: bool) -> object:
    """Facts are words, never markup, links or lines of their own.

    A browser's name or an account's can't add a paragraph, a button or a header; only facts named `…_url`, which Zoe
    made, are links.
    """
    if isinstance(value, str):
        words = _CONTROLS.sub(" ", value).strip()
        return words if may_link else words.replace("://", ": //")
    if isinstance(value, list):
        return [_words(item, may_link=False) for item in value]
    return value


def _plain(body: str) -> str:
    lines = []
    for line in body.splitlines():
        button = _BUTTON.fullmatch(line.strip())
        lines.append(f"{button['label']}:\n{button['address']}" if button else line.removeprefix("> "))
    return "\n".join(lines) + "\n"


def _html(subject: str, body: str, language: str) -> str:
    blocks = "\n".join(_block(block) for block in re.split(r"\n\s*\n", body))
    return _TEMPLATES.get_template("layout.html").render(
        language={"pt": "pt-BR"}.get(language, language), subject=html.escape(subject), blocks=blocks
    )


def _block(block: str) -> str:
    button = _BUTTON.fullmatch(block.strip())
    if button:
        address, label = html.escape(button["address"], quote=True), html.escape(button["label"])
        return f'<p class="action"><a class="button" href="{address}">{label}</a></p>'
    if block.startswith("> "):
        return f'<p class="code">{html.escape(block.removeprefix("> "))}</p>'
    lines = block.splitlines()
    items = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    text = " ".join(line for line in lines if not line.startswith("- "))
    paragraph = f"<p>{_linked(text)}</p>" if text else ""
    listing = "".join(f"<li>{html.escape(item)}</li>" for item in items)
    return paragraph + (f"<ul>{listing}</ul>" if listing else "")


def _linked(text: str) -> str:
    """Escapes text and makes its addresses links."""
    escaped = html.escape(text)
    return _ADDRESS.sub(lambda match: f'<a href="{match[0]}">{match[0]}</a>', escaped)
