"""Making, opening and rejoining conversations."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.auth_client import AuthClient, Visitor
from bot.db import Database
from bot.directline.queries import get_conversation, get_token
from bot.directline.tokens import Issued, issue_token
from bot.handoff.states import State
from bot.identifiers import NewToken, new_id, token_hash
from bot.languages import Lang, as_lang
from bot.models import Conversation, Turn
from bot.turns.queue import add_turn
from httpkit.clock import Now


@dataclass(frozen=True)
class Admission:
    """A token with what `POST /chat/token` says beside it. `browser_token` is to be set as the browser's cookie."""

    issued: Issued
    lang: Lang
    resumed: bool
    browser_token: str | None = None


class Conversations:
    """Gives tokens for new and held conversations. The auth backend hears of each conversation before it exists
    here.
    """

    def __init__(
        self,
        database: Database,
        backend: AuthClient,
        now: Now,
        new_token: NewToken,
        *,
        token_life: timedelta,
        comeback: timedelta,
    ) -> None:
        self._database = database
        self._backend = backend
        self._now = now
        self._new_token = new_token
        self._token_life = token_life
        self._comeback = comeback

    async def begin(
        self,
        visitor: Visitor,
        lang: Lang,
        *,
        channel: str = "web",
        site_key: str | None = None,
        user_label: str | None = None,
        origins: list[str] | None = None,
        asked_lang: Lang | None = None,
    ) -> Admission:
        """A new conversation and its token. Raises BackendUnavailableError."""
        identifier = new_id()
        registered = await self._backend.register(identifier, channel, visitor, lang)
        spoken = asked_lang or as_lang(registered.lang) or lang
        now = self._now()
        async with self._database.write() as session:
            session.add(
                Conversation(
                    id=identifier,
                    channel=channel,
                    site_key=site_key,
                    user_label=user_label,
                    browser_hash=token_hash(registered.browser_token) if registered.browser_token else None,
                    lang=spoken,
                    created_at=now,
                    state=State.BOT,
                    state_changed_at=now,
                )
            )
            await session.flush()
            issued = await issue_token(
                session, identifier, now, life=self._token_life, new_token=self._new_token, origins=origins
            )
        return Admission(issued, spoken, resumed=False, browser_token=registered.browser_token)

    async def resume(self, held: str, visitor: Visitor, site_key: str | None) -> Admission | None:
        """A new token for the conversation that `held` belongs to, None when it may not be resumed.

        A token that has expired leads back only the browser that opened the conversation, within a day. A changed
        session never does. Raises BackendUnavailableError.
        """
        async with self._database.read() as session:
            token = await get_token(session, token_hash(held))
            row = await get_conversation(session, token.conversation_id) if token is not None else None
        if token is None or row is None or not self._may_return(row, token.expires_at, visitor, site_key):
            return None
        if not (await self._backend.standing(row.id, visitor.session_token)).same_session:
            return None
        async with self._database.write() as session:
            issued = await issue_token(
                session, row.id, self._now(), life=self._token_life, new_token=self._new_token, origins=token.origins
            )
        return Admission(issued, as_lang(row.lang) or "en", resumed=True)

    def _may_return(self, row: Conversation, expires_at: datetime, visitor: Visitor, site_key: str | None) -> bool:
        if row.deleted_at is not None or row.state == State.CLOSED or row.site_key != site_key:
            return False
        now = self._now()
        if now < expires_at:
            return True
        same_browser = visitor.browser_token is not None and row.browser_hash == token_hash(visitor.browser_token)
        return same_browser and now < expires_at + self._comeback


async def open_once(session: AsyncSession, conversation_id: str, now: datetime) -> bool:
    """Opens a conversation and puts the greeting into its queue; True the first time only (`membersAdded` once)."""
    opened = await session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.opened_at.is_(None))
        .values(opened_at=now)
        .returning(Conversation.id)
    )
    if opened is None:
        return False
    await add_turn(
        session,
        Turn(
            id=f"welcome-{conversation_id}"[:64],
            conversation_id=conversation_id,
            kind="welcome",
            created_at=now,
            available_at=now,
        ),
    )
    return True
