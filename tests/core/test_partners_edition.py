"""The partners' edition, list by list: no list of codes names a question whose answer is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import Report, ReportFacts
from diagnostic.core.report_files import hide_answers
from diagnostic.core.result import score
from diagnostic.instruments import instrument_from_fixtures
from tests.factories import EXAMPLES
from tests.rendering.conftest import SUBMITTED


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return instrument_from_fixtures()


@pytest.fixture(scope="module")
def full(instrument: Instrument) -> Report:
    """A full report that names sensitive and other questions in each of its lists of codes."""
    file = parse_assessment((EXAMPLES / "two-voices.json").read_bytes(), instrument, {"ZZ"})
    facts = ReportFacts(country="Example Country", period="2026", **{**SUBMITTED, "mode": "separate"})
    report = build_report(
        instrument, score(instrument, file.voices, target_level=4), file.voices, facts, is_target_chosen=True
    )
    return replace(
        report,
        open_questions=("A.1", "A.9", "A.11"),
        not_counted=("A.2.2", "A.10"),
        # Members that partners never get are removed completely, whatever they hold.
        **dict.fromkeys(("plan", "remarks", "periods"), ("something",)),
    )


def test_open_questions_and_answers_that_do_not_count_are_those_of_other_questions(
    full: Report, instrument: Instrument
) -> None:
    edition = for_partners(full, sensitive_questions(instrument))

    assert edition.open_questions == ("A.1",)
    assert edition.not_counted == ("A.2.2",)


def test_no_list_of_findings_criteria_or_pairs_names_a_hidden_question(full: Report, instrument: Instrument) -> None:
    hidden = sensitive_questions(instrument)
    edition = for_partners(full, hidden)

    assert hidden & {item.question for item in full.comparison.pairs}, "else this test shows nothing"
    for named in (
        {item.question for item in edition.findings},
        {item.question for item in edition.criteria},
        {item.question for item in edition.recommendations},
        {item.question for item in edition.comparison.pairs},
    ):
        assert not named & hidden
    assert set(edition.left_out) == hidden
    assert all(answer.given.level is None and not answer.voices for answer in edition.answers if answer.code in hidden)
    assert (edition.plan, edition.remarks, edition.periods, edition.previous) == ((), (), (), None)
    assert edition.facts.digest == ""


def test_the_data_file_of_partners_is_without_the_hidden_answers() -> None:
    held = '{"voices": {"national": {"A.1": {"level": 2}, "A.9": {"level": 5}}, "customs": {"A.9": {"level": 1}}}}'

    assert "A.9" not in hide_answers(held, {"A.9"})
    assert "A.1" in hide_answers(held, {"A.9"})
    assert hide_answers("", {"A.9"}) == ""
