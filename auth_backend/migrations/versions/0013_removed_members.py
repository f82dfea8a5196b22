"""removed members"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_auth_users_removed_at"), ["removed_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("auth_users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_users_removed_at"))
        batch_op.drop_column("erased_at")
        batch_op.drop_column("removed_at")
