"""Wakes: tasks without arguments that make a worker look for work. Each queues a successor while work remains.

A wake that a worker has taken from the queue is lost if that worker is killed. So its successor is queued in the
transaction that takes it: as long as work is outstanding, a wake is in the queue.
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
"""The time to the next wake; less if a lease ends or a retry is due sooner."""
DELIVER_MAIL = "diagnostic.tasks.deliver_mail"
RENDER_REPORTS = "diagnostic.tasks.render_reports"
"""Dotted paths, as the queue stores them, so that this layer does not import the one above."""


@dataclass(frozen=True, slots=True)
class Work:
    """`outstanding` returns the unfinished rows, leased or not; `due` is the field with the time of a retry."""

    outstanding: Callable[[], QuerySet[LeasedRow]]
    due: str = ""


_works: dict[str, Work] = {}


def register(task_path: str, work: Work) -> None:
    """Make each run of the task with this dotted path queue a successor, as long as work is outstanding."""
    _works[task_path] = work
    # The save of the row is the only signal within the worker's transaction: the library sends `task_started` only
    # after the commit.
    post_save.connect(_leave_another, sender=DBTaskResult, dispatch_uid="diagnostic.wakes")


def wake(task_path: str) -> None:
    """Wake a worker as soon as the transaction commits (1 query)."""
    import_string(task_path).enqueue()


def _leave_another(instance: DBTaskResult[Any, Any], **_signal: Any) -> None:
    """Queue the successor of a wake that was just taken, unless a later one is queued already (at most 3 queries)."""
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
    """The time of the next wake; None without outstanding work (1 query)."""
    rows = work.outstanding()
    times = {"first": Min("pk"), "lease": Min("leased_until", filter=Q(leased_until__gt=moment))}
    if work.due:
        times["retry"] = Min(work.due, filter=Q(**{f"{work.due}__gt": moment}))
    found = rows.aggregate(**times)
    if found.pop("first") is None:
        return None
    return min(filter(None, (moment + PAUSE, *found.values())))


def _later(wake: DBTaskResult[Any, Any], moment: datetime) -> QuerySet[DBTaskResult[Any, Any]]:
    """Future wakes. One that is already due does not count: another worker may be taking it."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, task_path=wake.task_path, run_after__gt=moment, run_after__lt=get_date_max()
    )
