"""Wakes: tasks without arguments that have a worker look for rows to work on. Each leaves another as work remains.

A wake that a worker has taken from the queue is lost if that worker is killed, however early. So its successor is
queued in the transaction that takes it: as long as work is outstanding, a wake is in the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.db.models.signals import post_save
from django.utils.module_loading import import_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from diagnostic.models.lease import LeasedRow

from .clock import now

PAUSE = timedelta(seconds=45)
"""When outstanding work is looked at again; sooner where a lease on it ends sooner, or a retry is due sooner."""
DELIVER_MAIL = "diagnostic.tasks.deliver_mail"
RENDER_REPORTS = "diagnostic.tasks.render_reports"
"""The queue names its tasks by path, so that the layer above need not be imported."""


@dataclass(frozen=True, slots=True)
class Work:
    """`outstanding` returns the rows that are not done, leased or not; `due` is the field with the time of a retry."""

    outstanding: Callable[[], QuerySet[LeasedRow]]
    due: str = ""


_works: dict[str, Work] = {}


def register(task_path: str, work: Work) -> None:
    """Have the task of this dotted name, when it runs, leave another one for later as long as work is outstanding."""
    _works[task_path] = work
    # Only the row's own save, within the worker's transaction, tells that a task is taken: the library's `task_started`
    # comes after the commit.
    post_save.connect(_leave_another, sender=DBTaskResult, dispatch_uid="diagnostic.wakes")


def wake(task_path: str) -> None:
    """Wake a worker as soon as the transaction commits (1 query)."""
    import_string(task_path).enqueue()


def _leave_another(instance: DBTaskResult[Any, Any], **_signal: Any) -> None:
    """Queue the successor of a wake that was just taken, unless one is queued for later (at most 3 queries)."""
    work = _works.get(instance.task_path)
    if work is None or instance.status != TaskResultStatus.RUNNING:
        return
    moment = now()
    at = _next_time(work, moment)
    if at is None or _later(instance, moment).exists():
        return
    DBTaskResult.objects.create(
        args_kwargs=instance.args_kwargs,
        priority=instance.priority,
        task_path=instance.task_path,
        queue_name=instance.queue_name,
        backend_name=instance.backend_name,
        run_after=at,
    )


def _next_time(work: Work, moment: datetime) -> datetime | None:
    """When outstanding work is to be looked at again; None if there is none (1 query)."""
    rows = work.outstanding()
    times = {"first": Min("pk"), "lease": Min("leased_until", filter=Q(leased_until__gt=moment))}
    if work.due:
        times["retry"] = Min(work.due, filter=Q(**{f"{work.due}__gt": moment}))
    found = rows.aggregate(**times)
    if found.pop("first") is None:
        return None
    return min(filter(None, (moment + PAUSE, *found.values())))


def _later(wake: DBTaskResult[Any, Any], moment: datetime) -> QuerySet[DBTaskResult[Any, Any]]:
    """Wakes that are still to come. One whose time has come does not count: another worker may just be taking it."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, task_path=wake.task_path, run_after__gt=moment, run_after__lt=get_date_max()
    )
