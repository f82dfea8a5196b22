"""changes of the registered e-mail"""

import sqlalchemy as sa
from alembic import op

import dbkit.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_former_addresses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", dbkit.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("dispute_token", sa.String(), nullable=False),
        sa.Column("disputed_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_former_addresses_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_former_addresses")),
        sa.UniqueConstraint("dispute_token", name=op.f("uq_auth_former_addresses_dispute_token")),
    )
    with op.batch_alter_table("auth_former_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_former_addresses_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_auth_former_addresses_address"), ["address"], unique=False)

    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email_changed_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("email_disputed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.drop_column("email_disputed")
        batch_op.drop_column("email_changed_at")

    with op.batch_alter_table("auth_former_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_former_addresses_address"))
        batch_op.drop_index(batch_op.f("ix_auth_former_addresses_user_id"))

    op.drop_table("auth_former_addresses")
