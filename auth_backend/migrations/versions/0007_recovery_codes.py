"""recovery codes"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "auth_recovery_code_sets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_until", auth_backend.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_recovery_code_sets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_recovery_code_sets")),
    )
    with op.batch_alter_table("auth_recovery_code_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_recovery_code_sets_user_id"), ["user_id"], unique=False)

    op.create_table(
        "auth_recovery_codes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("set_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "live", "used", "replaced", "revoked", "suspended", name="codestatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("created_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_reset_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["set_id"], ["auth_recovery_code_sets.id"], name=op.f("fk_auth_recovery_codes_set_id")),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_recovery_codes")),
    )
    with op.batch_alter_table("auth_recovery_codes", schema=None) as batch_op:
        batch_op.create_index("ix_auth_recovery_codes_user_tag", ["user_id", "tag"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("auth_recovery_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_auth_recovery_codes_user_tag")

    op.drop_table("auth_recovery_codes")
    with op.batch_alter_table("auth_recovery_code_sets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_recovery_code_sets_user_id"))

    op.drop_table("auth_recovery_code_sets")
