"""Editions and formats: each reader is offered and given what is theirs, and each file is made once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions.reports import find_reports
from diagnostic.core.formats import FORMATS_OF
from diagnostic.models import AuditEntry, ReportFile
from diagnostic.permissions import editions_for
from diagnostic.rendering import report_file
from tests import factories
from tests.factories import fill, make_accepted, make_submission, start_assessment

pytestmark = pytest.mark.django_db(transaction=True)
MIME_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
EVERYTHING = [(edition, kind) for edition in ("full", "brief", "partners") for kind in FORMATS_OF[edition]]
NOTHING_OF_PARTNERS = [(edition, kind) for edition, kind in EVERYTHING if edition != "partners"]


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Stands in for what renders; edition and format of each report that it was given."""
    given: list[tuple[str, str]] = []

    def render(report: Any, kind: str, language: str, *, politeness: int) -> bytes:
        given.append((report.edition, kind))
        return f"{report.edition} {kind}".encode()

    monkeypatch.setattr(report_file, "render_file", render)
    return given


def ask(client: Client, pk: Any, edition: str, kind: str) -> Any:
    return client.post(reverse("submission-report", args=[pk]), {"edition": edition, "format": kind})


def address(pk: Any, kind: str, edition: str = "", about: str = "submission") -> str:
    name = f"{about}-report-file" + ("" if kind == "pdf" else f"-{kind}")
    return reverse(name, args=[pk]) + (f"?edition={edition}" if edition else "")


def make_all(client: Client, pk: Any, by: Any, run_tasks: Any) -> None:
    client.force_login(by)
    for edition, kind in EVERYTHING:
        assert ask(client, pk, edition, kind).status_code == 302
        run_tasks()


