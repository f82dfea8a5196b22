"""The chat's side of the internal API, scope bot: one method a call, shapes of interfaces.md."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.facts import Facts, Standing
from bot.handoff.backend import AgentNow, DeskPanel, Noted
from bot.languages import Lang
from httpkit.bodies import storable
from httpkit.logs import REQUEST_ID_HEADER, current_request_id

type CodeOutcome = Literal["accepted", "wrong", "spent", "expired", "throttled", "not_awaited"]


class BackendUnavailableError(Exception):
    """The internal API did not answer, or not with what was agreed. Whether it acted is unknown; asking again is
    safe.
    """


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Registered(_Answer):
    """A conversation the backend knows now."""

    standing: Standing
    session_ref: str | None = None
    browser_token: str | None = None
    lang: str | None = None
    known: bool = False


class StandingNow(_Answer):
    """What a session is worth in a conversation right now."""

    standing: Standing
    same_session: bool


class CodeJudged(_Answer):
    """What became of a code."""

    outcome: CodeOutcome
    facts: Facts


class VerifyLink(_Answer):
    """The verify page's address, or that no password is awaited."""

    url: str | None = None
    expires_at: datetime | None = None
    outcome: Literal["not_awaited"] | None = None


class ConfirmationCard(_Answer):
    """A nonce for the newest card, or that the proofs don't stand."""

    facts: Facts
    nonce: str | None = None
    expires_at: datetime | None = None
    outcome: Literal["not_ready", "on_page"] | None = None


class CardClosed(_Answer):
    """Whether there was an open nonce to end."""

    closed: bool


@dataclass(frozen=True)
class Typed:
    """A reply in the customer's own words, and when it was written."""

    text: str
    written_at: datetime


class Confirmation(_Answer):
    """Whether a yes was recorded."""

    outcome: Literal["recorded", "not_recorded", "expired"]
    facts: Facts


class Shell(_Answer):
    """The page frame of the auth backend."""

    lang: str
    html: str


@dataclass(frozen=True)
class Visitor:
    """Who opens a conversation, as far as HTTP tells. Tokens are passed on, never kept."""

    session_token: str | None
    browser_token: str | None
    ip: str
    user_agent: str


