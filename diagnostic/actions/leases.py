"""Leases on rows of work: taken by conditional update, renewed during the work, released at its end.

The lease of a killed process expires after `LASTS`. The clocks of machines that share a database must agree to within a
few seconds, for example by NTP.
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
"""How long a lease holds without renewal; abandoned work is resumed within a minute."""
RENEWED_EVERY = timedelta(seconds=15)
CANDIDATES = 10
"""How many free rows are tried: with more workers than that, one of them may find work only at the next wake."""

Row = TypeVar("Row", bound=LeasedRow)


class LeaseLost(Exception):
    """Another process holds the row now: this one must stop its work on it and write nothing more."""


def holder() -> str:
    """A unique name for one piece of work of this process."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(8)}"


def is_free() -> Q:
    """The condition that no process holds the row now."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=now())


def take(rows: QuerySet[Row]) -> Row | None:
    """Lease the first free row of `rows`, in their order; None if there is none (at least 2 queries)."""
    free = rows.filter(is_free())
    for pk in free.values_list("pk", flat=True)[:CANDIDATES]:
        by = holder()
        if free.order_by().filter(pk=pk).update(leased_by=by, leased_until=now() + LASTS):
            return rows.model._default_manager.get(pk=pk, leased_by=by)
    return None


def held(row: Row) -> QuerySet[Row]:
    """The row, as long as no other process has leased it since; the lease of `row` may have expired.

    A worker writes its result through this query, so nothing is written once another process has the row.
    """
    return type(row)._default_manager.filter(pk=row.pk, leased_by=row.leased_by)


def is_leased(row: LeasedRow) -> bool:
    """Whether a process held `row` when it was read (0 queries)."""
    return row.leased_until is not None and row.leased_until > now()


def renew(row: LeasedRow) -> None:
    """Hold `row` for `LASTS` from now (1 query). Raises `LeaseLost` if another process has taken it."""
    if not held(row).update(leased_until=now() + LASTS):
        raise LeaseLost(f"{type(row).__name__} {row.pk}")


def release(row: LeasedRow) -> None:
    """Release `row`, if this process still holds it (1 query)."""
    held(row).update(leased_by="", leased_until=None)


@contextmanager
def renewed(row: LeasedRow) -> Iterator[None]:
    """Renew the lease on `row` every `RENEWED_EVERY` while the block runs, and release it at the end.

    The renewal runs in a thread with a connection of its own, because the block may wait for a mail server or a
    rendering. After a database error the renewal is retried. The block calls `renew` before each step with a visible
    effect, and so notices a lost lease.
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
