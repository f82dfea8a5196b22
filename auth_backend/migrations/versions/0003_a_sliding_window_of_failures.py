"""a sliding window of failures"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import auth_backend.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = 10


def upgrade() -> None:
    """Failures of the old window are taken to have happened when it began: they end as they would have ended."""
    with op.batch_alter_table("auth_failure_counters") as batch_op:
        batch_op.add_column(sa.Column("failed_at", sa.JSON(), nullable=False, server_default="[]"))
    moment = auth_backend.db.UtcDateTime(timezone=True)
    counters = sa.table(
        "auth_failure_counters",
        sa.column("subject", sa.String()),
        sa.column("bucket", sa.String()),
        sa.column("in_window", sa.Integer()),
        sa.column("window_started_at", moment),
        sa.column("failed_at", sa.JSON()),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(counters).where(counters.c.in_window > 0)).all():
        times = [row.window_started_at.isoformat()] * min(row.in_window, KEPT)
        of_row = (counters.c.subject == row.subject, counters.c.bucket == row.bucket)
        bind.execute(sa.update(counters).where(*of_row).values(failed_at=times))
    with op.batch_alter_table("auth_failure_counters") as batch_op:
        batch_op.alter_column("failed_at", existing_type=sa.JSON(), server_default=None)
        batch_op.drop_column("in_window")
        batch_op.drop_column("window_started_at")


def downgrade() -> None:
    """The oldest failure kept begins the old kind of window."""
    moment = auth_backend.db.UtcDateTime(timezone=True)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    with op.batch_alter_table("auth_failure_counters") as batch_op:
        batch_op.add_column(sa.Column("in_window", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("window_started_at", moment, nullable=False, server_default=epoch.isoformat()))
    bind = op.get_bind()
    counters = sa.table(
        "auth_failure_counters",
        sa.column("subject", sa.String()),
        sa.column("bucket", sa.String()),
        sa.column("in_window", sa.Integer()),
        sa.column("window_started_at", moment),
        sa.column("failed_at", sa.JSON()),
    )
    for row in bind.execute(sa.select(counters.c.subject, counters.c.bucket, counters.c.failed_at)).all():
        if times := row.failed_at:
            of_row = (counters.c.subject == row.subject, counters.c.bucket == row.bucket)
            values = {"in_window": len(times), "window_started_at": datetime.fromisoformat(times[0])}
            bind.execute(sa.update(counters).where(*of_row).values(values))
    with op.batch_alter_table("auth_failure_counters") as batch_op:
        batch_op.alter_column("in_window", existing_type=sa.Integer(), server_default=None)
        batch_op.alter_column("window_started_at", existing_type=moment, server_default=None)
        batch_op.drop_column("failed_at")
