"""What can happen to an account's security, as hierarchical tags."""

from enum import StrEnum


class Tag(StrEnum):
    """One tag an event. Add here; never rename: exported records are compared across years."""

    ACCOUNT_CREATED = "account:created"
    ACCOUNT_OWNER_CHANGED = "account:owner:changed"
    ACCOUNT_OWNER_DISPUTED = "account:owner:disputed"
    USER_CREATED = "user:created"
    USER_LANGUAGE_CHANGED = "user:language:changed"
    USER_MUST_ENROL = "user:must_enrol"
    PASSWORD_SET = "user:password:set"  # noqa: S105
    NOTICE_ADDRESS_SET = "user:notice_address:set"
    NOTICE_ADDRESS_REMOVED = "user:notice_address:removed"
    PASSWORD_REFUSED = "user:password:refused"  # noqa: S105
    PASSWORD_LOCKED = "user:password:locked"  # noqa: S105
    DESK_MEMBER_CREATED = "desk:member:created"
    DESK_PANEL_READ = "desk:panel:read"
    DESK_CLAIMED = "desk:conversation:claimed"
    DESK_HANDED_BACK = "desk:conversation:handed_back"
    DESK_CLOSED = "desk:conversation:closed"

    LOGIN_PASSWORD = "login:password"  # noqa: S105
    LOGIN_SECOND_STEP = "login:second_step"
    LOGIN_REMEMBERED = "login:remembered"
    LOGIN_STEP_UP = "login:step_up"
    LOGIN_SIGNED_OUT = "login:signed_out"
    DEVICE_FORGOTTEN = "login:device:forgotten"
    SESSIONS_ENDED = "login:sessions:ended"

    ACTIVATION_STARTED = "factor:activation:started"
    FACTOR_ENROLLED = "factor:enrolled"
    FACTOR_REPLACED = "factor:replaced"
    FACTOR_REVOKED = "factor:revoked"
    FACTOR_LOCKED = "factor:locked"
    PHONE_TAKEN = "factor:phone:taken"
    PASSKEY_ENROLLED = "factor:passkey:enrolled"
    PASSKEY_RENAMED = "factor:passkey:renamed"
    PASSKEY_REMOVED = "factor:passkey:removed"
    PASSKEY_ENROLMENT_REFUSED = "factor:passkey:enrolment:refused"
    PASSKEY_COUNTER_WENT_BACK = "factor:passkey:counter_went_back"

    FORGOTTEN_ASKED = "forgotten_password:asked"
    FORGOTTEN_PROVEN = "forgotten_password:proof"
    FORGOTTEN_ENDED = "forgotten_password:ended"
    RECOVERY_CODES_ISSUED = "recovery_codes:issued"
    RECOVERY_CODES_REPLACED = "recovery_codes:replaced"
    RECOVERY_CODES_PUT_AWAY = "recovery_codes:put_away"
    RECOVERY_CODES_REVOKED = "recovery_codes:revoked"
    RECOVERY_CODE_USED = "recovery_codes:used"

    CODE_SENT = "code:sent"
    CODE_ACCEPTED = "code:accepted"
    CODE_REFUSED = "code:refused"
    CODE_REPORTED = "code:reported"

    RESET_CLAIMED = "reset:claimed"
    RESET_PROVEN = "reset:proof"
    RESET_PROOF_REFUSED = "reset:proof:refused"
    RESET_READY = "reset:ready"
    RESET_OWNER_ASKED = "reset:owner:asked"
    RESET_OWNER_APPROVED = "reset:owner:approved"
    RESET_CONFIRMED = "reset:confirmed"
    RESET_CONFIRMATION_REFUSED = "reset:confirmation:refused"
    RESET_SCHEDULED = "reset:scheduled"
    RESET_EXECUTED = "reset:executed"
    RESET_ENROLLED = "reset:enrolled"
    RESET_REFUSED = "reset:refused"
    RESET_EXPIRED = "reset:expired"
    RESET_CANCELLED = "reset:cancelled"
    RESET_SUPERSEDED = "reset:superseded"
    RESET_EXECUTION_REFUSED = "reset:execution:refused"
    DESTINATION_BOUNCED = "outbox:destination:bounced"
    SMS_CEILING_REACHED = "outbox:sms:ceiling"
    TICKET_REFUSED = "internal:ticket:refused"
    HUMAN_CALLED = "chat:human:called"

    OPERATOR_REVOKED_FACTOR = "operator:factor:revoked"
    OPERATOR_SET_PASSWORD = "operator:password:set"  # noqa: S105
    KEYS_ROTATED = "operator:keys:rotated"
    DEMO_CREATED = "operator:demo:created"
