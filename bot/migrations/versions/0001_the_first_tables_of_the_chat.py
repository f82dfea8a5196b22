"""The first tables of the chat."""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "bot_chat_events",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_bot_chat_events")),
    )
    op.create_table(
        "bot_sites",
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_bot_sites")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_bot_sites_secret_hash")),
    )
    op.create_table(
        "bot_conversations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("site_key", sa.String(length=64), nullable=True),
        sa.Column("user_label", sa.String(length=200), nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_changed_at", UtcDateTime(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("agent_id", sa.String(length=64), nullable=True),
        sa.Column("agent_name", sa.String(length=200), nullable=True),
        sa.Column("handoff_reason", sa.String(length=64), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_turn", sa.Integer(), nullable=False),
        sa.Column("turn_owner", sa.String(length=64), nullable=True),
        sa.Column("turn_lease_until", UtcDateTime(), nullable=True),
        sa.Column("wait_told", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["site_key"], ["bot_sites.public_key"], name=op.f("fk_bot_conversations_site_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_conversations")),
    )
    with op.batch_alter_table("bot_conversations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bot_conversations_agent_id_state"), ["agent_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_bot_conversations_state_queued_at"), ["state", "queued_at"], unique=False)

    op.create_table(
        "bot_activities",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=True),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("wire", sa.JSON(), nullable=False),
        sa.Column("client_activity_id", sa.String(length=128), nullable=True),
        sa.Column("reply_to_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["bot_conversations.id"], name=op.f("fk_bot_activities_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_activities")),
        sa.UniqueConstraint(
            "conversation_id", "client_activity_id", name=op.f("uq_bot_activities_conversation_id_client_activity_id")
        ),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_bot_activities_conversation_id_seq")),
    )
    with op.batch_alter_table("bot_activities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bot_activities_conversation_id_author_created_at"),
            ["conversation_id", "author", "created_at"],
            unique=False,
        )

    op.create_table(
        "bot_offers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("activity_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.String(length=500), nullable=False),
        sa.Column("card", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["bot_conversations.id"], name=op.f("fk_bot_offers_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_offers")),
    )
    with op.batch_alter_table("bot_offers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bot_offers_conversation_id_closed_at"), ["conversation_id", "closed_at"], unique=False
        )

    op.create_table(
        "bot_socket_tickets",
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("watermark", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["bot_conversations.id"], name=op.f("fk_bot_socket_tickets_conversation_id")
        ),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_bot_socket_tickets")),
    )
    with op.batch_alter_table("bot_socket_tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bot_socket_tickets_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "bot_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["bot_conversations.id"], name=op.f("fk_bot_tokens_conversation_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_bot_tokens")),
    )
    with op.batch_alter_table("bot_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bot_tokens_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "bot_turns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.String(length=64), nullable=True),
        sa.Column("hidden", sa.String(length=16), nullable=True),
        sa.Column("outcome_kind", sa.String(length=16), nullable=True),
        sa.Column("outcome_result", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("available_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["bot_conversations.id"], name=op.f("fk_bot_turns_conversation_id")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["bot_offers.id"], name=op.f("fk_bot_turns_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_turns")),
        sa.UniqueConstraint("conversation_id", "number", name=op.f("uq_bot_turns_conversation_id_number")),
    )
    with op.batch_alter_table("bot_turns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bot_turns_state_available_at"), ["state", "available_at"], unique=False)