def test_who_reads_everything_gets_each_edition_in_each_format(
    client: Client, people: factories.People, rendered: list[tuple[str, str]], run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    make_all(client, submission.pk, people.coordinator, run_tasks)
    assert sorted(rendered) == sorted(EVERYTHING)
    make_all(client, submission.pk, people.reviewer, run_tasks)
    assert len(rendered) == len(EVERYTHING)

    page = client.get(reverse("submission-report", args=[submission.pk])).content.decode()
    for edition, kind in EVERYTHING:
        url = address(submission.pk, kind, "" if edition == "full" else edition)
        assert f'href="{url}"' in page
        response = client.get(url)
        assert b"".join(response.streaming_content) == f"{edition} {kind}".encode()
        suffix = "" if edition == "full" else f"-{edition}"
        name = f"cpch-zz-{submission.assessment_id}-1{suffix}.{kind}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response["Content-Type"] == MIME_TYPES[kind]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert {"private", "no-store"} <= {part.strip() for part in response["Cache-Control"].split(",")}
        entry = AuditEntry.objects.filter(act="report.download").latest("pk")
        assert (entry.detail["edition"], entry.detail["format"]) == (edition, kind)
        assert AuditEntry.objects.filter(act="report.request", detail__edition=edition, detail__format=kind).exists()


def test_a_partner_is_offered_their_edition_alone_in_every_format(
    client: Client, people: factories.People, rendered: list[tuple[str, str]], run_tasks: Any
) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    make_all(client, submission.pk, people.coordinator, run_tasks)

    client.force_login(people.partner)
    page = client.get(reverse("submission-report", args=[submission.pk])).content.decode()
    assert re.findall(r'id="edition-(\w+)"', page) == ["partners"]
    assert re.findall(r'id="get-partners-(\w+)"', page) == ["pdf", "docx", "xlsx"]
    for kind in ("pdf", "docx", "xlsx"):
        for edition in ("", "partners"):
            response = client.get(address(submission.pk, kind, edition))
            assert b"".join(response.streaming_content) == f"partners {kind}".encode()


@pytest.mark.parametrize(("edition", "kind"), NOTHING_OF_PARTNERS)
def test_a_partner_never_gets_another_edition_by_typing_its_address(
    edition: str, kind: str, client: Client, people: factories.People, rendered: list[tuple[str, str]], run_tasks: Any
) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    client.force_login(people.coordinator)
    ask(client, submission.pk, edition, kind)
    run_tasks()
    assert rendered == [(edition, kind)]

    client.force_login(people.partner)
    response = client.get(address(submission.pk, kind, edition))
    assert response.status_code == 403
    assert "stays with the country" in response.content.decode()
    assert AuditEntry.objects.filter(act="access.refused", by=people.partner).count() == 1
    assert ask(client, submission.pk, edition, kind).status_code == 403
    # The assessment's own address leads to the submission's, with the edition that was typed.
    response = client.get(address(submission.assessment_id, kind, edition, "assessment"))
    assert response.url == address(submission.pk, kind, edition)
    run_tasks()
    assert len(rendered) == ReportFile.objects.count() == 1
    assert not AuditEntry.objects.filter(act__startswith="report.", by=people.partner).exists()


@pytest.mark.parametrize(("edition", "kind"), [("brief", "xlsx"), ("secret", "pdf"), ("full", "exe")])
def test_what_there_is_not_is_not_found(edition: str, kind: str, client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    client.force_login(people.coordinator)
    assert ask(client, submission.pk, edition, kind).status_code == 404
    if kind in MIME_TYPES:
        assert client.get(address(submission.pk, kind, edition)).status_code == 404
    assert ReportFile.objects.count() == 0


def test_the_answers_as_they_stand_come_in_every_format(
    client: Client, people: factories.People, rendered: list[tuple[str, str]], run_tasks: Any
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    client.force_login(people.coordinator)
    page = reverse("assessment-report", args=[assessment.pk])
    client.post(page, {"edition": "brief", "format": "docx"})
    assert client.get(address(assessment.pk, "docx", "brief", "assessment")).url == page
    run_tasks()
    response = client.get(address(assessment.pk, "docx", "brief", "assessment"))
    assert b"".join(response.streaming_content) == b"brief docx"
    assert f'filename="cpch-zz-{assessment.pk}-brief.docx"' in response["Content-Disposition"]


def test_each_file_has_its_own_state(
    client: Client, people: factories.People, rendered: list[tuple[str, str]], run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    client.force_login(people.coordinator)
    ask(client, submission.pk, "full", "pdf")
    run_tasks()
    ask(client, submission.pk, "full", "docx")
    ask(client, submission.pk, "brief", "pdf")
    ReportFile.objects.filter(edition="brief").update(state="failed")
    page = client.get(reverse("submission-report", args=[submission.pk])).content.decode()
    assert "1 file is being made. 1 file is ready." in page
    assert re.findall(r'id="(get|make)-(\w+)-(\w+)"', page) == [
        ("get", "full", "pdf"),
        ("make", "full", "xlsx"),
        ("make", "brief", "pdf"),
        ("make", "brief", "docx"),
        ("make", "partners", "pdf"),
        ("make", "partners", "docx"),
        ("make", "partners", "xlsx"),
    ]
    assert page.count("Try again") == 1


@pytest.mark.parametrize(("edition", "kind"), EVERYTHING)
def test_a_ready_file_and_its_page_cost_at_most_nine_queries(
    edition: str, kind: str, client: Client, people: factories.People, rendered: list[tuple[str, str]], run_tasks: Any
) -> None:
    submission = make_submission(people.coordinator)
    client.force_login(people.coordinator)
    ask(client, submission.pk, edition, kind)
    run_tasks()
    for url in (address(submission.pk, kind, edition), reverse("submission-report", args=[submission.pk])):
        assert client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= 9, url
        asked = " ".join(query["sql"] for query in queries)
        assert '"diagnostic_reportfile"."data"' not in asked
        assert '"snapshot"' not in asked


def test_who_may_ask_for_which_edition(people: factories.People) -> None:
    submission = make_submission(people.coordinator, is_disclosed_to_partners=True)
    assessment = submission.assessment
    everything = ("full", "brief", "partners")
    for person in (people.coordinator, people.observer, people.reviewer):
        assert editions_for(person, assessment) == everything
    # Disclosed, and not yet accepted.
    assert editions_for(people.partner, assessment) == editions_for(people.foreigner, assessment) == ()
    accepted = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True, period="2027")
    assert editions_for(people.partner, accepted.assessment) == ("partners",)


def test_a_file_of_another_editions_data_is_not_taken_for_it(people: factories.People) -> None:
    ReportFile.objects.create(
        digest="a" * 64,
        edition="full",
        language="en",
        format="pdf",
        data="{}",
        state="ready",
        requested_by=people.coordinator,
    )
    assert find_reports(digests={"partners": "a" * 64, "full": "b" * 64}, language="en") == {}
    assert set(find_reports(digests={"full": "a" * 64}, language="en")) == {("full", "pdf")}
