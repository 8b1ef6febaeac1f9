"""Every revision of an answer is linked to the previous one in a hash chain, whatever code writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from diagnostic.actions import responses, revisions
from diagnostic.actions.clock import replay
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Response, ResponseRevision
from tests import factories
from tests.at_once import at_once

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.fixture
def assessment(people):
    return factories.start_assessment(people.coordinator)


def save(assessment, by, version, **members):
    return responses.save(
        assessment_id=assessment.pk,
        voice="national",
        question="A.1",
        response=Answer(**members),
        base_version=version,
        by=by,
    )


def set_aside(assessment, by, **members):
    return responses.set_aside(
        assessment_id=assessment.pk, voice="national", question="A.1", response=Answer(**members), by=by
    )


def assert_chained(row, count):
    row = Response.objects.get(pk=row.pk)
    previous = ""
    kept = list(ResponseRevision.objects.filter(response=row).select_related("response"))
    assert [item.number for item in kept] == list(range(1, count + 1))
    for item in kept:
        assert item.previous == previous
        assert item.hash == revisions.hash_of(item)
        previous = item.hash
    assert (row.revision_count, row.head) == (count, previous)


@pytest.mark.django_db
def test_saves_and_texts_set_aside_form_one_chain(people, assessment):
    save(assessment, people.respondent, 0, level=2, evidence=(Evidence("MOU", "7"),))
    set_aside(assessment, people.police_respondent, narrative="not chosen")
    row = save(assessment, people.coordinator, 1, level=3, narrative="The word “ours”: الشرطة")
    assert_chained(row, 3)


@pytest.mark.django_db
def test_the_factories_write_the_same_chain(people, assessment):
    factories.fill(assessment, people.coordinator)
    answered = Response.objects.filter(assessment=assessment, version=1)
    assert answered.count() > 10
    for row in answered:
        assert_chained(row, 1)


@pytest.mark.django_db
def test_a_number_is_given_once(people, assessment):
    row = save(assessment, people.respondent, 0, level=2)
    again = revisions.follow(Response(pk=row.pk), answer=Answer(level=3), version=2, saved_by_id=people.respondent.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


@pytest.mark.django_db
def test_every_column_is_hashed_but_those_that_name_the_row(people, assessment):
    save(assessment, people.respondent, 0, level=2)
    revision = ResponseRevision.objects.select_related("response").get()
    for field in ResponseRevision._meta.concrete_fields:
        if field.name in ("id", "hash", "response"):
            continue
        held = getattr(revision, field.attname)
        other = NOON if field.name == "saved_at" else {"level": 4} if field.name == "content" else "other"
        setattr(revision, field.attname, other)
        assert revisions.hash_of(revision) != revision.hash, field.name
        setattr(revision, field.attname, held)
    for name in ("voice", "question", "assessment_id"):
        held = getattr(revision.response, name)
        setattr(revision.response, name, "other")
        assert revisions.hash_of(revision) != revision.hash, name
        setattr(revision.response, name, held)
    assert revisions.hash_of(revision) == revision.hash


@pytest.mark.django_db
def test_revisions_are_ordered_by_number_whatever_the_clock_said(people, assessment):
    with replay(NOON):
        save(assessment, people.respondent, 0, level=1)
    with replay(NOON - timedelta(hours=1)):
        row = save(assessment, people.respondent, 1, level=2)
    assert [item.version for item in ResponseRevision.objects.filter(response=row)] == [1, 2]


@pytest.mark.django_db
def test_a_save_makes_no_query_for_the_chain(people, assessment):
    save(assessment, people.respondent, 0, level=1)
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        save(assessment, people.respondent, 1, level=2)
    statements = [query["sql"].partition(" ")[0] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert [word for word in statements if word in ("SELECT", "UPDATE", "INSERT")] == ["SELECT", "UPDATE", "INSERT"]


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["save", "set aside"])
def test_what_was_read_before_somebody_set_a_text_aside_is_read_again(people, assessment, monkeypatch, act):
    """As on PostgreSQL, where a save that waited for the lock continues with the answer it read before."""
    row, follow = save(assessment, people.respondent, 0, level=1), revisions.follow

    def follow_late(*arguments, **named):
        monkeypatch.setattr(revisions, "follow", follow)
        set_aside(assessment, people.police_respondent, narrative="meanwhile")
        return follow(*arguments, **named)

    monkeypatch.setattr(revisions, "follow", follow_late)
    if act == "save":
        save(assessment, people.respondent, 1, level=2)
    else:
        set_aside(assessment, people.respondent, narrative="late")
    assert_chained(row, 3)


@pytest.mark.django_db(transaction=True)
def test_texts_set_aside_while_others_save_leave_one_chain():
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator)
    row = save(assessment, people.respondent, 0, level=1)
    for version in range(1, 6):
        found = at_once(
            lambda version=version: save(assessment, people.respondent, version, level=version % 2 + 2),
            lambda version=version: set_aside(assessment, people.police_respondent, narrative=f"text {version}"),
        )
        assert sorted(type(item).__name__ for item in found) == ["Response", "ResponseRevision"]
    assert_chained(row, 11)
