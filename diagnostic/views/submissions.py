"""What was handed in: the receipt of a submission, and the very bytes that it froze."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_http_methods

from diagnostic.actions import audit
from diagnostic.instruments import instrument_submitted
from diagnostic.permissions import can_read_answers, can_read_everything
from diagnostic.rendering.words import AGENCY_WORDS

from .access import load_submission, require


@login_required
@require_http_methods(["GET", "HEAD"])
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Number, time, digest and what was frozen; where to read it."""
    submission = load_submission(request, pk)
    assessment = submission.assessment
    return render(
        request,
        "submissions/receipt.html",
        {
            "submission": submission,
            "assessment": assessment,
            "signatures": [
                (
                    AGENCY_WORDS[line.agency].lower(),
                    line,
                    parse_datetime(line.attested_at),
                    parse_date(line.agreed_on),
                )
                for line in submission.received.attestations
            ],
            "instrument": instrument_submitted(submission),
            "review": getattr(submission, "review", None),
            "size": len(submission.snapshot.encode()),
            "shows_everything": can_read_everything(request.user, assessment),
            "is_of_country": can_read_answers(request.user, assessment),
        },
    )


@login_required
@require_http_methods(["GET"])
def snapshot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bytes whose SHA-256 is the digest; for the country and the secretariat."""
    submission = load_submission(request, pk)
    require(can_read_everything(request.user, submission.assessment), request)
    audit.record(act="submission.download", by=request.user, assessment=submission.assessment, number=submission.number)
    response = HttpResponse(submission.snapshot.encode(), content_type="application/json; charset=utf-8")
    name = f"cpch-{submission.assessment.country.alpha2.lower()}-{submission.pk}-{submission.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
