"""Wakes: tasks without arguments that have a worker look for rows to work on. Each leaves another as work remains.

A wake that a worker has taken from the queue is lost if that worker is killed, however early. So its successor is
queued in the transaction that takes it: as long as work is outstanding, a wake is in the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Min, QuerySet
from django.db.models.signals import post_save
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from diagnostic.actions.clock import now
from diagnostic.models.lease import LeasedRow

PAUSE = timedelta(seconds=45)
"""When outstanding work is looked at again; sooner where a lease on it ends sooner."""

Outstanding = Callable[[], QuerySet[LeasedRow]]
_outstanding: dict[str, Outstanding] = {}


def register(task_path: str, outstanding: Outstanding) -> None:
    """Have the task of this dotted name, when it runs, leave another one for later as long as rows are outstanding.

    `outstanding` returns the rows that are not done, leased or not.
    """
    _outstanding[task_path] = outstanding
    # Only the row's own save, within the worker's transaction, tells that a task is taken: the library's `task_started`
    # comes after the commit.
    post_save.connect(_leave_another, sender=DBTaskResult, dispatch_uid="diagnostic.wakes")


def _leave_another(instance: DBTaskResult[Any, Any], **_signal: Any) -> None:
    """Queue the successor of a wake that was just taken, unless one is queued for later (at most 4 queries)."""
    outstanding = _outstanding.get(instance.task_path)
    if outstanding is None or instance.status != TaskResultStatus.RUNNING:
        return
    rows, moment = outstanding(), now()
    if not rows.exists() or _later(instance, moment).exists():
        return
    lease_ends = rows.filter(leased_until__gt=moment).aggregate(first=Min("leased_until"))["first"]
    DBTaskResult.objects.create(
        args_kwargs=instance.args_kwargs,
        priority=instance.priority,
        task_path=instance.task_path,
        queue_name=instance.queue_name,
        backend_name=instance.backend_name,
        run_after=min(filter(None, (moment + PAUSE, lease_ends))),
    )


def _later(wake: DBTaskResult[Any, Any], moment: Any) -> QuerySet[DBTaskResult[Any, Any]]:
    """Wakes that are still to come. One whose time has come does not count: another worker may just be taking it."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, task_path=wake.task_path, run_after__gt=moment, run_after__lt=get_date_max()
    )
