"""The main job in a real browser: a country answers by hand, submits, clarifies; the secretariat accepts it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect
from pypdf import PdfReader

from diagnostic.instruments import instrument_from_fixtures
from diagnostic.models import Response, Submission
from tests.factories import EXAMPLES, PASSWORD, empty_agency, example, make_people, start_assessment

from .axe import WIDTHS
from .steps_answering import choose, continue_to_next, fill_answer, fill_theme, question
from .steps_attesting import FUNCTION, NAME, REFERENCE, attest, hand_in, record_agreement
from .steps_browsing import PATIENCE, Visitor, enter, tab_to, visit

pytestmark = pytest.mark.django_db(transaction=True)

FILE = example()
ANSWERS = FILE["voices"]["national"]
AGREED = f"{NAME}, {FUNCTION}, agreed on 14 March 2026"
ASKED = {
    "A.2.2": "Are these requests written down anywhere?",
    "A.17": "Which units are meant?\nPlease name both.",
}
CLARIFIED = {
    "A.2.2": {"level": 3, "basis": "both", "narrative": "Each request is on a form, kept by both contact points."},
    "A.17": {"narrative": "The customs air freight unit and the police airport branch."},
}


def test_a_country_gets_from_the_first_answer_to_the_accepted_report(
    new_page: Callable, run_tasks: Callable[[], None], tmp_path: Path
) -> None:
    people = make_people()
    empty_agency(people)
    coordinator = visit(new_page, people.coordinator)
    reviewer = visit(new_page, people.reviewer)

    coordinator.page.goto("/")
    coordinator.look("sign-in")
    coordinator.sign_in()
    start(coordinator)
    answer_everything(coordinator)
    overview = coordinator.page.url
    nothing_is_missing(coordinator)
    result_is_that_of_the_command(coordinator, EXAMPLES / "joint-session.json")
    assert unordered(exported(coordinator, overview, tmp_path)) == unordered(FILE)
    submit(coordinator, number=1)

    reviewer.sign_in()
    take_up(reviewer)
    read_answers(reviewer)
    return_with_questions(reviewer)

    clarify(coordinator, overview)
    file = tmp_path / "clarified.json"
    file.write_text(json.dumps(exported(coordinator, overview, tmp_path)), encoding="utf-8")
    submit(coordinator, number=2)
    accept(reviewer)
    report_says_it_all(download_report(reviewer, run_tasks, tmp_path), file)

    assert coordinator.faults == []
    assert reviewer.faults == []
    verify_log()


# What the coordinator does


def start(coordinator: Visitor) -> None:
    page = coordinator.page
    coordinator.look("list")
    coordinator.follow("Start an assessment", "start")
    page.get_by_label("Period").fill(FILE["period"])
    page.get_by_role("radio", name="One joint session").check()
    page.get_by_label("Title (optional)").fill(FILE["title"])
    page.get_by_role("radio", name="TLP:AMBER:").check()
    coordinator.go(page.get_by_role("button", name="Start the assessment"))
    expect(page.get_by_role("status")).to_contain_text(f"The assessment for {FILE['period']} is started.")
    coordinator.look("overview")


def answer_everything(coordinator: Visitor) -> None:
    """From the first theme to the last by the button at the foot of each, and back to the overview."""
    page = coordinator.page
    given: list[str] = []
    themes = instrument_from_fixtures().themes
    coordinator.follow(themes[0].name, "theme, blank")
    for theme in themes:
        expect(page.get_by_role("heading", level=1)).to_have_text(theme.name)
        given += fill_theme(page, ANSWERS)
        coordinator.look(f"theme {theme.id}, filled", WIDTHS if theme is themes[0] else WIDTHS[:1])
        continue_to_next(page)
    assert sorted(given) == sorted(ANSWERS)
    coordinator.look("check")
    coordinator.follow("Overview", "overview, filled")


def nothing_is_missing(coordinator: Visitor) -> None:
    page = coordinator.page
    expect(page.locator(".tasks .tag-done")).to_have_count(len(instrument_from_fixtures().themes))
    page.goto(page.url.split("#")[0] + "missing/")
    coordinator.look("missing")
    expect(page.get_by_text("Nothing: every question that is asked has an answer.")).to_be_visible()
    coordinator.follow("Back to the overview", "overview, filled")


def result_is_that_of_the_command(coordinator: Visitor, file: Path) -> None:
    """Level, order and words of the roadmap on the page are those that the command prints for the file."""
    page, wanted = coordinator.page, assess(file)
    coordinator.follow("Result", "result")
    assert wanted["level"] == 2
    expect(page.get_by_role("heading", level=1)).to_have_text("Level 2 Communication")
    rows = page.locator("section[aria-labelledby=roadmap] ol.priorities > li")
    assert rows.evaluate_all("rows => rows.map(row => row.id)") == [item["id"] for item in wanted["recommendations"]]
    for row, item in zip(rows.all(), wanted["recommendations"], strict=True):
        expect(row).to_contain_text(words_of(item))
    coordinator.follow("Overview", "overview, filled")


def exported(coordinator: Visitor, overview: str, folder: Path) -> dict[str, Any]:
    page = coordinator.page
    page.goto(overview)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the answers as a file (JSON)").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return json.loads(file.read_text(encoding="utf-8"))


def submit(coordinator: Visitor, number: int) -> None:
    page = coordinator.page
    coordinator.follow("Check the answers", "check")
    expect(page.get_by_text("Nothing is open: every question has an answer.")).to_be_visible()
    attest(coordinator, "customs")
    expect(page.get_by_role("button", name="Submit the assessment")).to_have_count(0)
    coordinator.look("check, one attested")
    record_agreement(coordinator, "police")
    coordinator.look("check, both attested")
    hand_in(coordinator)
    coordinator.look("receipt")
    submission = Submission.objects.get(number=number)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Submission {number} received")
    for fact in (submission.digest, f"{submission.submitted_at:%H:%M} UTC", coordinator.user.full_name, AGREED):
        expect(page.locator("section[aria-labelledby=receipt]")).to_contain_text(fact)


def clarify(coordinator: Visitor, overview: str) -> None:
    """See what is asked, find everything else closed, change the two answers."""
    page = coordinator.page
    page.goto(overview)
    coordinator.look("returned")
    asked = page.locator("section[aria-labelledby=returned]")
    for code, text in ASKED.items():
        row = asked.get_by_role("listitem").filter(has=page.get_by_role("link", name=code, exact=True))
        expect(row).to_contain_text(text.replace("\n", " "))
    assert open_codes(page) == list(ASKED)
    for code, text in ASKED.items():
        page.goto(overview)
        coordinator.go(asked.get_by_role("link", name=code, exact=True))
        coordinator.look("clarification")
        for line in text.splitlines():
            expect(question(page, code).locator(".clarification")).to_contain_text(line)
        assert fill_theme(page, {code: CLARIFIED[code]}) == [code]
    page.goto(overview)
    expect(asked.locator(".tag-done")).to_have_count(len(ASKED))


def open_codes(page: Any) -> list[str]:
    """The questions that can be changed on any theme page, which the overview's list leads to."""
    found = []
    for address in page.locator("ul.tasks .task-name[href*='/national/']").evaluate_all("all => all.map(a => a.href)"):
        if "#" not in address:
            page.goto(address)
            found += page.locator("section.question:has(textarea)").evaluate_all(
                "all => all.map(one => one.dataset.question)"
            )
    return sorted(found, key=list(ANSWERS).index)


