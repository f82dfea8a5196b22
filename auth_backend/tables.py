"""Every table of the package, imported so that the metadata is whole."""

from auth_backend.accounts import models as accounts
from auth_backend.approvals import models as approvals
from auth_backend.audit import models as audit
from auth_backend.codes import models as codes
from auth_backend.conversations import models as conversations
from auth_backend.db import Base
from auth_backend.desk import models as desk
from auth_backend.factors import models as factors
from auth_backend.forgotten_password import models as forgotten_password
from auth_backend.help import models as help_centre
from auth_backend.installation import models as installation
from auth_backend.limits import models as limits
from auth_backend.login import models as login
from auth_backend.outbox import models as outbox
from auth_backend.recovery_codes import models as recovery_codes
from auth_backend.resets import models as resets
from auth_backend.resets.not_me import models as repudiation
from auth_backend.sign_in_data import models as sign_in_data

__all__ = [
    "accounts",
    "approvals",
    "audit",
    "codes",
    "conversations",
    "desk",
    "factors",
    "forgotten_password",
    "help_centre",
    "installation",
    "limits",
    "login",
    "outbox",
    "recovery_codes",
    "repudiation",
    "resets",
    "sign_in_data",
]

metadata = Base.metadata
