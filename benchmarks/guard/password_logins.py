"""Password logins a second beside what argon2id alone allows: the same parameters, threads and core."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aiohttp import ClientSession

from auth_backend.accounts.passwords import Passwords
from benchmarks.figures import Figure, Result, median
from benchmarks.guard.crowd import client_core, serve_all
from benchmarks.guard.databases import own_database
from benchmarks.guard.people import PASSWORD, Person, Sort, make_people, services_on
from benchmarks.guard.servers import RefusedError
from benchmarks.guard.web import SERVER_CORE, on_core, running_web
from tests.support.running_zoe import ROOT

AT_ONCE = 8


def measure_password_logins(*, rounds: int, a_round: int) -> list[Result]:
    """Medians of rounds in which the two take turns, and the one as a share of the other."""
    logins, alone = asyncio.run(_in_turns(rounds, a_round))
    shown = [", ".join(f"{rate:.1f}" for rate in rates) for rates in (logins, alone)]
    return [
        Figure("password logins", median(logins), "/s", note=f"rounds: {shown[0]}; {AT_ONCE} at once, all with an app"),
        Figure("argon2id alone, the same pool", median(alone), "/s", note=f"rounds: {shown[1]}"),
        Figure("logins to argon2id alone", median(logins) / median(alone), "×", 0.8, at_least=True),
    ]


async def _in_turns(rounds: int, a_round: int) -> tuple[list[float], list[float]]:
    logins, alone = [], []
    with own_database("logins") as url, tempfile.TemporaryDirectory() as folder:
        async with services_on(url) as services:
            people = await make_people(services, (rounds + 1) * a_round, Sort("person"))
        with running_web(url, Path(folder)) as web, client_core():

            async def send(http: ClientSession, person: Person) -> None:
                form = {"csrf": "c" * 43, "email": person.email, "password": PASSWORD}
                headers = {"Cookie": f"zoe_csrf={'c' * 43}"}
                async with http.post(f"{web.public}/login", data=form, headers=headers, allow_redirects=False) as got:
                    if got.status != 303:
                        raise RefusedError(f"login: {got.status}")

            await serve_all(send, people[:a_round], at_once=AT_ONCE)  # not counted
            for number in range(1, rounds + 1):
                some = people[number * a_round : (number + 1) * a_round]
                alone.append(await asyncio.to_thread(_alone, a_round))
                logins.append((await serve_all(send, some, at_once=AT_ONCE)).per_second)
    return logins, alone


def _alone(count: int) -> float:
    """Verifications a second of a process that does nothing else, on the server's core."""
    command = [*on_core(SERVER_CORE), sys.executable, "-m", "benchmarks.guard.password_logins", str(count)]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


async def _verify_many(count: int) -> float:
    passwords = Passwords()
    encoded = await passwords.hash(PASSWORD)
    began = time.perf_counter()
    await asyncio.gather(*(passwords.verify(encoded, PASSWORD) for _ in range(count)))
    passed = time.perf_counter() - began
    passwords.close()
    return count / passed


if __name__ == "__main__":
    print(asyncio.run(_verify_many(int(sys.argv[1]))))