# What the reviewer does


def take_up(reviewer: Visitor) -> None:
    page = reviewer.page
    reviewer.go(page.get_by_role("link", name="Submissions").first)
    reviewer.look("queue")
    reviewer.go(page.get_by_role("link", name=re.compile(f"Example.*{FILE['period']}")).first)
    reviewer.look("submission")
    reviewer.go(page.get_by_role("button", name="Take up the review"))
    expect(page.locator(".act-bar")).to_contain_text("No question is marked for clarification.")


def read_answers(reviewer: Visitor) -> None:
    """Every answer with its narrative, one after the other as the page leads."""
    page = reviewer.page
    reviewer.go(page.get_by_role("link", name="Read from A.1 on"))
    for code, answer in ((item.code, ANSWERS.get(item.code, {})) for item in instrument_from_fixtures().questions):
        expect(page).to_have_url(re.compile(f"/{re.escape(code)}/$"))
        expect(page.locator("article")).to_contain_text(answer.get("narrative", answer.get("reason", "")))
        if code in ("A.1", "A.5.2", "A.10", "A.16.2"):
            reviewer.look(f"answer {code}")
        following = page.get_by_role("link", name=re.compile("^Next"))
        if following.count():
            reviewer.go(following)


def return_with_questions(reviewer: Visitor) -> None:
    page = reviewer.page
    for code, text in ASKED.items():
        reviewer.go(page.locator(f"nav a[href$='/{code}/'], .list a[href$='/{code}/']").first)
        page.get_by_label("What the country is asked").fill(text)
        reviewer.go(page.get_by_role("button", name=f"Mark {code} for clarification"))
        reviewer.look("answer, marked")
    reviewer.go(page.get_by_role("link", name="Return for clarification"))
    reviewer.look("return")
    reviewer.go(page.get_by_role("button", name="Return for clarification"))
    reviewer.look("submission, returned")


