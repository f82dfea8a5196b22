"""since when the factor that lifted a hold was its user's: what is older is not settled"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("auth_users") as batch_op:
        batch_op.add_column(sa.Column("freeze_lifted_since", auth_backend.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("auth_users") as batch_op:
        batch_op.drop_column("freeze_lifted_since")
