"""The report as a page and as files: of an assessment as it stands, and of a submission. Rendering is the worker's.

The page offers each edition that its reader may have, in each format that it comes as. An address without an edition
is that of the reader's own: all of it for the country and the secretariat, the partners' for partners.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cpch.accounts.refusals import log_attempt
from cpch.accounts.sources import source_of
from diagnostic.actions.attempts import record_attempt
from diagnostic.actions.reports import (
    MOST_WAITING,
    FileDamaged,
    TooManyWaiting,
    find_report,
    find_reports,
    open_report,
    record_download,
    replace_damaged,
    reports_waiting,
    request_report,
)
from diagnostic.core import workflow
from diagnostic.core.formats import EDITIONS, FORMATS_OF, FULL, PDF
from diagnostic.core.responses import NATIONAL
from diagnostic.models import Assessment, ReportFile, Submission
from diagnostic.pages.heading import heading_of
from diagnostic.permissions import can_read_answers, editions_for, submissions_visible_to
from diagnostic.tasks import render_reports

from .access import load_assessment, load_submission, require_voice
from .report_facts import (
    ReportBasis,
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)
from .report_offers import build_offers, is_any_waiting, name_files, say_seen, say_standing

MIME_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose report is asked for, and from what it is made; `name` is what its files are called when they are saved.

    `editions` are those that the reader may have, their own first.
    """

    assessment: Assessment
    submission: Submission | None
    basis: ReportBasis
    editions: tuple[str, ...]
    page_url: str
    file_urls: dict[str, str]
    name: str

    def of(self, edition: str) -> ReportBasis:
        return replace(self.basis, edition=edition)


@login_required
@require_http_methods(["GET", "POST"])
def assessment_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report of the answers as they stand; once they are handed in, that of the last submission."""
    assessment = load_assessment(request, pk, assessments_for_report)
    submission = _submission_instead(request, assessment)
    if submission:
        return redirect("submission-report", pk=submission.pk)
    asked = _of_assessment(request, assessment)
    return _show(request, asked) if asked else _refuse(request, assessment)


@login_required
@require_http_methods(["GET"])
def assessment_report_file(request: HttpRequest, pk: UUID, kind: str = PDF) -> HttpResponse:
    """A file of the answers as they stand, or the page where it is asked for."""
    assessment = load_assessment(request, pk, assessments_for_report)
    submission = _submission_instead(request, assessment)
    if submission:
        return redirect(_address("submission-report-file", submission.pk, kind, request.GET.get("edition", "")))
    asked = _of_assessment(request, assessment)
    return _send(request, asked, kind) if asked else _refuse(request, assessment)


@login_required
@require_http_methods(["GET", "POST"])
def submission_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report of one submission, from what it froze; partners get the edition that is theirs."""
    submission = load_submission(request, pk, submissions_for_report)
    asked = _of_submission(request, submission)
    return _show(request, asked) if asked else _refuse(request, submission.assessment)


@login_required
@require_http_methods(["GET"])
def submission_report_file(request: HttpRequest, pk: UUID, kind: str = PDF) -> HttpResponse:
    """A file of one submission, or the page where it is asked for."""
    submission = load_submission(request, pk, submissions_for_report)
    asked = _of_submission(request, submission)
    return _send(request, asked, kind) if asked else _refuse(request, submission.assessment)


def _submission_instead(request: HttpRequest, assessment: Assessment) -> Submission | None:
    """The last submission, unless the country's own people read what they may still change."""
    if can_read_answers(request.user, assessment) and assessment.state in workflow.WITH_COUNTRY:
        return None
    return submissions_visible_to(request.user).filter(assessment=assessment).order_by("-number").first()


def _of_assessment(request: HttpRequest, assessment: Assessment) -> Asked | None:
    """None where the reader may not have all of it; what was never handed in has no partners."""
    editions = editions_for(request.user, assessment)
    if FULL not in editions:
        return None
    require_voice(request, assessment, NATIONAL)
    return Asked(
        assessment=assessment,
        submission=None,
        basis=report_of_assessment(assessment),
        editions=editions,
        page_url=reverse("assessment-report", kwargs={"pk": assessment.pk}),
        file_urls={kind: _address("assessment-report-file", assessment.pk, kind) for kind in MIME_TYPES},
        name=f"cpch-{assessment.country.alpha2.lower()}-{assessment.pk}",
    )


def _of_submission(request: HttpRequest, submission: Submission) -> Asked | None:
    """None where the reader may have no edition."""
    assessment = submission.assessment
    editions = editions_for(request.user, assessment)
    if not editions:
        return None
    return Asked(
        assessment=assessment,
        submission=submission,
        basis=report_of_submission(submission, editions[0]),
        editions=editions,
        page_url=reverse("submission-report", kwargs={"pk": submission.pk}),
        file_urls={kind: _address("submission-report-file", submission.pk, kind) for kind in MIME_TYPES},
        name=f"cpch-{assessment.country.alpha2.lower()}-{assessment.pk}-{submission.number}",
    )


