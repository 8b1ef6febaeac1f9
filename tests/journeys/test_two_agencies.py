"""Five people from the start to the acceptance: two respondents, two coordinators, a reviewer, each at a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import expect

from diagnostic.actions.audit_check import find_breaks
from diagnostic.models import Assessment, AuditChain, Response, Submission
from diagnostic.queries import load_lost_signatures
from tests import factories

from .steps_answering import choose, fill_answer, question
from .steps_attesting import attest, hand_in
from .steps_browsing import Visitor, visit

pytestmark = pytest.mark.django_db(transaction=True)

DIFFERENT = "A.3.1"
SEPARATE = "Each agency for itself"


def test_two_agencies_get_from_the_start_to_the_acceptance(new_page: Callable) -> None:
    people = factories.make_people()
    customs, police = visit(new_page, people.coordinator), visit(new_page, people.police_coordinator)
    answering = [visit(new_page, people.respondent), visit(new_page, people.police_respondent)]
    reviewer = visit(new_page, people.reviewer)
    for person in (customs, police, *answering, reviewer):
        person.sign_in()

    assessment = start(customs)
    answer_apart(assessment, *answering)
    both_write_at_once(customs, answering[0], assessment)
    declare(customs)
    declare(police)
    agree(assessment, customs, police)
    an_edit_voids_the_first_key(assessment, customs, police)
    both_sign_and_submit(assessment, customs, police, number=1)

    ask_about(reviewer, DIFFERENT)
    clarify(assessment, police, DIFFERENT)
    both_sign_and_submit(assessment, customs, police, number=2)
    accept(reviewer)

    assessment.refresh_from_db()
    assert assessment.state == "accepted"
    assert [fault for person in (customs, police, *answering, reviewer) for fault in person.faults] == []
    log_holds_and_tells_of_any_change(assessment)


def start(coordinator: Visitor) -> Assessment:
    page = coordinator.page
    coordinator.go(page.get_by_role("link", name="Start an assessment"))
    page.get_by_label("Period").fill("2026")
    page.get_by_role("radio", name=SEPARATE).check()
    coordinator.go(page.get_by_role("button", name="Start the assessment"))
    coordinator.look("overview, apart")
    return Assessment.objects.get(period="2026")


def answer_apart(assessment: Assessment, customs: Visitor, police: Visitor) -> None:
    """Each agency gives the answers of the example in its own voice, the first one by hand."""
    for voice, person, level in (("customs", customs, 4), ("police", police, 3)):
        answers = factories.example_answers("two-voices", voice)
        answers.pop("A.1", None)
        factories.fill(assessment, person.user, answers, voice=voice)
        page = person.page
        page.goto(f"/assessments/{assessment.pk}/{voice}/framework/")
        person.look("theme, apart")
        fill_answer(page, "A.1", {"level": level, "narrative": f"As {voice} sees it."})
        page.get_by_role("heading", level=1).click()
        expect(question(page, "A.1").locator("[data-save]")).to_have_text(re.compile(r"^Saved \d"))
        other = "police" if voice == "customs" else "customs"
        assert page.goto(f"/assessments/{assessment.pk}/{other}/framework/").status == 404
        # A browser tells its console of every 404, and this one was wanted.
        person.faults = [fault for fault in person.faults if "404" not in fault]


def both_write_at_once(first: Visitor, second: Visitor, assessment: Assessment) -> None:
    """Two people of one agency change one answer: the second is shown both texts and chooses."""
    for person in (first, second):
        person.page.goto(f"/assessments/{assessment.pk}/customs/framework/")
    fill_answer(first.page, "A.1", {"narrative": "The coordinator's words."})
    first.page.get_by_role("heading", level=1).click()
    expect(question(first.page, "A.1").locator("[data-save]")).to_have_text(re.compile(r"^Saved \d"))
    fill_answer(second.page, "A.1", {"narrative": "The respondent's words."})
    second.page.get_by_role("heading", level=1).click()
    conflict = question(second.page, "A.1")
    expect(conflict).to_contain_text("The coordinator's words.")
    expect(conflict).to_contain_text("The respondent's words.")
    second.look("conflict, apart")
    conflict.locator("input[value=theirs]").check()
    conflict.get_by_role("button", name="Keep the chosen text").click()
    expect(question(second.page, "A.1").locator("textarea[name='A.1-narrative']")).to_have_value(
        "The coordinator's words."
    )
    # A browser tells its console of every 409, which is what the second was to get.
    second.faults = [fault for fault in second.faults if "409" not in fault]


def declare(coordinator: Visitor) -> None:
    page = coordinator.page
    page.goto("/")
    coordinator.go(page.get_by_role("link", name=re.compile("2026")).first)
    coordinator.go(page.get_by_role("link", name=re.compile("^Declare the .* answers complete$")))
    coordinator.look("declare")
    page.get_by_role("checkbox", name=re.compile("^I declare the .* answers complete")).check()
    coordinator.go(page.get_by_role("button", name="Declare complete"))


def agree(assessment: Assessment, customs: Visitor, police: Visitor) -> None:
    """Equal answers in one act, the largest difference in the browser with its reason, the rest as customs has them."""
    assessment.refresh_from_db()
    assert assessment.state == "comparing"
    page = customs.page
    page.goto(f"/assessments/{assessment.pk}/compare/")
    customs.look("compare")
    customs.go(page.get_by_role("button", name=re.compile("^Take over")).first)
    pair = page.locator(f'details[id="{DIFFERENT}"]')
    if pair.get_attribute("open") is None:
        pair.locator("summary").first.click()
    pair.get_by_role("radio", name="3 Cooperation").check()
    pair.get_by_label("Why", exact=True).fill("Both looked at the cases of the port.")
    customs.go(pair.get_by_role("button", name="Record"))
    agree_on_the_rest(assessment, customs)
    police.page.goto(f"/assessments/{assessment.pk}/compare/?open={DIFFERENT}")
    expect(police.page.locator(f'details[id="{DIFFERENT}"]')).to_contain_text("Both looked at the cases of the port.")
    row = Response.objects.get(assessment=assessment, voice="national", question=DIFFERENT)
    assert (row.level, row.agreement) == (3, "Both looked at the cases of the port.")


def agree_on_the_rest(assessment: Assessment, customs: Visitor) -> None:
    standing = Response.objects.filter(assessment=assessment, voice="national", version=0)
    answers = factories.example_answers("two-voices", "national")
    left = {row.question: answers[row.question] for row in standing if row.question in answers}
    factories.fill(assessment, customs.user, left)
    factories.complete(assessment, customs.user)


def an_edit_voids_the_first_key(assessment: Assessment, customs: Visitor, police: Visitor) -> None:
    customs.page.goto(f"/assessments/{assessment.pk}/check/")
    attest(customs, "customs")
    police.page.goto(f"/assessments/{assessment.pk}/national/framework/")
    fill_answer(police.page, "A.1", {"narrative": "As both agencies see it now."})
    police.page.get_by_role("heading", level=1).click()
    expect(question(police.page, "A.1").locator("[data-save]")).to_have_text(re.compile(r"^Saved \d"))
    assert load_lost_signatures(assessment)["customs"].by == police.user
    customs.page.goto(f"/assessments/{assessment.pk}/check/")
    expect(customs.page.locator("#key-customs")).to_contain_text("is void because")
    expect(customs.page.get_by_role("main")).to_contain_text("Still to settle: A.1")
    customs.look("check, voided")
    record(assessment, police, "A.1")


def record(assessment: Assessment, coordinator: Visitor, code: str) -> None:
    """Record the current proposal to `code` as agreed."""
    page = coordinator.page
    page.goto(f"/assessments/{assessment.pk}/compare/?open={code}")
    pair = page.locator(f'details[id="{code}"]')
    expect(pair.locator(".tag").first).to_have_text("In progress")
    if not pair.get_by_label("Why", exact=True).input_value():
        pair.get_by_label("Why", exact=True).fill("Both looked at it again.")
    coordinator.go(pair.get_by_role("button", name="Record"))
    assert Response.objects.get(assessment=assessment, voice="national", question=code).is_agreed


def both_sign_and_submit(assessment: Assessment, customs: Visitor, police: Visitor, number: int) -> None:
    for person, agency in ((customs, "customs"), (police, "police")):
        person.page.goto(f"/assessments/{assessment.pk}/check/")
        attest(person, agency)
    hand_in(police)
    submission = Submission.objects.get(number=number)
    keys = submission.attestations.order_by("agency")
    assert [(key.agency, key.attested_by, key.digest) for key in keys] == [
        ("customs", customs.user, submission.digest),
        ("police", police.user, submission.digest),
    ]
    for person in (customs, police):
        expect(police.page.get_by_role("main")).to_contain_text(person.user.full_name)
    police.look("receipt, two keys")


def take_up(reviewer: Visitor) -> None:
    page = reviewer.page
    page.goto("/review/")
    reviewer.go(page.get_by_role("link", name=re.compile("Example.*2026")).first)
    reviewer.go(page.get_by_role("button", name="Take up the review"))


def ask_about(reviewer: Visitor, code: str) -> None:
    page = reviewer.page
    take_up(reviewer)
    reviewer.go(page.locator(f"main a[href$='/{code}/']").first)
    reviewer.look("answer of two voices")
    page.get_by_label("What the country is asked").fill("Which cases were looked at?")
    reviewer.go(page.get_by_role("button", name=f"Mark {code} for clarification"))
    reviewer.go(page.get_by_role("link", name="Return for clarification"))
    reviewer.go(page.get_by_role("button", name="Return for clarification"))


def clarify(assessment: Assessment, coordinator: Visitor, code: str) -> None:
    page = coordinator.page
    page.goto(f"/assessments/{assessment.pk}/")
    coordinator.look("returned, two voices")
    row = Response.objects.get(assessment=assessment, voice="national", question=code)
    page.goto(f"/assessments/{assessment.pk}/national/risk/#{code}")
    expect(question(page, code)).to_contain_text("Which cases were looked at?")
    choose(page, code, "basis", "both")
    fill_answer(page, code, {"narrative": "The twelve cases of the main port in 2025."})
    page.get_by_role("heading", level=1).click()
    expect(question(page, code).locator("[data-save]")).to_have_text(re.compile(r"^Saved \d"))
    assert Response.objects.get(pk=row.pk).version > row.version
    record(assessment, coordinator, code)


def accept(reviewer: Visitor) -> None:
    page = reviewer.page
    take_up(reviewer)
    reviewer.go(page.get_by_role("link", name="Accept the assessment"))
    reviewer.go(page.get_by_role("button", name="Accept the assessment"))
    expect(page.get_by_text("Accepted on")).to_be_visible()


def log_holds_and_tells_of_any_change(assessment: Assessment) -> None:
    """The chain verifies; a changed byte in any row of it is found, and so is a row that is gone."""
    call_command("verify_audit")
    chain = AuditChain.objects.get(assessment=assessment, sealed_for="")
    acts = [entry.act for entry in chain.entries.order_by("number")]
    for act in ("assessment.start", "comparison.open_declared", "attestation.void", "review.return", "review.accept"):
        assert act in acts
    for entry in chain.entries.order_by("number"):
        act = entry.act[:-1] + chr(ord(entry.act[-1]) ^ 1)
        tamper(entry.pk, act)
        assert list(find_breaks(chain)) == [f"entry {entry.number} was changed"]
        with pytest.raises(SystemExit):
            call_command("verify_audit")
        tamper(entry.pk, entry.act)
    call_command("verify_audit")


def tamper(pk: int, act: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE diagnostic_auditentry SET act = %s WHERE id = %s", [act, pk])
