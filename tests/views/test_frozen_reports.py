"""A submission's report and pages are made from its frozen texts, whatever is renamed afterwards."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import DataError, IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpch.accounts.models import Country, User
from diagnostic import instruments
from diagnostic.actions import action_plan, comments, opinions, responses, reviews, submissions
from diagnostic.actions.errors import NotAttested
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.formats import EDITIONS
from diagnostic.core.instrument_text import InstrumentTextChanged
from diagnostic.core.plain_data import canonical
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Action, Assessment, AuditEntry, Comment, InstrumentText, Response, Submission
from diagnostic.models.append_only import AppendedRow
from diagnostic.views.report_facts import (
    ReportBasis,
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)
from tests.factories import (
    People,
    example_answers,
    fill,
    make_accepted,
    open_comparison,
    sign_both,
    start_assessment,
    submit,
)
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db

SIGN_IN = {"User.email", "User.password", "User.is_active", "User.second_factor", "User.language", "User.keeping_key"}
PLACES = {"Membership.role", "Membership.agency", "Agency.kind", "Country.alpha2"}
STANDING = {"Assessment.state", "Assessment.is_disclosed_to_partners", "Assessment.started_at"}
"""What decides who may open a page, and where it is."""
KEPT_LIVE = {"Session.session_data", "Session.session_key", "Region.short_name", "Assignment.due_on"}
KEPT_LIVE |= {f"Action.{name}" for name in ("state", "level_before", "question", "theme", "recommendation")}
"""What a page shows of today beside a submission: who is to look at it, the country's region, what the plan moved."""
WORDED = {"name", "title", "levels"}
STRUCTURE = {
    f"{noun.__name__}.{field.name}"
    for noun in instruments.NOUNS.values()
    for field in noun._meta.concrete_fields
    if not isinstance(field, models.TextField) and field.name not in WORDED
}
"""What makes an instrument whole beside its words: without it no page of an assessment can be opened."""


@dataclass(frozen=True)
class Story:
    """Two submissions of one assessment with everything on them, after an accepted one, and a draft of the next."""

    people: People
    first: Submission
    last: Submission
    draft: Assessment


@pytest.fixture
def story(people: People) -> Story:
    before = make_accepted(people.coordinator, people.reviewer, period="2025", title="The first")
    add(before.assessment, people, "Meet every month")
    assessment = start_assessment(
        people.coordinator,
        period="2026",
        title="After the reform",
        mode="separate",
        target_level=4,
        marking="TLP:AMBER+STRICT",
        is_disclosed_to_partners=True,
    )
    for voice in ("customs", "police"):
        fill(assessment, people.respondent, example_answers("two-voices", voice), voice=voice)
    open_comparison(assessment, "The minister asks for it.")
    assessment.refresh_from_db()
    fill(assessment, people.coordinator)
    add(assessment, people, "Train together")
    first = submit(assessment, people.coordinator)
    review(first, people)
    reviews.return_for_clarification(submission=first, remark="Nearly there.", by=people.reviewer)
    assessment.refresh_from_db()
    row = Response.objects.get(assessment=assessment, voice="national", question="A.1")
    responses.record(
        assessment_id=assessment.pk,
        question="A.1",
        response=Answer(level=4),
        agreement="Both read it again.",
        base_version=row.version,
        by=people.coordinator,
    )
    last = submit(assessment, people.coordinator)
    review(last, people, *(["A.2.1"]))
    reviews.ask(submission=last, question="A.1", text="", by=people.reviewer)
    reviews.accept(submission=last, remark="Well done.", by=people.reviewer)
    draft = fill(start_assessment(people.coordinator, period="2027"), people.coordinator)
    return Story(people, first, last, draft)


def add(assessment: Assessment, people: People, title: str) -> Action:
    details = ActionDetails(title, "customs", "police", "Head of Risk", date(2027, 3, 1))
    action = action_plan.add(assessment=assessment, details=details, question="A.2.2", by=people.coordinator)
    return action_plan.move(action=action, act="begin", source="planned", proof="Minutes", by=people.respondent)


def review(submission: Submission, people: People, *taken_back: str) -> None:
    reviews.take_up(submission=submission, by=people.reviewer)
    submission.assessment.refresh_from_db()
    reviews.ask(submission=submission, question="A.1", text="Until when?", by=people.reviewer)
    for code in ("A.2.1", "A.2.2"):
        opinions.give(submission=submission, question=code, level=2, reason="It has lapsed.", by=people.reviewer)
    for code in taken_back:
        opinions.take_back(submission=submission, question=code, by=people.reviewer)
    opinions.reply(submission=submission, question="A.2.2", text="It was renewed.", by=people.police_coordinator)
    comments.share(submission=submission, question="A.3.1", text="Which unit?", by=people.reviewer)
    comments.answer(submission=submission, question="A.3.1", text="Risk.", by=people.police_respondent)


