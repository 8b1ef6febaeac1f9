"""The report as plain data: whole, the same after a round trip, and its digest the name of its files."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from diagnostic.core.instrument import Instrument
from diagnostic.core.plain_data import canonical, digest_of
from diagnostic.core.report_data import Report
from diagnostic.core.responses import Response
from diagnostic.core.result import score
from diagnostic.rendering.report_core import instrument_of, result_of
from diagnostic.rendering.sentences import say_verdict
from tests.rendering.conftest import EXAMPLES

EXAMPLE_NAMES = ["joint-session", "two-voices", "blank"]


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_a_report_survives_the_round_trip_through_json(name: str, make_report: Callable[..., Report]) -> None:
    report = make_report(name, previous={"A.1": Response(level=1)})
    assert Report.from_json(json.loads(canonical(report.to_json()))) == report


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_the_result_read_back_from_the_data_is_the_one_it_was_built_from(
    name: str, make_report: Callable[..., Report], instrument: Instrument
) -> None:
    from diagnostic.core.interchange import parse_assessment

    file = parse_assessment((EXAMPLES / f"{name}.json").read_bytes(), instrument, {"ZZ"})
    result = score(instrument, file.voices, target_level=file.target_level)
    report = make_report(name)
    read = result_of(report)
    assert (read.place, read.range, dict(read.standings)) == (result.place, result.range, dict(result.standings))
    assert read.agreement == result.agreement
    assert say_verdict(instrument_of(report), read) == say_verdict(instrument, result)


def test_the_digest_changes_with_one_word_and_not_with_the_order_of_members(
    make_report: Callable[..., Report],
) -> None:
    report = make_report()
    changed = make_report(answers={"A.4.2": Response(level=3, narrative="One word.")})
    assert report.digest == digest_of(dict(reversed(report.to_json().items()))) != changed.digest


def test_an_implied_answer_and_what_is_kept_uncounted_are_told_apart(make_report: Callable[..., Report]) -> None:
    report = make_report(answers={"A.3.1": Response(level=1), "A.3.2": Response(level=4, narrative="Kept.")})
    answer = next(answer for answer in report.answers if answer.code == "A.3.2")
    assert (answer.given.state, answer.given.level, answer.is_kept, answer.given.narrative) == (
        "implied",
        1,
        True,
        "Kept.",
    )
    assert report.not_counted == ("A.3.2",)


def test_what_changed_since_last_time_is_computed_from_the_answers_of_then(
    make_report: Callable[..., Report], instrument: Instrument
) -> None:
    before = {code: Response(level=2) for code in (question.code for question in instrument.scored)}
    report = make_report(previous=before)
    assert report.previous is not None
    assert report.previous.level == 2
    assert [(item.question, item.first, item.second) for item in report.previous.differences][:2] == [
        ("A.1", 2, 3),
        ("A.2.1", 2, 3),
    ]


def test_only_resources_that_the_roadmap_names_are_listed(make_report: Callable[..., Report]) -> None:
    report = make_report()
    named = {resource.id for line in report.recommendations for resource in line.resources}
    assert {resource.id for resource in report.resources} == named


@pytest.mark.parametrize("damage", [{"format": "other"}, {"format_version": 1}, {"themes": [{"id": "framework"}]}])
def test_data_that_is_not_a_report_is_refused(damage: dict[str, object], make_report: Callable[..., Report]) -> None:
    with pytest.raises(ValueError, match="report"):
        Report.from_json({**make_report("blank").to_json(), **damage})
