"""The report says who attested for each agency, and where somebody only agreed, exactly that."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest

from diagnostic.core.plain_data import canonical
from diagnostic.core.report_data import AttestationLine, Report
from diagnostic.models import Submission
from diagnostic.rendering.html import render_html
from diagnostic.rendering.xlsx.report import build_workbook
from diagnostic.views.report_facts import report_of_submission, submissions_for_report
from tests import factories
from tests.rendering.conftest import SUBMITTED

CUSTOMS = AttestationLine("customs", "Nadia Ferrand", "2026-03-12T09:30:00+00:00")
POLICE = AttestationLine("police", "Tomas Marsh", "2026-03-12T09:35:00+00:00")
RECORDED = AttestationLine(
    agency="police",
    attested_by="Nadia Ferrand",
    attested_at="2026-03-12T09:35:00+00:00",
    agreed_by="Ada <b>Example",
    agreed_office="Head of Crime",
    agreed_on="2026-03-10",
    agreed_reference="POL/2026/112",
)


def words(report: Report) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", render_html(report))))


def test_both_who_attested_are_named_on_the_cover_and_in_how_it_was_done(make_report: Callable[..., Report]) -> None:
    said = words(make_report(**SUBMITTED, attestations=(CUSTOMS, POLICE)))
    assert "Attested Customs: Nadia Ferrand, 12 March 2026 Police: Tomas Marsh, 12 March 2026" in said
    assert "Police: Tomas Marsh attested on 12 March 2026." in said


def test_who_agreed_without_an_account_is_not_said_to_have_attested(make_report: Callable[..., Report]) -> None:
    report = make_report(**SUBMITTED, attestations=(CUSTOMS, RECORDED))
    assert "<b>Example" not in render_html(report)
    said = words(report)
    assert (
        "Police: Ada <b>Example, Head of Crime, agreed on 10 March 2026, without an account (POL/2026/112); recorded "
        "by Nadia Ferrand, 12 March 2026" in said
    )
    assert (
        "Police: nobody had an account to attest with. Ada <b>Example, Head of Crime, agreed on 10 March 2026 "
        "(POL/2026/112), as Nadia Ferrand of the other agency recorded on 12 March 2026." in said
    )
    assert "Police: Nadia Ferrand attested" not in said


def test_what_nobody_signed_names_nobody(make_report: Callable[..., Report]) -> None:
    assert "Attested" not in words(make_report(**SUBMITTED))


def test_the_signatures_survive_the_round_trip_through_json(make_report: Callable[..., Report]) -> None:
    report = make_report(**SUBMITTED, attestations=(CUSTOMS, RECORDED))
    assert Report.from_json(json.loads(canonical(report.to_json()))) == report


def test_the_workbook_gives_every_part_of_an_agreement(make_report: Callable[..., Report]) -> None:
    facts = dict(build_workbook(make_report(**SUBMITTED, attestations=(CUSTOMS, RECORDED))).facts)
    assert facts["Attested for Customs by"] == "Nadia Ferrand"
    assert "Attested for Police by" not in facts
    assert [value for name, value in facts.items() if "Police" in name] == [
        "Ada <b>Example",
        "Head of Crime",
        "2026-03-10",
        "POL/2026/112",
        datetime(2026, 3, 12, 9, 35),
        "Nadia Ferrand",
    ]


@pytest.mark.django_db
def test_the_report_of_a_submission_holds_the_agreement_that_was_recorded() -> None:
    people = factories.make_people()
    factories.empty_agency(people)
    submission = factories.make_submission(people.coordinator)
    basis = report_of_submission(submissions_for_report(Submission.objects.all()).get(pk=submission.pk))
    line = basis.build().facts.attestations[1]
    assert (line.agreed_by, line.agreed_office, line.agreed_on, line.agreed_reference) == (
        "Ada Example",
        "Head of Crime Investigation",
        "2020-03-14",
        "POL/2020/112",
    )


@pytest.mark.django_db
def test_the_report_of_a_submission_holds_its_own_signatures() -> None:
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    factories.save_answer(assessment, people.respondent, "A.1", level=2)
    submission = factories.submit(assessment, people.police_coordinator)
    basis = report_of_submission(submissions_for_report(Submission.objects.all()).get(pk=submission.pk))
    held = basis.build().facts.attestations
    assert [(line.agency, line.attested_by, line.agreed_by) for line in held] == [
        ("customs", people.coordinator.full_name, ""),
        ("police", people.police_coordinator.full_name, ""),
    ]
