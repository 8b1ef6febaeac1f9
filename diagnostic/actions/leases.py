"""Leases on rows that are work: taken by conditional update, renewed while the work goes on, free once it ends.

A process that is killed renews nothing, so that its work is free again after `LASTS`. Clocks of machines that share a
database must agree to within a few seconds, as NTP keeps them.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.db import DatabaseError, connection
from django.db.models import Q, QuerySet

from diagnostic.models.lease import LeasedRow

from .clock import now

LASTS = timedelta(seconds=40)
"""How long a lease holds without renewal; with the wait for the next wake, dead work is taken up within a minute."""
RENEWED_EVERY = timedelta(seconds=15)
CANDIDATES = 10
"""How many free rows are tried before giving up for now: with more workers than that, one finds work a wake later."""

Row = TypeVar("Row", bound=LeasedRow)


class LeaseLost(Exception):
    """Another process holds the row now: this one must stop working on it and write nothing more."""


def holder() -> str:
    """A name for one piece of work of this process, never the same twice."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(8)}"


def is_free() -> Q:
    """The condition that nobody holds the row now."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=now())


def take(rows: QuerySet[Row]) -> Row | None:
    """Lease the first row of `rows`, in their order, that nobody holds; None if there is none (at least 2 queries)."""
    free = rows.filter(is_free())
    for pk in free.values_list("pk", flat=True)[:CANDIDATES]:
        by = holder()
        if free.order_by().filter(pk=pk).update(leased_by=by, leased_until=now() + LASTS):
            return rows.model._default_manager.get(pk=pk, leased_by=by)
    return None


def held(row: Row) -> QuerySet[Row]:
    """The row, if `row`'s own lease is the one it has; an expired lease that nobody took counts as held.

    What a worker writes about the row at last goes through here: nothing is written once another has taken it.
    """
    return type(row)._default_manager.filter(pk=row.pk, leased_by=row.leased_by)


def is_leased(row: LeasedRow) -> bool:
    """Whether a process works on `row`, as far as it was read (0 queries)."""
    return row.leased_until is not None and row.leased_until > now()


def renew(row: LeasedRow) -> None:
    """Hold `row` for `LASTS` from now (1 query). Raises `LeaseLost` if another process has taken it meanwhile."""
    if not held(row).update(leased_until=now() + LASTS):
        raise LeaseLost(f"{type(row).__name__} {row.pk}")


def release(row: LeasedRow) -> None:
    """Let go of `row`, if this process still holds it (1 query)."""
    held(row).update(leased_by="", leased_until=None)


@contextmanager
def renewed(row: LeasedRow) -> Iterator[None]:
    """Renew the lease on `row` every `RENEWED_EVERY` while the block works, and let go of it at the end.

    The renewal is a thread with a connection of its own, because the block may wait for a mail server or a rendering.
    A renewal that the database refuses is tried again; what has the lease lost is found by `renew`, which the block
    calls before each step that others can see.
    """
    done = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(row, done), name=f"lease {row.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        release(row)


def _renew_until(row: LeasedRow, done: threading.Event) -> None:
    while not done.wait(RENEWED_EVERY.total_seconds()):
        try:
            renew(row)
        except LeaseLost:
            return
        except DatabaseError:
            continue
        finally:
            connection.close()
