"""changes of owner"""

import sqlalchemy as sa
from alembic import op

import dbkit.columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_owner_changes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("former_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("dispute_token", sa.String(), nullable=True),
        sa.Column("at", dbkit.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("disputed_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["auth_accounts.id"], name=op.f("fk_auth_owner_changes_account_id")),
        sa.ForeignKeyConstraint(["former_id"], ["auth_users.id"], name=op.f("fk_auth_owner_changes_former_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["auth_users.id"], name=op.f("fk_auth_owner_changes_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_owner_changes")),
        sa.UniqueConstraint("dispute_token", name=op.f("uq_auth_owner_changes_dispute_token")),
    )
    with op.batch_alter_table("auth_owner_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_owner_changes_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_auth_owner_changes_former_id"), ["former_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("auth_owner_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_owner_changes_former_id"))
        batch_op.drop_index(batch_op.f("ix_auth_owner_changes_account_id"))

    op.drop_table("auth_owner_changes")
