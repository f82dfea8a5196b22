"""The tables of the support desk."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "bot_handovers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("place_told", sa.Integer(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("agent_id", sa.String(length=64), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["bot_conversations.id"], name=op.f("fk_bot_handovers_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_handovers")),
    )
    op.create_index(op.f("ix_bot_handovers_conversation_id_ended_at"), "bot_handovers", ["conversation_id", "ended_at"])
    op.create_index(op.f("ix_bot_handovers_accepted_at"), "bot_handovers", ["accepted_at"])
    op.create_table(
        "bot_desk_presence",
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_bot_desk_presence")),
    )
    op.create_table(
        "bot_desk_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_desk_events")),
    )
    op.create_index(
        op.f("ix_bot_desk_events_delivered_at_created_at"), "bot_desk_events", ["delivered_at", "created_at"]
    )
