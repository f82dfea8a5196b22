"""The client of the auth backend's internal API, scope `actions` (docs/interfaces.md).

Every call carries the turn's ticket and this service's token. Failures are answers too, never exceptions: an action has
to say something honest whatever happens. Only calls that may safely happen twice are repeated, once, at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from actions.facts import Facts
from httpkit.logs import REQUEST_ID_HEADER, current_request_id

log = structlog.get_logger("auth_client")

CONNECT_SECONDS = 2.0
READ_SECONDS = 3.0
CHANGE_SECONDS = 5.0
TICKET_HEADER = "X-Zoe-Turn-Ticket"


@dataclass(frozen=True)
class Unreachable:
    """The backend gave no usable answer. `maybe_done`: the call may have had its effect all the same."""

    maybe_done: bool
    reason: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    facts: Facts


class Opened(_Answer):
    """Answer to `reset/open`."""

    outcome: Literal["sent", "throttled", "password_first", "invalid_address", "need_address"]


class Resent(_Answer):
    """Answer to `reset/resend`."""

    outcome: Literal["sent", "throttled", "password_first", "nothing_open"]


class Executed(_Answer):
    """Answer to `reset/execute`."""

    outcome: Literal["executed", "scheduled", "not_confirmed", "refused"]


class Cancelled(_Answer):
    """Answer to `reset/cancel`."""

    outcome: Literal["cancelled", "nothing_open", "too_late", "need_proof"]


class Noted(_Answer):
    """Answer to `human`."""

    outcome: Literal["noted"]


@dataclass(frozen=True)
class Caller:
    """One turn's credential: the ticket that `web` signed for this conversation and message."""

    ticket: str = field(repr=False)


class AuthClient:
    """Calls `base_url` (such as `http://127.0.0.1:8081`) with the service token of scope `actions`."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._session = session
        self._base = base_url.rstrip("/")
        self._token = token

    async def get_facts(self, caller: Caller) -> Facts | Unreachable:
        """Where the reset stands."""
        return await self._ask("GET", "facts", caller, Facts, repeat=True)

    async def get_status(self, caller: Caller) -> Facts | Unreachable:
        """The reset opened in this conversation, else stage `none`."""
        return await self._ask("GET", "reset/status", caller, Facts, repeat=True)

    async def open_reset(
        self, caller: Caller, *, address: str | None, reason: str | None, lang: str
    ) -> Opened | Unreachable:
        """Opens a claim, which mails a code. Not repeated: each call counts as a send."""
        body = {"address": address, "reason": reason, "lang": lang}
        return await self._ask("POST", "reset/open", caller, Opened, body=body)

    async def resend_code(self, caller: Caller, *, lang: str) -> Resent | Unreachable:
        """Mails a new code for the newest claim. Not repeated."""
        return await self._ask("POST", "reset/resend", caller, Resent, body={"lang": lang})

    async def check_requester(self, caller: Caller) -> Facts | Unreachable:
        """Judges owner, refusal and expiry again."""
        return await self._ask("POST", "reset/check", caller, Facts, body={}, repeat=True)

    async def execute_reset(self, caller: Caller) -> Executed | Unreachable:
        """Asks for the execution of what was confirmed; without a recorded confirmation it does nothing."""
        return await self._ask("POST", "reset/execute", caller, Executed, body={}, repeat=True)

    async def cancel_reset(self, caller: Caller) -> Cancelled | Unreachable:
        """Cancels the reset of this conversation."""
        return await self._ask("POST", "reset/cancel", caller, Cancelled, body={}, repeat=True)

    async def request_human(self, caller: Caller, *, reason: str | None) -> Noted | Unreachable:
        """Has the wish for a person audited."""
        return await self._ask("POST", "human", caller, Noted, body={"reason": reason})

    async def is_alive(self) -> bool:
        """Whether the internal API answers at all."""
        try:
            async with self._session.get(
                f"{self._base}/livez",
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=_timeout(READ_SECONDS),
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _ask[M: BaseModel](
        self,
        method: str,
        call: str,
        caller: Caller,
        model: type[M],
        *,
        body: dict[str, Any] | None = None,
        repeat: bool = False,
    ) -> M | Unreachable:
        answer = await self._once(method, call, caller, model, body)
        if isinstance(answer, Unreachable) and repeat and answer.reason != "refused":
            second = await self._once(method, call, caller, model, body)
            if not isinstance(second, Unreachable):
                return second
            answer = Unreachable(answer.maybe_done or second.maybe_done, second.reason)
        if isinstance(answer, Unreachable):
            log.warning("backend gave no answer", call=call, reason=answer.reason, maybe_done=answer.maybe_done)
        return answer

    async def _once[M: BaseModel](
        self, method: str, call: str, caller: Caller, model: type[M], body: dict[str, Any] | None
    ) -> M | Unreachable:
        seconds = READ_SECONDS if method == "GET" else CHANGE_SECONDS
        try:
            async with self._session.request(
                method,
                f"{self._base}/internal/actions/{call}",
                json=body,
                headers=self._headers(caller),
                timeout=_timeout(seconds),
                allow_redirects=False,
            ) as response:
                if response.status == 200:
                    return model.model_validate(await response.json())
                # A 4xx was refused before anything happened; a 5xx may have come after.
                failed_late = response.status >= 500
                return Unreachable(failed_late, f"http_{response.status}" if failed_late else "refused")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Unreachable(False, "no_connection")
        except (aiohttp.ClientError, TimeoutError):
            return Unreachable(True, "no_answer")
        except (ValidationError, ValueError):
            return Unreachable(True, "unreadable_answer")

    def _headers(self, caller: Caller) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token}", TICKET_HEADER: caller.ticket}
        if request_id := current_request_id():
            headers[REQUEST_ID_HEADER] = request_id
        return headers


def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
