"""A country over its periods: which are shown to whom, and what the page says of them."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import assessments
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import current_instrument
from diagnostic.models import Submission
from diagnostic.views.over_time import say_change
from tests import factories
from tests.tampering import overwrite
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

MOST_QUERIES = 5


def page(user, assessment):
    client = Client()
    client.force_login(user)
    response = client.get(reverse("over-time", kwargs={"pk": assessment.pk}))
    return response.content.decode()


def periods(text):
    return re.findall(r'<th scope="row"><a [^>]*><bdi>(.*?)</bdi></a>', text)


def plain(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unisolated(html))).strip()


def row(text, name):
    """The cells of the last table row that begins with `name`."""
    rows = [plain(item) for item in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)]
    return [item for item in rows if item.startswith(name)][-1]


def hand_in(by, period, **answers):
    """An assessment of `period` with the example's answers but for those given as level by code."""
    given = factories.example_answers() | {
        code.replace("_", "."): Answer(level=level, basis="both") for code, level in answers.items()
    }
    assessment = factories.start_assessment(by, period=period)
    return factories.submit(factories.fill(assessment, by, given), by=by)


def test_a_country_sees_its_periods_from_the_oldest_to_the_last(people):
    hand_in(people.coordinator, "2024", A_1=1, A_17=1)
    last = hand_in(people.coordinator, "2025")
    text = page(people.respondent, last.assessment)
    assert periods(text) == ["2024", "2025"]
    first, second = Submission.objects.order_by("submitted_at")
    assert f" {first.index_shown} –" in row(text, "2024")
    difference = float(second.index_shown) - float(first.index_shown)
    assert difference > 0
    assert row(text, "2025").endswith(f" {second.index_shown} +{difference:.1f}")
    assert text.count("<svg xmlns") == 2


def shown_of(submission, theme):
    """The score of a theme as the submission froze it."""
    themes = json.loads(submission.snapshot)["result"]["themes"]
    return next(item["score"]["shown"] for item in themes if item["id"] == theme)


def test_themes_stand_with_their_score_in_each_period_and_the_change(people):
    then = hand_in(people.coordinator, "2024", A_1=1, A_17=1)
    now = hand_in(people.coordinator, "2025")
    text = page(people.respondent, now.assessment)
    name = current_instrument().theme_by_id["framework"].name
    before, after = shown_of(then, "framework"), shown_of(now, "framework")
    change = f"+{float(after) - float(before):.1f}"
    assert row(text, name) == f"{name} {before} {after} {change}"
    same = current_instrument().theme_by_id["risk"].name
    assert row(text, same).endswith(" unchanged")


def test_a_period_counts_as_it_was_last_handed_in_and_not_once_withdrawn(people):
    gone = hand_in(people.coordinator, "2023")
    assessments.withdraw(assessment=gone.assessment, by=people.coordinator, reason="Wrong year.")
    assessment = factories.fill(factories.start_assessment(people.coordinator, period="2024"), people.coordinator)
    factories.make_returned(assessment, people.coordinator, people.reviewer, "A.1")
    factories.save_answer(assessment, people.respondent, "A.1", level=1)
    text = page(people.respondent, assessment)
    assert "Submission 1" in text, "What is being corrected does not count yet."
    assessment.refresh_from_db()
    factories.submit(assessment, by=people.coordinator)
    text = page(people.respondent, assessment)
    assert periods(text) == ["2024"]
    assert "Submission 2" in text
    assert "Submission 1" not in text


def test_a_draft_gives_nothing_away(people):
    draft = factories.fill(factories.start_assessment(people.coordinator, period="2026"), people.coordinator)
    text = page(people.respondent, draft)
    assert "Nothing was handed in yet." in text
    assert "<svg xmlns" not in text


def test_each_reader_sees_the_periods_that_exist_for_them(people):
    hand_in(people.coordinator, "2023")
    kept = factories.make_accepted(people.coordinator, people.reviewer, period="2024")
    disclosed = factories.make_accepted(
        people.coordinator, people.reviewer, period="2025", is_disclosed_to_partners=True
    )
    factories.make_submission(people.foreigner, period="2025")
    for who in ("observer", "coordinator", "reviewer", "administrator"):
        assert periods(page(getattr(people, who), disclosed.assessment)) == ["2023", "2024", "2025"], who
    assert periods(page(people.partner, disclosed.assessment)) == ["2025"]
    assert periods(page(people.partner, kept.assessment)) == []
    assert periods(page(people.foreigner, disclosed.assessment)) == []


def test_figures_found_by_other_rules_come_with_a_warning(people):
    first = hand_in(people.coordinator, "2024")
    last = hand_in(people.coordinator, "2025")
    warning = "Not all periods rest on the same version"
    assert warning not in page(people.respondent, last.assessment)
    content = json.loads(first.snapshot)
    content["result"]["scoring_version"] += 1
    overwrite(Submission.objects.filter(pk=first.pk), snapshot=json.dumps(content))
    assert warning in page(people.respondent, last.assessment)


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_costs_the_same_few_queries_however_many_periods_there_are(people, count):
    for year in range(count):
        assessment = factories.start_assessment(people.coordinator, period=str(2020 + year))
        last = factories.submit(factories.complete(assessment, people.coordinator), by=people.coordinator)
    client = Client()
    client.force_login(people.respondent)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("over-time", kwargs={"pk": last.assessment.pk}))
    assert len(asked) <= MOST_QUERIES, [query["sql"] for query in asked]


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([Fraction(2), Fraction(5, 2)], "+0.5"),
        ([Fraction(3), Fraction(2)], "−1.0"),
        ([Fraction(2), Fraction(2)], "unchanged"),
        ([Fraction(2), Fraction(41, 20)], "a little higher"),
        ([Fraction(41, 20), Fraction(2)], "a little lower"),
        ([Fraction(29, 10), Fraction(3)], "+0.1"),
        ([None, Fraction(3)], ""),
    ],
)
def test_a_change_is_told_as_the_figures_show_it(scores, words):
    assert say_change(scores) == words


def bar(text):
    """The links of the assessment's bar by their words."""
    steps = re.search(r'<ul class="steps">(.*?)</ul>', text, re.DOTALL).group()
    return {words: url for url, words in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', steps)}


@pytest.mark.parametrize("mode", ["joint", "separate"])
def test_every_page_of_an_assessment_leads_its_country_here(people, mode):
    draft = factories.start_assessment(people.coordinator, mode=mode)
    client = Client()
    for who in (people.coordinator, people.police_respondent, people.observer):
        client.force_login(who)
        overview = client.get(reverse("assessment-detail", args=[draft.pk])).content.decode()
        there = bar(overview)["Over time"]
        assert there == reverse("over-time", kwargs={"pk": draft.pk})
        text = client.get(there).content.decode()
        assert "Nothing was handed in yet." in text
        assert f'<a href="{there}" aria-current="page">Over time</a>' in text
