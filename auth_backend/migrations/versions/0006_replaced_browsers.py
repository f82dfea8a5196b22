"""replaced browsers"""

import sqlalchemy as sa
from alembic import op

import auth_backend.db


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_replaced_browsers",
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("successor", sa.String(), nullable=False),
        sa.Column("replaced_at", auth_backend.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("browser", name=op.f("pk_auth_replaced_browsers")),
    )


def downgrade() -> None:
    op.drop_table("auth_replaced_browsers")
