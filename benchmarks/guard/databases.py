"""A Postgres database of a benchmark's own, dropped afterwards."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

SERVER = os.environ.get("ZOE_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """The URL of a new, empty database. Raises psycopg.OperationalError when there is no server, and ValueError when
    its commits don't wait for the disk: then nothing here would be comparable.
    """
    full = f"zoe_bench_{name}_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(SERVER, autocommit=True, connect_timeout=3) as server:
        settings = [server.execute(f"SHOW {name}").fetchone() for name in ("synchronous_commit", "fsync")]  # type: ignore[arg-type, call-overload, unused-ignore]
        if settings != [("on",), ("on",)]:
            raise ValueError("synchronous_commit and fsync must be on")
        server.execute(f'CREATE DATABASE "{full}"')  # type: ignore[arg-type, call-overload, unused-ignore]
        try:
            yield f"postgresql://{urlsplit(SERVER).netloc}/{full}"
        finally:
            server.execute(f'DROP DATABASE "{full}" WITH (FORCE)')  # type: ignore[arg-type, call-overload, unused-ignore]
