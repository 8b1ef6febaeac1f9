"""The partners' edition: nothing of the sensitive answers in its data or its print, and it says what is missing."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest

from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.plain_data import canonical
from diagnostic.core.report import build_report
from diagnostic.core.report_data import Report, ReportFacts
from diagnostic.core.responses import Evidence, Response
from diagnostic.core.result import score
from diagnostic.core.score_text import Score
from diagnostic.rendering.html import render_html
from tests.rendering.conftest import EXAMPLES, SUBMITTED

SENSITIVE = ("A.9", "A.10", "A.11")
VOICES = ("national", "customs", "police")


def build(
    instrument: Instrument,
    answers: dict[tuple[str, str], Response] | None = None,
    agreements: dict[str, str] | None = None,
) -> Report:
    """The full report of the two-voices example, with some of its answers replaced, by voice and question."""
    file = parse_assessment((EXAMPLES / "two-voices.json").read_bytes(), instrument, {"ZZ"})
    voices: dict[str, dict[str, Any]] = {voice: dict(responses) for voice, responses in file.voices.items()}
    for (voice, code), response in (answers or {}).items():
        voices[voice][code] = response
    return build_report(
        instrument,
        score(instrument, voices, target_level=4),
        voices,
        ReportFacts(country="Example Country", period="2026", **{**SUBMITTED, "mode": "separate"}),
        is_target_chosen=True,
        previous_period="2025",
        previous_responses={"A.9": Response(level=5)},
        agreements=agreements or {},
    )


def secrets() -> dict[tuple[str, str], Response]:
    """A secret in every member that takes a text, for every sensitive question of every voice."""
    return {
        (voice, code): Response(
            level=2,
            narrative=f"SECRET narrative {voice}",
            evidence=(Evidence(f"SECRET title {voice}", "SECRET reference"),),
        )
        for voice in VOICES
        for code in SENSITIVE[:2]
    } | {(voice, "A.11"): Response(status="not_applicable", reason=f"SECRET reason {voice}") for voice in VOICES}


def partners(instrument: Instrument, *given: Any, **more: Any) -> Report:
    return for_partners(build(instrument, *given, **more), sensitive_questions(instrument))


def printed(report: Report) -> str:
    """The words of the printed report."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", render_html(report))))


def test_three_questions_are_sensitive(instrument: Instrument) -> None:
    assert sensitive_questions(instrument) == frozenset(SENSITIVE)


def test_the_data_of_the_partners_edition_holds_nothing_of_what_is_sensitive(instrument: Instrument) -> None:
    agreements = {"A.9": "SECRET agreement", "A.1": "Both read the order."}
    full = build(instrument, secrets(), agreements)
    data = canonical(for_partners(full, sensitive_questions(instrument)).to_json())
    assert canonical(full.to_json()).count("SECRET") > 20
    assert "SECRET" not in data
    assert "Both read the order." in data
    for code in SENSITIVE:
        question = instrument.by_code[code]
        assert f'"S-{code}"' not in data
        assert f'"G-{code}"' not in data
        for text in (question.weakness.text, *question.levels.values()):
            assert text not in data


@pytest.mark.parametrize("code", SENSITIVE)
@pytest.mark.parametrize("agency", ["customs", "police"])
def test_no_byte_changes_with_an_agencys_own_sensitive_answer(instrument: Instrument, agency: str, code: str) -> None:
    other = Response(level=5, narrative="N", authority={agency: "limited"}, evidence=(Evidence("E"),))
    full = build(instrument, {(agency, code): other})
    assert full.to_json() != build(instrument).to_json()
    assert partners(instrument, {(agency, code): other}).to_json() == partners(instrument).to_json()


def test_no_byte_changes_with_the_national_ones_as_long_as_the_themes_score_stays(instrument: Instrument) -> None:
    one = {("national", "A.9"): Response(level=2), ("national", "A.10"): Response(level=3)}
    two = {
        ("national", "A.9"): Response(level=3, authority={"customs": "none", "police": "none"}, narrative="N"),
        ("national", "A.10"): Response(level=2, authority={"customs": "relies"}, evidence=(Evidence("E"),)),
    }
    assert build(instrument, one).to_json() != build(instrument, two).to_json()
    assert partners(instrument, one).to_json() == partners(instrument, two, {"A.9": "Why"}).to_json()


def test_no_level_can_be_reckoned_from_what_partners_are_told(instrument: Instrument) -> None:
    """The same score of the theme, once from one sensitive answer and once from three."""
    seen = {("national", "A.5.1"): Response(level=2), ("national", "A.12"): Response(level=3)}
    outside = Response(status="not_applicable", reason="A third agency.")
    one = {("national", "A.9"): Response(level=4), ("national", "A.10"): outside, ("national", "A.11"): outside}
    three = {("national", code): Response(level=level) for code, level in (("A.9", 3), ("A.10", 3), ("A.11", 4))}
    first, second = partners(instrument, seen | one), partners(instrument, seen | three)
    assert first.to_json() == second.to_json()
    said = printed(first)
    assert "not told in this edition" in said
    assert "3 not shown" in said
    assert "not applicable (" not in said
    theme = next(item for item in first.themes if item.id == instrument.by_code["A.9"].theme)
    assert (theme.score, theme.sum, theme.counted) == (Score("3", "3.0"), 0, 0)


