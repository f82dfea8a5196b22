"""second notice address"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_pending_addresses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("use", sa.Enum("notice", "sign_in", name="addressuse", native_enum=False, length=32), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_pending_addresses_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_pending_addresses")),
    )
    with op.batch_alter_table("auth_pending_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_pending_addresses_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice_email", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.drop_column("notice_email")

    with op.batch_alter_table("auth_pending_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_pending_addresses_user_id"))

    op.drop_table("auth_pending_addresses")
