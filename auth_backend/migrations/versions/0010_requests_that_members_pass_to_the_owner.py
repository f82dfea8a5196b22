"""requests that members pass to the owner"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_owner_requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reset_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("asked_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "decision", sa.Enum("approved", "refused", name="decision", native_enum=False, length=32), nullable=True
        ),
        sa.Column("decided_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["auth_accounts.id"], name=op.f("fk_auth_owner_requests_account_id")),
        sa.ForeignKeyConstraint(["member_id"], ["auth_users.id"], name=op.f("fk_auth_owner_requests_member_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["auth_users.id"], name=op.f("fk_auth_owner_requests_owner_id")),
        sa.ForeignKeyConstraint(["reset_id"], ["auth_resets.id"], name=op.f("fk_auth_owner_requests_reset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_owner_requests")),
        sa.UniqueConstraint("reset_id", name=op.f("uq_auth_owner_requests_reset_id")),
    )
    with op.batch_alter_table("auth_owner_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_owner_requests_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_auth_owner_requests_owner_id"), ["owner_id"], unique=False)

    with op.batch_alter_table("auth_confirmation_nonces", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.Enum("confirm", "ask_owner", name="noncepurpose", native_enum=False, length=32),
                server_default="confirm",
                nullable=False,
            )
        )

    with op.batch_alter_table("auth_resets", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("owner_may_decide_until", auth_backend.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.alter_column("conversation_id", existing_type=sa.VARCHAR(), nullable=True)
        batch_op.alter_column("claim_id", existing_type=sa.VARCHAR(), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("auth_resets", schema=None) as batch_op:
        batch_op.alter_column("claim_id", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.alter_column("conversation_id", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.drop_column("owner_may_decide_until")

    with op.batch_alter_table("auth_confirmation_nonces", schema=None) as batch_op:
        batch_op.drop_column("purpose")

    with op.batch_alter_table("auth_owner_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_owner_requests_owner_id"))
        batch_op.drop_index(batch_op.f("ix_auth_owner_requests_member_id"))

    op.drop_table("auth_owner_requests")
