"""Each request leaves one line and carries its id, redirects too."""

from typing import Any

import pytest
import structlog
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from httpkit.errors import error_middleware
from httpkit.logs import REQUEST_ID_HEADER, log_requests


async def _answer(request: web.Request) -> web.StreamResponse:
    match request.match_info["what"]:
        case "redirect":
            raise web.HTTPSeeOther("/")
        case "fault":
            raise RuntimeError("the customer's secret")
        case _:
            return web.Response(text="fine")


@pytest.mark.parametrize(("what", "status"), [("fine", 200), ("redirect", 303), ("fault", 500)])
async def test_one_line_with_the_route_and_the_id(what: str, status: int) -> None:
    app = web.Application(middlewares=[log_requests, error_middleware()])
    app.router.add_get("/say/{what}", _answer)
    with structlog.testing.capture_logs() as lines:
        async with (
            TestServer(app) as server,
            ClientSession() as http,
            http.get(server.make_url(f"/say/{what}"), allow_redirects=False) as response,
        ):
            assert response.status == status
            assert response.headers[REQUEST_ID_HEADER]
            assert "secret" not in await response.text()
    access: list[Any] = [line for line in lines if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in access] == [("/say/{what}", status)]


async def test_a_callers_own_id_is_kept_when_it_is_one() -> None:
    app = web.Application(middlewares=[log_requests, error_middleware()])
    app.router.add_get("/say/{what}", _answer)
    async with TestServer(app) as server, ClientSession() as http:
        for sent, kept in (("abcdefgh-1234", True), ("x" * 65, False), ("a b", False)):
            async with http.get(server.make_url("/say/fine"), headers={REQUEST_ID_HEADER: sent}) as response:
                assert (response.headers[REQUEST_ID_HEADER] == sent) is kept
