"""The comparison of an assessment that was returned: only what was named opens again, and all of it can be read."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from diagnostic.models import Assessment, Response
from tests import factories
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

NAMED, FOLLOW_UP, OTHER = "A.3.1", "A.3.2", "A.2.2"


@pytest.fixture
def people():
    return factories.make_people()


@pytest.fixture
def returned(people):
    """Two agencies' answers with differences, agreed on, handed in, and sent back with one question."""
    draft = factories.start_assessment(people.coordinator, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.fill(draft, by, factories.example_answers("two-voices", voice), voice=voice)
    factories.open_comparison(draft)
    factories.fill(draft, people.coordinator)
    factories.make_returned(draft, people.coordinator, people.reviewer, NAMED)
    return Assessment.objects.select_related("country").get(pk=draft.pk)


def national(assessment, code):
    return Response.objects.get(assessment=assessment, voice="national", question=code)


def read(client, person, assessment):
    client.force_login(person)
    return client.get(reverse("compare", kwargs={"pk": assessment.pk}))


def agree(client, person, assessment, code, **fields):
    client.force_login(person)
    standing = national(assessment, code)
    data = {"version": str(standing.version), **fields}
    posted = {f"{code}-{name}": value for name, value in data.items()}
    return client.post(reverse("compare-agree", kwargs={"pk": assessment.pk, "code": code}), posted)


def form_of(assessment, code):
    address = reverse("compare-agree", kwargs={"pk": assessment.pk, "code": code})
    return f'action="{address}"'


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", unisolated(response.content.decode()))).split())


def test_the_page_offers_the_form_of_what_was_named_alone(client, people, returned):
    page = read(client, people.police_coordinator, returned).context["page"]
    assert page.open_codes == {NAMED, FOLLOW_UP}
    shown = read(client, people.police_coordinator, returned).content.decode()
    assert form_of(returned, NAMED) in shown
    assert form_of(returned, OTHER) not in shown
    assert f'id="{OTHER}"' in shown, "what is closed can still be read"
    for reader in (people.respondent, people.observer):
        assert form_of(returned, NAMED) not in read(client, reader, returned).content.decode()
        assert read(client, reader, returned).context["page"].open_codes == set()


def test_what_was_named_is_agreed_on_anew_with_its_reason(client, people, returned):
    before = national(returned, NAMED)
    refused = agree(client, people.coordinator, returned, NAMED, answer="5", agreement=" ")
    kept = national(returned, NAMED)
    assert (refused.status_code, kept.version, kept.is_agreed) == (422, before.version + 1, False)
    done = agree(client, people.police_coordinator, returned, NAMED, answer="5", agreement="The protocol was found.")
    assert done.status_code == 302
    row = national(returned, NAMED)
    assert (row.level, row.agreement, row.saved_by) == (5, "The protocol was found.", people.police_coordinator)
    assert agree(client, people.coordinator, returned, FOLLOW_UP, answer="4", agreement="As well.").status_code == 302
    again = factories.submit(returned, people.coordinator)
    assert (again.number, '"The protocol was found."' in again.snapshot) == (2, True)


@pytest.mark.parametrize("fields", [{"answer": "5", "agreement": "We met."}, {"answer": "", "agreement": ""}])
def test_what_was_not_named_is_refused_whatever_is_posted(client, people, returned, fields):
    before = national(returned, OTHER)
    refused = agree(client, people.coordinator, returned, OTHER, **fields)
    assert refused.status_code == 409
    assert f"{OTHER} is not open: only the questions named on return can be changed" in words(refused)
    after = national(returned, OTHER)
    assert (after.version, after.level, after.agreement) == (before.version, before.level, before.agreement)


def test_nothing_is_agreed_on_once_it_is_handed_in_again(client, people, returned):
    factories.submit(returned, people.coordinator)
    refused = agree(client, people.coordinator, returned, NAMED, answer="5", agreement="Too late.")
    assert refused.status_code == 409
    assert "has moved on" in words(refused)
    assert national(returned, NAMED).agreement == factories.AGREEMENT


def test_an_observer_or_a_respondent_agrees_on_nothing(client, people, returned):
    for who in (people.respondent, people.police_respondent, people.observer):
        assert agree(client, who, returned, NAMED, answer="5", agreement="We met.").status_code == 403
    assert agree(client, people.foreigner, returned, NAMED, answer="5", agreement="We met.").status_code == 404