def basis_of(submission: Submission, edition: str = "full") -> ReportBasis:
    """The basis, as a request loads it."""
    found = Submission.objects.select_related("assessment__country", "review__closing")
    return report_of_submission(submissions_for_report(found).get(pk=submission.pk), edition)


def reports_of(*submissions: Submission) -> dict[str, Any]:
    """Every edition of their reports, in full and as a digest, without any cache."""
    forget()
    found = {}
    for submission, edition in itertools.product(submissions, EDITIONS):
        basis = basis_of(submission, edition)
        found[f"{submission.number} {edition}"] = (basis.build().to_json(), basis.build().digest, basis.digest)
    return found


def digest_of_draft(draft: Assessment) -> str:
    found = assessments_for_report(Assessment.objects.select_related("country"))
    return report_of_assessment(found.get(pk=draft.pk)).build().digest


def forget() -> None:
    caches["fragments"].clear()
    for memory in (instruments.get_instrument, instruments.instrument_at, instruments._name_of):
        memory.cache_clear()
    instruments._LOADED.clear()


@pytest.fixture(autouse=True)
def remember_no_instrument() -> Iterator[None]:
    yield
    forget()


def change_all_that_may_change(skip: frozenset[str] = frozenset()) -> set[str]:
    """Write another value into every column of every row that is not append-only; returns the changed columns."""
    changed = set()
    for model in apps.get_models():
        if model._meta.app_label not in ("diagnostic", "accounts") or issubclass(model, AppendedRow):
            continue
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        for row, field in itertools.product(list(model._default_manager.all()), fields):
            name = f"{model.__name__}.{field.name}"
            if name not in skip and change(row, field):
                changed.add(name)
    return changed


def change(row: models.Model, field: models.Field) -> bool:
    for value in others(field, getattr(row, field.attname)):
        try:
            with transaction.atomic():
                type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: value})
                return True
        except (IntegrityError, DataError):
            continue
    return False


def others(field: models.Field, value: Any) -> Iterator[Any]:
    """Other values for the column, some of which its constraints may refuse."""
    if field.is_relation:
        if field.related_model is User:
            yield from User.objects.exclude(pk=value).values_list("pk", flat=True)[:3]
    elif field.choices:
        yield from (choice for choice, _label in field.choices if choice != value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, value + 100000)
    elif isinstance(value, str):
        yield f"{value[: (field.max_length or len(value) + 1) - 1]}~"
    elif isinstance(value, datetime | date):
        yield value + timedelta(days=400)
    elif isinstance(value, dict | list):
        yield changed_texts(value)


def changed_texts(value: Any) -> Any:
    """`value` with every text in it changed, except the names of members."""
    if isinstance(value, dict):
        return {name: changed_texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [changed_texts(item) for item in value]
    return f"{value}~" if isinstance(value, str) else value


def test_a_report_of_a_submission_says_the_same_whatever_is_changed_afterwards(story: Story) -> None:
    before, draft = reports_of(story.first, story.last), digest_of_draft(story.draft)
    told = canonical(before["2 full"][0])
    for word in ("Example Country", "After the reform", "Train together", "Meet every month", "Head of Risk"):
        assert word in told
    assert "It was renewed." in told

    changed = change_all_that_may_change()

    assert {"Country.name", "Country.footnote", "User.full_name", "Membership.role"} <= changed
    assert {"Assessment.title", "Assessment.period", "Assessment.mode", "Assessment.marking"} <= changed
    assert {"Assessment.state", "Assessment.target_level", "Assessment.is_disclosed_to_partners"} <= changed
    assert {"Action.title", "Action.responsible", "Action.state", "Action.level_before"} <= changed
    assert {
        "Question.verbatim",
        "Weakness.text",
        "Solution.text",
        "Criterion.because",
        "Resource.name",
        "Question.levels",
    } <= changed
    assert {"Response.narrative", "Attestation.attested_by_name", "Attestation.attested_by"} <= changed
    after = reports_of(story.first, story.last)
    for name in before:
        assert after[name] == before[name], name
    # The same changes do show in a report that is made from rows.
    with pytest.raises((AssertionError, ValueError)):
        assert digest_of_draft(story.draft) == draft


def test_the_order_and_the_number_of_earlier_submissions_are_frozen_too(story: Story) -> None:
    before = reports_of(story.last)
    older = fill(start_assessment(story.people.coordinator, period="2024"), story.people.coordinator)
    Assessment.objects.filter(pk=older.pk).update(started_at=timezone.now() - timedelta(days=900))
    older.refresh_from_db()
    submit(older, story.people.coordinator)
    Assessment.objects.filter(period="2025").update(state="withdrawn")
    assert reports_of(story.last) == before
    assert before["2 full"][0]["previous"]["period"] == "2025"


def test_what_is_added_afterwards_is_told_by_the_names_that_people_had(story: Story) -> None:
    by = story.people.police_coordinator
    opinions.reply(submission=story.last, question="A.2.2", text="And again.", by=by)
    told = [remark for remark in basis_of(story.last).build().remarks if remark.kind == "reply"][-1]
    assert (told.text, told.by, told.agency) == ("And again.", by.full_name, "police")
    User.objects.filter(pk=by.pk).update(full_name="Somebody Else")
    assert told in basis_of(story.last).build().remarks


PAGES = {
    "submission-detail": (),
    "submission-review": (),
    "submission-review-question": ("A.2.2",),
    "submission-changes": (),
    "submission-report": (),
    "review-detail": (),
    "review-question": ("A.2.2",),
}


def pages_of(story: Story) -> dict[str, str]:
    """The pages of the last submission, each for its readers; tokens left out."""
    forget()
    people, found = story.people, {}
    result = reverse("result", args=[story.last.assessment_id])
    urls = {name: reverse(name, args=[story.last.pk, *more]) for name, more in PAGES.items()}
    urls |= {"result": f"{result}?submission=2", "over-time": reverse("over-time", args=[story.last.assessment_id])}
    for name, url in urls.items():
        client = Client()
        client.force_login(people.reviewer if name.startswith("review-") else people.observer)
        response = client.get(url)
        assert response.status_code == 200, name
        main = response.content.decode().partition("<main")[2].partition("</main>")[0]
        found[name] = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main)
    return found


