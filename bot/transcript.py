"""Appends to a conversation: numbers, rows, offers. What is stored here is the transcript, and it is what clients
are sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Integer, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.identifiers import new_id, reply_id
from bot.models import ActivityRow, Conversation, Offer
from bot.replies import AskOwner, Button, Confirm, Event, Open, Outgoing, Raise, Reply, Say

OFFER_CLOSED = "zoe.offer.closed"
_conversations = cast("Table", Conversation.__table__)


@dataclass(frozen=True)
class Author:
    """Who an entry is from, as clients may know it."""

    role: str
    name: str | None = None


ZOE = Author("zoe", "Zoe")
CUSTOMER = Author("customer")


@dataclass(frozen=True)
class Places:
    """Numbers that were reserved: the first activity's, and the first turn's."""

    activity: int
    turn: int


_TAKE_PLACES = (
    update(_conversations)
    .where(_conversations.c.id == bindparam("conversation"), _conversations.c.deleted_at.is_(None))
    .values(
        last_seq=_conversations.c.last_seq + bindparam("activities", type_=Integer),
        last_turn=_conversations.c.last_turn + bindparam("turns", type_=Integer),
    )
    .returning(_conversations.c.last_seq, _conversations.c.last_turn)
)
"""Built once: a statement of every turn takes longer to build than to run."""


async def take_places(session: AsyncSession, conversation_id: str, *, activities: int, turns: int) -> Places | None:
    """Reserves numbers for what is about to be stored and holds the conversation's row until the transaction ends;
    None when the conversation was deleted.
    """
    wanted = {"conversation": conversation_id, "activities": activities, "turns": turns}
    last = (await session.execute(_TAKE_PLACES, wanted)).one_or_none()
    if last is None:
        return None
    return Places(last.last_seq - activities + 1, last.last_turn - turns + 1)


async def take_numbers(session: AsyncSession, conversation_id: str, count: int) -> int:
    """Reserves `count` numbers of activities and returns the first. Raises LookupError."""
    places = await take_places(session, conversation_id, activities=count, turns=0)
    if places is None:
        raise LookupError("no such conversation")
    return places.activity


async def append_outgoing(
    session: AsyncSession,
    conversation_id: str,
    outgoing: list[Outgoing],
    now: datetime,
    *,
    turn_id: str,
    author: Author = ZOE,
    reply_to: str | None = None,
) -> list[ActivityRow]:
    """Appends what is said in one turn; a reply that offers choices closes what was offered before. Ids follow from
    the turn's.
    """
    if not outgoing:
        return []
    rows: list[ActivityRow] = []
    for item in outgoing:
        identifier = reply_id(turn_id, len(rows))
        if isinstance(item, Event):
            rows.append(_event_row(identifier, conversation_id, item, now))
            continue
        offers = [
            _offer(conversation_id, identifier, item, button, now)
            for button in item.buttons
            if not isinstance(button, Open)
        ]
        if offers:
            rows += [
                _event_row(f"{identifier}-c{index}", conversation_id, event, now)
                for index, event in enumerate(await close_offers(session, conversation_id, now))
            ]
            session.add_all(offers)
        rows.append(_reply_row(identifier, conversation_id, item, offers, author=author, reply_to=reply_to, now=now))
    first = await take_numbers(session, conversation_id, len(rows))
    for index, row in enumerate(rows):
        row.seq = first + index
    session.add_all(rows)
    await session.flush()
    return rows


async def close_offers(
    session: AsyncSession, conversation_id: str, now: datetime, *, chosen: Offer | None = None, expired: bool = False
) -> list[Event]:
    """Closes every open offer of the conversation; returns the events that tell clients about cards and about what
    was chosen.
    """
    open_offers = (
        await session.scalars(
            select(Offer).where(Offer.conversation_id == conversation_id, Offer.closed_at.is_(None)).order_by(Offer.id)
        )
    ).all()
    events: dict[str, Event] = {}
    for offer in open_offers:
        offer.closed_at = now
        if offer.action in {"confirm", "ask_owner"} and offer is not chosen:
            offer.payload = ""
        title = chosen.title if chosen is not None and chosen.activity_id == offer.activity_id else None
        if offer.card or title is not None:
            value = {"activityId": offer.activity_id, "chosen": title, "expired": expired and title is None}
            events[offer.activity_id] = Event(OFFER_CLOSED, value)
    await session.flush()
    return list(events.values())


_OPEN_CARD = (
    select(Offer.id)
    .where(Offer.conversation_id == bindparam("conversation"), Offer.closed_at.is_(None), Offer.card.is_(True))
    .limit(1)
)


async def close_card(session: AsyncSession, conversation_id: str, now: datetime) -> list[Event]:
    """Closes the confirmation card that is open, if one is, with everything that was offered; returns the events."""
    if await session.scalar(_OPEN_CARD, {"conversation": conversation_id}) is None:
        return []
    return await close_offers(session, conversation_id, now)


def _offer(conversation_id: str, activity: str, reply: Reply, button: Button, now: datetime) -> Offer:
    match button:
        case Say(payload=payload):
            action = "say"
        case Confirm(nonce=payload):
            action = "confirm"
        case AskOwner(nonce=nonce, reason=reason):
            action, payload = "ask_owner", f"{reason} {nonce}"
        case Raise(event=payload):
            action = "event"
        case Open():
            raise ValueError("a link is not an offer")
    return Offer(
        id=new_id(),
        conversation_id=conversation_id,
        activity_id=activity,
        title=button.title[:200],
        action=action,
        payload=payload,
        card=reply.card is not None,
        created_at=now,
        expires_at=reply.offers_until,
    )


def _reply_row(
    identifier: str,
    conversation_id: str,
    reply: Reply,
    offers: list[Offer],
    *,
    author: Author,
    reply_to: str | None,
    now: datetime,
) -> ActivityRow:
    role = "system" if reply.author == "system" else author.role
    zoe: dict[str, Any] = {"kind": reply.kind, "secret": reply.secret, "lang": reply.lang}
    wire: dict[str, Any] = {"channelData": {"zoe": zoe}, "locale": reply.lang, "inputHint": "acceptingInput"}
    if reply.card is not None:
        wire["attachments"] = [_adaptive_card(reply, offers)]
    elif reply.buttons:
        wire["suggestedActions"] = {"actions": _suggested(reply.buttons, offers)}
    return ActivityRow(
        id=identifier,
        conversation_id=conversation_id,
        author=role,
        author_name=author.name,
        type="message",
        kind=reply.kind,
        text=reply.text,
        wire=wire,
        reply_to_id=reply_to,
        created_at=now,
    )


def _event_row(identifier: str, conversation_id: str, event: Event, now: datetime) -> ActivityRow:
    return ActivityRow(
        id=identifier,
        conversation_id=conversation_id,
        author="zoe",
        author_name="Zoe",
        type="event",
        kind="system",
        text=None,
        wire={"name": event.name, "value": event.value},
        created_at=now,
    )


def _suggested(buttons: tuple[Button, ...], offers: list[Offer]) -> list[dict[str, str]]:
    ids = iter(offers)
    return [
        {"type": "openUrl", "title": button.title, "value": button.url}
        if isinstance(button, Open)
        else {"type": "postBack", "title": button.title, "value": next(ids).id}
        for button in buttons
    ]


def _adaptive_card(reply: Reply, offers: list[Offer]) -> dict[str, Any]:
    """Only what every client of ours renders: TextBlock, FactSet, Action.Submit. Values are plain text, never
    Markdown.
    """
    card = reply.card
    if card is None:
        raise ValueError("the reply has no card")
    return {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.3",
            "fallbackText": reply.text,
            "body": [
                {"type": "TextBlock", "text": card.heading, "wrap": True, "weight": "bolder"},
                {"type": "FactSet", "facts": [{"title": name, "value": value} for name, value in card.rows]},
            ],
            "actions": [
                {"type": "Action.Submit", "title": offer.title, "data": {"offered": offer.id}} for offer in offers
            ],
        },
    }
