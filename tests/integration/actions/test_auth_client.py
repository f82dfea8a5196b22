"""The client says what is known: done, refused, or perhaps done."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port

from actions.auth_client import AuthClient, Caller, Executed, Opened, Unreachable
from actions.facts import Facts, Stage
from tests.support.fake_backend import SERVICE_TOKEN, FakeBackend


@pytest.fixture
async def client(backend_server: TestServer) -> AsyncIterator[AuthClient]:
    async with aiohttp.ClientSession() as session:
        yield AuthClient(session, str(backend_server.make_url("")), SERVICE_TOKEN)


@pytest.fixture
def caller(backend: FakeBackend) -> Caller:
    return Caller(backend.ticket("c"))


def make_ready(backend: FakeBackend) -> None:
    state = backend.of("c")
    state.address, state.sent_at = "ana@acme.example", backend.now
    state.email_at = state.password_at = backend.now


async def test_facts_are_read(client: AuthClient, caller: Caller) -> None:
    facts = await client.get_facts(caller)
    assert isinstance(facts, Facts)
    assert facts.stage is Stage.NONE


async def test_a_lost_answer_to_a_safe_call_is_asked_for_again(
    client: AuthClient, caller: Caller, backend: FakeBackend
) -> None:
    backend.lose_next = 1
    assert isinstance(await client.get_facts(caller), Facts)
    assert backend.calls == ["facts", "facts"]


async def test_opening_is_never_repeated(client: AuthClient, caller: Caller, backend: FakeBackend) -> None:
    backend.lose_next = 1
    answer = await client.open_reset(caller, address="ana@acme.example", reason=None, lang="en")
    assert answer == Unreachable(True, "no_answer")
    assert backend.calls == ["reset/open"]


async def test_an_execution_whose_answer_was_lost_is_found_done_once(
    client: AuthClient, caller: Caller, backend: FakeBackend
) -> None:
    make_ready(backend)
    backend.confirm("c")
    backend.lose_next = 1
    answer = await client.execute_reset(caller)
    assert isinstance(answer, Executed)
    assert answer.outcome == "executed"
    assert backend.executions == 1


async def test_an_execution_without_any_answer_may_have_happened(
    client: AuthClient, caller: Caller, backend: FakeBackend
) -> None:
    make_ready(backend)
    backend.confirm("c")
    backend.lose_next = 2
    answer = await client.execute_reset(caller)
    assert isinstance(answer, Unreachable)
    assert answer.maybe_done


async def test_without_a_connection_nothing_happened() -> None:
    async with aiohttp.ClientSession() as session:
        lonely = AuthClient(session, f"http://127.0.0.1:{unused_port()}", SERVICE_TOKEN)
        assert await lonely.execute_reset(Caller("t")) == Unreachable(False, "no_connection")
        assert not await lonely.is_alive()


async def test_a_ticket_that_is_not_valid_is_refused_and_not_asked_again(
    client: AuthClient, backend: FakeBackend
) -> None:
    for ticket in ("", "forged", backend.ticket("c", seconds=-1)):
        assert await client.get_facts(Caller(ticket)) == Unreachable(False, "refused")
    assert len(backend.calls) == 3


async def test_a_ticket_is_good_for_its_own_conversation(client: AuthClient, backend: FakeBackend) -> None:
    answer = await client.open_reset(Caller(backend.ticket("b")), address="ana@acme.example", reason=None, lang="en")
    assert isinstance(answer, Opened)
    own, other = (
        await client.get_facts(Caller(backend.ticket("b"))),
        await client.get_facts(Caller(backend.ticket("c"))),
    )
    assert isinstance(own, Facts)
    assert isinstance(other, Facts)
    assert (own.stage, other.stage) == (Stage.CODE, Stage.NONE)


async def test_an_answer_that_can_not_be_read_is_no_answer(backend: FakeBackend) -> None:
    from aiohttp import web

    async def nonsense(_request: web.Request) -> web.Response:
        return web.json_response({"stage": "wonderful"})

    app = web.Application()
    app.router.add_get("/internal/actions/facts", nonsense)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        client = AuthClient(session, str(server.make_url("")), SERVICE_TOKEN)
        assert await client.get_facts(Caller("t")) == Unreachable(True, "unreadable_answer")
