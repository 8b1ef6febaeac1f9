"""Reads with more than one caller; each says how many queries it makes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from diagnostic.core import workflow
from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import AssessmentFile, response_from_json
from diagnostic.core.progress import with_follow_ups
from diagnostic.core.responses import Evidence, Responses
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Assignment, AuditEntry, Clarification, Comment, Opinion, Response, Submission

WAITING = (workflow.SUBMITTED, workflow.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Previous:
    """What the country handed in for its period before this one; to be read beside an answer, never as one."""

    period: str
    responses: Responses
    level: int | None
    index_shown: str


def to_response(row: Response, evidence: Iterable[Evidence] | None = None) -> Answer:
    """The core's response that `row` holds; its evidence must be given or loaded, else it costs a query."""
    return Answer(
        status=row.status,
        level=row.level,
        basis=row.basis,
        narrative=row.narrative,
        reason=row.reason,
        authority=row.authority,
        areas=row.areas,
        topics=tuple(row.topics),
        challenges=tuple(row.challenges),
        evidence=tuple(
            Evidence(item.title, item.reference) for item in (row.evidence.all() if evidence is None else evidence)
        ),
    )


def load_rows(assessment: Assessment, voice: str) -> dict[str, Response]:
    """The rows of one voice, by question, with evidence and who saved them (2 queries)."""
    rows = Response.objects.filter(assessment=assessment, voice=voice)
    return {row.question: row for row in rows.select_related("saved_by").prefetch_related("evidence")}


def load_voices(assessment: Assessment) -> dict[str, dict[str, Answer]]:
    """Every voice's responses, blank ones left out; all voices that the mode has are there (2 queries)."""
    rows = Response.objects.filter(assessment=assessment).prefetch_related("evidence")
    return voices_of(rows)


def voices_of(rows: Iterable[Response]) -> dict[str, dict[str, Answer]]:
    """The responses in `rows` by voice and question, blank ones left out."""
    found: dict[str, dict[str, Answer]] = {}
    for row in rows:
        responses = found.setdefault(row.voice, {})
        response = to_response(row)
        if not response.is_blank:
            responses[row.question] = response
    return found


def to_file(assessment: Assessment, voices: Mapping[str, Responses]) -> AssessmentFile:
    """The interchange file that holds `assessment`; its country must be loaded."""
    return AssessmentFile(
        country=assessment.country.alpha2,
        period=assessment.period,
        title=assessment.title,
        target_level=assessment.target_level,
        voices=voices,
    )


def snapshot_voices(submission: Submission) -> dict[str, dict[str, Answer]]:
    """The responses that `submission` froze, by voice and question (no query)."""
    voices: Mapping[str, Any] = json.loads(submission.snapshot)["assessment"]["voices"]
    return {
        voice: {code: response_from_json(members) for code, members in responses.items()}
        for voice, responses in voices.items()
    }


def load_previous(assessment: Assessment) -> Previous | None:
    """The latest submission of the country's assessment before this one (1 query)."""
    submission = (
        Submission.objects.filter(
            assessment__country_id=assessment.country_id,
            assessment__started_at__lt=assessment.started_at,
            assessment__instrument_id=assessment.instrument_id,
        )
        .exclude(assessment__state=workflow.WITHDRAWN)
        .exclude(assessment_id=assessment.pk)
        .select_related("assessment")
        .order_by("-assessment__started_at", "-number")
        .first()
    )
    if submission is None:
        return None
    responses = snapshot_voices(submission).get("national", {})
    return Previous(submission.assessment.period, responses, submission.level, submission.index_shown)


def load_clarifications(assessment: Assessment) -> dict[str, Clarification]:
    """What the secretariat asked at the last return, by question; empty unless it stands returned (1 query)."""
    asked = Clarification.objects.filter(
        review__submission__assessment=assessment,
        review__submission__assessment__state=workflow.RETURNED,
        review__outcome="returned",
    ).select_related("asked_by", "review__submission")
    last = max((item.review.submission.number for item in asked), default=0)
    return {item.question: item for item in asked if item.review.submission.number == last}


def open_questions(
    instrument: Instrument, assessment: Assessment, clarifications: Mapping[str, Clarification]
) -> frozenset[str]:
    """The questions whose answers may change now: all in a draft, the named ones and their follow-ups on return."""
    if assessment.state == workflow.DRAFT:
        return frozenset(instrument.by_code)
    if assessment.state == workflow.RETURNED:
        return with_follow_ups(instrument, clarifications)
    return frozenset()


def load_queue() -> QuerySet[Submission]:
    """The submissions that wait for the secretariat, the longest waiting first (1 query).

    Of several assignments, `assigned_to` and `due_on` tell the one that is due first, `others_assigned` the rest.
    """
    assigned = Assignment.objects.filter(assessment=OuterRef("assessment")).order_by("due_on", "pk")
    count = assigned.order_by().values("assessment").annotate(count=Count("pk")).values("count")
    return (
        Submission.objects.annotate(
            assigned_to=Subquery(assigned.values("reviewer__full_name")[:1]),
            due_on=Subquery(assigned.values("due_on")[:1]),
            others_assigned=Subquery(count) - 1,
        )
        .filter(assessment__state__in=WAITING)
        .exclude(review__outcome__in=["returned", "accepted"])
        .select_related("assessment__country__region", "submitted_by", "review__taken_up_by")
        .order_by("submitted_at", "pk")
    )


def load_thread(submission: Submission, *audiences: str) -> QuerySet[Comment]:
    """What was written to these audiences about `submission` and those before it, the earliest first (1 query)."""
    return Comment.objects.filter(
        assessment_id=submission.assessment_id,
        submission__number__lte=submission.number,
        audience__in=audiences,
    ).select_related("written_by__membership__agency", "submission")


def load_opinions(submission: Submission) -> QuerySet[Opinion]:
    """The opinions on `submission`, with who gave and who replied (1 query)."""
    return Opinion.objects.filter(submission=submission).select_related("given_by", "replied_by__membership__agency")


def load_assignments(assessment: Assessment) -> QuerySet[Assignment]:
    """Who is to look at `assessment`, the first due first (1 query)."""
    return Assignment.objects.filter(assessment=assessment).select_related("reviewer", "assigned_by", "assessment")


def load_log(assessment: Assessment) -> QuerySet[AuditEntry]:
    """The assessment's log, the latest act first, with who did it (1 query)."""
    return AuditEntry.objects.filter(chain__assessment=assessment).select_related("by").order_by("-number")
