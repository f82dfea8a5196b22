"""One browser, or one of Zoe's own parts, on a connection that stays open; each answer with its time."""

import http.client
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from ipaddress import IPv4Address
from urllib.parse import urlencode, urlsplit

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_addresses = itertools.count(int(IPv4Address("10.20.0.1")))


class UnexpectedAnswerError(Exception):
    """An answer that is not what is measured."""


@dataclass(frozen=True)
class Answer:
    """What came, and after how many milliseconds."""

    status: int
    body: str
    ms: float


@dataclass
class Visitor:
    """Cookies and a network address of its own (Zoe trusts this client as a proxy)."""

    connection: http.client.HTTPConnection
    cookies: dict[str, str] = field(default_factory=lambda: {"zoe_csrf": "c" * 43})
    csrf: str = "c" * 43
    address: str = field(default_factory=lambda: str(IPv4Address(next(_addresses))))

    def open(self, path: str) -> Answer:
        """A page; what its forms have to carry is kept."""
        answer = self._send("GET", path, None, {}, {200})
        found = _CSRF.search(answer.body)
        if found:
            self.csrf = found[1]
        return answer

    def submit(self, path: str, fields: dict[str, str], *, status: int) -> Answer:
        """A form."""
        body = urlencode({"csrf": self.csrf, **fields}).encode()
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}, {status})

    def call(self, path: str, content: object, headers: dict[str, str]) -> Answer:
        """JSON for the internal API."""
        return self._send(
            "POST", path, json.dumps(content).encode(), {"Content-Type": "application/json", **headers}, {200}
        )

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str], expected: set[int]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookie, "X-Forwarded-For": self.address, "User-Agent": "Mozilla/5.0 Firefox/140.0", **headers}
        began = time.perf_counter()
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        text = response.read().decode()
        ms = (time.perf_counter() - began) * 1000
        if response.status not in expected:
            raise UnexpectedAnswerError(f"{method} {path}: {response.status} {text[-500:]}")
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, text, ms)


def connect(origin: str) -> http.client.HTTPConnection:
    """A connection to `http://host:port`."""
    parts = urlsplit(origin)
    return http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)
