"""when an old address disputed a change by its own link, which no other report uses up"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("auth_former_addresses") as batch_op:
        batch_op.add_column(sa.Column("link_used_at", auth_backend.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("auth_former_addresses") as batch_op:
        batch_op.drop_column("link_used_at")
