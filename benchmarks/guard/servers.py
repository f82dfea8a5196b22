"""The three that verify a second step: Zoe, django-allauth and privacyIDEA, each as one worker on one core.

The peers run in environments of their own, under gunicorn with four threads in the one worker, so that one request's
wait for the disk holds up no other, as in Zoe. Each has a database of its own in the same Postgres, and `peers/` holds
how it is set up and why.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyotp
from aiohttp import ClientSession

from benchmarks.environments import clean, environment, run
from benchmarks.guard.databases import own_database
from benchmarks.guard.people import HalfSignedIn, Sort, begin_sign_ins, make_people, services_on
from benchmarks.guard.web import SERVER_CORE, on_core, running_web, wait_until_answering
from tests.support.running_zoe import free_port

PEERS = Path(__file__).with_name("peers")
THREADS = 4
_SETUP_S = 900
ALLAUTH = ("django-allauth[mfa]==65.21.1", "django==6.1.3", "psycopg[binary]==3.3.9", "gunicorn==27.0.1")
PRIVACYIDEA = ("privacyidea==3.14", "psycopg2-binary==2.9.13", "gunicorn==27.0.1")


class RefusedError(Exception):
    """A right code was refused: nothing was measured."""


type Send = Callable[[ClientSession], Awaitable[None]]


@dataclass(frozen=True)
class Server:
    """One that runs. `prepare` makes so many verifications ready, each of another user, and each good once."""

    name: str
    prepare: Callable[[int], Awaitable[Sequence[Send]]]


@asynccontextmanager
async def zoe(users: int, folder: Path) -> AsyncIterator[Server]:
    """`POST /login/second-step`: form token, session, limits, the burnt time step, the known browser, the record."""
    with own_database("zoe") as url:
        async with services_on(url) as services:
            people = await make_people(services, users, Sort("person"))
            with running_web(url, folder) as web:

                async def prepare(count: int) -> Sequence[Send]:
                    ready = await begin_sign_ins(services, people[:count])
                    return [_zoe(f"{web.public}/login/second-step", half) for half in ready]

                yield Server("Zoe", prepare)


def _zoe(url: str, half: HalfSignedIn) -> Send:
    cookies = "; ".join(f"{name}={value}" for name, value in half.cookies.items())
    assert half.person.key is not None
    code = pyotp.TOTP(half.person.key)

    async def send(http: ClientSession) -> None:
        form = {"csrf": half.csrf, "code": code.now()}
        async with http.post(url, data=form, headers={"Cookie": cookies}, allow_redirects=False) as response:
            if response.status != 303:
                raise RefusedError(f"Zoe: {response.status}")

    return send


@asynccontextmanager
async def allauth(users: int, folder: Path, environments: Path) -> AsyncIterator[Server]:
    """`POST /accounts/2fa/authenticate/`: form token, session, the burnt code (in the process), the new session."""
    python = environment(environments / "allauth", sys.executable, ALLAUTH)
    with own_database("allauth") as url:
        env = _environment(url, folder) | {"DJANGO_SETTINGS_MODULE": "allauth_settings"}
        script = str(PEERS / "allauth_people.py")
        run([str(python / "python"), script, "make", str(users)], _SETUP_S, env=env)
        with _gunicorn(python, "django.core.wsgi:get_wsgi_application()", "/accounts/login/", env, folder) as origin:

            async def prepare(count: int) -> Sequence[Send]:
                ready = json.loads(run([str(python / "python"), script, "begin", str(count)], _SETUP_S, env=env))
                return [_allauth(f"{origin}/accounts/2fa/authenticate/", one["session"], one["key"]) for one in ready]

            yield Server("django-allauth", prepare)


def _allauth(url: str, session: str, key: str) -> Send:
    csrf, code = secrets.token_hex(16), pyotp.TOTP(key)

    async def send(http: ClientSession) -> None:
        form = {"csrfmiddlewaretoken": csrf, "code": code.now()}
        cookies = {"Cookie": f"sessionid={session}; csrftoken={csrf}"}
        async with http.post(url, data=form, headers=cookies, allow_redirects=False) as response:
            if response.status != 302 or response.headers["Location"] != "/":
                raise RefusedError(f"django-allauth: {response.status}")

    return send


@asynccontextmanager
async def privacyidea(users: int, folder: Path, environments: Path) -> AsyncIterator[Server]:
    """`POST /validate/check` by serial and code: no form, no session; the counter of the token, the signed audit."""
    python = environment(environments / "privacyidea", sys.executable, PRIVACYIDEA)
    with own_database("privacyidea") as url:
        env = _environment(url, folder) | {
            "PRIVACYIDEA_CONFIGFILE": str(PEERS / "privacyidea_config.py"),
            "PI_CONFIG_NAME": "production",
        }
        for step in ("create_enckey", "create_audit_keys", "create_tables"):
            run([str(python / "pi-manage"), "setup", step], _SETUP_S, env=env)
        script = str(PEERS / "privacyidea_people.py")
        tokens = json.loads(run([str(python / "python"), script, str(users)], _SETUP_S, env=env).splitlines()[-1])
        with _gunicorn(python, "privacyidea_people:application", "/", env, folder) as origin:

            async def prepare(count: int) -> Sequence[Send]:
                return [_privacyidea(f"{origin}/validate/check", one["serial"], one["key"]) for one in tokens[:count]]

            yield Server("privacyIDEA", prepare)


def _privacyidea(url: str, serial: str, key: str) -> Send:
    code = pyotp.TOTP(key)

    async def send(http: ClientSession) -> None:
        async with http.post(url, data={"serial": serial, "pass": code.now()}) as response:
            if (await response.json())["result"].get("value") is not True:
                raise RefusedError(f"privacyIDEA: {response.status}")

    return send


@contextmanager
def _gunicorn(python: Path, application: str, page: str, env: dict[str, str], folder: Path) -> Iterator[str]:
    port, log = free_port(), folder / "gunicorn.log"
    command = [str(python / "gunicorn"), "--workers", "1", "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*on_core(SERVER_CORE), *command, application], cwd=PEERS, env=env, stdout=output, stderr=output
        )
    try:
        wait_until_answering(f"http://127.0.0.1:{port}{page}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _environment(database_url: str, folder: Path) -> dict[str, str]:
    return clean() | {
        "BENCH_DATABASE_URL": database_url,
        "BENCH_SECRET": secrets.token_urlsafe(40),
        "BENCH_FOLDER": str(folder),
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PEERS),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
