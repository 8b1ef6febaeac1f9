"""Verifying the answers finds revisions changed, lost, added, reordered or exchanged outside the application."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from diagnostic.actions import audit, responses, revisions
from diagnostic.actions.submissions import digest_of
from diagnostic.core.responses import Evidence as Document
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, AuditChain, AuditEntry, Evidence, Response, ResponseRevision, Submission
from tests import factories
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people):
    """A.1 was saved twice, with a text set aside in between and a document; A.19 once."""
    draft = factories.start_assessment(people.coordinator)
    factories.save_answer(draft, people.respondent, "A.1", level=2, narrative="first")
    responses.set_aside(
        assessment_id=draft.pk,
        voice="national",
        question="A.1",
        response=Answer(level=4, narrative="given up"),
        by=people.police_respondent,
    )
    documents = (Document("Memorandum", "7"), Document("Minutes"))
    factories.save_answer(draft, people.coordinator, "A.1", level=3, narrative="second", evidence=documents)
    factories.save_answer(draft, people.coordinator, "A.19", level=3, basis="both", narrative="other")
    return draft


@pytest.fixture
def apart(people):
    """Each agency has answered A.1 and A.19 for itself."""
    apart = factories.start_assessment(people.coordinator, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        for question in ("A.1", "A.19"):
            factories.save_answer(apart, by, question, voice=voice, level=2, narrative=f"{question} of {voice}")
    return apart


@pytest.fixture
def accepted(people):
    return factories.make_accepted(people.coordinator, people.reviewer).assessment


def declare(assessment, people):
    for by in (people.coordinator, people.police_coordinator):
        factories.declare(assessment, by)


def sql(text: str, *values: Any) -> None:
    """Run SQL as somebody with write access to the database, bypassing the models."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def verify(capsys: Any, **options: Any) -> tuple[int, str]:
    """The exit status and the whole output of `verify_audit`."""
    try:
        call_command("verify_audit", **options)
        status = 0
    except SystemExit as ended:
        status = ended.code
    said = capsys.readouterr()
    return status, said.out + said.err


def row_of(assessment: Assessment, question: str, voice: str = "national") -> Response:
    return Response.objects.get(assessment=assessment, voice=voice, question=question)


def rewrite(row: Response) -> None:
    """Recompute every hash of the answer, renumber its revisions and update its row, as an expert attacker would."""
    previous, version, last, number = "", 0, None, 0
    for number, item in enumerate(ResponseRevision.objects.filter(response=row).select_related("response"), start=1):
        version += item.was_kept
        item.number, item.version, item.previous = number, version, previous
        item.hash = previous = revisions.hash_of(item)
        last = item if item.was_kept else last
        item.save()
    values = {"revision_count": number, "head": previous, "version": version}
    if last is not None:
        values |= {"saved_at": last.saved_at, "saved_by": last.saved_by, "level": last.content.get("level")}
        values |= {"narrative": last.content.get("narrative", ""), "agreement": last.agreement}
    Response.objects.filter(pk=row.pk).update(**values)


def test_what_the_product_writes_verifies(capsys, draft, apart, accepted, people):
    declare(apart, people)
    status, said = verify(capsys)
    assert (status, said.rsplit(" revisions")[0].rsplit(" ", 1)[1]) == (0, str(ResponseRevision.objects.count()))


OF_A_REVISION = [
    ("content = %s", '{"level": 5, "narrative": "first"}'),
    ("version = %s", 7),
    ("agreement = %s", "we agreed"),
    ("is_agreed = %s", False),
    ("was_kept = %s", False),
    ("saved_at = %s", "2020-01-01 00:00:00+00:00"),
    ("number = %s", 9),
    ("previous = %s", "0" * 64),
    ("hash = %s", "0" * 64),
    ("hash = %s", ""),
]


@pytest.mark.parametrize(("change", "value"), OF_A_REVISION)
@pytest.mark.parametrize("number", [1, 3])
def test_a_changed_revision_is_found(capsys, draft, change, value, number):
    row = row_of(draft, "A.1")
    sql(
        f"UPDATE diagnostic_responserevision SET {change} WHERE response_id = %s AND number = %s", value, row.pk, number
    )
    status, said = verify(capsys)
    assert (status, "A.1 of national: " in said, "A.19" in said) == (1, True, False)


def test_a_revision_of_another_person_is_found(capsys, draft, people):
    sql("UPDATE diagnostic_responserevision SET saved_by_id = %s WHERE number = 1", people.observer.pk)
    assert verify(capsys)[0] == 1


def test_every_revision_set_to_level_5_is_found(capsys, draft, accepted):
    for revision in ResponseRevision.objects.all():
        content = json.dumps(revision.content | {"level": 5})
        sql("UPDATE diagnostic_responserevision SET content = %s WHERE id = %s", content, revision.pk)
    status, said = verify(capsys)
    assert (status, said.count("was changed") > 20) == (1, True)


