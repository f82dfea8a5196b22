"""A few facts about the installation."""

from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base


class InstallationFact(Base):
    """`environment` (dev, production), `clock_offset_s`, `demo` (yes)."""

    __tablename__ = "auth_installation"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
