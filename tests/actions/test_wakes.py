"""As long as work is outstanding, a wake is in the queue, and at most one future one, however a worker ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from diagnostic import tasks
from diagnostic.actions import wakes
from diagnostic.models import ReportFile
from tests import factories
from tests.requested_reports import Requests

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(people: factories.People) -> ReportFile:
    """A file that waits, and the wake that was queued with it."""
    return Requests(factories.make_submission(people.coordinator)).request(people.coordinator)


def take() -> DBTaskResult[Any, Any]:
    """Take the next due wake as the worker does before it runs it, and no more."""
    with exclusive_transaction():
        wake = DBTaskResult.objects.ready().filter(queue_name="reports").get_locked()
        assert wake is not None
        wake.claim("tests")
    return wake


def waiting() -> list[DBTaskResult[Any, Any]]:
    return list(DBTaskResult.objects.filter(status="READY", queue_name="reports").order_by("run_after"))


def make_due() -> None:
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())


def test_a_worker_that_is_killed_as_soon_as_it_took_a_wake_leaves_another(file: ReportFile) -> None:
    for _kill in range(3):
        earliest = timezone.now()
        taken = take()
        (left,) = waiting()
        assert (left.task_path, left.queue_name) == (taken.task_path, "reports")
        assert earliest + wakes.PAUSE <= left.run_after <= timezone.now() + wakes.PAUSE
        make_due()


def test_wakes_do_not_multiply(file: ReportFile) -> None:
    for _request in range(4):
        tasks.render_reports.enqueue()
    for _wake in range(5):
        take()
    assert len(waiting()) == 1


def test_a_wake_whose_time_has_come_does_not_stand_for_a_later_one(file: ReportFile) -> None:
    """Another worker may be taking it, and does not see ours either."""
    DBTaskResult.objects.all().delete()
    for _wake in range(2):
        tasks.render_reports.using(run_after=timezone.now()).enqueue()
    make_due()
    take()
    assert [wake.run_after > timezone.now() for wake in waiting()] == [False, True]


def test_work_that_another_worker_has_is_looked_at_when_its_lease_ends(file: ReportFile) -> None:
    ends = timezone.now() + timedelta(seconds=20)
    ReportFile.objects.update(leased_by="another", leased_until=ends)
    take()
    (left,) = waiting()
    assert left.run_after == ends


def test_a_lease_that_ends_late_or_has_ended_does_not_delay_the_wake(file: ReportFile) -> None:
    for ends in (timezone.now() + timedelta(minutes=5), timezone.now() - timedelta(minutes=5)):
        DBTaskResult.objects.all().delete()
        tasks.render_reports.enqueue()
        ReportFile.objects.update(leased_by="another", leased_until=ends)
        take()
        (left,) = waiting()
        assert timezone.now() < left.run_after <= timezone.now() + wakes.PAUSE


@pytest.mark.parametrize("state", ["ready", "failed"])
def test_where_nothing_is_outstanding_no_wake_is_left(file: ReportFile, state: str) -> None:
    ReportFile.objects.update(state=state)
    take()
    assert waiting() == []


def test_another_task_of_the_queue_leaves_none(file: ReportFile) -> None:
    DBTaskResult.objects.filter(queue_name="reports").update(task_path="tests.another.task")
    take()
    assert waiting() == []
