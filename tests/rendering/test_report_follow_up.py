"""What follows a submission, in print: two periods compared, all periods, the action plan, comments and replies."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Callable
from fractions import Fraction

import pytest

from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.report_follow_up import ActionLine, PeriodLine, RemarkLine
from diagnostic.core.responses import Response
from diagnostic.core.score_text import Score
from diagnostic.rendering.html import render_html
from diagnostic.rendering.report_page import build_report_page
from tests.rendering.conftest import SUBMITTED

ARABIC = "اتفقت الجمارك والشرطة"


def action(number: int, title: str, **members: object) -> ActionLine:
    return ActionLine(
        **{
            "number": number,
            "title": title,
            "recommendation": "",
            "question": "",
            "theme": "",
            "to_level": None,
            "lead": "both",
            "support": "",
            "responsible": "",
            "due_on": "",
            "state": "planned",
            "reason": "",
            "proof": "",
            **members,
        }
    )


def words(report: Report) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", render_html(report))))


@pytest.fixture
def compared(make_report: Callable[..., Report]) -> Report:
    """A report with last time's answers: A.1 fell, A.2.2 rose, A.4.1 stayed."""
    report = make_report(
        previous={"A.1": Response(level=5), "A.2.2": Response(level=1), "A.4.1": Response(level=3)}, **SUBMITTED
    )
    assert report.previous is not None
    actions = (
        action(1, "Meet weekly", question="A.2.2", state="done", level_before=1, level_now=2),
        action(2, "Sign again", question="A.1", state="done", level_before=5, level_now=3),
        action(3, "Forget it", question="A.2.2", state="planned", level_before=1, level_now=2),
    )
    return dataclasses.replace(report, previous=dataclasses.replace(report.previous, actions=actions))


def test_what_moved_stands_with_the_actions_behind_it_and_what_did_not_by_its_level(compared: Report) -> None:
    change = build_report_page(compared).change
    assert change is not None
    rows = {row.code: row for row in change.rows}
    assert (rows["A.1"].first, rows["A.1"].second, rows["A.1"].way) == (5, 3, "fell")
    assert rows["A.1"].actions == ()
    assert rows["A.2.2"].way == "rose"
    assert [behind.number for behind in rows["A.2.2"].actions] == [1]
    assert [row.way for row in change.rows][:2] == ["fell", "rose"], "The largest change stands first."
    assert {row.level: row.codes for row in change.same} == {3: "A.4.1"}
    assert [(row.action.number, row.has_moved) for row in change.actions] == [(1, True), (2, False), (3, False)]
    printed = words(compared)
    assert "1 question rose; 1 question fell; 1 stayed;" in printed
    assert "1. Meet weekly (Done)" in printed


def test_a_theme_as_a_whole_is_compared_and_what_was_planned_for_it_stands_beside(compared: Report) -> None:
    assert compared.previous is not None
    theme = compared.themes[0]
    moved = (
        action(4, "Found the committee", theme=theme.id, to_level=3, state="under_way", level_before=2, level_now=3),
    )
    page = build_report_page(
        dataclasses.replace(compared, previous=dataclasses.replace(compared.previous, actions=moved))
    )
    assert page.change is not None
    (row,) = [item for item in page.change.themes if item.actions]
    assert (row.name, row.actions[0].number) == (theme.name, 4)
    assert row.actions[0].subject == f"{theme.name}, to level 3 Cooperation"
    assert row.second == (theme.score.shown if theme.score else "none")


def test_the_picture_of_the_periods_has_its_figures_in_a_table(compared: Report) -> None:
    lines = tuple(
        PeriodLine(str(year), level, index and Score.of(index), (), "r")
        for year, level, index in ((2024, 1, Fraction(3, 2)), (2025, None, None), (2026, 2, Fraction(7, 3)))
    )
    report = dataclasses.replace(compared, periods=lines)
    part = build_report_page(report).periods
    assert part is not None
    assert [(row.period, row.level, row.index, row.change) for row in part.rows] == [
        ("2024", 1, "1.5", ""),
        ("2025", None, "none", ""),
        ("2026", 2, "2.3", ""),
    ]
    assert (part.is_comparable, part.left_out) == (True, 0)
    for text in ("2024", "2025", "2026", "1.5", "2.3"):
        assert f">{text}</text>" in part.picture
    assert "different versions" not in words(report)
    other = dataclasses.replace(report, periods=(dataclasses.replace(lines[0], rules="old"), *lines[1:]))
    assert "different versions" in words(other)
    many = build_report_page(dataclasses.replace(report, periods=lines * 4)).periods
    assert many is not None
    assert (many.left_out, len(many.rows)) == (4, 12)


