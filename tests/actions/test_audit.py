"""The log: every act a row, and no row can change, go or be slipped in unseen."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, ProgrammingError, connection

from diagnostic.actions import audit
from diagnostic.models import AuditChain, AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    people = factories.make_people()
    submission = factories.make_accepted(people.coordinator, people.reviewer)
    return AuditChain.objects.get(assessment=submission.assessment)


def change(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_acts_of_an_assessment_are_logged_in_order(chain):
    acts = list(chain.entries.order_by("number").values_list("act", flat=True))
    assert acts == [
        "assessment.start",
        "attestation.sign",
        "attestation.sign",
        "assessment.submit",
        "review.take_up",
        "review.accept",
    ]
    assert list(audit.find_breaks(chain)) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("act", "assessment.nothing"), ("detail", '{"number": 9}'), ("previous", "0" * 64), ("hash", "0" * 64)],
)
def test_a_changed_row_is_found(chain, column, value):
    change(f"UPDATE diagnostic_auditentry SET {column} = %s WHERE chain_id = %s AND number = 2", value, chain.pk)
    assert list(audit.find_breaks(chain))


def test_a_changed_person_or_time_is_found(chain):
    stranger = factories.make_user()
    change("UPDATE diagnostic_auditentry SET by_id = %s WHERE chain_id = %s AND number = 4", stranger.pk, chain.pk)
    assert list(audit.find_breaks(chain)) == ["entry 4 was changed"]


@pytest.mark.parametrize("number", [1, 2, 6])
def test_a_missing_row_is_found_the_last_one_too(chain, number):
    change("DELETE FROM diagnostic_auditentry WHERE chain_id = %s AND number = %s", chain.pk, number)
    assert list(audit.find_breaks(chain))


def test_the_log_cannot_be_changed_through_the_model(chain):
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(chain=chain).update(act="x")
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(chain=chain).delete()


def test_verify_audit_names_the_broken_chain(chain, capsys):
    call_command("verify_audit")
    assert "verified" in capsys.readouterr().out
    change("UPDATE diagnostic_auditentry SET act = 'x' WHERE chain_id = %s AND number = 1", chain.pk)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    assert ended.value.code == 1
    assert "entry 1 was changed" in capsys.readouterr().err


def test_without_rows_verify_audit_says_so(capsys):
    call_command("verify_audit")
    assert "no entries yet" in capsys.readouterr().out


@pytest.mark.parametrize("error", [OperationalError("no such table: x"), ProgrammingError('relation "x" is not there')])
def test_without_a_database_verify_audit_says_so_and_why(error, capsys, monkeypatch):
    monkeypatch.setattr(AuditChain.objects, "select_related", raising(error))
    call_command("verify_audit")
    assert f"There is no database to verify, or it has no log yet ({error})." in capsys.readouterr().out


def test_a_database_that_cannot_be_read_is_not_taken_for_none(monkeypatch):
    monkeypatch.setattr(AuditChain.objects, "select_related", raising(DatabaseError("file is not a database")))
    with pytest.raises(CommandError, match="cannot be read: file is not a database"):
        call_command("verify_audit")


def raising(error):
    def fail(*arguments):
        raise error

    return fail