class AuthClient:
    """Calls the internal API. Raises BackendUnavailableError when there is no agreed answer."""

    def __init__(self, http: ClientSession, base_url: str, token: str, timeout_s: float) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._token = token
        self._timeout = ClientTimeout(total=timeout_s)

    async def register(self, conversation_id: str, channel: str, visitor: Visitor, lang: Lang) -> Registered:
        """Makes a conversation known and binds it to the visitor's session."""
        body = {
            "conversation_id": conversation_id,
            "channel": channel,
            "session_token": visitor.session_token,
            "browser_token": visitor.browser_token,
            "ip": visitor.ip,
            "user_agent": storable(visitor.user_agent)[:400],
            "lang": lang,
        }
        return await self._ask("POST", "conversations", Registered, body)

    async def standing(self, conversation_id: str, session_token: str | None) -> StandingNow:
        """Whether the session that opened the conversation is still the visitor's."""
        path = f"conversations/{quote(conversation_id, safe='')}/standing"
        return await self._ask("POST", path, StandingNow, {"session_token": session_token})

    async def facts(self, conversation_id: str) -> Facts:
        """The conversation's facts."""
        return await self._ask("GET", self._of(conversation_id, "facts"), Facts)

    async def hand_in_code(self, conversation_id: str, code: str, activity_id: str) -> CodeJudged:
        """Hands a mailed code in; the same activity id is never a second attempt."""
        return await self._hand_in(conversation_id, "codes", code, activity_id)

    async def hand_in_return_code(self, conversation_id: str, code: str, activity_id: str) -> CodeJudged:
        """Hands a return code in; the same activity id is never a second attempt."""
        return await self._hand_in(conversation_id, "return-codes", code, activity_id)

    async def verify_link(self, conversation_id: str, lang: Lang) -> VerifyLink:
        """A new link to the verify page; it replaces the older."""
        return await self._ask("POST", self._of(conversation_id, "verify-link"), VerifyLink, {"lang": lang})

    async def confirmation_card(self, conversation_id: str, lang: Lang) -> ConfirmationCard:
        """A new nonce; it replaces the older."""
        return await self._ask("POST", self._of(conversation_id, "confirmation-card"), ConfirmationCard, {"lang": lang})

    async def close_card(self, conversation_id: str) -> CardClosed:
        """Ends the open nonce: the card is not what was said last any more."""
        return await self._ask("POST", self._of(conversation_id, "confirmation-card/close"), CardClosed, {})

    async def confirm(
        self, conversation_id: str, activity_id: str, *, nonce: str, typed: Typed | None = None
    ) -> Confirmation:
        """Hands the nonce of a card in: pressed, or with the reply that stands behind it. Idempotent per activity
        id.
        """
        said = {} if typed is None else {"text": typed.text, "written_at": typed.written_at.isoformat()}
        path = self._of(conversation_id, "confirmations")
        return await self._ask("POST", path, Confirmation, {"nonce": nonce, **said, "activity_id": activity_id})

    async def shell(
        self, lang: str, path: str, title: str, session_token: str | None, accept_language: str, remembered: str = ""
    ) -> Shell:
        """The page frame for one of the chat's pages; `remembered` is the language that was chosen before."""
        headers = {"X-Accept-Language": accept_language[:200]}
        if session_token:
            headers["X-Zoe-Session"] = session_token
        query = {"lang": lang, "path": path, "title": title, "remembered": remembered}
        return await self._ask("GET", "shell", Shell, headers=headers, query=query)

    async def desk_agent(self, session_token: str) -> AgentNow:
        """The agent a session belongs to, or why there is none."""
        return await self._ask("POST", "desk/agent", AgentNow, {"session_token": session_token})

    async def desk_panel(self, conversation_id: str) -> DeskPanel:
        """What the desk may know of a conversation."""
        return await self._ask("GET", self._of(conversation_id, "desk-panel"), DeskPanel)

    async def note_desk_event(self, conversation_id: str, agent_id: str, event: str) -> Noted:
        """Has the audit hold what somebody at the desk did."""
        body = {"agent_id": agent_id, "event": event}
        return await self._ask("POST", self._of(conversation_id, "desk-events"), Noted, body)

    async def ask_owner(self, conversation_id: str, activity_id: str, *, nonce: str, reason: str) -> Confirmation:
        """Hands in a member's wish to ask the owner; the same activity id asks once."""
        body = {"nonce": nonce, "reason": reason, "activity_id": activity_id}
        return await self._ask("POST", self._of(conversation_id, "owner-requests"), Confirmation, body)

    async def _hand_in(self, conversation_id: str, where: str, code: str, activity_id: str) -> CodeJudged:
        body = {"code": code, "activity_id": activity_id}
        return await self._ask("POST", self._of(conversation_id, where), CodeJudged, body)

    @staticmethod
    def _of(conversation_id: str, what: str) -> str:
        return f"conversations/{quote(conversation_id, safe='')}/{what}"

    async def _ask[A: BaseModel](
        self,
        method: str,
        path: str,
        answer: type[A],
        body: dict[str, Any] | None = None,
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> A:
        sent = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        if request_id := current_request_id():
            sent[REQUEST_ID_HEADER] = request_id
        try:
            async with self._http.request(
                method, f"{self._base}/internal/{path}", json=body, headers=sent, params=query, timeout=self._timeout
            ) as response:
                if response.status != 200:
                    raise BackendUnavailableError(f"{method} {path.rpartition('/')[2]}: HTTP {response.status}")
                return answer.model_validate_json(await response.read())
        except ValidationError:
            # The message of a validation error repeats the answer, which may hold a token: it goes no further.
            raise BackendUnavailableError(f"{method} {path.rpartition('/')[2]}: an answer of another shape") from None
        except (ClientError, TimeoutError, OSError) as error:
            raise BackendUnavailableError(f"{method} {path.rpartition('/')[2]}: {type(error).__name__}") from None
