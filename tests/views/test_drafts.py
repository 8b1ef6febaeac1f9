"""The drafting kit: what its page says, who may take a draft away, and what is noted down."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from diagnostic.actions import action_plan, reviews
from diagnostic.actions.drafts import record_download
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, AuditEntry
from diagnostic.permissions import has_drafts
from tests import factories
from tests.factories import example_answers, fill, make_accepted, make_submission, save_answer, start_assessment
from tests.views.pages import count_queries, get, words

pytestmark = pytest.mark.django_db
SECRET = "SECRET-OF-A.9"
PAGE, FILE = "assessment-drafts", "assessment-draft"


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


def text_of(response: Any) -> str:
    document = docx.Document(io.BytesIO(response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(item.text for item in document.paragraphs), *cells])


def filled(people: factories.People) -> Assessment:
    answers = example_answers() | {"A.9": Answer(level=1, authority={"police": "own"}, narrative=SECRET)}
    return fill(start_assessment(people.coordinator), people.coordinator, answers)


def test_the_page_lists_each_clause_with_what_fills_it(client: Client, people: factories.People) -> None:
    said = words(get(client, people.observer, PAGE, filled(people).pk))
    assert "These are drafts for lawyers, not legal advice." in said
    assert "26 of its 29 clauses are filled" in said
    assert "What was answered to A.3.2" not in said
    assert "What was answered to A.1, A.3.2 and A.4.2" in said
    assert "A prompt; no question asks about it" in said
    assert "Sources were read in part (openings); a clause tagged GK is unverified drafting practice." in said


def test_the_result_leads_to_it_for_those_who_may_read_everything(client: Client, people: factories.People) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    url = reverse(PAGE, args=[submission.assessment_id])
    for person in (people.coordinator, people.observer, people.reviewer):
        assert url in get(client, person, "result", submission.assessment_id).content.decode()
    assert url not in get(client, people.partner, "result", submission.assessment_id).content.decode()


@pytest.mark.parametrize("kind", ["agreement", "terms"])
def test_a_draft_is_a_word_file_that_is_kept_nowhere(client: Client, people: factories.People, kind: str) -> None:
    response = get(client, people.respondent, FILE, filled(people).pk, kind)
    assert response.status_code == 200
    assert response["Content-Type"].endswith("wordprocessingml.document")
    assert response["Content-Disposition"].startswith(f'attachment; filename="{kind}-zz-')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert "they were not handed in" in text_of(response)


def test_each_download_is_noted_without_a_word_of_the_draft(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    get(client, people.reviewer, FILE, submission.assessment_id, "terms")
    client.get(reverse(FILE, args=[submission.assessment_id, "agreement"]), {"without": "sensitive"})
    entries = AuditEntry.objects.filter(act__startswith="draft.").order_by("pk")
    assert [(entry.act, entry.detail) for entry in entries] == [
        ("draft.download", {"draft": "terms", "number": 1}),
        ("draft.download_without", {"draft": "agreement", "number": 1}),
    ]
    said = words(get(client, people.observer, "assessment-log", submission.assessment_id))
    assert "downloaded the draft of a committee’s terms of reference" in said
    assert "downloaded the draft of a memorandum between customs and police without the sensitive answers" in said


def test_a_draft_can_be_had_without_the_sensitive_answers(client: Client, people: factories.People) -> None:
    assessment = filled(people)
    whole = get(client, people.coordinator, FILE, assessment.pk, "agreement")
    without = client.get(reverse(FILE, args=[assessment.pk, "agreement"]), {"without": "sensitive"})
    assert SECRET in text_of(whole)
    assert "Sensitive: this clause tells what was answered to A.9, A.10 and A.11" in text_of(whole)
    assert SECRET not in text_of(without)
    assert "Sensitive" not in text_of(without)
    assert "[A.9: this edition does not hold what was answered.]" in text_of(without)


def test_the_secretariat_drafts_from_what_was_handed_in(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    reviews.take_up(submission=submission, by=people.reviewer)
    reviews.ask(submission=submission, question="A.13", text="Which resources?", by=people.reviewer)
    reviews.return_for_clarification(submission=submission, remark="", by=people.reviewer)
    save_answer(
        Assessment.objects.get(pk=submission.assessment_id), people.coordinator, "A.13", level=1, narrative="New."
    )
    pk = submission.assessment_id
    assert "New." not in text_of(get(client, people.reviewer, FILE, pk, "agreement"))
    assert "New." in text_of(get(client, people.coordinator, FILE, pk, "agreement"))
    response = client.get(reverse(FILE, args=[pk, "agreement"]), {"submission": "1"})
    assert "New." not in text_of(response)
    assert submission.digest in text_of(response)


def test_the_agenda_takes_up_what_the_country_planned(client: Client, people: factories.People) -> None:
    assessment = filled(people)
    action_plan.plan(assessment=assessment, recommendation="N-framework-3", by=people.coordinator)
    said = text_of(get(client, people.coordinator, FILE, assessment.pk, "terms"))
    assert said.count("Action 1 of the plan.") == 1


def test_partners_get_no_draft(client: Client, people: factories.People) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    for name, more in ((PAGE, ()), (FILE, ("agreement",))):
        assert get(client, people.partner, name, submission.assessment_id, *more).status_code == 403
    with pytest.raises(PermissionDenied):
        record_download(kind="terms", is_whole=True, by=people.partner, assessment=submission.assessment, number=1)


def test_before_the_comparison_there_is_none(client: Client, people: factories.People) -> None:
    draft = start_assessment(people.coordinator, mode="separate")
    fill(draft, people.respondent, example_answers("two-voices", "customs"), voice="customs")
    for name, more in ((PAGE, ()), (FILE, ("terms",))):
        assert get(client, people.coordinator, name, draft.pk, *more).status_code == 404
    factories.open_comparison(draft)
    for name, more in ((PAGE, ()), (FILE, ("terms",))):
        assert get(client, people.coordinator, name, draft.pk, *more).status_code == 200


def test_the_plan_leads_to_the_kit_where_it_is_there(client: Client, people: factories.People) -> None:
    draft = start_assessment(people.coordinator, mode="separate")
    assert not has_drafts(people.coordinator, draft), "blind: the kit is not there"
    factories.open_comparison(draft)
    draft.refresh_from_db()
    assert not has_drafts(people.reviewer, draft)
    action_plan.add(assessment=draft, details=ActionDetails("Meet", "both"), by=people.coordinator)
    link = reverse(PAGE, args=[draft.pk])
    for page in ("plan", "plan-list", "plan-calendar", "plan-progress"):
        for person in (people.coordinator, people.observer):
            assert link in get(client, person, page, "ZZ").content.decode()
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("query", ["2", "0", "x", "١", "9" * 40])
def test_what_is_not_there_is_not_found(client: Client, people: factories.People, query: str) -> None:
    submission = make_submission(people.coordinator)
    client.force_login(people.coordinator)
    assert client.get(reverse(PAGE, args=[submission.assessment_id]), {"submission": query}).status_code == 404
    assert get(client, people.coordinator, FILE, submission.assessment_id, "poem").status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_keeps_to_its_queries(client: Client, people: factories.People, many: int) -> None:
    for _ in range(many):
        make_accepted(people.coordinator, people.reviewer)
    submission = make_submission(people.coordinator)
    draft = fill(start_assessment(people.coordinator), people.coordinator)
    found = (
        count_queries(client, people.coordinator, PAGE, draft.pk),
        count_queries(client, people.reviewer, PAGE, submission.assessment_id),
        count_queries(client, people.reviewer, FILE, submission.assessment_id, "terms"),
    )
    assert found == (7, 5, 10)
