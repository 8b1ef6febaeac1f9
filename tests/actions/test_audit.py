"""The log: every act a row, and no row can change, go or be slipped in unseen."""

import pytest
from django.db import connection

from diagnostic.actions.audit_check import find_breaks
from diagnostic.models import AuditChain, AuditEntry, OutboxItem
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
    assert list(find_breaks(chain)) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("act", "assessment.nothing"), ("detail", '{"number": 9}'), ("previous", "0" * 64), ("hash", "0" * 64)],
)
def test_a_changed_row_is_found(chain, column, value):
    change(f"UPDATE diagnostic_auditentry SET {column} = %s WHERE chain_id = %s AND number = 2", value, chain.pk)
    assert list(find_breaks(chain))


def test_a_changed_person_or_time_is_found(chain):
    stranger = factories.make_user()
    change("UPDATE diagnostic_auditentry SET by_id = %s WHERE chain_id = %s AND number = 4", stranger.pk, chain.pk)
    assert list(find_breaks(chain)) == ["entry 4 was changed"]


@pytest.mark.parametrize("number", [1, 2, 6])
def test_a_missing_row_is_found_the_last_one_too(chain, number):
    OutboxItem.objects.all().delete()
    change("DELETE FROM diagnostic_auditentry WHERE chain_id = %s AND number = %s", chain.pk, number)
    assert list(find_breaks(chain))


def test_the_log_cannot_be_changed_through_the_model(chain):
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(chain=chain).update(act="x")
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(chain=chain).delete()