def test_the_pages_of_a_submission_show_the_names_that_it_was_submitted_with(story: Story) -> None:
    overwrite(Country.objects.filter(alpha2="ZZ"), footnote="As of 2026.")
    before = pages_of(story)
    assert "Submitted by</dt><dd><bdi>Coordinator" in before["submission-detail"]
    change_all_that_may_change(frozenset(SIGN_IN | PLACES | STANDING | KEPT_LIVE | STRUCTURE))
    after = pages_of(story)
    assert [name for name in before if "~" in after[name]] == []
    for name in before:
        assert after[name] == before[name], name


@pytest.mark.parametrize("act", ["update", "save", "delete", "delete all"])
def test_what_is_only_ever_added_to_is_neither_changed_nor_deleted(story: Story, act: str) -> None:
    for model in (Submission, Comment, InstrumentText):
        row = model.objects.first()
        acts = {
            "update": lambda rows=model.objects: rows.update(pk=1),
            "save": row.save,
            "delete": row.delete,
            "delete all": model.objects.all().delete,
        }
        with pytest.raises(TypeError, match="only ever added"), transaction.atomic():
            acts[act]()


def test_a_report_is_refused_where_the_instrument_is_not_the_one_that_was_submitted(story: Story) -> None:
    overwrite(InstrumentText.objects.all(), content="{}")
    forget()
    instruments._LOADED.clear()
    with pytest.raises(InstrumentTextChanged):
        basis_of(story.last).build()


def test_a_change_of_the_plan_voids_what_was_attested_with_it(story: Story) -> None:
    add(story.draft, story.people, "Write it down")
    sign_both(story.draft, story.people.coordinator)
    action = Action.objects.get(title="Write it down")
    other = Action.objects.get(title="Meet every month")
    action_plan.prove(action=other, proof="None of its matter", base_version=other.version, by=story.people.respondent)
    assert Assessment.objects.get(pk=story.draft.pk).standing_attestations.keys() == {"customs", "police"}
    action_plan.prove(action=action, proof="Its protocol", base_version=action.version, by=story.people.respondent)
    assert Assessment.objects.get(pk=story.draft.pk).standing_attestations == {}
    entry = AuditEntry.objects.filter(act="attestation.void").latest("number")
    assert (entry.detail["because"], entry.by) == ("plan", story.people.respondent)


def test_a_key_turned_before_the_country_was_renamed_is_said_to_be_outdated(story: Story, client: Client) -> None:
    sign_both(story.draft, story.people.coordinator)
    Country.objects.filter(alpha2="ZZ").update(name="Renamed")
    client.force_login(story.people.coordinator)
    page = client.get(reverse("assessment-check", args=[story.draft.pk])).content.decode()
    assert page.count("The text has changed since this agency attested it") == 2
    with pytest.raises(NotAttested):
        submissions.submit(assessment=story.draft, by=story.people.coordinator)
