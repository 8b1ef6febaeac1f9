"""Deletes rows and files that are no longer needed: sessions, tasks, cache entries, counts, e-mails, report files.

The log, submissions, revisions and finished report files are kept. Rows are deleted in batches, each in a transaction
of its own, so that no lock is held for long; a row that has changed in the meantime is kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.files.storage import storages
from django.db import connection
from django.db.models import Q, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cpch.accounts.models import LimitCount, Session
from diagnostic.models import OutboxItem, ReportFile, SourceHour

from .clock import now

BATCH = 500
"""How many rows are deleted at a time."""
FINISHED_TASKS_KEPT = timedelta(days=7)
RUNNING_TASKS_KEPT = timedelta(days=1)
"""A task that has run for longer belongs to a worker that was killed."""
ATTEMPTS_KEPT = timedelta(days=30)
FAILED_REPORTS_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=90)
"""For delivered and undelivered e-mails; administrators can retry the latter until then."""

UNNAMED_FILES_KEPT = timedelta(days=1)
"""A stored file without a row by then was left by a worker that was killed before it saved the row."""


def clean_up() -> dict[str, int]:
    """Delete what is no longer needed; return the number of each kind.

    It may run at any time, and concurrently with itself.
    """
    moment = now()
    deleted = {kind: _delete(rows) for kind, rows in _finished(moment).items()}
    return deleted | {
        "expired cache entries": sum(_delete_expired(cache, moment) for cache in _database_caches()),
        "stored files without a report": _delete_unnamed(moment - UNNAMED_FILES_KEPT),
    }


def _finished(moment: datetime) -> dict[str, QuerySet[Any]]:
    """The rows to delete, by the name of their kind."""
    ended = Q(
        status__in=[TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED], finished_at__lt=moment - FINISHED_TASKS_KEPT
    )
    left_behind = Q(status=TaskResultStatus.RUNNING, started_at__lt=moment - RUNNING_TASKS_KEPT)
    return {
        "expired sessions": Session.objects.filter(expire_date__lt=moment),
        "finished tasks": DBTaskResult.objects.filter(ended),
        "tasks of killed workers": DBTaskResult.objects.filter(left_behind),
        "expired limit counts": LimitCount.objects.filter(ends_at__lte=moment),
        "hourly counts of refused attempts": SourceHour.objects.filter(hour__lt=moment - ATTEMPTS_KEPT),
        "failed report files": ReportFile.objects.filter(
            state=ReportFile.State.FAILED, finished_at__lt=moment - FAILED_REPORTS_KEPT
        ),
        "delivered e-mails": OutboxItem.objects.filter(done_at__lt=moment - NOTICES_KEPT),
        "undelivered e-mails": OutboxItem.objects.filter(given_up_at__lt=moment - NOTICES_KEPT),
    }


def _delete(rows: QuerySet[Any]) -> int:
    """Delete `rows` in batches; return how many there were (2 queries a batch)."""
    deleted = 0
    while keys := list(rows.order_by().values_list("pk", flat=True)[:BATCH]):
        _all, by_model = rows.filter(pk__in=keys).delete()
        deleted += by_model.get(rows.model._meta.label, 0)
    return deleted


def _database_caches() -> list[DatabaseCache]:
    return [cache for cache in caches.all(initialized_only=False) if isinstance(cache, DatabaseCache)]


def _delete_expired(cache: DatabaseCache, moment: datetime) -> int:
    """Delete the expired entries of a cache, which Django does only when it is full; return how many."""
    table, key, expires = map(connection.ops.quote_name, (cache._table, "cache_key", "expires"))
    batch = f"SELECT {key} FROM {table} WHERE {expires} < %s LIMIT {BATCH}"  # noqa: S608
    delete = f"DELETE FROM {table} WHERE {expires} < %s AND {key} IN ({batch})"  # noqa: S608
    before = connection.ops.adapt_datetimefield_value(moment)
    deleted, last = 0, BATCH
    with connection.cursor() as cursor:
        while last:
            cursor.execute(delete, [before, before])
            last = cursor.rowcount
            deleted += last
    return deleted


def _delete_unnamed(before: datetime) -> int:
    """Delete the files in the reports storage that have no row and are older than `before`; return how many."""
    storage = storages["reports"]
    try:
        names = storage.listdir("")[1]
    except FileNotFoundError:
        # No report has been made yet.
        return 0
    deleted = 0
    for start in range(0, len(names), BATCH):
        batch = set(names[start : start + BATCH])
        for name in batch.difference(ReportFile.objects.filter(name__in=batch).values_list("name", flat=True)):
            try:
                if storage.get_modified_time(name) < before:
                    storage.delete(name)
                    deleted += 1
            except FileNotFoundError:
                continue
    return deleted