def test_partners_read_the_index_as_shown_and_never_as_a_fraction_that_is_not_it(instrument: Instrument) -> None:
    full, edition = build(instrument), partners(instrument)
    assert (full.index, edition.index) == (Score("89/30", "2.9"), Score("29/10", "2.9"))
    assert "2.9 (89/30)" in printed(full)
    assert "it stands at 89/30" in printed(full)
    assert "29/10" not in printed(edition)
    assert "The mean of the theme scores. Now: 2.9." in printed(edition)


def test_the_theme_keeps_its_score_and_the_rest_its_findings(instrument: Instrument) -> None:
    full, edition = build(instrument), partners(instrument)
    shown = [theme.score and theme.score.shown for theme in edition.themes]
    assert shown == [theme.score and theme.score.shown for theme in full.themes]
    assert (edition.level, edition.index and edition.index.shown) == (full.level, full.index and full.index.shown)
    assert [item.question for item in edition.findings] == [
        item.question for item in full.findings if item.question not in SENSITIVE
    ]
    assert {item.question for item in full.findings} & set(SENSITIVE)
    assert [item.rank for item in edition.recommendations] == list(range(1, len(edition.recommendations) + 1))
    assert edition.previous is None


def test_the_figures_of_both_agencies_are_those_of_the_other_questions(instrument: Instrument) -> None:
    full, edition = build(instrument).comparison, partners(instrument).comparison
    assert full is not None
    assert edition is not None
    assert (full.compared, full.equal) == (13, 4)
    assert (edition.compared, edition.equal) == (11, 3)
    assert not {pair.question for pair in edition.pairs} & set(SENSITIVE)


def test_without_any_other_question_in_both_voices_nothing_is_compared(instrument: Instrument) -> None:
    full = build(instrument)
    assert full.comparison is not None
    only = replace(full.comparison, pairs=tuple(pair for pair in full.comparison.pairs if pair.question == "A.9"))
    assert for_partners(replace(full, comparison=only), sensitive_questions(instrument)).comparison is None


def test_the_print_says_that_something_is_left_out_and_where(instrument: Instrument) -> None:
    text = printed(partners(instrument, secrets()))
    assert "SECRET" not in text
    for words in (
        "For partners, without the answers to A.9, A.10 and A.11",
        "This is the edition for partners.",
        "Those that rest on A.9, A.10 and A.11 are left out of this edition.",
        "The circles of A.9, A.10 and A.11 are left out of this edition",
        "3 not shown",
        "A.9, A.10 and A.11 are left out of this edition, and out of these figures.",
        "Findings on A.9, A.10 and A.11 are left out of this edition.",
        "Recommendations that rest on A.9, A.10 and A.11 are left out",
    ):
        assert words in text
    told = text.count("Left out of this edition: the answer describes covert capability.")
    assert told == 6, "three in the matrix of capabilities and three in Annex A"
    assert "ed" * 16 not in text
    assert "left out" not in printed(build(instrument))


def test_each_voice_the_agreed_answer_and_why_stand_in_the_annex(instrument: Instrument) -> None:
    answers = {
        ("customs", "A.1"): Response(level=4, narrative="What customs wrote.", evidence=(Evidence("Order 7", "C/7"),)),
        ("police", "A.1"): Response(level=1, narrative="What the police wrote."),
        ("national", "A.1"): Response(level=3, narrative="What both stand behind."),
    }
    text = printed(build(instrument, answers, {"A.1": "The order is older than a year."}))
    annex = text[text.index("Annex A. All answers", text.index("How to read this report")) :]
    first = annex[: annex.index(" A.2.1 ")]
    parts = [
        "3 Cooperation",
        "What both stand behind.",
        "Why they agreed: The order is older than a year.",
        "Customs answered 4 Coordination",
        "What customs wrote.",
        "Evidence: Order 7 (C/7)",
        "Police answered 1 Coexistence",
        "What the police wrote.",
    ]
    assert [first.find(part) for part in parts] == sorted(first.index(part) for part in parts)


def test_customs_and_police_are_compared_largest_difference_first(instrument: Instrument) -> None:
    text = printed(build(instrument))
    part = text[text.rindex("Customs and police compared") :]
    rows = re.findall(r" (A\.[\d.]+): Customs: ", part)
    assert rows[:5] == ["A.3.1", "A.2.2", "A.3.2", "A.19", "A.1"]
    assert len(rows) == 13
    assert "(not asked, counted as level 1)" in part
    assert "A star marks a follow-up that the agency was not asked" in part


def test_a_joint_session_has_neither_voices_nor_a_comparison(make_report: Any) -> None:
    report = make_report()
    assert report.comparison is None
    assert all(not answer.voices and not answer.agreement for answer in report.answers)
    assert "Customs answered" not in printed(report)
