"""What readers said about an article."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class ArticleFeedback(Base):
    """One answer to "Did this article solve your doubts?"; nobody's name is kept."""

    __tablename__ = "auth_article_feedback"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    article: Mapped[str]
    language: Mapped[str]
    helpful: Mapped[bool]
    at: Mapped[datetime]
