"""The parts of the report's body: who answered and how well, both voices, who may do what, the terms."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import AttestationLine, Report, ReportFacts
from diagnostic.core.responses import Evidence, Response
from diagnostic.core.result import score
from diagnostic.rendering.html import render_html
from diagnostic.rendering.report_page import ReportPage, build_report_page
from tests.rendering.conftest import EXAMPLES

Answers = dict[tuple[str, str], Response]


def build(instrument: Instrument, answers: Answers | None = None, **more: Any) -> Report:
    """The report of the two-voices example, with some of its answers replaced, by voice and question."""
    file = parse_assessment((EXAMPLES / "two-voices.json").read_bytes(), instrument, {"ZZ"})
    voices: dict[str, dict[str, Response]] = {voice: dict(given) for voice, given in file.voices.items()}
    for (voice, code), response in (answers or {}).items():
        voices[voice][code] = response
    facts = ReportFacts(country="Example Country", period="2026", mode="separate")
    return build_report(instrument, score(instrument, voices, target_level=4), voices, facts, **more)


@pytest.fixture
def page(instrument: Instrument) -> Callable[..., ReportPage]:
    return lambda *given, **more: build_report_page(build(instrument, *given, **more))


def printed(report: Report) -> str:
    """The words of the printed report, pictures' titles among them."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", render_html(report))))


# How it was done


def test_each_voice_says_how_many_answered_and_how_completely(page: Any) -> None:
    how = page(respondents={"customs": 4, "police": 1}).how
    assert how.has_people
    assert [(row.title, row.people) for row in how.voices] == [
        ("Customs", "4"),
        ("Police", "1"),
        ("Agreed answers", ""),
    ]
    agreed = how.voices[-1]
    assert agreed.asked == sum(agreed.counts)
    assert agreed.counts[0] == 11, "A.3.2 is held and not asked"
    assert agreed.counts[2] == 2, "A.3.1 and A.12 cannot be answered"


def test_where_nobody_was_counted_the_table_has_no_column_for_people(instrument: Instrument) -> None:
    assert "People who saved answers" not in printed(build(instrument))
    assert "People who saved answers" in printed(build(instrument, respondents={"national": 2}))


def test_on_what_the_answers_rest_is_counted_by_theme(page: Any) -> None:
    proof = (Evidence("Order 7"),)
    how = page(
        {
            ("national", "A.1"): Response(level=3, basis="both", evidence=proof),
            ("national", "A.17"): Response(level=3, basis="written"),
            ("national", "A.13"): Response(level=2, basis="practised"),
            ("customs", "A.1"): Response(level=3, basis="written", evidence=proof),
        }
    ).how
    rows = {row.name: row for row in how.quality}
    assert rows["Framework and governance"].counts == (1, 0, 1, 0)
    assert rows["Framework and governance"].evidenced == 1
    assert rows["All themes"].counts[:3] == (1, 1, 1)
    assert sum(rows["All themes"].counts) == rows["All themes"].answered
    assert "1 rest on rules that are also practised, 1 on practice without a rule, 1 on paper alone" in how.quality_said
    assert "2 documents are named as evidence" in how.quality_said


def test_without_an_answer_with_a_level_nothing_is_said_of_its_quality(make_report: Callable[..., Report]) -> None:
    text = printed(make_report("blank"))
    assert "On what the answers rest" not in text
    assert "What is still open" in text


# Compared


def test_every_question_that_counts_in_both_voices_is_drawn_with_the_agreed_level(page: Any) -> None:
    compared = page().compared
    assert [row.code for row in compared.rows][:5] == ["A.3.1", "A.2.2", "A.3.2", "A.19", "A.1"]
    assert len(compared.rows) == 13
    assert dict(compared.figures)["Equal"] == "4"
    assert dict(compared.figures)["One level apart"] == "5"
    assert dict(compared.figures)["Two levels or more apart"] == "4"
    second = compared.rows[1]
    assert (
        "<title>A.2.2: Customs: 4 Coordination; Police: 2 Communication; Agreed: 3 Cooperation</title>" in second.strip
    )
    assert second.strip.count('stroke="#1B4F8F"') == 1
    first = compared.rows[0]
    assert "Agreed: no level" in first.strip
    assert "#1B4F8F" not in first.strip
    assert "A.3.2" in compared.implied


# Capabilities and areas


def test_authority_stands_by_agency_with_whose_word_it_is(page: Any) -> None:
    rows = {
        row.code: row
        for row in page(
            {
                ("national", "A.12"): Response(level=2, authority={"customs": "own", "police": "own"}),
                ("customs", "A.12"): Response(level=2, authority={"customs": "relies"}),
                ("police", "A.12"): Response(level=2, authority={"police": "own"}),
            }
        ).capabilities.rows
    }
    assert list(rows) == ["A.5.1", "A.7.1", "A.8", "A.9", "A.10", "A.11", "A.12"]
    customs, police = rows["A.12"].cells
    assert customs.sign == "own"
    assert customs.source == "Agreed; its own answer was: No, it relies on another agency for this"
    assert police.source == "Agreed, as it answered itself"
    assert rows["A.7.1"].cells[0].sign == "limited"
    assert rows["A.7.1"].cells[0].source == "Its own answer"
    assert rows["A.8"].cells[0].words == "Not stated"
    assert rows["A.9"].level == 2


