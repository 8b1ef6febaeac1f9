"""Verifying a large log during writes: bounded memory, no false alarms, no blocked writers."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from cpch.snapshot import snapshot
from diagnostic.actions import audit, revisions
from diagnostic.actions.clock import now
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, AuditChain, AuditEntry, Response, ResponseRevision
from tests import factories

FEW, MANY = 600, 3_000
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def lengthen_log(assessment: Assessment, by: Any, count: int) -> None:
    """Append entries to the main chain as `audit.record` would, all at once."""
    chain = AuditChain.objects.get(assessment=assessment, sealed_for="")
    entries = []
    for _each in range(count):
        entry = audit._next_entry(chain, "assessment.export", by, now(), {})
        chain.length, chain.head = entry.number, entry.hash
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    chain.save()


def lengthen_history(row: Response, by: Any, count: int) -> None:
    """Append revisions to the answer as saves would, all at once."""
    kept = []
    for _each in range(count):
        row.version += 1
        answer = Answer(level=1 + row.version % 5, narrative=f"Version {row.version}")
        revision = revisions.follow(row, answer=answer, version=row.version, saved_at=NOON, saved_by_id=by.pk)
        row.revision_count, row.head = revision.number, revision.hash
        kept.append(revision)
    ResponseRevision.objects.bulk_create(kept, batch_size=500)
    row.level, row.narrative, row.saved_at, row.saved_by = answer.level, answer.narrative, NOON, by
    row.save()


def peak_of(act: Callable[[], None]) -> int:
    """Python's peak memory during `act`, in bytes."""
    gc.collect()
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["log", "history"])
def test_memory_does_not_grow_with_what_there_is(people, what):
    assessment = factories.start_assessment(people.coordinator)
    row = Response.objects.get(assessment=assessment, question="A.1")

    def lengthen(count: int) -> None:
        if what == "log":
            lengthen_log(assessment, people.coordinator, count)
        else:
            lengthen_history(row, people.respondent, count)

    lengthen(FEW)
    call_command("verify_audit")  # the first run fills the caches
    few = peak_of(lambda: call_command("verify_audit"))
    lengthen(MANY - FEW)
    many = peak_of(lambda: call_command("verify_audit"))
    assert many < 2 * few, f"{MANY / FEW:g} times as much took {many / few:.1f} times the memory"


def elsewhere(act: Callable[[], Any]) -> None:
    """Run `act` on another connection, and wait for it."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            act()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


@pytest.mark.django_db(transaction=True)
def test_what_others_do_meanwhile_is_no_break_and_they_do_not_wait(monkeypatch, capsys):
    """Between every two rows of the answers somebody saves, and once somebody signs and submits."""
    people = factories.make_people()
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    from_db, steps = Response.from_db, iter(range(10_000))

    def act() -> None:
        step = next(steps)
        if step == 5:
            factories.submit(assessment, people.coordinator)
        elif step < 5:
            factories.save_answer(assessment, people.respondent, "A.19", level=1 + step % 5)

    def read(*arguments: Any) -> Response:
        if threading.current_thread() is threading.main_thread():
            elsewhere(act)
        return from_db(*arguments)

    monkeypatch.setattr(Response, "from_db", read)
    call_command("verify_audit")
    assert next(steps) > 6
    monkeypatch.undo()
    assert "revisions of answers verified" in capsys.readouterr().out
    call_command("verify_audit")
    assert Assessment.objects.get().state == "submitted"


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_shows_one_moment_and_ends():
    people = factories.make_people()
    with snapshot():
        before = Assessment.objects.count()
        elsewhere(lambda: factories.start_assessment(people.coordinator))
        assert Assessment.objects.count() == before
    assert Assessment.objects.count() == before + 1