def test_every_answer_set_to_level_5_is_found(capsys, draft, accepted):
    sql("UPDATE diagnostic_response SET level = 5 WHERE level IS NOT NULL")
    status, said = verify(capsys)
    assert (status, said.count("the answer is not what its last revision says") > 10) == (1, True)


OF_A_ROW = [
    ("level = %s", 5),
    ("level = %s", None),
    ("basis = %s", "written"),
    ("narrative = %s", "another"),
    ("reason = %s", "because"),
    ("authority = %s", '{"customs": "own"}'),
    ("authority = %s", "[1]"),
    ("areas = %s", '{"air": "customs"}'),
    ("topics = %s", '["laws"]'),
    ("topics = %s", "7"),
    ("challenges = %s", '["legal"]'),
    ("agreement = %s", "we agreed"),
    ("version = %s", 9),
    ("saved_at = %s", "2020-01-01 00:00:00+00:00"),
    ("saved_at = %s", None),
    ("revision_count = %s", 2),
    ("head = %s", "0" * 64),
    ("head = %s", ""),
]


@pytest.mark.parametrize(("change", "value"), OF_A_ROW)
@pytest.mark.parametrize("question", ["A.1", "A.4.1"])
def test_a_changed_row_is_found_whether_it_was_answered_or_not(capsys, draft, change, value, question):
    row = row_of(draft, question)
    before = Response.objects.filter(pk=row.pk).values().get()
    sql(f"UPDATE diagnostic_response SET {change} WHERE id = %s", value, row.pk)
    # A blank answer already holds some of these values.
    is_changed = Response.objects.filter(pk=row.pk).values().get() != before
    status, said = verify(capsys)
    assert (status, f"{question} of national: " in said) == (is_changed, is_changed)


def test_a_proposal_made_an_agreed_answer_is_found_and_the_other_way_round(capsys, draft):
    Response.objects.filter(question="A.1").update(is_agreed=False)
    assert "A.1 of national: the answer is not what its last revision says" in verify(capsys)[1]


def test_an_answer_of_another_person_is_found(capsys, draft, people):
    sql("UPDATE diagnostic_response SET saved_by_id = %s WHERE question = 'A.1'", people.observer.pk)
    assert verify(capsys)[0] == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE diagnostic_evidence SET title = 'Another' WHERE position = 0",
        "UPDATE diagnostic_evidence SET reference = '8' WHERE position = 0",
        "UPDATE diagnostic_evidence SET position = 5 WHERE position = 1",
        "DELETE FROM diagnostic_evidence WHERE position = 1",
        "DELETE FROM diagnostic_evidence",
    ],
)
def test_changed_or_lost_evidence_is_found(capsys, draft, change):
    sql(change)
    status, said = verify(capsys)
    assert (status, "A.1 of national: the answer is not what its last revision says" in said) == (1, True)


@pytest.mark.parametrize("question", ["A.1", "A.19", "A.4.1"])
def test_added_evidence_is_found(capsys, draft, question):
    row = row_of(draft, question)
    Evidence.objects.create(response=row, position=row.evidence.count(), title="Slipped in")
    assert verify(capsys)[0] == 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_lost_revision_is_found(capsys, draft, number):
    row = row_of(draft, "A.1")
    sql("DELETE FROM diagnostic_responserevision WHERE response_id = %s AND number = %s", row.pk, number)
    status, said = verify(capsys)
    assert (status, "A.1 of national: " in said) == (1, True)


@pytest.mark.parametrize("model", [Response, ResponseRevision, Evidence])
def test_a_row_that_cannot_be_read_is_found(capsys, monkeypatch, draft, model):
    """As if bytes of the database file were changed, so that a time or a key is no longer valid."""

    def read(database: str, names: Any, values: Any) -> Any:
        raise ValueError("badly formed hexadecimal UUID string")

    monkeypatch.setattr(model, "from_db", read)
    status, said = verify(capsys)
    assert (status, "cannot be read (badly formed" in said) == (1, True)


def test_a_lost_answer_is_found(capsys, draft):
    row = row_of(draft, "A.19")
    sql("DELETE FROM diagnostic_responserevision WHERE response_id = %s", row.pk)
    sql("DELETE FROM diagnostic_response WHERE id = %s", row.pk)
    status, said = verify(capsys)
    assert (status, "A.19 of national: its row is missing" in said) == (1, True)


def test_a_revision_that_was_slipped_in_is_found(capsys, draft, people):
    row = row_of(draft, "A.1")
    added = revisions.follow(row, answer=Answer(level=5), version=3, saved_by_id=people.respondent.pk)
    added.save(force_insert=True)
    status, said = verify(capsys)
    assert (status, "3 revisions were written and 4 are there" in said) == (1, True)


