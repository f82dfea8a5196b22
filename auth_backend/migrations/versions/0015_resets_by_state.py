"""an index for what looks for due and stale resets every few seconds"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_auth_resets_state"), "auth_resets", ["state"])


def downgrade() -> None:
    op.drop_index(op.f("ix_auth_resets_state"), table_name="auth_resets")