def accept(reviewer: Visitor) -> None:
    page = reviewer.page
    take_up(reviewer)
    for code in ASKED:
        expect(page.locator("section[aria-labelledby=changed]")).to_contain_text(code)
    reviewer.look("second submission")
    reviewer.go(page.get_by_role("link", name="Accept the assessment"))
    reviewer.look("accept")
    reviewer.go(page.get_by_role("button", name="Accept the assessment"))
    expect(page.get_by_text("Accepted on")).to_be_visible()
    reviewer.look("submission, accepted")


def download_report(reviewer: Visitor, run_tasks: Callable[[], None], folder: Path) -> str:
    """Ask for the report, wait until the worker has made it, and return the text of what is downloaded."""
    page = reviewer.page
    reviewer.follow("Report", "report, not made")
    reviewer.go(page.get_by_role("button", name="Make the PDF (Full report)"))
    expect(page.get_by_role("status")).to_contain_text("1 file is being made.")
    reviewer.look("report, waiting")
    run_tasks()
    expect(page.get_by_role("status")).to_contain_text("1 file is ready.", timeout=PATIENCE)
    reviewer.look("report, ready")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF (Full report)").click()
    file = folder / "report.pdf"
    download.value.save_as(file)
    return " ".join(page.extract_text() for page in PdfReader(file).pages)


# What is compared with


def assess(file: Path) -> dict[str, Any]:
    out = io.StringIO()
    call_command("assess", str(file), stdout=out)
    return json.loads(out.getvalue())


def unordered(file: dict[str, Any]) -> dict[str, Any]:
    """The national voice of an interchange file, with what was chosen from a list in one order: none has a meaning."""
    lists = ("topics", "challenges")
    return {
        code: {member: sorted(value) if member in lists else value for member, value in answer.items()}
        for code, answer in file["voices"]["national"].items()
    }


def words_of(item: dict[str, Any]) -> str:
    """The text that the instrument gives a recommendation of the command's output."""
    instrument = instrument_from_fixtures()
    if item["kind"] == "handbook":
        return instrument.by_code[item["question"]].solution.text
    if item["kind"] == "guidance":
        return instrument.guidance_by_question[item["question"]].text
    return instrument.step_by_target[item["theme"], item["to_level"]].text


def report_says_it_all(text: str, file: Path) -> None:
    """The printed text holds the level, the five priorities and every narrative, however its lines are broken."""
    wanted, printed = assess(file), without_breaks(text)
    assert without_breaks(f"Police: nobody had an account to attest with. {AGREED} ({REFERENCE}), as") in printed
    answers = json.loads(file.read_text(encoding="utf-8"))["voices"]["national"].values()
    level = f"Level {wanted['level']} {instrument_from_fixtures().level_name(wanted['level'])}"
    priorities = [words_of(item) for item in wanted["recommendations"][:5]]
    narratives = [answer["narrative"] for answer in answers if "narrative" in answer]
    assert [words for words in (level, *priorities, *narratives) if without_breaks(words) not in printed] == []


