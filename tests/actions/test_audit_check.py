"""Verifying the log: a chain that is whole in itself and was still cut, exchanged or removed is found too."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, ProgrammingError, connection

from diagnostic.actions import audit
from diagnostic.actions.audit_check import find_breaks, find_contradictions
from diagnostic.actions.submissions import digest_of
from diagnostic.models import Assessment, AuditChain, AuditEntry, InstrumentText, OutboxItem, Submission
from tests import factories
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db
ACCEPTED, WAITING = 6, 4
"""How many entries the logs of these have."""


@pytest.fixture
def accepted(people):
    submission = factories.make_accepted(people.coordinator, people.reviewer)
    return AuditChain.objects.get(assessment=submission.assessment)


@pytest.fixture
def waiting(people, accepted):
    return AuditChain.objects.get(assessment=factories.make_submission(people.coordinator).assessment)


def change(sql: str, *values: Any) -> None:
    """As somebody who can write to the database, past the models and the order in which a row must stand."""
    if sql.startswith("DELETE FROM diagnostic_auditentry"):
        OutboxItem.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    connection.check_constraints()


def key(assessment_id: Any) -> Any:
    """As the database holds it."""
    return AuditChain._meta.get_field("assessment").get_db_prep_value(assessment_id, connection)


def verify(capsys: Any, **options: Any) -> tuple[int, str]:
    """The exit status of `verify_audit`, and all that it says."""
    try:
        call_command("verify_audit", **options)
        status = 0
    except SystemExit as ended:
        status = ended.code
    said = capsys.readouterr()
    return status, said.out + said.err


def cut(chain: AuditChain, number: int) -> None:
    """Take away what follows entry `number`, and make the head fit."""
    last = chain.entries.get(number=number)
    change("DELETE FROM diagnostic_auditentry WHERE chain_id = %s AND number > %s", chain.pk, number)
    change("UPDATE diagnostic_auditchain SET length = %s, head = %s WHERE id = %s", number, last.hash, chain.pk)


def write_anew(chain: AuditChain) -> None:
    """Give every entry the hash that it should have, and the chain the head: whole again, whatever is in it."""
    previous, entries = "", list(chain.entries.order_by("number"))
    for place, entry in enumerate(entries, start=1):
        entry.previous, number, entry.number = previous, entry.number, place
        previous = audit.hash_of(entry)
        row = "UPDATE diagnostic_auditentry SET previous = %s, hash = %s, number = %s"
        change(f"{row} WHERE chain_id = %s AND number = %s", entry.previous, previous, place, chain.pk, number)
    change("UPDATE diagnostic_auditchain SET length = %s, head = %s WHERE id = %s", len(entries), previous, chain.pk)


def test_what_was_logged_and_what_stands_agree(capsys, accepted, waiting):
    for chain in (accepted, waiting):
        assert list(find_contradictions(chain.assessment)) == []
    status, said = verify(capsys)
    assert (status, said.startswith("2 chains with 10 entries and ")) == (0, True)


def test_it_names_the_broken_chain(capsys, accepted):
    change("UPDATE diagnostic_auditentry SET act = 'x' WHERE chain_id = %s AND number = 1", accepted.pk)
    status, said = verify(capsys)
    assert status == 1
    assert f"assessment {accepted.assessment_id}" in said
    assert "entry 1 was changed" in said


def test_without_rows_it_says_so(capsys):
    assert verify(capsys) == (0, "The log has no entries yet.\n")


def test_rows_that_changed_places_are_found(accepted):
    for number, place in ((2, 90), (3, 2), (90, 3)):
        change(
            "UPDATE diagnostic_auditentry SET number = %s WHERE chain_id = %s AND number = %s",
            *(place, accepted.pk, number),
        )
    assert "entry 2 was changed" in list(find_breaks(accepted))


def test_a_row_that_was_slipped_in_is_found(people, accepted):
    last = accepted.entries.get(number=ACCEPTED)
    entry = AuditEntry(chain=accepted, number=ACCEPTED + 1, at=last.at, by=people.coordinator, act="x", detail={})
    entry.previous = last.hash
    entry.hash = audit.hash_of(entry)
    entry.save(force_insert=True)
    assert list(find_breaks(accepted)) == [f"{ACCEPTED} entries were written and {ACCEPTED + 1} are there"]


def test_a_row_of_another_chain_is_found_in_both(accepted, waiting):
    last = accepted.entries.get(number=ACCEPTED)
    change(
        "UPDATE diagnostic_auditentry SET chain_id = %s, number = %s WHERE id = %s", waiting.pk, WAITING + 1, last.pk
    )
    assert list(find_breaks(accepted))
    assert list(find_breaks(waiting))


def test_a_changed_head_is_found(accepted):
    change("UPDATE diagnostic_auditchain SET head = %s WHERE id = %s", "0" * 64, accepted.pk)
    accepted.refresh_from_db()
    assert list(find_breaks(accepted)) == ["the last entry is not the one that was written last"]


def test_what_is_appended_while_it_is_read_breaks_nothing(people, accepted):
    loaded = AuditChain.objects.get(pk=accepted.pk)
    audit.record(act="assessment.export", by=people.coordinator, assessment=accepted.assessment)
    assert list(find_breaks(loaded)) == []


def test_a_row_that_cannot_be_read_is_named(capsys, monkeypatch, accepted):
    """As where bytes of the file were changed that make a time or a detail no such thing any more."""
    from_db = AuditEntry.from_db

    def read(database: str, names: Any, values: Any) -> AuditEntry:
        entry = from_db(database, names, values)
        return json.loads("{") if entry.number == 4 else entry

    monkeypatch.setattr(AuditEntry, "from_db", read)
    status, said = verify(capsys)
    assert (status, "entry 4 cannot be read" in said) == (1, True)


def test_a_log_cut_short_with_its_head_made_to_fit_does_not_fit_what_stands(capsys, accepted):
    for number in range(ACCEPTED - 1, 0, -1):
        cut(accepted, number)
        accepted.refresh_from_db()
        assert list(find_breaks(accepted)) == []
        status, said = verify(capsys)
        assert status == 1
        assert "it stands as accepted" in said


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("assessment.start", "begins with the start of another"),
        ("attestation.sign", "attestations were logged"),
        ("assessment.submit", "no act for an assessment that is draft"),
        ("review.take_up", "no act for an assessment that is submitted"),
    ],
)
def test_a_chain_written_anew_without_one_act_does_not_fit_what_stands(capsys, accepted, act, words):
    change("DELETE FROM diagnostic_auditentry WHERE chain_id = %s AND act = %s", accepted.pk, act)
    write_anew(accepted)
    accepted.refresh_from_db()
    assert list(find_breaks(accepted)) == []
    status, said = verify(capsys)
    assert status == 1
    assert words in said


def test_a_signature_that_was_voided_and_put_back_is_found(capsys, people):
    draft = factories.start_assessment(people.coordinator)
    factories.sign_both(draft, people.coordinator)
    assert verify(capsys)[0] == 0
    standing = Assessment.objects.get(pk=draft.pk).standing_attestations
    factories.save_answer(draft, people.respondent, "A.1", level=3)
    assert verify(capsys)[0] == 0
    Assessment.objects.filter(pk=draft.pk).update(police_attestation=standing["police"])
    status, said = verify(capsys)
    assert status == 1
    assert "by its log 0 attestations stand, and others do" in said


def test_two_logs_that_changed_places_are_found(capsys, people):
    """Of two drafts that nothing tells apart but whose they are."""
    one, other = (
        AuditChain.objects.get(assessment=factories.start_assessment(by, period="2026"))
        for by in (people.coordinator, factories.make_user(country="FR"))
    )
    change("UPDATE diagnostic_auditentry SET by_id = %s", people.coordinator.pk)
    change("UPDATE diagnostic_assessment SET started_by_id = %s", people.coordinator.pk)
    for chain in (one, other):
        write_anew(chain)
    assert verify(capsys)[0] == 0
    mine, theirs = key(one.assessment_id), key(other.assessment_id)
    for chain, owner in ((one, None), (other, mine), (one, theirs)):
        change("UPDATE diagnostic_auditchain SET assessment_id = %s WHERE id = %s", owner, chain.pk)
    status, said = verify(capsys)
    assert status == 1
    assert said.count("begins with the start of another assessment") == 2


def test_a_log_that_is_gone_altogether_is_missed(capsys, accepted, waiting):
    change("DELETE FROM diagnostic_auditentry WHERE chain_id = %s", accepted.pk)
    change("DELETE FROM diagnostic_auditchain WHERE id = %s", accepted.pk)
    status, said = verify(capsys)
    assert status == 1
    assert "nothing was logged of it" in said
    AuditChain.objects.get(pk=waiting.pk).entries.all()._raw_delete("default")
    AuditChain.objects.all()._raw_delete("default")
    assert verify(capsys)[0] == 1


@pytest.mark.parametrize("part", ["snapshot", "digest", "both"])
def test_a_submission_that_is_not_the_one_handed_in_is_found(capsys, accepted, part):
    submission = Submission.objects.get(assessment=accepted.assessment)
    other = submission.snapshot.replace('"level":3', '"level":4', 1)
    assert other != submission.snapshot
    changed = {"snapshot": {"snapshot": other}, "digest": {"digest": "0" * 64}}
    changed["both"] = {"snapshot": other, "digest": digest_of(other)}
    overwrite(Submission.objects.filter(pk=submission.pk), **changed[part])
    status, said = verify(capsys)
    assert status == 1
    assert "submission 1" in said


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"receipt": '{"submitted_by":"Somebody Else"}'}, "does not have the receipt that was given for it"),
        ({"marking": "TLP:CLEAR"}, "is described otherwise than it was frozen"),
        ({"is_disclosed_to_partners": True}, "is described otherwise than it was frozen"),
        ({"level": 5}, "is described otherwise than it was frozen"),
        ({"submitted_at": datetime(2020, 1, 1, tzinfo=UTC)}, "is described otherwise than it was frozen"),
    ],
)
def test_what_stands_beside_a_snapshot_and_is_not_as_it_was_is_found(capsys, accepted, changed, words):
    overwrite(Submission.objects.filter(assessment=accepted.assessment), **changed)
    status, said = verify(capsys)
    assert status == 1
    assert f"submission 1 {words}" in said


def test_an_instrument_that_is_not_as_it_was_submitted_is_found(capsys, accepted):
    overwrite(InstrumentText.objects.all(), content="{}")
    status, said = verify(capsys)
    assert status == 1
    assert "the instrument of submission 1 is not there as it was" in said


def test_a_state_that_no_act_led_to_is_found(capsys, waiting):
    Assessment.objects.filter(pk=waiting.assessment_id).update(state="accepted")
    status, said = verify(capsys)
    assert status == 1
    assert "by its log it is submitted, and it stands as accepted" in said


def test_heads_kept_elsewhere_find_what_else_was_cut_off(capsys, people, accepted, tmp_path):
    audit.record(act="assessment.export", by=people.coordinator, assessment=accepted.assessment)
    audit.record(act="person.signed_in", by=people.coordinator)
    file = tmp_path / "heads.json"
    assert verify(capsys, keep_heads=file)[0] == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lengths = {line["assessment"]: line["length"] for line in lines if "length" in line}
    assert lengths == {str(accepted.assessment_id): 7, "": 1}

    audit.record(act="assessment.export", by=people.coordinator, assessment=accepted.assessment)
    assert verify(capsys, against=file)[0] == 0

    cut(AuditChain.objects.get(pk=accepted.pk), ACCEPTED)
    assert verify(capsys)[0] == 0
    status, said = verify(capsys, against=file)
    assert status == 1
    assert "entry 7 is not the one that was kept" in said

    AuditChain.objects.get(assessment=None).entries.all()._raw_delete("default")
    AuditChain.objects.filter(assessment=None)._raw_delete("default")
    assert "acts outside any: entry 1 is not the one that was kept" in verify(capsys, against=file)[1]


def test_heads_are_written_over_no_file_and_read_from_no_other(capsys, accepted, tmp_path):
    good, file = tmp_path / "good.json", tmp_path / "heads.json"
    assert verify(capsys, keep_heads=good)[0] == 0
    first, *rest = good.read_text().splitlines(keepends=True)
    broken = [
        *("", "{", "[]", "[1, 2]\n", '{"lines": 0}\n', f'{first}{{"assessment": "x", "length": 1}}\n{{"lines": 2}}\n'),
        *(f'{first}{{}}\n{{"lines": 2}}\n', "".join(rest), first + "".join(rest[:-1]), first + "".join(rest[1:])),
        *(good.read_text() + rest[0], good.read_text()[:-20]),
    ]
    for text in broken:
        file.write_text(text)
        status, said = verify(capsys, against=file)
        assert (status, said.count("\n")) == (2, 1), text
        assert "no file that --keep-heads wrote" in said
    file.write_bytes(b"\xff\xfe")
    assert verify(capsys, against=file)[0] == 2
    assert verify(capsys, against=tmp_path / "none")[0] == 2
    before = good.read_text()
    assert verify(capsys, keep_heads=good)[0] == 2
    assert good.read_text() == before


def test_heads_are_not_kept_of_what_does_not_verify(capsys, accepted, tmp_path):
    change("UPDATE diagnostic_auditchain SET head = %s WHERE id = %s", "0" * 64, accepted.pk)
    assert verify(capsys, keep_heads=tmp_path / "heads.json")[0] == 1
    assert not (tmp_path / "heads.json").exists()


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("no such table: x\nLINE 1"),
        ProgrammingError('relation "x" is not there'),
        DatabaseError("file is not a database"),
    ],
)
def test_what_cannot_be_read_is_no_verdict(error: Exception, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuditChain.objects, "filter", raising(error))
    status, said = verify(capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert str(error).partition("\n")[0] in said


def test_an_error_of_the_command_itself_is_no_verdict(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuditChain.objects, "filter", raising(KeyError("x")))
    assert verify(capsys) == (2, "Verifying stopped, so this is no verdict (KeyError: 'x').\n")
    with pytest.raises(KeyError):
        call_command("verify_audit", traceback=True)


def raising(error: Exception) -> Any:
    def fail(*arguments: Any, **named: Any) -> None:
        raise error

    return fail
