"""SMS through Zenvia's API v2, and what it reports afterwards."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from auth_backend.outbox.models import Delivery
from auth_backend.outbox.senders.base import Outgoing, SendError, asked_pause
from auth_backend.settings import ZenviaSettings

API = "https://api.zenvia.com"
TIMEOUT_S = 15.0

STATUSES = {
    "DELIVERED": Delivery.DELIVERED,
    "READ": Delivery.DELIVERED,
    "NOT_DELIVERED": Delivery.UNDELIVERED,
    "REJECTED": Delivery.FAILED,
}
"""`messageStatus.code` of an event that ends the story; the others are on the way."""


@dataclass(frozen=True)
class ZenviaSender:
    """`http` belongs to whoever made it."""

    http: aiohttp.ClientSession
    settings: ZenviaSettings
    api: str = API

    async def send(self, message: Outgoing) -> str | None:
        """Hands one SMS over and returns its id. Zenvia checks the number later and reports it by the webhook."""
        body = {
            "from": self.settings.sender,
            "to": message.envelope.to.removeprefix("+"),
            "contents": [{"type": "text", "text": message.envelope.text}],
        }
        try:
            async with self.http.post(
                f"{self.api}/v2/channels/sms/messages",
                json=body,
                headers={"X-API-TOKEN": self.settings.api_token},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                answer = await _json(response)
                if response.status != 200:
                    raise _refusal(response)
        except aiohttp.ClientError as error:
            raise SendError(f"zenvia:{type(error).__name__}") from None
        found = answer.get("id")
        return found if isinstance(found, str) else None


def is_authentic(webhook_token: str, authorization: str) -> bool:
    """Whether the webhook's caller sent the header that the subscription was given (`webhook.headers`)."""
    expected = f"Bearer {webhook_token}"
    return hmac.compare_digest(expected.encode(), authorization.encode("utf-8", "surrogateescape"))


async def _json(response: aiohttp.ClientResponse) -> Mapping[str, object]:
    try:
        answer = await response.json(content_type=None)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _refusal(response: aiohttp.ClientResponse) -> SendError:
    """Zenvia's table: 5xx may be tried again, 4xx not; but 401 and 403 are ours to mend, and 429 passes.

    A refused request says nothing of the destination by itself, so none is marked here.
    """
    again = response.status in {401, 403, 408, 429} or response.status >= 500
    return SendError(
        f"zenvia:{response.status}", final=not again, pause=asked_pause(response.headers.get("Retry-After"))
    )
