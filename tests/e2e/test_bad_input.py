"""What no client would send, at every public address: a clear 4xx, never a 5xx, never a trace of the program."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth_backend.app import create_public_app
from auth_backend.running import open_auth
from auth_backend.settings_loader import load_settings
from bot.app import attach_public, open_bot
from bot.cli.web import bot_settings
from httpkit.environment import Environment
from tests.support.raw_http import RawAnswer, send_raw
from tests.support.running_zoe import RunningZoe

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

JSON = (b"Content-Type", b"application/json")
FORM = (b"Content-Type", b"application/x-www-form-urlencoded")
DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
BAD_JSON = [
    *(b"", b"{", b"[]", b"null", b'"x"', b'{"lang": 1}', b'{"lang": "en"', b'{"lang": "en", "lang": "en"}'),
    *(b'{"lang": NaN}', b'{"lang": Infinity}', b'{"lang": 1e999}', b'{"lang": ' + b"9" * 5_000 + b"}"),
    *(b'{"lang": "\\ud800"}', b'{"lang": "\\u0000"}', b'{"lang": "\xff"}', DEEP, b"[" * 20_000, b"x" * 1_048_576),
]
BAD_FORMS = [
    *(b"csrf=%ff", b"csrf=%00&email=%ED%A0%80", b"\xff\xfe", b"csrf=\xc3\xa9", b"csrf=%C3%A9", b"a=b&" * 200),
    b"email=" + b"a" * 1_048_576,
]
BAD_TYPES = [
    (b"application/json; charset=klingon", b"{}"),
    (b"application/x-www-form-urlencoded; charset=klingon", b"a=b"),
    (b"multipart/form-data", b"--x\r\n"),
    (b"\xff\xfe;;=", b"x"),
]
BAD_COOKIES = [
    b"zoe_session=\xff\xfe",
    b"zoe_session=\xc3\xa9; zoe_browser=\xc3\xa9; zoe_csrf=\xc3\xa9; zoe_lang=\xc3\xa9",
    b'zoe_session="\\303\\251"; zoe_browser="\\000"; zoe_lang="\\012"; zoe_csrf="\\303\\251"',
    b"; ".join(name + b"=\xed\xa0\x80" for name in (b"zoe_session", b"zoe_browser", b"zoe_device", b"zoe_csrf")),
    b"zoe_verify=\xff; zoe_status=\xff; zoe_cancel=\xff; zoe_verify_yes=\xff; zoe_lang=\xff",
    b"=;;;=",
    b"zoe_session=" + b"a" * 7_000,
]
BAD_QUERIES = [
    *(b"?lang=%00", b"?lang=%ED%A0%80", b"?x=%ff", b"?lang=\xff", b"?next=%0d%0aX:y", b"?%zz=1", b"?watermark=%F0"),
    *(b"?site=%00&q=%00", b"?q=%ED%A0%80", b"?page=" + b"9" * 40 + b"&to=%ff"),
]
BAD_HEADERS = [
    (b"Authorization", b"Bearer \xff\xfe"),
    (b"Authorization", b"Bearer \xc3\xa9"),
    (b"Authorization", b"Bearer "),
    (b"Authorization", b"Basic"),
    (b"Accept-Language", b"\xff;q=x,;;q=NaN"),
    (b"Accept-Language", b"en;q=1e999999,pt;q=inf"),
    (b"User-Agent", b"\xff\xfe" * 30),
    (b"X-Forwarded-For", b"\xff,,,"),
    (b"Origin", b"\xff"),
    (b"X-Request-Id", b"\xff"),
    (b"Host", b"\xff"),
    (b"Host", b"[::1"),
    (b"X-Big", b"a" * 20_000),
    (b"If-None-Match", b"\xff"),
    (b"If-Modified-Since", b"\xff"),
    (b"Range", b"bytes=9-1"),
    (b"Content-Encoding", b"gzip"),
    (b"Upgrade", b"websocket"),
]
UNKNOWN = [
    *(b"/nope", b"/%00", b"/%ED%A0%80", b"/%ff", b"/\xff", b"//x", b"/../../etc/passwd", b"/static/%2e%2e/x"),
    *(
        b"/static/%00",
        b"/widget/%ff",
        b"/" + b"a" * 9_000,
        b"/help/%ED%A0%80",
        b"/help/%00",
        b"/v3/nope",
        b"/chat/nope",
    ),
]


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[bytes, bytes]]:
    """Every method and address of the public application, with something in the place of its variables."""
    listed = asyncio.run(_list_routes(tmp_path_factory.mktemp("routes")))
    filled = [(method, re.sub(r"\{[^}]*\}", "a" * 40, path)) for method, path in listed if method != "HEAD"]
    return [(method.encode(), path.encode()) for method, path in filled]


async def _list_routes(folder: Path) -> list[tuple[str, str]]:
    names = ("DIALOGUE_TOKEN", "INTERNAL_TOKEN", "INTERNAL_ACTIONS_TOKEN")
    variables = {"ZOE_ENV": "dev", "ZOE_DATA_DIR": str(folder)} | {f"ZOE_{name}": f"{name:x<40}" for name in names}
    settings = load_settings(variables)
    async with open_auth(settings, run_tasks=False) as services:
        chat = bot_settings(Environment(variables), settings, turn_ticket_key=services.keys.turn_ticket)
        async with open_bot(chat, services.now, run_tasks=False) as bot:
            app = create_public_app(services, extra=lambda app: attach_public(app, bot))
            return [(route.method, route.resource.canonical) for route in app.router.routes() if route.resource]


@pytest.fixture(scope="module")
def probes(routes: list[tuple[bytes, bytes]]) -> list["Probe"]:
    """Every bad request to every address."""
    return [probe for method, path in routes for probe in _probes(method, path)]


type Probe = tuple[bytes, bytes, list[tuple[bytes, bytes]], bytes | None]


def _probes(method: bytes, path: bytes) -> Iterator[Probe]:
    body = None if method == b"GET" else b""
    yield from ((method, path, [(b"Cookie", cookie)], body) for cookie in BAD_COOKIES)
    yield from ((method, path + query, [], body) for query in BAD_QUERIES)
    yield from ((method, path, [header], body) for header in BAD_HEADERS)
    if method != b"POST":
        return
    yield (method, path, [], b"x")
    yield (method, path, [JSON, (b"Content-Encoding", b"gzip")], b"not gzip")
    yield (method, path, [FORM, (b"Transfer-Encoding", b"chunked")], b"zz\r\nabc\r\n")
    yield from ((method, path, [JSON], bad) for bad in BAD_JSON)
    yield from ((method, path, [FORM], bad) for bad in BAD_FORMS)
    yield from ((method, path, [(b"Content-Type", kind)], bad) for kind, bad in BAD_TYPES)
    yield from ((method, path, [JSON, header], b"{}") for header in BAD_HEADERS)
    yield from ((method, path, [JSON, (b"Cookie", cookie)], b"{}") for cookie in BAD_COOKIES)
    yield from ((method, path, [FORM, (b"Cookie", cookie)], b"csrf=%C3%A9") for cookie in BAD_COOKIES)


def test_no_bad_request_is_a_failure_of_zoe(zoe: RunningZoe, probes: list[Probe]) -> None:
    wrong = []
    for probe in probes:
        answer = send_raw(zoe.port, *probe)
        if not 200 <= answer.status < 500 or "Traceback" in answer.text or 'File "' in answer.text:
            wrong.append(f"{answer.status} {[part[:90] if part else part for part in probe]} {answer.text[:120]}")
    assert not wrong, "\n".join(wrong)
    assert len(probes) > 2_000


@pytest.mark.parametrize("path", UNKNOWN, ids=lambda path: repr(path[:24]))
@pytest.mark.parametrize("method", [b"GET", b"POST", b"PUT", b"OPTIONS", b"FOO"], ids=lambda method: method.decode())
def test_unknown_addresses_are_a_4xx(zoe: RunningZoe, method: bytes, path: bytes) -> None:
    answer = send_raw(zoe.port, method, path, [], None if method == b"GET" else b"")

    assert 400 <= answer.status < 500 or (method, answer.status, path[:3]) == (b"OPTIONS", 204, b"/v3")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("body", BAD_JSON[1:], ids=lambda body: repr(body[:24]))
@pytest.mark.parametrize("path", [b"/chat/token", b"/dev/clock"])
def test_what_is_no_strict_json_is_refused_in_json(zoe: RunningZoe, path: bytes, body: bytes) -> None:
    answer = send_raw(zoe.port, b"POST", path, [JSON], body)

    assert answer.status in {400, 413, 422}
    assert set(answer.json) == {"error", "message"}


@pytest.mark.parametrize(
    ("lang", "word"),
    [(b"en", "There is nothing here"), (b"pt-BR,pt;q=0.9", "Não há nada"), (b"es", "Aquí no hay nada")],
)
def test_a_person_reads_the_error_in_their_language(zoe: RunningZoe, lang: bytes, word: str) -> None:
    answer = send_raw(zoe.port, b"GET", b"/nope", [(b"Accept-Language", lang), (b"Accept", b"text/html")])

    assert answer.status == 404
    assert answer.is_html
    assert word in answer.text


@pytest.mark.parametrize("offered", [[], [(b"Authorization", b"Bearer nobodys")], [(b"Authorization", b"Bearer \xff")]])
def test_direct_line_without_a_token_of_ours(zoe: RunningZoe, offered: list[tuple[bytes, bytes]]) -> None:
    answer: RawAnswer = send_raw(zoe.port, b"GET", b"/v3/directline/conversations/x/activities", offered)

    assert answer.status == (403 if offered else 401)
    assert set(answer.json) >= {"error"}
