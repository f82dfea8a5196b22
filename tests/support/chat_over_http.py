"""A small Direct Line client over HTTP, for stories that need no browser."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.support.running_zoe import RunningZoe, wait_for

HEARS_S = 20.0


@dataclass
class ChatOverHttp:
    """One customer without a browser, in a conversation of its own."""

    zoe: RunningZoe
    lang: str = "en"
    token: str = ""
    conversation: str = ""
    heard: int = 0
    """How many of Zoe's activities an earlier `hears` has looked at."""
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def open(self) -> "ChatOverHttp":
        """A token for a new conversation, and the conversation."""
        given = self.call("POST", "/chat/token", {"lang": self.lang}, bearer=False)
        self.token, self.conversation = given["token"], given["conversationId"]
        self.call("POST", "/v3/directline/conversations", {})
        return self

    def say(self, text: str) -> None:
        """Types a message and sends it."""
        self.heard = len(self.from_zoe())
        self._post({"type": "message", "text": text})

    def press(self, title: str) -> None:
        """Presses the newest quick reply of that title, as soon as it is there."""
        value = wait_for(lambda: self._offered(title), f"the button {title} in {self.transcript()}", HEARS_S)
        self.heard = len(self.from_zoe())
        self._post({"type": "message", "text": title, "value": value})

    def hears(self, part: str) -> str:
        """What Zoe has said since the last message, once it holds `part`."""
        return wait_for(
            lambda: said if part in (said := self.news()) else "", f"{part!r} in {self.transcript()}", HEARS_S
        )

    def answer(self) -> str:
        """What Zoe says to the last message: waits until she has said anything."""
        return wait_for(self.news, f"an answer in {self.transcript()}", HEARS_S)

    def news(self) -> str:
        """What Zoe has said since the last message."""
        return "\n".join(self.from_zoe()[self.heard :])

    def from_zoe(self) -> list[str]:
        """Everything Zoe has said here."""
        return [a.get("text", "") for a in self.activities() if a["type"] == "message" and a["from"]["id"] == "zoe"]

    def transcript(self) -> list[str]:
        """Everything that was said here."""
        return [f"{a['from']['id']}: {a.get('text', '')}" for a in self.activities() if a["type"] == "message"]

    def activities(self) -> list[dict[str, Any]]:
        """The conversation so far."""
        listed: list[dict[str, Any]] = self.call("GET", f"/v3/directline/conversations/{self.conversation}/activities")[
            "activities"
        ]
        return listed

    def call(self, method: str, path: str, body: object = None, *, bearer: bool = True) -> Any:
        """One request; its JSON. Raises urllib's HTTPError for a 4xx."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.zoe.url + path, method=method, data=None if body is None else json.dumps(body).encode()
        )
        request.add_header("Content-Type", "application/json")
        if bearer:
            request.add_header("Authorization", f"Bearer {self.token}")
        with self._opener().open(request, timeout=20) as response:
            return json.load(response)

    def claim(self, address: str) -> None:
        """Says what happened and whose account it is; Zoe then waits for the mailed code."""
        self.say("my phone fell in the river yesterday and now i cant get in")
        self.press("Reset it")
        self.hears("Step 1 of 3")
        self.say(f"my email is {address}")
        self.hears("6-digit code is on its way")

    def prove_address(self, address: str) -> str:
        """Claims and types the mailed code, which it returns; Zoe then waits for the password."""
        known = len(self.zoe.mails(address))
        self.claim(address)
        code = self.zoe.next_code(address, known)
        self.say(code)
        self.hears("Now your password")
        return code

    def type_password(self, password: str) -> tuple[int, str]:
        """Opens the verify page of the newest link in this client's browser and sends a password; status and page."""
        link = wait_for(lambda: self._offered("Enter password"), "the link to the verify page", HEARS_S)
        _, page = self._page(link)
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)
        assert csrf, page
        form = urllib.parse.urlencode({"csrf": csrf[1], "password": password}).encode()
        return self._page(f"{self.zoe.url}/verify/", form)

    def _page(self, url: str, form: bytes | None = None) -> tuple[int, str]:
        try:
            with self._opener().open(url, form, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _opener(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def _post(self, activity: dict[str, Any]) -> None:
        activity["channelData"] = {"clientActivityID": uuid.uuid4().hex}
        self.call("POST", f"/v3/directline/conversations/{self.conversation}/activities", activity)

    def _offered(self, title: str) -> str:
        for activity in reversed(self.activities()):
            for action in activity.get("suggestedActions", {}).get("actions", []):
                if action["title"].startswith(title):
                    return str(action["value"])
        return ""