def test_the_plan_says_who_when_how_far_and_what_shows_it(compared: Report) -> None:
    plan = (
        action(7, "Write it", question="A.9", lead="customs", support="police", responsible="Ada", due_on="2026-09-30"),
        action(8, ARABIC, state="done", proof="Minutes\nof May"),
        action(9, "Leave it", state="dropped", reason="No money."),
    )
    report = dataclasses.replace(compared, plan=plan)
    printed = words(report)
    for said in (
        "3 actions: 1 planned, 1 done and 1 dropped.",
        "Lead: Customs",
        "Support: Police",
        "30 September 2026",
        "Proof Minutes of May",
        "Why it was dropped No money.",
    ):
        assert said in printed, said
    assert f'<p dir="rtl" lang="und-Arab">{ARABIC}</p>' in render_html(report)


def test_partners_read_nothing_of_what_followed(compared: Report, instrument: Instrument) -> None:
    plan = (action(7, "Hidden one", question="A.9"), action(8, "Another one", question="A.1"))
    remarks = (RemarkLine(1, "A.1", "comment", "secretariat", "Ada", "", "Between the two"),)
    report = dataclasses.replace(compared, plan=plan, remarks=remarks, periods=(PeriodLine("2025", 1, None, ()),))
    edition = for_partners(report, sensitive_questions(instrument))
    assert edition.plan == edition.remarks == edition.periods == ()
    printed = words(edition)
    for hidden in (
        *("Hidden one", "Another one", "Action plan", "Between the two"),
        *("Over the periods", "Since last time", "Comments and replies"),
    ):
        assert hidden not in printed, hidden


def test_an_opinion_stands_beside_the_countrys_level_with_the_reply_below_it(compared: Report) -> None:
    at = "2026-03-19T11:00:00+00:00"
    remarks = (
        RemarkLine(1, "", "return", "secretariat", "Ada", at, "Nearly there."),
        RemarkLine(1, "A.1", "opinion", "secretariat", "Ada", at, "Lapsed.", level=2, country_level=3),
        RemarkLine(1, "A.1", "reply", "country", "Tom", at, ARABIC, answers_to=1, agency="police"),
        RemarkLine(2, "A.9", "opinion", "secretariat", "Ada", at, "Wider.", level=4),
        RemarkLine(2, "A.17", "comment", "country", "Nadia", at, "<b>No markup</b>", agency="customs"),
    )
    report = dataclasses.replace(compared, remarks=remarks)
    threads = build_report_page(report).remarks
    assert [thread.code for thread in threads] == ["", "A.1", "A.9", "A.17"]
    opinion, reply = threads[1].rows
    assert (opinion.level, opinion.country_level, opinion.is_unanswered) == (2, 3, False)
    assert (reply.who, reply.is_earlier) == ("Tom, police", False)
    assert threads[2].rows[0].is_unanswered
    assert threads[0].rows[0].submission == "on submission 1"
    printed = words(report)
    assert "Secretariat: 2 Communication. Country: 3 Cooperation." in printed
    assert "Country: no level." in printed
    assert "<b>No markup</b>" in printed
    one = dataclasses.replace(report, remarks=remarks[:3])
    assert "on submission" not in words(one), "There was but one submission."
    late = dataclasses.replace(remarks[1], at="2026-03-20T11:00:00+00:00")
    changed = dataclasses.replace(report, remarks=(remarks[0], late, remarks[2]))
    assert "The opinion was changed after this reply." in words(changed)


def test_what_is_empty_has_no_heading(make_report: Callable[..., Report]) -> None:
    printed = render_html(make_report(**SUBMITTED))
    for part in ("change", "periods", "plan", "remarks"):
        assert f'id="{part}"' not in printed
        assert f'href="#{part}"' not in printed
