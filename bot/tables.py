"""Every table of this package, for its migrations."""

from bot import models
from bot.db import Base
from bot.handoff import models as desk_models

TABLES = frozenset(Base.metadata.tables)
"""Names; the modules above declare them."""

__all__ = ["TABLES", "desk_models", "models"]
