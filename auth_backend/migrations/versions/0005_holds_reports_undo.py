"""holds, reports and undo"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_told_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reset_id", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["reset_id"], ["auth_resets.id"], name=op.f("fk_auth_told_events_reset_id")),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_told_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_told_events")),
        sa.UniqueConstraint("token", name=op.f("uq_auth_told_events_token")),
    )
    with op.batch_alter_table("auth_told_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_told_events_user_id"), ["user_id"], unique=False)

    op.create_table(
        "auth_undo_tries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("cookie", sa.String(), nullable=False),
        sa.Column("reset_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("password_epoch", sa.Integer(), nullable=True),
        sa.Column("created_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["reset_id"], ["auth_resets.id"], name=op.f("fk_auth_undo_tries_reset_id")),
        sa.ForeignKeyConstraint(["user_id"], ["auth_users.id"], name=op.f("fk_auth_undo_tries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_undo_tries")),
        sa.UniqueConstraint("cookie", name=op.f("uq_auth_undo_tries_cookie")),
    )
    with op.batch_alter_table("auth_undo_tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_undo_tries_reset_id"), ["reset_id"], unique=False)

    with op.batch_alter_table("auth_codes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_token", sa.String(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_auth_codes_report_token"), ["report_token"])

    with op.batch_alter_table("auth_resets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("put_off_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("password_at_execution", sa.String(), nullable=True))

    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("frozen_about", auth_backend.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("freeze_lifted_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("disputed_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("awaits_operator", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("enrol_not_before", auth_backend.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reset_banner_until", auth_backend.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.drop_column("reset_banner_until")
        batch_op.drop_column("enrol_not_before")
        batch_op.drop_column("awaits_operator")
        batch_op.drop_column("disputed_at")
        batch_op.drop_column("freeze_lifted_at")
        batch_op.drop_column("frozen_about")

    with op.batch_alter_table("auth_resets", schema=None) as batch_op:
        batch_op.drop_column("password_at_execution")
        batch_op.drop_column("put_off_at")

    with op.batch_alter_table("auth_codes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_auth_codes_report_token"), type_="unique")
        batch_op.drop_column("report_token")

    with op.batch_alter_table("auth_undo_tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_undo_tries_reset_id"))

    op.drop_table("auth_undo_tries")
    with op.batch_alter_table("auth_told_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_told_events_user_id"))

    op.drop_table("auth_told_events")