def test_revisions_that_changed_places_are_found(capsys, draft):
    row = row_of(draft, "A.1")
    for number, place in ((1, 90), (3, 1), (90, 3)):
        sql(
            "UPDATE diagnostic_responserevision SET number = %s WHERE response_id = %s AND number = %s",
            *(place, row.pk, number),
        )
    assert verify(capsys)[0] == 1


@pytest.mark.parametrize("other", ["question", "voice", "assessment"])
def test_answers_that_changed_places_are_found(capsys, apart, people, other):
    """With all their revisions, so that both chains are intact."""
    second = factories.start_assessment(people.coordinator, mode="separate")
    factories.save_answer(second, people.respondent, "A.1", voice="customs", level=5)
    theirs = {"question": (apart, "A.19", "customs"), "voice": (apart, "A.1", "police")}
    theirs["assessment"] = (second, "A.1", "customs")
    one, two = row_of(apart, "A.1", "customs"), row_of(*theirs[other])
    names = ("assessment_id", "voice", "question")
    places = [{name: getattr(row, name) for name in names} for row in (one, two)]
    Response.objects.filter(pk=one.pk).update(question="A.x")
    Response.objects.filter(pk=two.pk).update(**places[0])
    Response.objects.filter(pk=one.pk).update(**places[1])
    status, said = verify(capsys)
    assert (status, said.count("revision 1 was changed")) == (1, 2)


def test_a_revision_with_a_hash_of_its_own_does_not_fit_the_next(capsys, draft):
    revision = ResponseRevision.objects.select_related("response").get(response=row_of(draft, "A.1"), number=1)
    revision.content["level"] = 5
    revision.hash = revisions.hash_of(revision)
    revision.save()
    status, said = verify(capsys)
    assert status == 1
    assert "A.1 of national: revision 2 does not follow the one before it" in said
    assert "was changed" not in said


def test_versions_that_do_not_count_the_kept_revisions_are_found(capsys, draft):
    row = row_of(draft, "A.1")
    previous = ""
    for revision in ResponseRevision.objects.filter(response=row).order_by("-number").select_related("response"):
        ResponseRevision.objects.filter(pk=revision.pk).update(version=revision.version + 1)
    for revision in ResponseRevision.objects.filter(response=row).select_related("response"):
        revision.previous = previous
        revision.hash = previous = revisions.hash_of(revision)
        revision.save()
    Response.objects.filter(pk=row.pk).update(version=3, head=previous)
    status, said = verify(capsys)
    assert (status, "revision 1 says version 2 where 1 comes next" in said) == (1, True)


def test_a_text_that_was_set_aside_and_is_changed_is_found(capsys, draft):
    row = row_of(draft, "A.1")
    content = '{"level": 4, "narrative": "nothing to see"}'
    sql("UPDATE diagnostic_responserevision SET content = %s WHERE response_id = %s AND number = 2", content, row.pk)
    assert "A.1 of national: revision 2 was changed" in verify(capsys)[1]


def test_a_draft_that_was_written_anew_is_found_by_kept_heads_alone(capsys, draft, tmp_path):
    file = tmp_path / "heads.json"
    assert verify(capsys, keep_heads=file)[0] == 0
    row = row_of(draft, "A.1")
    for revision in ResponseRevision.objects.filter(response=row):
        revision.content["level"] = 5
        revision.save()
    rewrite(row)
    assert verify(capsys)[0] == 0
    status, said = verify(capsys, against=file)
    assert (status, "a revision that was kept is not there: A.1 of national" in said) == (1, True)


def test_what_is_saved_after_heads_were_kept_is_no_break(capsys, draft, people, tmp_path):
    file = tmp_path / "heads.json"
    assert verify(capsys, keep_heads=file)[0] == 0
    factories.save_answer(draft, people.respondent, "A.1", level=1)
    factories.save_answer(draft, people.respondent, "A.4.1", level=1)
    assert verify(capsys, against=file)[0] == 0


@pytest.mark.parametrize("how", ["changed", "first deleted", "last deleted", "all deleted"])
@pytest.mark.parametrize("is_open", [False, True])
def test_declared_answers_that_were_written_anew_are_found(capsys, apart, people, how, is_open):
    factories.save_answer(apart, people.respondent, "A.1", voice="customs", level=3)
    factories.declare(apart, people.coordinator)
    if is_open:
        factories.declare(apart, people.police_coordinator)
    assert verify(capsys)[0] == 0
    row = row_of(apart, "A.1", "customs")
    kept = ResponseRevision.objects.filter(response=row)
    if how == "changed":
        last = kept.last()
        last.content["level"] = 5
        last.save()
    else:
        gone = {"first deleted": kept.first().pk, "last deleted": kept.last().pk}.get(how)
        kept.filter(pk=gone).delete() if gone else kept.delete()
    rewrite(row)
    if how == "all deleted":
        blank = {"level": None, "narrative": "", "saved_at": None, "saved_by": None}
        Response.objects.filter(pk=row.pk).update(**blank)
    status, said = verify(capsys)
    assert (status, "names a revision that is not there: A.1 of customs" in said) == (1, True)


