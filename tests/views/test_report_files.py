"""A report file is served only as made: if damaged in any way or format, it is made again and never sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from cpch.storage import WholeFileStorage
from diagnostic.actions import reports
from diagnostic.models import AuditEntry, ReportFile
from diagnostic.rendering import report_file
from diagnostic.tasks import render_reports
from tests import factories
from tests.factories import fill, make_submission, start_assessment

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ["pdf", "docx", "xlsx"]
NAMES = {"pdf": "", "docx": "-docx", "xlsx": "-xlsx"}


@pytest.fixture(autouse=True)
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A stand-in for the renderer, with the requested formats. No two renderings are the same."""
    made: list[str] = []

    def render(report: Any, kind: str, language: str, *, politeness: int) -> bytes:
        made.append(kind)
        return f"{kind} of {report.digest}, made as number {len(made)}".encode() * 20_000

    monkeypatch.setattr(report_file, "render_file", render)
    return made


@pytest.fixture
def reports_on_disk(tmp_path: Path, settings: Any) -> Path:
    """The reports storage as configured on a site."""
    settings.STORAGES = settings.STORAGES | {
        "reports": {"BACKEND": "cpch.storage.WholeFileStorage", "OPTIONS": {"location": tmp_path}}
    }
    return tmp_path


def ready(client: Client, user: Any, submission: Any, kind: str, run_tasks: Callable[[], None]) -> ReportFile:
    """A file that was requested and made."""
    client.force_login(user)
    client.post(reverse("submission-report", args=[submission.pk]), {"format": kind})
    run_tasks()
    return ReportFile.objects.get(format=kind, state="ready")


def download(client: Client, submission: Any, kind: str, name: str = "submission-report-file") -> Any:
    return client.get(reverse(name + NAMES[kind], args=[submission.pk]))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def cut(path: Path, _other: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero(path: Path, _other: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def empty(path: Path, _other: Path) -> None:
    path.write_bytes(b"")


def lengthen(path: Path, _other: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def flip_last_bit(path: Path, _other: Path) -> None:
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)


def swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def remove(path: Path, _other: Path) -> None:
    path.unlink()


def make_folder(path: Path, _other: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [cut, zero, empty, lengthen, flip_last_bit, swap, remove, make_folder]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_not_served_but_made_again(
    damage: Callable[[Path, Path], None],
    kind: str,
    client: Client,
    people: factories.People,
    reports_on_disk: Path,
    run_tasks: Any,
    rendered: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = make_submission(people.coordinator)
    other_file = ready(client, people.coordinator, other, kind, run_tasks)
    ReportFile.objects.update(state="failed")
    submission = make_submission(people.coordinator)
    file = ready(client, people.coordinator, submission, kind, run_tasks)
    damage(reports_on_disk / file.name, reports_on_disk / other_file.name)

    with caplog.at_level(logging.ERROR, "diagnostic"):
        response = download(client, submission, kind)

    assert response.status_code == 302
    assert response.url == reverse("submission-report", args=[submission.pk])
    said = client.get(response.url).content.decode()
    assert "is damaged, so it was not downloaded. It is being made again" in said
    assert "1 file is being made." in said
    assert len([line for line in caplog.messages if file.name in line and "is being made again" in line]) == 1
    assert not AuditEntry.objects.filter(act="report.download").exists()

    run_tasks()
    again = ReportFile.objects.get(pk=file.pk)
    assert again.state == "ready"
    assert again.sha256 != file.sha256
    assert body(download(client, submission, kind)).endswith(b"made as number 3")
    assert rendered == [kind] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_report_of_the_answers_as_they_stand_is_checked_too(
    kind: str, client: Client, people: factories.People, reports_on_disk: Path, run_tasks: Any
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    client.force_login(people.coordinator)
    client.post(reverse("assessment-report", args=[assessment.pk]), {"format": kind})
    run_tasks()
    whole = body(download(client, assessment, kind, "assessment-report-file"))
    path = reports_on_disk / ReportFile.objects.get().name
    assert path.read_bytes() == whole
    zero(path, path)

    assert download(client, assessment, kind, "assessment-report-file").status_code == 302
    run_tasks()
    assert body(download(client, assessment, kind, "assessment-report-file"))


def test_several_who_find_it_damaged_have_it_made_once(
    client: Client, people: factories.People, reports_on_disk: Path, run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    file = ready(client, people.coordinator, submission, "pdf", run_tasks)
    DBTaskResult.objects.all().delete()
    empty(reports_on_disk / file.name, reports_on_disk)

    assert reports.replace_damaged(file=file, fault="is empty", by=people.reviewer) is True
    assert reports.replace_damaged(file=file, fault="is empty", by=people.observer) is False
    assert ReportFile.objects.get().requested_by == people.reviewer
    for _again in range(2):
        assert download(client, submission, "pdf").status_code == 302
    assert DBTaskResult.objects.count() == 0
    assert not (reports_on_disk / file.name).exists()


def test_a_file_whose_making_was_not_noted_is_never_served(
    client: Client, people: factories.People, run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    ready(client, people.coordinator, submission, "pdf", run_tasks)
    ReportFile.objects.update(sha256="", size=None)

    assert download(client, submission, "pdf").status_code == 302


def test_what_a_killed_worker_wrote_half_has_no_name_of_a_file(
    client: Client, people: factories.People, reports_on_disk: Path, run_tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_files: Any) -> None:
        raise SystemExit(1)

    submission = make_submission(people.coordinator)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", die)
        with pytest.raises(ReportFile.DoesNotExist):
            ready(client, people.coordinator, submission, "pdf", run_tasks)
    assert ReportFile.objects.get().name == ""
    assert all(path.name.startswith(".") for path in reports_on_disk.iterdir())

    render_reports.call()
    file = ReportFile.objects.get(state="ready")
    assert body(download(client, submission, "pdf")) == (reports_on_disk / file.name).read_bytes()


def test_a_name_that_is_taken_is_not_written_over(tmp_path: Path) -> None:
    storage = WholeFileStorage(location=tmp_path)
    first = storage.save("a.pdf", ContentFile(b"first"))
    second = storage.save("a.pdf", ContentFile(b"second"))

    assert (first, first != second) == ("a.pdf", True)
    assert ((tmp_path / first).read_bytes(), (tmp_path / second).read_bytes()) == (b"first", b"second")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([first, second])


def test_the_site_keeps_reports_in_the_storage_that_writes_them_whole() -> None:
    from cpch import settings as site

    assert site.STORAGES["reports"]["BACKEND"] == "cpch.storage.WholeFileStorage"


def test_checking_takes_no_query_and_reads_in_chunks(
    client: Client, people: factories.People, run_tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = make_submission(people.coordinator)
    file = ready(client, people.coordinator, submission, "pdf", run_tasks)
    asked: list[int] = []

    class Watched(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size or -1)
            return super().read(size)

    held = body(download(client, submission, "pdf"))
    monkeypatch.setattr(InMemoryStorage, "open", lambda *_about: File(Watched(held)))
    with CaptureQueriesContext(connection) as queries:
        content = reports.open_report(file=file)
    assert len(queries) == 0
    assert content.tell() == 0
    assert set(asked) == {reports.CHUNK}
    assert len(asked) > file.size // reports.CHUNK