def without_breaks(text: str) -> str:
    return re.sub(r"[\s\u00ad]", "", text)


def verify_log() -> None:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "verified" in out.getvalue()


# The same without a script, and without a mouse


def test_without_javascript_a_theme_is_answered_and_the_assessment_submitted(new_page: Callable) -> None:
    people = make_people()
    coordinator = visit(new_page, people.coordinator, java_script_enabled=False)
    page = coordinator.page
    coordinator.sign_in()
    coordinator.go(page.get_by_role("link", name="Start an assessment"))
    page.get_by_label("Period").fill("2026")
    page.get_by_role("radio", name="One joint session").check()
    coordinator.go(page.get_by_role("button", name="Start the assessment"))
    theme = instrument_from_fixtures().themes[0]
    coordinator.go(page.get_by_role("link", name=theme.name).first)
    fill_answer(page, "A.17", {name: ANSWERS["A.17"][name] for name in ("level", "challenges")})
    coordinator.go(page.get_by_role("button", name="Save", exact=True).last)
    expect(question(page, "A.17").locator("[data-save]")).to_contain_text("Saved")
    choose(page, "A.1", "answer", "unknown")
    coordinator.go(page.get_by_role("button", name=re.compile("^Continue to")))
    expect(page.locator(".error-summary")).to_contain_text("A.1")
    question(page, "A.1").locator("textarea[name='A.1-reason']").fill("The file is with the ministry.")
    coordinator.go(page.get_by_role("button", name=re.compile("^Continue to")))
    expect(page.get_by_role("heading", level=1)).to_have_text(instrument_from_fixtures().themes[1].name)
    coordinator.go(page.get_by_role("link", name="Attest and submit"))
    coordinator.go(page.get_by_role("button", name="Attest for customs"))
    expect(page.locator(".error-summary")).to_contain_text("Confirm that the answers are read and agreed")
    attest(coordinator, "customs")
    police = visit(new_page, people.police_coordinator, java_script_enabled=False)
    police.sign_in()
    police.page.goto(page.url)
    attest(police, "police")
    page.reload()
    hand_in(coordinator)
    expect(page.get_by_role("heading", level=1)).to_have_text("Submission 1 received")

    frozen = json.loads(Submission.objects.get().snapshot)["assessment"]["voices"]["national"]
    assert frozen["A.1"] == {"status": "unknown", "reason": "The file is with the ministry."}
    assert frozen["A.17"] == {"level": ANSWERS["A.17"]["level"], "challenges": ANSWERS["A.17"]["challenges"]}


def test_by_keyboard_alone_one_signs_in_answers_and_moves_on(new_page: Callable) -> None:
    people = make_people()
    assessment = start_assessment(people.coordinator, period="2026")
    page = visit(new_page, people.coordinator).page
    keys = page.keyboard
    page.goto("/")
    tab_to(page, "#id_login")
    keys.type(people.coordinator.email)
    tab_to(page, "#id_password")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Assessments")
    tab_to(page, "main th a")
    enter(page)
    tab_to(page, "main .next a")
    enter(page)
    tab_to(page, ".skip-link")
    keys.press("Enter")
    tab_to(page, "[name='A.1-answer']")
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    tab_to(page, "[name='A.1-narrative']")
    keys.type("An MOU of 2021.")
    tab_to(page, "[name='A.1-basis']")
    keys.press("Space")
    expect(question(page, "A.1").locator("[data-save]")).to_contain_text("Saved")
    tab_to(page, "[data-continue]")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(instrument_from_fixtures().themes[1].name)

    saved = Response.objects.get(assessment=assessment, question="A.1")
    assert (saved.level, saved.narrative, saved.basis) == (3, "An MOU of 2021.", "written")