def test_the_partners_matrix_and_counts_hold_nothing_of_what_is_left_out(instrument: Instrument) -> None:
    answers = {("national", "A.9"): Response(level=2, basis="both", authority={"customs": "own", "police": "relies"})}
    full = build(instrument, answers)
    hidden = sensitive_questions(instrument)
    partners = build_report_page(for_partners(full, hidden))
    other = build_report_page(for_partners(build(instrument, {("national", "A.9"): Response(level=2)}), hidden))
    assert partners.capabilities
    assert other.capabilities
    left = [row for row in partners.capabilities.rows if row.is_left_out]
    assert [row.code for row in left] == ["A.9", "A.10", "A.11"]
    assert not any(cell.sign for row in left for cell in row.cells)
    assert all(row.level is None for row in left)
    assert partners.capabilities.rows == other.capabilities.rows
    assert partners.how.quality == other.how.quality
    assert partners.how.voices == other.how.voices


def test_the_areas_say_who_may_act_and_where_an_agency_says_otherwise(page: Any) -> None:
    part = page(
        {
            ("national", "A.5.2"): Response(areas={"drugs": "both", "cash": "police", "waste": "none"}),
            ("customs", "A.5.2"): Response(areas={"drugs": "both", "cash": "customs", "wildlife": "customs"}),
        }
    ).capabilities
    rows = {row.name: row for row in part.areas}
    assert rows["Drugs and precursors"].may_act == (True, True)
    assert rows["Drugs and precursors"].said == ()
    assert rows["Cash smuggling"].may_act == (False, True)
    assert rows["Cash smuggling"].said == ("Customs answered: Customs", "Police answered: not stated")
    assert rows["Hazardous waste and chemicals"].may_act == (False, False)
    assert rows["Endangered species"].holder == "Not agreed"
    assert "Firearms and explosives" in part.unstated
    assert "Endangered species" not in part.unstated
    assert part.areas_said == "Who may act: both in 1 area, the police alone in 1 area and nobody in 1 area."


def test_without_any_authority_or_area_there_is_no_part_for_them(make_report: Callable[..., Report]) -> None:
    assert "Capabilities and areas" not in printed(make_report("blank"))


# Annexes and cover


def test_an_answer_that_is_held_keeps_its_own_level(page: Any) -> None:
    answers = {
        ("national", "A.3.1"): Response(level=1),
        ("national", "A.3.2"): Response(level=4),
        ("customs", "A.3.2"): Response(level=4),
    }
    rows = {row.code: row for row in page(answers).answers}
    held = rows["A.3.2"].given
    assert (held.is_kept, held.level, held.level_name) == (True, 4, "Coordination")
    assert "counts as level 1 Coexistence" in held.state
    assert not any(given.is_as_agreed for given in rows["A.3.2"].voices)


def test_a_statement_that_was_agreed_on_is_printed_once(page: Any) -> None:
    rows = {row.code: row for row in page().answers}
    assert [given.is_as_agreed for given in rows["A.2.1"].voices] == [True, True]
    assert [given.is_as_agreed for given in rows["A.2.2"].voices] == [False, False]


def test_a_crowded_cover_gives_up_its_picture_and_no_word(make_report: Callable[..., Report]) -> None:
    signed = tuple(AttestationLine(agency, "N" * 900, "2026-03-12T09:40:00+00:00") for agency in ("customs", "police"))
    crowded = make_report(attestations=signed, state="submitted", digest="ed" * 32)
    assert build_report_page(make_report()).cover
    assert not build_report_page(crowded).cover
    assert "N" * 900 in printed(crowded)


def test_the_last_annex_says_what_names_quotations_and_marking_mean(make_report: Callable[..., Report]) -> None:
    text = printed(make_report(marking="TLP:RED", country_footnote="As of today.", is_example=True))
    annex = text[text.rindex("Annex D.") :]
    for words in (
        "do not imply the expression of any opinion",
        "As of today.",
        "Example Country is an invented example.",
        "Customs–Police Cooperation Handbook (WCO and INTERPOL)",
        "TLP:RED (Traffic Light Protocol 2.0) means: for the named recipients only.",
    ):
        assert words in annex


def test_the_parts_stand_in_their_order_and_every_link_of_the_contents_leads_to_one(instrument: Instrument) -> None:
    source = render_html(build(instrument))
    ids = re.findall(r'<section[^>]* id="([a-z]+)"', source)
    order = ["brief", "priorities", "how", "profile", "compared", "capabilities", "findings", "roadmap", "answers"]
    order += ["method", "resources", "terms"]
    assert [name for name in ids if name in order] == order
    links = re.findall(r'href="#([a-z]+)"', source)
    assert set(links) <= set(ids)
    assert links == [name for name in ids if name in links]


@pytest.mark.parametrize("name", ["two-voices", "joint-session", "blank"])
def test_no_heading_is_empty_none_is_skipped_and_every_picture_and_head_is_told(
    name: str, make_report: Callable[..., Report]
) -> None:
    source = render_html(make_report(name))
    headings = re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", source, re.S)
    assert all(re.sub(r"<[^>]+>", "", words).strip() for _level, words in headings)
    levels = [int(level) for level, _words in headings]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    pictures = re.findall(r"<svg[^>]*>(.*?)</svg>", source, re.S)
    assert all(re.match(r"\s*<title[^>]*>[^<]+</title>", picture) for picture in pictures)
    assert all('scope="' in head for head in re.findall(r"<th\b[^>]*>", source))
