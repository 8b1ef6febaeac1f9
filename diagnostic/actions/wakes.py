"""Wakes of the worker that delivers mail: rows of the task queue, which carry no work themselves.

Work is taken by lease (`leases`), so that a wake that is lost, doubled or killed loses nothing: as long as anything is
outstanding, one more wake is always scheduled.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from diagnostic.models import OutboxItem

from .clock import now

TASK = "diagnostic.tasks.deliver_mail"
"""The queue names its tasks by path, so the layer above need not be imported."""
EVERY = timedelta(seconds=45)
"""How long work can wait for a wake; with `leases.LASTS`, dead work is taken up within a minute."""
NEAR = timedelta(seconds=1)


def outstanding() -> QuerySet[OutboxItem]:
    """The items that are neither delivered nor given up."""
    return OutboxItem.objects.filter(done_at=None, given_up_at=None)


def wake() -> None:
    """Wake the worker as soon as the transaction commits, and once more later (2 queries).

    The queue marks a task as running before it runs, and never takes it up again: a worker that is killed right then
    leaves the later wake.
    """
    _task().enqueue()
    _enqueue_later(now() + EVERY)


def schedule() -> None:
    """Make sure that a later wake is waiting while anything is outstanding, and only one (at most 4 queries)."""
    at = _next_time()
    if at is None:
        return
    first = _later().order_by("run_after", "pk").first()
    if first is None or first.run_after > at + NEAR:
        first = _enqueue_later(at)
    _later().exclude(pk=first.pk).delete()


def absorb() -> None:
    """Drop the wakes that are due: what they would find is found by the one that runs (1 query).

    The caller has scheduled a later wake first, so that it can be killed at any point.
    """
    _waiting().filter(Q(run_after__lte=now()) | Q(run_after__gte=get_date_max())).delete()


def _next_time() -> datetime | None:
    """The earliest of `EVERY`, the next due item and the end of another's lease; None if nothing is outstanding."""
    moment = now()
    items = outstanding()
    found = items.aggregate(
        first=Min("next_try_at"),
        due=Min("next_try_at", filter=Q(next_try_at__gt=moment)),
        lease=Min("leased_until", filter=Q(leased_until__gt=moment)),
    )
    if found["first"] is None:
        return None
    return min(at for at in (moment + EVERY, found["due"], found["lease"]) if at is not None)


def _waiting() -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(task_path=TASK, status=TaskResultStatus.READY)


def _later() -> QuerySet[DBTaskResult]:
    return _waiting().filter(run_after__gt=now(), run_after__lt=get_date_max())


def _enqueue_later(at: datetime) -> DBTaskResult:
    return _task().using(run_after=at).enqueue().db_result


def _task() -> Any:
    return import_string(TASK)
