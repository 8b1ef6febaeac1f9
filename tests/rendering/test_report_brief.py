"""The brief: what the full report says on its two pages, on one sheet, and nothing else in its data."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from diagnostic.core.editions import for_brief
from diagnostic.core.instrument import Instrument
from diagnostic.core.plain_data import canonical
from diagnostic.core.report_data import DifferenceLine, Report
from diagnostic.core.report_follow_up import ActionLine, PeriodLine, RemarkLine
from diagnostic.core.responses import Evidence, Response
from diagnostic.rendering.html import render_html
from diagnostic.rendering.process import read_static_files
from diagnostic.rendering.report_page import build_report_page
from tests.rendering.conftest import SUBMITTED

NARRATIVE = "Nobody outside reads this. " * 370
LONG_COUNTRY = "United Kingdom of Great Britain and Northern Ireland"
LONG_PERIOD = "Second half of 2025, all regions together"
FOLLOWING: dict[str, Any] = {
    "plan": (ActionLine(1, "SECRET title", "", "", "", None, "both", "", "", "", "planned", "", ""),),
    "remarks": (RemarkLine(1, "A.1", "comment", "secretariat", "Ada", "", "SECRET remark"),),
    "periods": (PeriodLine("SECRET period", 2, None, ()),),
    "data_file": "SECRET data",
    "result_file": "SECRET result",
}


def pages_of(report: Report) -> int:
    from weasyprint import HTML

    from diagnostic.rendering.pdf.document import BASE, HandedOver

    fetcher = HandedOver(read_static_files())
    return len(HTML(string=render_html(report), base_url=BASE, url_fetcher=fetcher).render().pages)


@pytest.fixture
def full(make_report: Callable[..., Report]) -> Report:
    answers = {
        "A.9": Response(level=1, narrative="SECRET narrative", evidence=(Evidence("SECRET title", "SECRET"),)),
        "A.5.1": Response(level=3, authority={"customs": "limited", "police": "limited"}, narrative=NARRATIVE),
    }
    report = make_report(answers=answers, previous={"A.1": Response(level=1), "A.9": Response(level=4)}, **SUBMITTED)
    return dataclasses.replace(report, **FOLLOWING)


def test_its_data_holds_what_its_two_pages_print_and_no_more(full: Report) -> None:
    brief = for_brief(full)
    assert canonical(full.to_json()).count("SECRET") > 5
    data = canonical(brief.to_json())
    assert "SECRET" not in data
    assert "Nobody outside" not in data
    assert len(brief.recommendations) == 5
    assert brief.recommended == len(full.recommendations) > 5
    named = {item.question for item in brief.criteria}
    held = {item.code for theme in brief.themes for item in theme.questions if item.level is not None or item.basis}
    assert held <= named
    assert (brief.edition, brief.findings, brief.resources, brief.comparison) == ("brief", (), (), None)
    assert Report.from_json(brief.to_json()) == brief


def test_it_says_what_the_full_report_says_on_its_two_pages(full: Report) -> None:
    of_full, of_brief = build_report_page(full).brief, build_report_page(for_brief(full)).brief
    for name in ("headline", "verdict", "continuum", "criteria", "figures", "priorities", "total", "moves", "more"):
        assert getattr(of_full, name) == getattr(of_brief, name), name
    assert (of_full.standing, of_full.terms) == ((), ())
    assert dict(of_brief.standing)["SHA-256"] == "ed" * 32
    assert dict(of_brief.standing)["Marking"].startswith("TLP:AMBER")


def test_it_has_neither_cover_nor_annex(full: Report) -> None:
    printed = render_html(for_brief(full))
    for part in ("cover", "contents", "answers", "method", "plan", "remarks", "periods", "roadmap"):
        assert f'id="{part}"' not in printed, part
    assert '<section class="cover' not in printed
    assert "Example Country, national report, 2026: in brief" in printed


def made_long(report: Report, instrument: Instrument) -> Report:
    """`report` with the longest country, period, recommendations and changed questions that there may be."""
    advice = sorted((*instrument.guidance, *instrument.next_steps), key=lambda item: len(item.text))[-5:]
    first = report.recommendations[0]
    scored = sorted((q for q in instrument.scored), key=lambda question: -len(question.text))
    assert report.previous is not None
    return dataclasses.replace(
        report,
        recommendations=tuple(
            dataclasses.replace(
                first, rank=rank, id=item.id, text=item.text, effort="structural", handbook="III.a, " * 6
            )
            for rank, item in enumerate(advice, start=1)
        ),
        previous=dataclasses.replace(
            report.previous, period=LONG_PERIOD, differences=tuple(DifferenceLine(q.code, 2, 3) for q in scored)
        ),
    )


@pytest.mark.parametrize("name", ["blank", "joint-session", "two-voices"])
def test_it_fills_one_sheet_and_never_a_third_page(make_report: Callable[..., Report], name: str) -> None:
    assert pages_of(for_brief(make_report(name, **SUBMITTED))) == 2


def test_a_report_without_anything_to_do_first_has_no_empty_page_for_it(make_report: Callable[..., Report]) -> None:
    assert 'id="priorities"' not in render_html(make_report("blank"))
    assert 'id="priorities"' in render_html(make_report("two-voices"))


@pytest.mark.parametrize("name", ["joint-session", "two-voices"])
def test_it_fills_one_sheet_with_the_longest_there_may_be(
    make_report: Callable[..., Report], instrument: Instrument, name: str
) -> None:
    facts = {**SUBMITTED, "country": LONG_COUNTRY, "period": LONG_PERIOD, "country_footnote": "As of today. " * 6}
    report = make_report(name, previous={"A.1": Response(level=5)}, accepted_at="2026-04-01T00:00:00+00:00", **facts)
    assert pages_of(for_brief(made_long(report, instrument))) == 2


@pytest.mark.parametrize("opened", [0, 3, 12])
def test_it_fills_one_sheet_however_much_is_open(make_report: Callable[..., Report], opened: int) -> None:
    codes = ["A.1", "A.2.2", "A.13", "A.4.1", "A.6", "A.8", "A.9", "A.10", "A.11", "A.12", "A.17", "A.19"]
    answers = {code: Response(status="unknown", reason="Nobody knows.") for code in codes[:opened]}
    report = make_report("joint-session", answers, {"A.1": Response(level=2)}, country=LONG_COUNTRY, **SUBMITTED)
    assert pages_of(for_brief(report)) == 2
