"""The workbook, read back: every voice's answers, exact scores, typed cells, and text that stays text."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from diagnostic.core.editions import reduce_to
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.report_follow_up import ActionLine, RemarkLine
from diagnostic.core.responses import Evidence, Response
from diagnostic.rendering.xlsx import render_plan_xlsx, render_xlsx
from diagnostic.rendering.xlsx.cells import MOST_LINES, MOST_UNITS, parts
from tests.rendering.conftest import SUBMITTED

FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://evil.invalid","x")',
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
)
MakeReport = Callable[..., Report]


def read(report: Report, language: str = "en") -> Any:
    return openpyxl.load_workbook(BytesIO(render_xlsx(report, language)))


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    """The rows below the head, by column."""
    head = [cell.value for cell in sheet[2]]
    return [dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=3, values_only=True)]


def action(number: int = 1, **more: Any) -> ActionLine:
    given = {
        "title": "Sign the agreement",
        "recommendation": "",
        "question": "A.1",
        "theme": "",
        "to_level": None,
        "lead": "customs",
        "support": "police",
        "responsible": "Head of unit",
        "due_on": "2027-03-01",
        "state": "planned",
        "reason": "",
        "proof": "",
    }
    return ActionLine(number, **{**given, **more})


def with_more(report: Report) -> Report:
    from dataclasses import replace

    remarks = (
        RemarkLine(1, "A.1", "opinion", "secretariat", "Ana", "2026-04-01T10:00:00+02:00", "Rather 2.", 2),
        RemarkLine(1, "A.1", "reply", "country", "Ben", "2026-04-02T10:00:00+02:00", "Agreed.", answers_to=0),
    )
    return replace(report, plan=(action(), action(2, question="A.10", title="Covert matters")), remarks=remarks)


def test_the_first_sheet_says_what_it_is(make_report: MakeReport) -> None:
    report = make_report("joint-session", **SUBMITTED, marking="TLP:RED")
    sheet = read(report).worksheets[0]
    told = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    assert (told["Country"], told["Period"], told["Marking"], told["Edition"]) == (
        "Example Country",
        "2026",
        "TLP:RED",
        "Full",
    )
    assert told["SHA-256 of the submission"] == "ed" * 32
    assert told["SHA-256 of the report data"] == report.digest
    assert told["Received (UTC)"] == datetime(2026, 3, 12, 9, 40)
    assert told["Level"] == report.level


def test_every_sheet_is_named_marked_and_has_its_head_in_sight(make_report: MakeReport) -> None:
    book = read(with_more(make_report("two-voices", marking="TLP:RED")))
    first, *others = book.worksheets
    listed = [cell.value for cell in first["A"] if cell.hyperlink]
    assert listed == [sheet.title for sheet in others]
    assert {"Result", "Themes", "Answers", "Recommendations", "Action plan", "Comments and replies"} <= set(listed)
    for sheet in others:
        assert sheet.freeze_panes.endswith("3")
        assert sheet.print_title_rows == "$1:$2"
        assert sheet["A1"].value.startswith("TLP:RED")
        assert all(cell.alignment.wrap_text and cell.alignment.vertical == "top" for cell in sheet[3])
        assert sheet.max_row > 2
    for sheet in book.worksheets:
        assert sheet.oddHeader.center.text == "TLP:RED"


def test_every_voices_answers_are_there(make_report: MakeReport) -> None:
    report = make_report("two-voices")
    rows = rows_of(read(report)["Answers"])
    wanted = [
        (answer.code, given.level, given.narrative or None)
        for answer in report.answers
        for given in (answer.given, *answer.voices)
    ]
    assert [(row["Question"], row["Level"], row["Narrative"]) for row in rows] == wanted
    assert {row["Voice"] for row in rows} == {"National", "Customs", "Police"}


def test_scores_are_numbers_as_shown_and_stand_exactly_beside(make_report: MakeReport) -> None:
    report = make_report("joint-session")
    rows = rows_of(read(report)["Themes"])
    assert [(row["Score"], row["Exact"]) for row in rows] == [
        (float(theme.score.shown), theme.score.exact) for theme in report.themes if theme.score
    ]
    assert [row["Level"] for row in rows] == [theme.level for theme in report.themes]
    sheet = read(report)["Themes"]
    assert (sheet["C3"].data_type, sheet["C3"].number_format, sheet["D3"].data_type) == ("n", "0.0", "s")
    figures = {row["Figure"]: (row["Value"], row["Exact"]) for row in rows_of(read(report)["Result"])}
    assert report.index
    assert figures["Index"] == (float(report.index.shown), report.index.exact)


def test_partners_read_no_fraction_of_an_index_that_is_rounded(make_report: MakeReport, instrument: Instrument) -> None:
    report = reduce_to(make_report("two-voices"), "partners", instrument)
    figures = {row["Figure"]: (row["Value"], row["Exact"]) for row in rows_of(read(report)["Result"])}
    assert report.index is not None
    assert figures["Index"] == (float(report.index.shown), None)


def test_recommendations_and_plan_are_there_and_dates_are_dates(make_report: MakeReport) -> None:
    report = with_more(make_report("joint-session"))
    book = read(report)
    ranks = [(row["Rank"], row["Recommendation"]) for row in rows_of(book["Recommendations"])]
    assert ranks == [(line.rank, line.text) for line in report.recommendations]
    plan = rows_of(book["Action plan"])
    assert [row["Action"] for row in plan] == ["Sign the agreement", "Covert matters"]
    assert plan[0]["Due on"].date() == date(2027, 3, 1)
    assert book["Action plan"]["G3"].is_date
    said = rows_of(book["Comments and replies"])
    assert [(row["At (UTC)"], row["Answers to number"]) for row in said] == [
        (datetime(2026, 4, 1, 8), None),
        (datetime(2026, 4, 2, 8), 1),
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_people_wrote_is_never_a_formula(text: str, make_report: MakeReport) -> None:
    answers = {"A.1": Response(level=3, basis="both", narrative=text, evidence=(Evidence(text, text),))}
    report = make_report(
        "joint-session", answers, title=text, country=text, submitted_by=text, submitted_at=SUBMITTED["submitted_at"]
    )
    content = render_xlsx(report)
    with ZipFile(BytesIO(content)) as made:
        assert not any(
            b"<f>" in made.read(name) or b"<f " in made.read(name) for name in made.namelist() if "sheet" in name
        )
    found = 0
    for sheet in openpyxl.load_workbook(BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if cell.value == text:
                    found += 1
                    assert (cell.data_type, bool(cell.quotePrefix)) == ("s", True), cell.coordinate
    assert found >= 6


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "1/2", "2026-01-02", "007", "TRUE", "a_b"])
def test_text_that_looks_like_something_else_stays_as_it_is(text: str, make_report: MakeReport) -> None:
    report = make_report("joint-session", {"A.1": Response(level=3, basis="both", narrative=text)})
    sheet = read(report)["Answers"]
    assert (sheet["J3"].value, sheet["J3"].data_type) == (text, "s")


def test_control_characters_are_shown_and_break_nothing(make_report: MakeReport) -> None:
    report = make_report(
        "joint-session", {"A.1": Response(level=3, basis="both", narrative="a\x00b\x0bc\r\nd\re\ufffff")}
    )
    assert read(report)["Answers"]["J3"].value == "a␀b␋c\nd\ne\ufffdf"


@pytest.mark.parametrize("text", ["x" * 70_000, "𝄞" * 20_000, "line\n" * 600, "é" * MOST_UNITS])
def test_a_text_that_no_cell_holds_goes_on_below(text: str, make_report: MakeReport) -> None:
    report = make_report("joint-session", {"A.1": Response(level=3, basis="both", narrative=text)})
    rows = [row for row in rows_of(read(report)["Answers"]) if row["Question"] == "A.1"]
    assert "".join(row["Narrative"] for row in rows) == text
    assert [row["Level"] for row in rows] == [3] + [None] * (len(rows) - 1)
    assert all(row["Voice"] == "National" for row in rows)
    assert len(rows) == len(parts(text))
    assert all(
        len(part.encode("utf-16-le")) // 2 <= MOST_UNITS and part.count("\n") <= MOST_LINES for part in parts(text)
    )


def test_the_same_data_gives_the_same_bytes(make_report: MakeReport, monkeypatch: pytest.MonkeyPatch) -> None:
    report = with_more(make_report("two-voices"))
    first = render_xlsx(report)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *at: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert render_xlsx(report) == first
    with ZipFile(BytesIO(first)) as made:
        core = made.read("docProps/core.xml")
        assert {member.date_time for member in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert re.search(rb"\d{4}-\d\d-\d\dT", core) is None


def test_a_right_to_left_language_turns_the_sheets(make_report: MakeReport) -> None:
    book = read(make_report("joint-session"), "ar")
    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets)


def test_the_partners_workbook_holds_nothing_that_is_not_theirs(
    make_report: MakeReport, instrument: Instrument
) -> None:
    secret = "KEPT-FROM-PARTNERS"
    answers = {
        code: Response(level=1, basis="both", narrative=f"{secret} {code}", evidence=(Evidence(secret, secret),))
        for code in ("A.9", "A.10", "A.11")
    }
    full = with_more(make_report("two-voices", answers, **{**SUBMITTED, "mode": "separate"}))
    content = render_xlsx(reduce_to(full, "partners", instrument))
    with ZipFile(BytesIO(content)) as made:
        everything = b"".join(made.read(name) for name in made.namelist()).decode("utf-8", "replace")
    assert secret not in everything
    assert "Covert matters" not in everything
    assert "Rather 2." not in everything
    assert SUBMITTED["digest"] not in everything
    rows = [row for row in rows_of(openpyxl.load_workbook(BytesIO(content))["Answers"]) if row["Question"] in answers]
    assert {row["State"] for row in rows} == {"Not in this edition"}
    assert all(row["Level"] is None for row in rows)
    assert secret in repr(rows_of(read(full)["Answers"]))


def test_the_plan_has_a_workbook_of_its_own(instrument: Instrument) -> None:
    lines = [
        (line, instrument)
        for line in (action(), action(7, title="=1+1", due_on="", state="dropped", reason="No money"))
    ]
    content = render_plan_xlsx("Example Country", "TLP:AMBER", lines)
    assert content == render_plan_xlsx("Example Country", "TLP:AMBER", lines)
    book = openpyxl.load_workbook(BytesIO(content))
    rows = rows_of(book["Action plan"])
    assert [(row["Number"], row["Action"], row["State"], row["Why dropped"]) for row in rows] == [
        (1, "Sign the agreement", "Planned", None),
        (7, "=1+1", "Dropped", "No money"),
    ]
    told = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert (told["Country"], told["Actions"], told["Planned"]) == ("Example Country", 2, 1)


def test_a_plan_without_actions_is_a_workbook_that_says_so(instrument: Instrument) -> None:
    book = openpyxl.load_workbook(BytesIO(render_plan_xlsx("Example Country", "TLP:AMBER", ())))
    assert {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}["Actions"] == 0


def test_libreoffice_opens_it_and_evaluates_nothing(make_report: MakeReport, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "script/test installs LibreOffice"
    # The last would be read as a letter, which is how a worksheet writes what it cannot hold.
    evidence = (Evidence("@SUM(1)", "=A1"), Evidence("_x0041_", "#N/A"))
    answers = {"A.1": Response(level=3, basis="both", narrative="=1+1", evidence=evidence)}
    (tmp_path / "report.xlsx").write_bytes(render_xlsx(make_report("two-voices", answers)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [office, profile, "--headless", "--convert-to", every_sheet, "--outdir", str(tmp_path), "report.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=240)
    with (tmp_path / "report-Answers.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    narrative = lines[1].index("Narrative")
    assert lines[2][narrative] == "=1+1"
    with (tmp_path / "report-Evidence.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert ["A.1", "National", "@SUM(1)", "=A1"] in lines
    assert ["A.1", "National", "_x0041_", "#N/A"] in lines
