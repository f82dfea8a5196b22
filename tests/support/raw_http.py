"""Requests that no client would send: written to the socket byte by byte."""

import json
import re
import socket
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 15.0
_MOST = 4 * 1024 * 1024


@dataclass(frozen=True)
class RawAnswer:
    """What came back. `status` is 0 when the server closed the connection without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body for a look at it."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        """A page for people."""
        return self.headers.get("content-type", "").startswith("text/html")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def send_raw(
    port: int, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]] | None = None, body: bytes | None = None
) -> RawAnswer:
    """One request to 127.0.0.1:`port` and its answer; `Host` and `Content-Length` are added unless given."""
    sent = list(headers or [])
    names = {name.lower() for name, _ in sent}
    if b"host" not in names:
        sent.insert(0, (b"Host", b"localhost:%d" % port))
    if body is not None and not names & {b"content-length", b"transfer-encoding"}:
        sent.append((b"Content-Length", b"%d" % len(body)))
    sent.append((b"Connection", b"close"))
    head = b"%s %s HTTP/1.1\r\n" % (method, target) + b"".join(b"%s: %s\r\n" % pair for pair in sent) + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as connection:
        _send(connection, head + (body or b""))
        return _parsed(_received(connection))


def _send(connection: socket.socket, data: bytes) -> None:
    """A server may answer and close before it has read everything; its answer counts all the same."""
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        return


def _received(connection: socket.socket) -> bytes:
    got = b""
    while len(got) < _MOST:
        try:
            part = connection.recv(65_536)
        except ConnectionResetError:
            break
        if not part:
            break
        got += part
    return got


def _parsed(got: bytes) -> RawAnswer:
    head, _, body = got.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    if found is None:
        return RawAnswer(0, {}, got)
    lines = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
    headers = {name.decode("latin-1").lower(): value.strip().decode("latin-1") for name, _, value in lines}
    return RawAnswer(int(found[1]), headers, body)
