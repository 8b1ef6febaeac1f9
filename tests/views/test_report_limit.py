"""A person can have three reports waiting; the page says so, and they delay nobody's e-mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from diagnostic.core.formats import FORMATS_OF
from diagnostic.models import AuditEntry, ReportFile
from diagnostic.rendering import report_file
from tests import factories
from tests.factories import fill, make_submission, start_assessment
from tests.requested_reports import Requests

pytestmark = pytest.mark.django_db(transaction=True)

FILES = [(edition, kind) for edition in ("full", "brief", "partners") for kind in FORMATS_OF[edition]]


@pytest.fixture(autouse=True)
def rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_file, "render_file", lambda report, kind, language, politeness: b"rendered")


@pytest.fixture
def signed_in(client: Client, people: factories.People) -> Client:
    client.force_login(people.coordinator)
    return client


def request(client: Client, page: str, edition: str, kind: str) -> Any:
    return client.post(page, {"edition": edition, "format": kind})


def test_sixty_requests_of_one_person_do_not_hold_up_a_password_reset(
    signed_in: Client, people: factories.People, run_queue: Callable[[str], None]
) -> None:
    page = reverse("submission-report", args=[make_submission(people.coordinator).pk])
    answers = [request(signed_in, page, *FILES[number % len(FILES)]).status_code for number in range(60)]
    assert answers[:3] == [302] * 3
    assert answers.count(429) == 60 - answers.count(302)
    assert ReportFile.objects.filter(state="queued").count() == 3

    Client().post(reverse("account_reset_password"), {"email": people.reviewer.email})
    run_queue("mail")
    assert [people.reviewer.email] in [sent.to for sent in mail.outbox]
    assert DBTaskResult.objects.filter(queue_name="reports", status="READY").count() == 3
    assert ReportFile.objects.filter(state="queued").count() == 3

    run_queue("reports")
    assert ReportFile.objects.filter(state="ready").count() == 3


def test_a_refusal_names_the_reports_that_wait_and_ends_with_the_first_that_is_ready(
    signed_in: Client, people: factories.People, run_tasks: Callable[[], None]
) -> None:
    submission = make_submission(people.coordinator)
    page = reverse("submission-report", args=[submission.pk])
    for edition, kind in FILES[:3]:
        assert request(signed_in, page, edition, kind).status_code == 302

    refusal = request(signed_in, page, *FILES[3])
    said = refusal.content.decode()
    assert refusal.status_code == 429
    country, period = submission.assessment.country.name, submission.assessment.period
    for kind in ("PDF", "Word", "Excel"):
        assert f"Full report, {kind}: {country}, {period}" in said
    assert "You can request another once one of them is ready" in said
    assert f'href="{page}"' in said
    assert {"private", "no-store"} <= {part.strip() for part in refusal["Cache-Control"].split(",")}
    assert not ReportFile.objects.filter(edition="brief").exists()
    entry = AuditEntry.objects.get(act="limit.refused")
    assert (entry.by, entry.detail["limit"], entry.detail["source"]) == (people.coordinator, "reports", "127.0.0.1")
    assert entry.chain.assessment_id is None

    ReportFile.objects.filter(format="pdf").update(state="ready")
    assert request(signed_in, page, *FILES[3]).status_code == 302


def test_a_file_that_is_there_or_waits_is_never_refused(signed_in: Client, people: factories.People) -> None:
    page = reverse("submission-report", args=[make_submission(people.coordinator).pk])
    for edition, kind in FILES[:3]:
        request(signed_in, page, edition, kind)
    signed_in.force_login(people.reviewer)
    request(signed_in, page, *FILES[3])

    signed_in.force_login(people.coordinator)
    assert [request(signed_in, page, *file).status_code for file in FILES[:4]] == [302] * 4
    assert request(signed_in, page, *FILES[4]).status_code == 429


def test_the_page_says_beforehand_that_no_more_may_wait(
    signed_in: Client, people: factories.People, run_tasks: Callable[[], None]
) -> None:
    requests = Requests(make_submission(people.coordinator))
    other = fill(start_assessment(people.coordinator, period="2031"), people.coordinator)
    page = reverse("assessment-report", args=[other.pk])
    requests.request(people.coordinator)
    requests.request(people.coordinator)
    assert 'id="report-limit"' not in signed_in.get(page).content.decode()

    requests.request(people.coordinator)
    shown = signed_in.get(page).content.decode()
    assert "3 of your reports are waiting, which is the limit." in shown
    again = shown.partition('hx-get="')[2].partition('"')[0]
    assert signed_in.get(again, headers={"HX-Request": "true"}).status_code == 204
    signed_in.force_login(people.police_coordinator)
    assert 'id="report-limit"' not in signed_in.get(page).content.decode()

    signed_in.force_login(people.coordinator)
    run_tasks()
    answer = signed_in.get(again, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "report-limit" not in answer.content.decode()
