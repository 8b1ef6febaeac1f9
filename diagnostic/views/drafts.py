"""The drafting kit: the page that says what it holds, and the drafts themselves, made while the reader waits."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from diagnostic.actions.drafts import record_download
from diagnostic.core import workflow
from diagnostic.core.drafting import Draft, build_draft
from diagnostic.core.drafting_kit import KINDS, DraftKind
from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.responses import NATIONAL
from diagnostic.drafting_kit import get_outline
from diagnostic.instruments import instrument_of, instrument_submitted
from diagnostic.models import Assessment, Submission
from diagnostic.pages.heading import heading_of
from diagnostic.permissions import can_draft, can_read_answers, submissions_visible_to
from diagnostic.rendering.drafts_page import build_draft_row

from .access import load_assessment, require, require_voice
from .report_facts import (
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Source:
    """What drafts are made from: the answers as they stand, or what `submission` froze."""

    assessment: Assessment
    submission: Submission | None
    report: Report

    @property
    def instrument(self) -> Instrument:
        return instrument_submitted(self.submission) if self.submission else instrument_of(self.assessment)

    @property
    def sensitive(self) -> frozenset[str]:
        return sensitive_questions(self.instrument)

    def draft(self, kind: DraftKind, *, is_whole: bool = True) -> Draft:
        """The draft `kind`; with what the sensitive questions answer, or without."""
        report = self.report if is_whole else for_partners(self.report, self.sensitive)
        return build_draft(get_outline(kind, self.instrument), report, self.sensitive)


@login_required
@require_http_methods(["GET"])
def kit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the drafts hold and what is left to write."""
    source = _load_source(request, pk)
    context = {
        "assessment": source.assessment,
        "submission": source.submission,
        "named": heading_of(source.assessment, source.submission),
        "drafts": [build_draft_row(source.draft(kind)) for kind in KINDS],
    }
    response = render(request, "drafts/kit.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


@login_required
@require_http_methods(["GET"])
def draft(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """One draft as a Word document. It takes less than a tenth of a second, so that no worker is asked."""
    wanted = next((known for known in KINDS if known == kind), None)
    if wanted is None:
        raise Http404
    source = _load_source(request, pk)
    is_whole = request.GET.get("without") != "sensitive"
    # python-docx takes longer to load than a draft to make; only who asks for a draft pays for it, once a process.
    from diagnostic.rendering.drafts_docx import render_draft

    content = render_draft(source.draft(wanted, is_whole=is_whole))
    assessment, number = source.assessment, source.submission.number if source.submission else None
    record_download(kind=wanted, is_whole=is_whole, by=request.user, assessment=assessment, number=number)
    name = "-".join(str(part) for part in (wanted, assessment.country.alpha2.lower(), assessment.pk, number) if part)
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _load_source(request: HttpRequest, pk: UUID) -> Source:
    """The answers as they stand for the country's people who may still change them; else the submission.

    Raises `PermissionDenied` for who may not read everything, `Http404` where the national answers are not there for
    this person yet.
    """
    assessment = load_assessment(request, pk, assessments_for_report)
    require(can_draft(request.user, assessment), request)
    submission = _find_submission(request, assessment)
    if submission is None:
        require_voice(request, assessment, NATIONAL)
        basis = report_of_assessment(assessment)
    else:
        basis = report_of_submission(submission)
    return Source(assessment, submission, basis.build(has_past=False))


def _find_submission(request: HttpRequest, assessment: Assessment) -> Submission | None:
    number = request.GET.get("submission", "")
    if number and not (number.isascii() and number.isdigit() and len(number) < 7):
        raise Http404
    is_open = can_read_answers(request.user, assessment) and assessment.state in workflow.WITH_COUNTRY
    if is_open and not number:
        return None
    found = submissions_for_report(submissions_visible_to(request.user)).filter(assessment=assessment)
    if number:
        found = found.filter(number=int(number))
    submission = found.order_by("-number").first()
    if number and submission is None:
        raise Http404
    return submission
