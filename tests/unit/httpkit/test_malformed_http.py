"""HTTP that can't be parsed is refused, and its bytes are in no log."""

import asyncio
import logging

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from httpkit.logs import MalformedHttp


async def test_the_senders_bytes_are_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    seen = MalformedHttp()
    logger = logging.getLogger("aiohttp.server")
    logger.addFilter(seen)
    try:
        with structlog.testing.capture_logs() as lines:
            async with TestServer(web.Application()) as server:
                reader, writer = await asyncio.open_connection(server.host, server.port)
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nCookie : zoe_session=opensesame\r\n\r\n")
                answer = await reader.read(12)
                writer.close()
    finally:
        logger.removeFilter(seen)
    assert answer == b"HTTP/1.0 400"
    assert [line["event"] for line in lines] == ["malformed HTTP refused"]
    assert "opensesame" not in caplog.text + repr(lines)
