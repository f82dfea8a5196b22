"""Takes codes and passwords out of what people type, before it is stored, echoed, routed or logged."""

from bot.redaction.kinds import MASK, Awaited, Found, Redacted
from bot.redaction.redact import redact

__all__ = ["MASK", "Awaited", "Found", "Redacted", "redact"]
