"""The clean-up deletes what is no longer needed, of every kind, and nothing else."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from cpch.accounts.models import Session
from diagnostic.actions import clean_up
from diagnostic.actions.audit import record
from diagnostic.models import (
    AuditEntry,
    OutboxItem,
    OutboxRecipient,
    ReportFile,
    ResponseRevision,
    SourceHour,
    Submission,
)
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def run() -> dict[str, int]:
    """The numbers that the command prints, by kind."""
    said = StringIO()
    call_command("clean_up", stdout=said)
    return {kind: int(number) for kind, number in re.findall(r"^(.+) deleted: (\d+)\.$", said.getvalue(), re.M)}


def add_task(status: str, age: timedelta) -> Any:
    moment = timezone.now() - age
    task = DBTaskResult.objects.create(
        status=status,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="diagnostic.tasks.render_reports",
        queue_name="reports",
        backend_name="default",
        run_after=get_date_max(),
        started_at=None if status == "READY" else moment,
        finished_at=moment if status in ("SUCCESSFUL", "FAILED") else None,
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=moment)
    return task.pk


def add_report(by: Any, state: str, age: timedelta) -> Any:
    moment = timezone.now() - age
    return ReportFile.objects.create(
        digest=f"{ReportFile.objects.count():064}",
        edition="full",
        language="en",
        format="pdf",
        data="{}",
        state=state,
        requested_by=by,
        requested_at=moment,
        finished_at=None if state == "queued" else moment,
    ).pk


def add_session(key: str, expires_in: timedelta) -> str:
    return Session.objects.create(session_key=key, expire_date=timezone.now() + expires_in).session_key


def test_sessions_end_with_their_date() -> None:
    add_session("expired", -timedelta(seconds=1))
    live = add_session("live", timedelta(minutes=1))
    assert run()["Expired sessions"] == 1
    assert list(Session.objects.values_list("pk", flat=True)) == [live]


def test_tasks_are_kept_a_week_and_those_that_wait_for_ever() -> None:
    for status in ("SUCCESSFUL", "FAILED"):
        add_task(status, 7 * DAY + timedelta(minutes=1))
    add_task("RUNNING", DAY + timedelta(minutes=1))
    kept = {
        add_task("SUCCESSFUL", 6 * DAY),
        add_task("FAILED", 6 * DAY),
        add_task("RUNNING", timedelta(hours=23)),
        add_task("READY", 400 * DAY),
    }
    found = run()
    assert (found["Finished tasks"], found["Tasks of killed workers"]) == (2, 1)
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == kept


def test_the_count_of_refused_attempts_is_kept_thirty_days() -> None:
    SourceHour.objects.create(source="old", hour=timezone.now() - 31 * DAY)
    SourceHour.objects.create(source="new", hour=timezone.now() - 29 * DAY)
    assert run()["Hourly counts of refused attempts"] == 1
    assert SourceHour.objects.get().source == "new"


def test_report_files_go_if_they_failed_thirty_days_ago(people: factories.People) -> None:
    add_report(people.coordinator, "failed", 31 * DAY)
    kept = {
        add_report(people.coordinator, "failed", 29 * DAY),
        add_report(people.coordinator, "ready", 400 * DAY),
        add_report(people.coordinator, "queued", 400 * DAY),
    }
    assert run()["Failed report files"] == 1
    assert set(ReportFile.objects.values_list("pk", flat=True)) == kept


@pytest.fixture
def database_cache(settings: Any) -> Any:
    """The cache of a site, in a table of this test."""
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": backend, "LOCATION": "cache of clean-up"}}
    call_command("createcachetable", verbosity=0)
    yield caches["default"]
    with connection.cursor() as cursor:
        cursor.execute('DROP TABLE "cache of clean-up"')


def test_cache_entries_go_once_they_have_expired(database_cache: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_up, "BATCH", 2)
    for number in range(5):
        database_cache.set(f"expired-{number}", "x", timeout=300)
        database_cache.set(f"live-{number}", "x", timeout=300)
    database_cache.set("for-ever", "x", timeout=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE \"cache of clean-up\" SET expires = %s WHERE cache_key LIKE '%%expired%%'",
            [connection.ops.adapt_datetimefield_value(timezone.now() - DAY)],
        )
    assert run()["Expired cache entries"] == 5
    assert run()["Expired cache entries"] == 0
    assert len(database_cache.get_many([*(f"live-{number}" for number in range(5)), "for-ever"])) == 6


@pytest.fixture
def reports_on_disk(tmp_path: Path, settings: Any) -> Path:
    """The reports storage of a site, before the first report."""
    folder = tmp_path / "reports"
    settings.STORAGES = settings.STORAGES | {
        "reports": {"BACKEND": "cpch.storage.WholeFileStorage", "OPTIONS": {"location": folder}}
    }
    return folder


def test_stored_files_go_after_a_day_unless_a_report_names_them(
    people: factories.People, reports_on_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "Stored files without a report"
    assert run()[kind] == 0
    monkeypatch.setattr(clean_up, "BATCH", 2)
    for name in ("named.pdf", "orphan.pdf", ".half.pdf.1f", "orphan.xlsx", "new.pdf"):
        storages["reports"].save(name, ContentFile(b"x"))
        age = timedelta() if name == "new.pdf" else DAY + timedelta(minutes=1)
        moment = (timezone.now() - age).timestamp()
        os.utime(reports_on_disk / name, (moment, moment))
    ReportFile.objects.filter(pk=add_report(people.coordinator, "ready", 2 * DAY)).update(name="named.pdf")
    assert run()[kind] == 3
    assert {path.name for path in reports_on_disk.iterdir()} == {"named.pdf", "new.pdf"}


def test_many_rows_are_deleted_in_batches_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_up, "BATCH", 3)
    for number in range(8):
        add_session(f"expired-{number}", -DAY)
    with CaptureQueriesContext(connection) as queries:
        assert run()["Expired sessions"] == 8
    deletes = [query["sql"] for query in queries if query["sql"].startswith('DELETE FROM "accounts_session"')]
    assert [sql.count("expired-") for sql in deletes] == [3, 3, 2]
    words = [query["sql"].split()[0] for query in queries]
    assert [word for word in words if word in ("BEGIN", "DELETE", "COMMIT")][:9] == ["BEGIN", "DELETE", "COMMIT"] * 3


def test_what_changes_meanwhile_stays(people: factories.People, monkeypatch: pytest.MonkeyPatch) -> None:
    add_report(people.coordinator, "failed", 31 * DAY)
    read = type(ReportFile.objects.all()).values_list

    def read_and_request_again(rows: Any, *fields: str, **named: Any) -> Any:
        keys = list(read(rows, *fields, **named)) if rows.model is ReportFile else read(rows, *fields, **named)
        if rows.model is ReportFile:
            ReportFile.objects.update(state="queued")
        return keys

    monkeypatch.setattr(type(ReportFile.objects.all()), "values_list", read_and_request_again)
    assert run()["Failed report files"] == 0
    assert ReportFile.objects.get().state == "queued"


def test_it_runs_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_up, "BATCH", 2)
    for number in range(9):
        add_session(f"expired-{number}", -DAY)
    found = at_once(clean_up.clean_up, clean_up.clean_up)
    assert sum(numbers["expired sessions"] for numbers in found) == 9
    assert not Session.objects.exists()


def test_the_log_submissions_and_revisions_stay(people: factories.People) -> None:
    factories.make_accepted(people.coordinator, people.reviewer)
    tables = (AuditEntry, Submission, ResponseRevision)
    before = [table.objects.count() for table in tables]
    assert all(before)
    assert not any(run().values())
    assert [table.objects.count() for table in tables] == before


def test_notices_are_kept_ninety_days_after_they_were_delivered_or_given_up(people: factories.People) -> None:
    fields = ("done_at", "given_up_at")
    kept = set()
    for number, (field, age) in enumerate((field, age) for field in fields for age in (91 * DAY, 89 * DAY)):
        entry = record(act="person.password_changed", by=people.coordinator)
        item = OutboxItem.objects.get(entry=entry)
        OutboxRecipient.objects.create(item=item, address=f"{number}@example.org")
        OutboxItem.objects.filter(pk=item.pk).update(**{field: timezone.now() - age})
        kept |= {item.pk} if age < 90 * DAY else set()
    record(act="person.password_changed", by=people.coordinator)
    kept.add(OutboxItem.objects.latest("pk").pk)
    OutboxItem.objects.filter(done_at=None, given_up_at=None).update(made_at=timezone.now() - 400 * DAY)
    found = run()
    assert (found["Delivered e-mails"], found["Undelivered e-mails"]) == (1, 1)
    assert set(OutboxItem.objects.values_list("pk", flat=True)) == kept
    assert AuditEntry.objects.count() == 5
