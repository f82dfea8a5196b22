"""forgotten passwords"""

import sqlalchemy as sa
from alembic import op

import dbkit.columns


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_forgotten_passwords",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", dbkit.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", dbkit.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("mail_proven_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("second_half", sa.String(), nullable=True),
        sa.Column("second_half_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("not_before", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fact_email", sa.String(), nullable=True),
        sa.Column("fact_password_epoch", sa.Integer(), nullable=True),
        sa.Column("fact_factor_epoch", sa.Integer(), nullable=True),
        sa.Column("ended_at", dbkit.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_forgotten_passwords_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_forgotten_passwords")),
        sa.UniqueConstraint("token", name=op.f("uq_auth_forgotten_passwords_token")),
    )
    with op.batch_alter_table("auth_forgotten_passwords", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_forgotten_passwords_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("auth_forgotten_passwords", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_forgotten_passwords_user_id"))

    op.drop_table("auth_forgotten_passwords")
