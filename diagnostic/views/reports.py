"""The report as a page and a file: of an assessment as it stands, and of a submission. Rendering is the worker's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from diagnostic.actions import audit
from diagnostic.actions.reports import find_report, is_due, record_download, request_report
from diagnostic.core import workflow
from diagnostic.core.report_data import FULL, PARTNERS
from diagnostic.core.responses import NATIONAL
from diagnostic.models import Assessment, ReportFile, Submission
from diagnostic.permissions import can_read_answers, edition_for, submissions_visible_to
from diagnostic.tasks import render_report

from .access import load_assessment, load_submission, require_voice
from .report_facts import (
    ReportBasis,
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)

WAITING = (ReportFile.State.QUEUED, ReportFile.State.RENDERING)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose report is asked for, and from what it is made; `name` is what the file is called when it is saved."""

    assessment: Assessment
    submission: Submission | None
    basis: ReportBasis
    page_url: str
    file_url: str
    name: str


@login_required
@require_http_methods(["GET", "POST"])
def assessment_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report of the answers as they stand; once they are handed in, that of the last submission."""
    assessment = load_assessment(request, pk, assessments_for_report)
    submission = _submission_instead(request, assessment)
    if submission:
        return redirect("submission-report", pk=submission.pk)
    if edition_for(request.user, assessment) != FULL:
        return _refuse(request, assessment)
    require_voice(request, assessment, NATIONAL)
    return _show(request, _of_assessment(assessment))


@login_required
@require_http_methods(["GET"])
def assessment_report_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The PDF of the answers as they stand, or the page where it is asked for."""
    assessment = load_assessment(request, pk, assessments_for_report)
    submission = _submission_instead(request, assessment)
    if submission:
        return redirect("submission-report-file", pk=submission.pk)
    if edition_for(request.user, assessment) != FULL:
        return _refuse(request, assessment)
    require_voice(request, assessment, NATIONAL)
    return _send(request, _of_assessment(assessment))


@login_required
@require_http_methods(["GET", "POST"])
def submission_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report of one submission, from what it froze; partners get the edition that is theirs."""
    submission = load_submission(request, pk, submissions_for_report)
    return _show(request, _of_submission(submission, edition_for(request.user, submission.assessment)))


@login_required
@require_http_methods(["GET"])
def submission_report_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The PDF of one submission, or the page where it is asked for."""
    submission = load_submission(request, pk, submissions_for_report)
    return _send(request, _of_submission(submission, edition_for(request.user, submission.assessment)))


def _submission_instead(request: HttpRequest, assessment: Assessment) -> Submission | None:
    """The last submission, unless the country's own people read what they may still change."""
    if can_read_answers(request.user, assessment) and assessment.state in workflow.WITH_COUNTRY:
        return None
    return submissions_visible_to(request.user).filter(assessment=assessment).order_by("-number").first()


def _of_assessment(assessment: Assessment) -> Asked:
    return Asked(
        assessment=assessment,
        submission=None,
        basis=report_of_assessment(assessment),
        page_url=reverse("assessment-report", kwargs={"pk": assessment.pk}),
        file_url=reverse("assessment-report-file", kwargs={"pk": assessment.pk}),
        name=f"cpch-{assessment.country.alpha2.lower()}-{assessment.pk}.pdf",
    )


def _of_submission(submission: Submission, edition: str) -> Asked:
    assessment = submission.assessment
    suffix = "" if edition == FULL else f"-{edition}"
    return Asked(
        assessment=assessment,
        submission=submission,
        basis=report_of_submission(submission, edition),
        page_url=reverse("submission-report", kwargs={"pk": submission.pk}),
        file_url=reverse("submission-report-file", kwargs={"pk": submission.pk}),
        name=f"cpch-{assessment.country.alpha2.lower()}-{assessment.pk}-{submission.number}{suffix}.pdf",
    )


def _show(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Where the report stands; on POST, ask for it. A page that asks again is told only what it has not `seen`."""
    language = get_language() or "en"
    if request.method == "POST":
        file, is_to_queue = request_report(
            data=asked.basis.build().to_json(),
            edition=asked.basis.edition,
            language=language,
            by=request.user,
            assessment=asked.assessment,
        )
        if is_to_queue:
            transaction.on_commit(lambda: render_report.enqueue(file.pk))
        return redirect(asked.page_url)
    kept = find_report(digest=asked.basis.digest, edition=asked.basis.edition, language=language)
    context = {
        "assessment": asked.assessment,
        "submission": asked.submission,
        "state": kept.state if kept else "",
        "is_waiting": kept is not None and kept.state in WAITING,
        "is_for_partners": asked.basis.edition == PARTNERS,
        "can_ask": kept is None or is_due(kept),
        "page_url": asked.page_url,
        "file_url": asked.file_url,
    }
    if request.htmx and context["state"] == request.GET.get("seen") and not context["can_ask"]:
        response = HttpResponse(status=204)
    elif request.htmx and not context["can_ask"]:
        response = render(request, "reports/_progress.html", context)
    elif request.htmx:
        response = HttpResponseClientRefresh()
    else:
        response = render(request, "reports/report.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _send(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The file, where it is ready; else the page that says where it stands."""
    file = find_report(digest=asked.basis.digest, edition=asked.basis.edition, language=get_language() or "en")
    if file is None or file.state != ReportFile.State.READY:
        return redirect(asked.page_url)
    number = asked.submission.number if asked.submission else None
    record_download(file=file, by=request.user, assessment=asked.assessment, number=number)
    response = FileResponse(
        storages["reports"].open(file.name), as_attachment=True, filename=asked.name, content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _refuse(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Who may see the assessment and none of its submissions gets no report, and is told why."""
    audit.record(act="access.refused", by=request.user, path=request.path[:200], method=request.method or "")
    return render(request, "reports/refused.html", {"assessment": assessment}, status=403)