def test_an_answer_added_to_a_frozen_voice_is_found(capsys, apart, people):
    declare(apart, people)
    assert verify(capsys)[0] == 0
    row = row_of(apart, "A.1", "police")
    added = revisions.follow(row, answer=Answer(level=5), version=2, saved_by_id=people.police_respondent.pk)
    added.save(force_insert=True)
    rewrite(row)
    status, said = verify(capsys)
    assert (status, "answers were saved after they were frozen: A.1 of police" in said) == (1, True)


def test_an_answer_added_to_what_was_submitted_is_found(capsys, accepted, people):
    row = row_of(accepted, "A.1")
    added = revisions.follow(row, answer=Answer(level=5), version=2, saved_by_id=people.respondent.pk)
    added.save(force_insert=True)
    rewrite(row)
    status, said = verify(capsys)
    assert (status, "answers were saved after they were frozen: A.1 of national" in said) == (1, True)


def test_after_a_return_only_what_was_asked_may_have_changed(capsys, people):
    draft = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.make_returned(draft, people.coordinator, people.reviewer, "A.1")
    returned = Assessment.objects.get(pk=draft.pk)
    factories.save_answer(returned, people.respondent, "A.1", level=4)
    assert verify(capsys)[0] == 0
    row = row_of(returned, "A.13")
    added = revisions.follow(row, answer=Answer(level=5), version=2, saved_by_id=people.respondent.pk)
    added.save(force_insert=True)
    rewrite(row)
    status, said = verify(capsys)
    assert (status, "answers were saved after they were frozen: A.13 of national" in said) == (1, True)


def save(entry: AuditEntry) -> None:
    overwrite(AuditEntry.objects.filter(pk=entry.pk), detail=entry.detail, previous=entry.previous, hash=entry.hash)


def rewrite_log(assessment: Assessment) -> None:
    previous = ""
    chain = AuditChain.objects.get(assessment=assessment, sealed_for="")
    for entry in chain.entries.order_by("number"):
        entry.previous = previous
        entry.hash = audit.hash_of(entry)
        save(entry)
        previous = entry.hash
    AuditChain.objects.filter(pk=chain.pk).update(head=previous)


def test_a_submission_that_does_not_hold_the_answers_it_names_is_found(capsys, accepted):
    """The digest and the log were adjusted to match, the answers' revisions were not."""
    submission = Submission.objects.get(assessment=accepted)
    content = json.loads(submission.snapshot)
    content["assessment"]["voices"]["national"]["A.1"]["level"] = 5
    del content["assessment"]["voices"]["national"]["A.13"]
    snapshot = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = digest_of(snapshot)
    overwrite(Submission.objects.filter(pk=submission.pk), snapshot=snapshot, digest=digest)
    accepted.attestations.update(digest=digest)
    for entry in AuditEntry.objects.filter(chain__assessment=accepted):
        if "digest" in entry.detail:
            entry.detail["digest"] = digest
            save(entry)
    rewrite_log(accepted)
    status, said = verify(capsys)
    assert (status, "does not hold the answers that its entry names: A.1 of national, A.13 of national" in said) == (
        1,
        True,
    )


def test_an_entry_without_the_heads_it_should_name_is_found(capsys, accepted):
    entry = AuditEntry.objects.get(chain__assessment=accepted, act="assessment.submit")
    del entry.detail["heads"]
    save(entry)
    rewrite_log(accepted)
    assert "does not name the revisions of the answers that it speaks of" in verify(capsys)[1]


@pytest.mark.parametrize("how", ["one more", "gone", "cut"])
def test_sealed_entries_other_than_those_named_at_the_opening_are_found(capsys, apart, people, how):
    declare(apart, people)
    sealed = AuditChain.objects.get(assessment=apart, sealed_for="customs")
    if how == "one more":
        audit.record(act="comparison.undeclare", by=people.coordinator, assessment=apart, sealed_for="customs")
    elif how == "gone":
        sealed.entries.all()._raw_delete("default")
        AuditChain.objects.filter(pk=sealed.pk)._raw_delete("default")
    else:
        sealed.entries.all()._raw_delete("default")
        AuditChain.objects.filter(pk=sealed.pk).update(length=0, head="")
    status, said = verify(capsys)
    assert (status, "the sealed entries are not the ones that entry 2 names" in said) == (1, True)
