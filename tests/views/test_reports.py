"""The report's page and file: asked for once, made by the worker, kept, and given only to who may read it all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from diagnostic.actions import reports, reviews
from diagnostic.actions.reports import request_report
from diagnostic.models import AuditEntry, ReportFile
from diagnostic.rendering import process
from tests import factories
from tests.factories import fill, make_accepted, make_submission, start_assessment
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db(transaction=True)

PDF = b"%PDF-1.7 rendered"


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the process that renders; the digests of the reports that it was given."""
    given: list[str] = []

    def render(report: Any, language: str, *, politeness: int) -> bytes:
        given.append(report.digest)
        return PDF

    monkeypatch.setattr(process, "render_pdf", render)
    return given


def ask(client: Client, user: Any, name: str, pk: Any) -> Any:
    client.force_login(user)
    return client.post(reverse(name, args=[pk]))


def get(client: Client, user: Any, name: str, pk: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, args=[pk]))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_report_is_asked_for_made_and_downloaded(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    page = get(client, people.reviewer, "submission-report", submission.pk).content.decode()
    assert "Not made yet" in page
    assert ReportFile.objects.count() == 0

    assert ask(client, people.reviewer, "submission-report", submission.pk).status_code == 302
    page = get(client, people.reviewer, "submission-report", submission.pk).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "See whether it is ready" in page
    assert "Waiting to be made" in page
    assert "1 file is being made." in page
    assert rendered == []

    run_tasks()
    page = get(client, people.reviewer, "submission-report", submission.pk).content.decode()
    assert "hx-trigger" not in page
    assert reverse("submission-report-file", args=[submission.pk]) in page

    response = get(client, people.reviewer, "submission-report-file", submission.pk)
    assert body(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert f'filename="cpch-zz-{submission.assessment_id}-1.pdf"' in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= {part.strip() for part in response["Cache-Control"].split(",")}
    entry = AuditEntry.objects.get(act="report.download", by=people.reviewer)
    assert entry.chain.assessment_id == submission.assessment_id


def test_the_same_report_is_rendered_once_for_everyone(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    for person in (people.coordinator, people.observer, people.reviewer):
        ask(client, person, "submission-report", submission.pk)
    run_tasks()
    ask(client, people.coordinator, "submission-report", submission.pk)
    run_tasks()
    assert len(rendered) == 1
    assert ReportFile.objects.get().requested_by == people.coordinator


def test_a_changed_answer_makes_another_file_and_the_earlier_one_is_kept(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    ask(client, people.coordinator, "assessment-report", assessment.pk)
    run_tasks()
    factories.save_answer(assessment, people.coordinator, "A.4.2", level=2)
    page = get(client, people.coordinator, "assessment-report", assessment.pk).content.decode()
    assert reverse("assessment-report-file", args=[assessment.pk]) not in page
    ask(client, people.coordinator, "assessment-report", assessment.pk)
    run_tasks()
    names = list(ReportFile.objects.values_list("name", flat=True))
    assert len(set(rendered)) == len(set(names)) == 2
    assert all(storages["reports"].exists(name) for name in names)
    assert all(file.name == f"{file.digest}-full-en.pdf" for file in ReportFile.objects.all())


def test_acceptance_is_printed_and_so_makes_a_new_report(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    ask(client, people.coordinator, "submission-report", submission.pk)
    reviews.take_up(submission=submission, by=people.reviewer)
    ask(client, people.coordinator, "submission-report", submission.pk)
    assert ReportFile.objects.count() == 1
    submission.assessment.refresh_from_db()
    reviews.accept(submission=submission, remark="", by=people.reviewer)
    ask(client, people.coordinator, "submission-report", submission.pk)
    assert ReportFile.objects.count() == 2


def test_a_rendering_that_fails_is_said_and_can_be_asked_for_again(
    client: Client, people: factories.People, monkeypatch: pytest.MonkeyPatch, run_tasks: Any
) -> None:
    def fail(report: Any, language: str, *, politeness: int) -> bytes:
        raise RuntimeError("no fonts")

    monkeypatch.setattr(process, "render_pdf", fail)
    submission = make_submission(people.coordinator)
    ask(client, people.coordinator, "submission-report", submission.pk)
    run_tasks()
    assert "Could not be made" in get(client, people.coordinator, "submission-report", submission.pk).content.decode()

    monkeypatch.setattr(process, "render_pdf", lambda report, language, politeness: PDF)
    ask(client, people.coordinator, "submission-report", submission.pk)
    run_tasks()
    assert ReportFile.objects.get().state == "ready"


def test_a_page_says_which_file_is_being_made_as_long_as_a_worker_has_it(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    ask(client, people.coordinator, "submission-report", submission.pk)
    file = reports.begin_rendering()
    assert file is not None
    page = get(client, people.coordinator, "submission-report", submission.pk).content.decode()
    assert "Being made" in page
    assert "1 file is being made." in page
    assert "hx-trigger" in page

    ReportFile.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    page = get(client, people.coordinator, "submission-report", submission.pk).content.decode()
    assert "Waiting to be made" in page
    assert "hx-trigger" in page
    run_tasks()
    assert "Download the PDF" in get(client, people.coordinator, "submission-report", submission.pk).content.decode()


def test_what_cannot_be_queued_is_not_said_to_wait(
    client: Client, people: factories.People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**values: Any) -> None:
        raise OperationalError("database or disk is full")

    submission = make_submission(people.coordinator)
    monkeypatch.setattr(DBTaskResult.objects, "create", full)
    with pytest.raises(OperationalError):
        ask(client, people.coordinator, "submission-report", submission.pk)
    assert not ReportFile.objects.exists()


def test_a_file_that_is_gone_from_the_storage_is_made_again(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    """As where a site came back from a backup without its reports."""
    submission = make_submission(people.coordinator)
    ask(client, people.coordinator, "submission-report", submission.pk)
    run_tasks()
    storages["reports"].delete(ReportFile.objects.get().name)
    response = get(client, people.coordinator, "submission-report-file", submission.pk)
    assert response.url == reverse("submission-report", args=[submission.pk])
    assert "Waiting to be made" in client.get(response.url).content.decode()
    run_tasks()
    assert body(get(client, people.coordinator, "submission-report-file", submission.pk)) == PDF


def test_reports_and_e_mails_wait_in_queues_of_their_own(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    ask(client, people.coordinator, "submission-report", submission.pk)
    waiting = set(DBTaskResult.objects.values_list("task_path", "queue_name"))
    assert waiting == {("diagnostic.tasks.render_reports", "reports"), ("diagnostic.tasks.deliver_mail", "mail")}


def test_a_page_that_waits_is_told_only_what_is_new(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    ask(client, people.coordinator, "submission-report", submission.pk)
    page = seen_page(client, submission)
    assert client.get(page, headers={"HX-Request": "true"}).status_code == 204
    run_tasks()
    answer = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "1 file is ready." in answer
    assert 'id="report-standing" hx-swap-oob' in answer
    assert "hx-trigger" not in answer
    assert "<html" not in answer


def seen_page(client: Client, submission: Any) -> str:
    """The address that the waiting page asks again."""
    page = client.get(reverse("submission-report", args=[submission.pk])).content.decode()
    return re.search(r'hx-get="([^"]+)"', page)[1]  # type: ignore[index]


def test_a_page_that_waits_gets_the_button_where_the_report_can_be_asked_for_anew(
    client: Client, people: factories.People
) -> None:
    submission = make_submission(people.coordinator)
    ask(client, people.coordinator, "submission-report", submission.pk)
    page = seen_page(client, submission)
    ReportFile.objects.update(state="failed")
    answer = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "Try again" in answer
    assert "csrfmiddlewaretoken" in answer


def test_a_file_that_is_not_ready_leads_to_its_page(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    response = get(client, people.coordinator, "submission-report-file", submission.pk)
    assert response.url == reverse("submission-report", args=[submission.pk])


def test_the_assessments_report_is_the_last_submissions_once_it_is_handed_in(
    client: Client, people: factories.People
) -> None:
    submission = make_submission(people.coordinator)
    for person in (people.coordinator, people.reviewer):
        response = get(client, person, "assessment-report", submission.assessment_id)
        assert response.url == reverse("submission-report", args=[submission.pk])


def test_what_the_country_changes_after_return_is_not_in_the_secretariats_report(
    client: Client, people: factories.People
) -> None:
    submission = make_submission(people.coordinator)
    reviews.take_up(submission=submission, by=people.reviewer)
    reviews.ask(submission=submission, question="A.1", text="Which meetings?", by=people.reviewer)
    reviews.return_for_clarification(submission=submission, remark="", by=people.reviewer)
    response = get(client, people.reviewer, "assessment-report", submission.assessment_id)
    assert response.url == reverse("submission-report", args=[submission.pk])
    assert get(client, people.coordinator, "assessment-report", submission.assessment_id).status_code == 200


def test_partners_get_an_edition_of_their_own(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    for person in (people.coordinator, people.partner):
        assert ask(client, person, "submission-report", submission.pk).status_code == 302
    run_tasks()

    files = {file.edition: file for file in ReportFile.objects.all()}
    assert set(files) == {"full", "partners"}
    assert files["partners"].name.endswith("-partners-en.pdf")
    sensitive = factories.example_answers()["A.10"].reason
    assert sensitive
    assert sensitive in files["full"].data
    assert sensitive not in files["partners"].data
    assert submission.digest not in files["partners"].data

    page = get(client, people.partner, "submission-report", submission.pk).content.decode()
    assert "This is the edition for partners" in page
    response = get(client, people.partner, "submission-report-file", submission.pk)
    assert body(response) == PDF
    assert f'filename="cpch-zz-{submission.assessment_id}-1-partners.pdf"' in response["Content-Disposition"]
    entry = AuditEntry.objects.get(act="report.download", by=people.partner)
    assert entry.detail["edition"] == "partners"
    assert entry.detail["digest"] == files["partners"].digest


def test_the_full_report_that_another_asked_for_is_not_the_partners(
    client: Client, people: factories.People, rendered: list[str], run_tasks: Any
) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    ask(client, people.coordinator, "submission-report", submission.pk)
    run_tasks()
    assert "Ready" not in get(client, people.partner, "submission-report", submission.pk).content.decode()
    response = get(client, people.partner, "submission-report-file", submission.pk)
    assert response.url == reverse("submission-report", args=[submission.pk])


def test_nobody_asks_for_an_edition_that_is_not_theirs(people: factories.People) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    asked = {"data": {}, "language": "en", "kind": "pdf", "assessment": submission.assessment}
    for person, edition in (
        (people.partner, "full"),
        (people.partner, "brief"),
        (people.foreigner, "partners"),
        (people.foreigner, ""),
    ):
        with pytest.raises(PermissionDenied):
            request_report(by=person, edition=edition, **asked)
    assert ReportFile.objects.count() == 0


def test_partners_are_led_to_the_submission_and_never_to_the_answers_as_they_stand(
    client: Client, people: factories.People
) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    response = get(client, people.partner, "assessment-report", submission.assessment_id)
    assert response.url == reverse("submission-report", args=[submission.pk])
    overwrite(type(submission).objects.all(), is_disclosed_to_partners=False)
    for name in ("assessment-report", "assessment-report-file"):
        response = get(client, people.partner, name, submission.assessment_id)
        assert response.status_code == 403
        assert "stays with the country" in response.content.decode()
    for name in ("submission-report", "submission-report-file"):
        assert get(client, people.partner, name, submission.pk).status_code == 404


def test_another_countrys_report_is_not_there(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    for name in ("submission-report", "submission-report-file"):
        assert get(client, people.foreigner, name, submission.pk).status_code == 404
