"""A database of each kind for the site and one for the bare application, gone when the measuring ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Databases:
    """The addresses of the site's database and of the bare application's, both of one `kind`."""

    kind: str
    site: str
    bare: str


@contextmanager
def sqlite(folder: Path) -> Iterator[Databases]:
    """Two files in `folder`."""
    yield Databases("SQLite", f"sqlite:///{folder / 'site.sqlite3'}", f"sqlite:///{folder / 'bare.sqlite3'}")


@contextmanager
def postgresql() -> Iterator[Databases]:
    """Two databases on this machine's PostgreSQL, or on the one that BENCH_POSTGRESQL names; dropped at the end."""
    address = os.environ.get("BENCH_POSTGRESQL", POSTGRESQL)
    if urlsplit(address).hostname not in LOOPBACK_NAMES:
        raise SystemExit("BENCH_POSTGRESQL has to name a PostgreSQL on this machine, such as " + POSTGRESQL)
    with ExitStack() as stack:
        site, bare = (
            stack.enter_context(_created(address, f"{name}_bench_{os.getpid()}")) for name in ("cpch", "bare")
        )
        yield Databases("PostgreSQL", site, bare)


@contextmanager
def _created(address: str, name: str) -> Iterator[str]:
    _say(address, f"CREATE DATABASE {name}")
    try:
        yield f"{address.rsplit('/', 1)[0]}/{name}"
    finally:
        _say(address, f"DROP DATABASE {name} WITH (FORCE)")


def _say(address: str, statement: str) -> None:
    connection = psycopg2.connect(address, connect_timeout=5)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
