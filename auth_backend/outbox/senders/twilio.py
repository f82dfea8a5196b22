"""SMS through Twilio's Messages resource, and what it reports afterwards."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp

from auth_backend.outbox.models import Delivery
from auth_backend.outbox.senders.base import Outgoing, SendError, asked_pause
from auth_backend.settings import TwilioSettings

API = "https://api.twilio.com"
TIMEOUT_S = 15.0
LONGEST_VALIDITY_S = 36_000
"""The most that `ValidityPeriod` takes."""

BAD_DESTINATION = frozenset({21211, 21217, 21401, 21610, 21612, 21614})
"""Error codes that are about the number: invalid, not reachable for this sender, opted out, no mobile phone."""
STATUSES = {
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
}
"""`MessageStatus` of a callback that ends the story; the others are on the way."""


@dataclass(frozen=True)
class TwilioSender:
    """`callback` is the address of our status callback, without a query; `http` belongs to whoever made it."""

    http: aiohttp.ClientSession
    settings: TwilioSettings
    callback: str
    api: str = API

    async def send(self, message: Outgoing) -> str | None:
        """Hands one SMS over and returns its SID. The callback's address names our row, since it may come before we
        have stored the SID.
        """
        form = {
            "To": message.envelope.to,
            "Body": message.envelope.text,
            "StatusCallback": callback_url(self.callback, message.id),
        }
        form |= (
            {"MessagingServiceSid": self.settings.messaging_service}
            if self.settings.messaging_service
            else {"From": self.settings.sender}
        )
        if message.useless_after is not None:
            left = int((message.useless_after - message.now).total_seconds())
            form["ValidityPeriod"] = str(max(1, min(left, LONGEST_VALIDITY_S)))
        try:
            async with self.http.post(
                f"{self.api}/2010-04-01/Accounts/{self.settings.account_sid}/Messages.json",
                data=form,
                headers={
                    "Authorization": aiohttp.encode_basic_auth(self.settings.account_sid, self.settings.auth_token)
                },
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                answer = await _json(response)
                if response.status not in {200, 201}:
                    raise _refusal(response, answer)
        except aiohttp.ClientError as error:
            raise SendError(f"twilio:{type(error).__name__}") from None
        sid = answer.get("sid")
        return sid if isinstance(sid, str) else None


def callback_url(base: str, message_id: str) -> str:
    """Where Twilio reports what became of one message."""
    return f"{base}?message={message_id}"


def signature(auth_token: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """What `X-Twilio-Signature` must be: HMAC-SHA1, in Base64, over the URL and each field's name and value in the
    order of their names (Twilio: "Validating requests are coming from Twilio"). SHA-1 is Twilio's choice; as an HMAC it
    still holds.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(auth_token.encode(), signed.encode(), "sha1")).decode()


def is_signed(auth_token: str, url: str, fields: Sequence[tuple[str, str]], offered: str) -> bool:
    """Whether Twilio sent this; compared in constant time."""
    expected = signature(auth_token, url, fields)
    return hmac.compare_digest(expected.encode(), offered.encode("utf-8", "surrogateescape"))


async def _json(response: aiohttp.ClientResponse) -> Mapping[str, object]:
    """The answer's object; empty for whatever a broken proxy may say instead."""
    try:
        answer = await response.json(content_type=None)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _refusal(response: aiohttp.ClientResponse, answer: Mapping[str, object]) -> SendError:
    """401 and 403 are ours to mend, 429 and 5xx pass: those are tried again. Other 4xx would be refused again."""
    code = answer.get("code")
    number = code if isinstance(code, int) else response.status
    if number in BAD_DESTINATION:
        return SendError(f"twilio:{number}", bounced=True)
    again = response.status in {401, 403, 408, 429} or response.status >= 500
    return SendError(f"twilio:{number}", final=not again, pause=asked_pause(response.headers.get("Retry-After")))
