"""Report files are rendered at least once: leased, resumed after a kill, and never stored by two workers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.db import DatabaseError
from django.utils import timezone

from diagnostic import tasks
from diagnostic.actions import leases, reports
from diagnostic.models import ReportFile
from diagnostic.rendering import report_file
from tests import factories
from tests.at_once import at_once
from tests.requested_reports import Requests

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """Stands in for SIGKILL: nothing after it runs, not even the release of the lease."""


@pytest.fixture
def requests(people: factories.People) -> Requests:
    return Requests(factories.make_submission(people.coordinator))


@pytest.fixture(autouse=True)
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the renderer; returns the titles of the reports that it was given."""
    given: list[str] = []

    def render(report: Any, kind: str, language: str, *, politeness: int) -> bytes:
        given.append(report.facts.title)
        return f"{report.facts.title}, rendering {len(given)}".encode()

    monkeypatch.setattr(report_file, "render_file", render)
    return given


@pytest.fixture(autouse=True)
def empty_storage() -> Iterator[None]:
    yield
    for name in stored():
        storages["reports"].delete(name)


def stored() -> set[str]:
    return set(storages["reports"].listdir("")[1])


def content_of(file: ReportFile) -> bytes:
    with reports.open_report(file=file) as content:
        return content.read()


def expire_leases() -> None:
    ReportFile.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def before(act: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*given: Any, **named: Any) -> Any:
        raise Killed

    return killed


def after(act: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*given: Any, **named: Any) -> Any:
        act(*given, **named)
        raise Killed

    return killed


