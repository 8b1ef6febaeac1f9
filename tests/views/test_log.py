"""The log page: entries sealed for one agency are visible to it alone, and to all, in order, after the opening."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import audit
from diagnostic.actions.audit_check import find_breaks
from diagnostic.actions.clock import now, replay
from diagnostic.models import Assessment, AuditChain
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(people):
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    seal(assessment, people.coordinator, "customs", "A.1")
    return assessment


def seal(assessment, by, agency, question):
    return audit.record(act="comparison.discuss", by=by, assessment=assessment, sealed_for=agency, question=question)


def page_for(user, assessment, **query):
    client = Client()
    client.force_login(user)
    return client.get(reverse("assessment-log", args=[assessment.pk]), query).content.decode()


def lines(page):
    """The number and the act of each line, headings without a number, in page order."""
    table = re.search(r"<tbody>.*</tbody>", page, re.DOTALL)[0]
    return re.findall(r'<th scope="row(?:group" colspan="5|" class="code)">([^<]*)<', table)


def test_an_agency_reads_the_main_log_and_its_own_sealed_one(people, assessment):
    seal(assessment, people.police_coordinator, "police", "A.2")
    own, other = page_for(people.coordinator, assessment), page_for(people.police_coordinator, assessment)
    assert lines(own) == ["Customs only, until the comparison opens", "1", "Both agencies and observers", "1"]
    assert "discussion of <bdi>A.1</bdi>" in own
    assert "A.2" not in own
    assert "match their hashes" in own
    assert "all 2 entries are unchanged" in page_for(people.coordinator, assessment, check="1")
    assert lines(other) == ["Police only, until the comparison opens", "1", "Both agencies and observers", "1"]


def test_nothing_on_another_page_changes_with_what_is_sealed(people, assessment):
    others = (people.police_coordinator, people.observer)
    before = [content_of(page_for(user, assessment)) for user in others]
    for _each in range(3):
        seal(assessment, people.coordinator, "customs", "A.1")
    assert [content_of(page_for(user, assessment)) for user in others] == before
    assert all("Customs only" not in page for page in before)
    assert lines(page_for(people.observer, assessment)) == ["1"]


def content_of(page):
    """The log on the page, without its frame, whose tokens differ on each request."""
    return re.search(r"<main.*</main>", page, re.DOTALL)[0]


def test_once_the_comparison_is_open_all_is_shown_just_before_the_opening(people, assessment):
    seal(assessment, people.police_coordinator, "police", "A.2")
    # A clock that is an hour late for one entry does not change the order.
    with replay(now() - timedelta(hours=1)):
        seal(assessment, people.coordinator, "customs", "A.3")
    factories.open_comparison(assessment)
    assessment = Assessment.objects.get(pk=assessment.pk)
    audit.record(act="assessment.export", by=people.coordinator, assessment=assessment)
    expected = [
        *("Both agencies and observers", "3", "2"),
        *("Police only, before the comparison", "2", "1"),
        *("Customs only, before the comparison", "3", "2", "1"),
        *("Both agencies and observers", "1"),
    ]
    for user in (people.coordinator, people.police_coordinator, people.observer):
        assert lines(page_for(user, assessment)) == expected


def test_the_entry_that_opens_the_comparison_names_the_sealed_chains(people, assessment):
    seal(assessment, people.police_coordinator, "police", "A.2")
    opened = factories.open_comparison(assessment)
    entry = AuditChain.objects.get(assessment=opened, sealed_for="").entries.get(act="comparison.open")
    last = AuditChain.objects.get(assessment=opened, sealed_for="police").entries.get(number=2)
    assert entry.detail["sealed"]["police"] == {"length": 2, "head": last.hash}
    assert set(entry.detail["sealed"]) == {"customs", "police"}
    assert last.hash not in page_for(people.coordinator, opened)


def test_a_sealed_chain_is_verified_on_the_page_of_its_own_agency_alone(people, assessment):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE diagnostic_auditentry SET act = 'x' WHERE chain_id IN "
            "(SELECT id FROM diagnostic_auditchain WHERE sealed_for = 'customs')"
        )
    for query in ({}, {"check": "1"}):
        assert "tampered with or damaged" in page_for(people.coordinator, assessment, **query)
        assert "tampered with or damaged" not in page_for(people.police_coordinator, assessment, **query)
    assert list(find_breaks(AuditChain.objects.get(assessment=assessment, sealed_for="customs")))


def test_a_lost_entry_is_found_by_the_check_of_the_whole_log(people, assessment):
    seal(assessment, people.coordinator, "customs", "A.1")
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM diagnostic_auditentry WHERE number = 1 AND chain_id IN "
            "(SELECT id FROM diagnostic_auditchain WHERE sealed_for = 'customs')"
        )
    assert "match their hashes" in page_for(people.coordinator, assessment)
    assert "entry 1 is missing" in page_for(people.coordinator, assessment, check="1")


def test_the_page_costs_the_same_few_queries_however_much_is_sealed(people, assessment):
    page_for(people.coordinator, assessment)  # the first page of a minute takes more queries to count
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            page_for(people.coordinator, assessment)
        counts.append(len(asked))
        for _each in range(4):
            seal(assessment, people.coordinator, "customs", "A.1")
    assert counts[0] == counts[1]
