"""What desk pages get: queue, conversation, transcript, panel. Never a link with a token, never a code."""

import re
from typing import Any

from bot.handoff.backend import Agent, DeskPanel
from bot.handoff.events import STATE_EVENT
from bot.handoff.queries import InDesk
from bot.handoff.states import State
from bot.models import ActivityRow, Conversation
from httpkit.clock import iso

_TOKEN_PAGE = re.compile(r"/(verify|resets|undo|not-me|report|owner-dispute|email-dispute)/[^\s<>\"']+", re.IGNORECASE)


def agent_json(agent: Agent) -> dict[str, Any]:
    """The signed-in agent."""
    return {"id": agent.id, "name": agent.name, "role": agent.role, "lang": agent.lang}


def lists_json(in_desk: list[InDesk], agent: Agent) -> dict[str, list[dict[str, Any]]]:
    """What this agent may see: who waits, what is theirs, what is with others."""
    lists: dict[str, list[dict[str, Any]]] = {"waiting": [], "mine": [], "others": []}
    for entry in in_desk:
        mine = entry.conversation.agent_id == agent.id
        if not mine and not set(entry.handover.teams) & set(agent.teams):
            continue
        if entry.conversation.state == State.QUEUED.value:
            lists["waiting"].append(_entry_json(entry))
        else:
            lists["mine" if mine else "others"].append(_entry_json(entry))
    return lists


def _entry_json(entry: InDesk) -> dict[str, Any]:
    conversation, handover = entry.conversation, entry.handover
    return {
        "id": conversation.id,
        "lang": conversation.lang,
        "since": iso(handover.queued_at),
        "accepted": iso(handover.accepted_at),
        "agent": conversation.agent_name,
        "newest": conversation.last_seq,
    }


def conversation_json(conversation: Conversation, agent: Agent) -> dict[str, Any]:
    """Who is in charge of a conversation."""
    return {
        "id": conversation.id,
        "state": conversation.state,
        "lang": conversation.lang,
        "agent": conversation.agent_name,
        "mine": conversation.state == State.AGENT.value and conversation.agent_id == agent.id,
    }


def panel_json(panel: DeskPanel) -> dict[str, Any]:
    """The checklist of proofs and what the customer typed."""
    return {
        "address": panel.address_typed,
        "email": iso(panel.proofs.email),
        "password": iso(panel.proofs.password),
        "owner": panel.proofs.owner,
        "stage": panel.stage,
        "teams": list(panel.teams),
    }


def transcript_json(rows: list[ActivityRow]) -> list[dict[str, Any]]:
    """The entries that people read: messages with the choices offered, and who came and went."""
    entries = (_line_json(row) for row in rows)
    return [entry for entry in entries if entry is not None]


def _line_json(row: ActivityRow) -> dict[str, Any] | None:
    base = {"id": row.id, "at": iso(row.created_at), "who": row.author, "name": row.author_name}
    if row.type == "message":
        text = _TOKEN_PAGE.sub(lambda found: f"/{found.group(1)}/…", row.text or "")
        return {**base, "kind": "text", "text": text, "choices": _choices(row.wire)}
    if row.wire.get("name") == STATE_EVENT:
        return {**base, "kind": "state", "state": row.wire["value"]["state"], "agent": row.wire["value"]["agent"]}
    return None


def _choices(wire: dict[str, Any]) -> list[str]:
    """The titles of the buttons; their values lead into the customer's own pages."""
    actions = list(wire.get("suggestedActions", {}).get("actions", []))
    for attachment in wire.get("attachments", []):
        actions += attachment.get("content", {}).get("actions", [])
    return [str(action.get("title", "")) for action in actions]