STEPS = {
    "after it was taken": (reports, "begin_rendering", after),
    "while rendering": (report_file, "render_file", before),
    "after rendering": (report_file, "render_file", after),
    "before storing": (InMemoryStorage, "save", before),
    "after storing, before the row": (InMemoryStorage, "save", after),
    "after the row": (reports, "finish_rendering", after),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_file_is_made_whole_wherever_its_worker_was_killed(
    step: str, requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = requests.request(people.coordinator)
    owner, name, when = STEPS[step]
    with monkeypatch.context() as patched:
        patched.setattr(leases, "release", lambda row: None)
        patched.setattr(owner, name, when(getattr(owner, name)))
        with pytest.raises(Killed):
            tasks.render_reports.call()
    is_done = step == "after the row"
    file.refresh_from_db()
    assert (file.state, bool(file.name)) == (("ready", True) if is_done else ("queued", False))

    tasks.render_reports.call()
    file.refresh_from_db()
    assert file.state == ("ready" if is_done else "queued"), "the lease of the killed worker still holds"

    expire_leases()
    tasks.render_reports.call()
    file.refresh_from_db()
    assert file.state == "ready"
    assert content_of(file).startswith(b"Report 1")
    assert file.attempts == (1 if is_done else 2)


def test_a_worker_that_is_told_to_end_lets_go_of_its_file_at_once(
    requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*given: Any, **named: Any) -> bytes:
        raise SystemExit(1)

    file = requests.request(people.coordinator)
    with monkeypatch.context() as patched:
        patched.setattr(report_file, "render_file", end)
        with pytest.raises(SystemExit):
            tasks.render_reports.call()
    tasks.render_reports.call()
    file.refresh_from_db()
    assert file.state == "ready"


def test_of_several_workers_at_once_one_renders_a_file(
    requests: Requests, people: factories.People, rendered: list[str]
) -> None:
    for _number in range(3):
        requests.request(people.coordinator)
    found = at_once(*[tasks.render_reports.call] * 3)
    while ReportFile.outstanding().exists():
        tasks.render_reports.call()
    assert found == [None] * 3
    assert sorted(rendered) == ["Report 1", "Report 2", "Report 3"]


def overtake(file: ReportFile) -> None:
    """Let the lease on the file expire, and have another worker render it."""
    expire_leases()
    other = reports.begin_rendering()
    assert other is not None
    assert other.pk == file.pk
    with leases.renewed(other):
        reports.finish_rendering(file=other, content=b"of the other")


def test_a_worker_that_lost_its_lease_while_rendering_stores_nothing(
    requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = requests.request(people.coordinator)
    save = InMemoryStorage.save
    contents: list[bytes] = []

    def slow(*given: Any, **named: Any) -> bytes:
        overtake(file)
        return b"of the slow one"

    def save_watched(storage: Any, name: str, content: Any) -> Any:
        contents.append(content.read())
        return save(storage, name, content)

    monkeypatch.setattr(report_file, "render_file", slow)
    monkeypatch.setattr(InMemoryStorage, "save", save_watched)
    tasks.render_reports.call()
    file.refresh_from_db()
    assert contents == [b"of the other"]
    assert content_of(file) == b"of the other"
    assert stored() == {file.name}
    assert "Another worker took over the report file" in caplog.text


def test_a_worker_that_lost_its_lease_while_storing_removes_what_it_stored(
    requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = requests.request(people.coordinator)
    save = InMemoryStorage.save
    contents: list[bytes] = []

    def slow(storage: Any, name: str, content: Any) -> Any:
        contents.append(content.read())
        kept = save(storage, name, content)
        if len(contents) == 1:
            overtake(file)
        return kept

    monkeypatch.setattr(InMemoryStorage, "save", slow)
    tasks.render_reports.call()
    file.refresh_from_db()
    assert contents == [b"Report 1, rendering 1", b"of the other"]
    assert content_of(file) == b"of the other"
    assert stored() == {file.name}


def test_a_worker_that_lost_its_lease_does_not_mark_the_file_as_failed(
    requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = requests.request(people.coordinator)

    def fail(*given: Any, **named: Any) -> bytes:
        overtake(file)
        raise RuntimeError("no fonts")

    monkeypatch.setattr(report_file, "render_file", fail)
    tasks.render_reports.call()
    file.refresh_from_db()
    assert file.state == "ready"


def test_a_rendering_that_fails_is_logged_and_the_next_file_is_made(
    requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = requests.request(people.coordinator), requests.request(people.coordinator)
    render = report_file.render_file

    def fail_first(report: Any, *given: Any, **named: Any) -> bytes:
        if report.facts.title == "Report 1":
            raise RuntimeError("no fonts")
        return render(report, *given, **named)

    monkeypatch.setattr(report_file, "render_file", fail_first)
    tasks.render_reports.call()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("failed", "ready")
    assert "no fonts" in caplog.text


def test_what_the_database_does_not_take_at_the_end_is_made_again(
    requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    finish = reports.finish_rendering
    tries: list[ReportFile] = []

    def locked_first(*, file: ReportFile, content: bytes) -> None:
        tries.append(file)
        if len(tries) == 1:
            raise DatabaseError("database is locked")
        finish(file=file, content=content)

    file = requests.request(people.coordinator)
    monkeypatch.setattr(reports, "finish_rendering", locked_first)
    tasks.render_reports.call()
    file.refresh_from_db()
    assert (file.state, file.attempts) == ("ready", 2)
    assert "database is locked" in caplog.text


def test_a_rendering_that_ends_its_worker_three_times_is_given_up_and_can_be_requested_again(
    requests: Requests, people: factories.People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deadly, other = requests.request(people.coordinator), requests.request(people.coordinator)
    render = report_file.render_file

    def kill(report: Any, *given: Any, **named: Any) -> bytes:
        if report.facts.title == "Report 1":
            raise Killed
        return render(report, *given, **named)

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR, "diagnostic"):
        patched.setattr(report_file, "render_file", kill)
        for _attempt in range(3):
            with pytest.raises(Killed):
                tasks.render_reports.call()
        tasks.render_reports.call()
    deadly.refresh_from_db()
    other.refresh_from_db()
    assert (deadly.state, deadly.attempts, other.state) == ("failed", 3, "ready")
    assert f"The rendering of the report file {deadly} was started 3 times" in caplog.text

    assert reports._queue(deadly, people.reviewer)
    tasks.render_reports.call()
    deadly.refresh_from_db()
    assert (deadly.state, deadly.attempts, deadly.requested_by) == ("ready", 1, people.reviewer)


def test_people_take_turns(requests: Requests, people: factories.People, rendered: list[str]) -> None:
    for by in [people.coordinator] * 3 + [people.reviewer] * 2 + [people.observer]:
        requests.request(by)
    tasks.render_reports.call()
    assert rendered == ["Report 1", "Report 4", "Report 6", "Report 2", "Report 5", "Report 3"]


def test_of_many_requests_at_once_three_wait(requests: Requests, people: factories.People) -> None:
    found = at_once(*[lambda: requests.request(people.coordinator)] * 8)
    refused = [item for item in found if isinstance(item, reports.TooManyWaiting)]
    assert [len(refusal.files) for refusal in refused] == [3] * 5
    assert ReportFile.objects.count() == 3


def test_what_waits_or_is_there_is_never_refused_and_what_is_done_counts_no_more(
    requests: Requests, people: factories.People
) -> None:
    first = [requests.request(people.coordinator) for _number in range(3)]
    again = {"edition": "full", "language": "en", "kind": "xlsx", "assessment": requests.assessment}
    data = requests.data["full"] | {"facts": requests.data["full"]["facts"] | {"title": "Report 1"}}
    assert reports.request_report(data=data, by=people.coordinator, **again) == (first[0], False)
    with pytest.raises(reports.TooManyWaiting) as refusal:
        requests.request(people.coordinator)
    assert refusal.value.files == first
    requests.request(people.reviewer)

    ReportFile.objects.filter(pk=first[0].pk).update(state="failed")
    requests.request(people.coordinator)
    with pytest.raises(reports.TooManyWaiting):
        reports.request_report(data=data, by=people.coordinator, **again)
