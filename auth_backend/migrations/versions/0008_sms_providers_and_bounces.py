"""sms providers and bounced destinations"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_bounced_destinations",
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column(
            "channel", sa.Enum("email", "sms", "chat", name="channel", native_enum=False, length=32), nullable=False
        ),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("bounced_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("destination", name=op.f("pk_auth_bounced_destinations")),
    )
    delivery = sa.Enum("delivered", "undelivered", "failed", name="delivery", native_enum=False, length=32)
    op.add_column("auth_outbox", sa.Column("provider_id", sa.String(), nullable=True))
    op.add_column("auth_outbox", sa.Column("destination", sa.String(), nullable=True))
    op.add_column("auth_outbox", sa.Column("user_id", sa.String(), nullable=True))
    op.add_column("auth_outbox", sa.Column("delivery", delivery, nullable=True))
    op.create_index(op.f("ix_auth_outbox_provider_id"), "auth_outbox", ["provider_id"])
    op.add_column("auth_sendings", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("auth_sendings", "held")
    op.drop_index(op.f("ix_auth_outbox_provider_id"), table_name="auth_outbox")
    for column in ("delivery", "user_id", "destination", "provider_id"):
        op.drop_column("auth_outbox", column)
    op.drop_table("auth_bounced_destinations")