def _address(name: str, pk: UUID, kind: str, edition: str = "") -> str:
    """The address of a file; that of the PDF is the one without its kind in its name."""
    url = reverse(name if kind == PDF else f"{name}-{kind}", kwargs={"pk": pk})
    return f"{url}?{urlencode({'edition': edition})}" if edition else url


def _chosen(asked: Asked, edition: str, kind: str) -> str:
    """The edition that is meant: the reader's own where none is named, "" where it is not theirs.

    Raises `Http404` for an edition that there is not, or that does not come in this format.
    """
    edition = edition or asked.editions[0]
    if edition not in EDITIONS or kind not in FORMATS_OF[edition]:
        raise Http404
    return edition if edition in asked.editions else ""


def _show(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Where the files stand; on POST, ask for one. A page that asks again is told only what it has not `seen`."""
    language = get_language() or "en"
    if request.method == "POST":
        return _request(request, asked, language)
    found = find_reports(digests=asked.basis.digests(asked.editions), language=language)
    offers = build_offers(asked.editions, asked.file_urls, found)
    is_full = reports_waiting(request.user).count() >= MOST_WAITING
    context = {
        "assessment": asked.assessment,
        "submission": asked.submission,
        "named": heading_of(asked.assessment, asked.submission),
        "offers": offers,
        "standing": say_standing(offers),
        "seen": say_seen(offers, is_full),
        "is_waiting": is_any_waiting(offers) or is_full,
        "most_waiting": MOST_WAITING if is_full else 0,
        "page_url": asked.page_url,
    }
    if request.htmx and context["seen"] == request.GET.get("seen"):
        response = HttpResponse(status=204)
    elif request.htmx:
        response = render(request, "reports/_progress.html", context)
    else:
        response = render(request, "reports/report.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _request(request: HttpRequest, asked: Asked, language: str) -> HttpResponse:
    """Have one file made, unless it is there or on its way."""
    kind = request.POST.get("format", PDF)
    edition = _chosen(asked, request.POST.get("edition", ""), kind)
    if not edition:
        return _refuse(request, asked.assessment)
    data = asked.of(edition).build().to_json()
    try:
        # The queue is in the same database, so a waiting file and its task are stored together or not at all.
        with transaction.atomic():
            _file, is_to_queue = request_report(
                data=data,
                edition=edition,
                language=language,
                kind=kind,
                by=request.user,
                assessment=asked.assessment,
            )
            if is_to_queue:
                render_reports.enqueue()
    except TooManyWaiting as refusal:
        return _refuse_for_now(request, asked, refusal.files)
    return redirect(asked.page_url)


def _refuse_for_now(request: HttpRequest, asked: Asked, waiting: list[ReportFile]) -> HttpResponse:
    """Refuse a request beyond the limit: list the waiting files, and say when another can be requested."""
    record_attempt(act="limit.refused", by=request.user, source=source_of(request), limit="reports")
    context = {"files": name_files(waiting), "page_url": asked.page_url}
    response = render(request, "reports/too_many.html", context, status=429)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _send(request: HttpRequest, asked: Asked, kind: str) -> HttpResponse:
    """The file, where it is ready; else the page that says where it stands."""
    edition = _chosen(asked, request.GET.get("edition", ""), kind)
    if not edition:
        return _refuse(request, asked.assessment)
    digest = asked.of(edition).digest
    file = find_report(digest=digest, edition=edition, language=get_language() or "en", kind=kind)
    if file is None or file.state != ReportFile.State.READY:
        return redirect(asked.page_url)
    try:
        content = open_report(file=file)
    except FileDamaged as error:
        _make_again(request, file, error.fault)
        return redirect(asked.page_url)
    number = asked.submission.number if asked.submission else None
    record_download(file=file, by=request.user, assessment=asked.assessment, number=number)
    suffix = "" if edition == FULL else f"-{edition}"
    response = FileResponse(
        content,
        as_attachment=True,
        filename=f"{asked.name}{suffix}.{kind}",
        content_type=MIME_TYPES[kind],
    )
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _make_again(request: HttpRequest, file: ReportFile, fault: str) -> None:
    """Queue a file that was found damaged, and add a message for the next page."""
    with transaction.atomic():
        if replace_damaged(file=file, fault=fault, by=request.user):
            render_reports.enqueue()
    messages.warning(
        request,
        _(
            "The file that was kept here is damaged, so it was not downloaded. It is being made again from the same "
            "report data."
        ),
    )


def _refuse(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Who may see the assessment and none of its submissions gets no report, and is told why."""
    log_attempt(request, "access.refused")
    return render(request, "reports/refused.html", {"assessment": assessment}, status=403)
