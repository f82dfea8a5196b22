"""passkeys, their open challenges, and since when a shown factor was its user's"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_passkey_challenges",
        sa.Column("binding", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_passkey_challenges_user_id")),
        sa.PrimaryKeyConstraint("binding", "purpose", name=op.f("pk_auth_passkey_challenges")),
    )
    with op.batch_alter_table("auth_passkey_challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_passkey_challenges_user_id"), ["user_id"], unique=False)

    op.create_table(
        "auth_passkeys",
        sa.Column("factor_id", sa.String(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("last_used_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["factor_id"], ["auth_factors.id"], name=op.f("fk_auth_passkeys_factor_id")),
        sa.PrimaryKeyConstraint("factor_id", name=op.f("pk_auth_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_auth_passkeys_credential_id")),
    )
    with op.batch_alter_table("auth_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shown_since", auth_backend.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("auth_sessions", schema=None) as batch_op:
        batch_op.drop_column("shown_since")

    op.drop_table("auth_passkeys")
    with op.batch_alter_table("auth_passkey_challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_passkey_challenges_user_id"))

    op.drop_table("auth_passkey_challenges")
