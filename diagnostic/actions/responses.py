"""Saving an answer: by version, with a revision each time, and never over somebody else's text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch

from diagnostic.core import workflow
from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.interchange import response_to_json
from diagnostic.core.response_rules import check_response
from diagnostic.core.responses import Response as Answer
from diagnostic.core.responses import is_asked
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Evidence, Response, ResponseRevision
from diagnostic.permissions import can_answer
from diagnostic.queries import load_clarifications, open_questions, to_response, voices_of

from .clock import now
from .errors import Invalid, NotAsked, NotOpen, Stale, StateChanged


@transaction.atomic
def save(*, assessment_id: UUID, voice: str, question: str, response: Answer, base_version: int, by: Any) -> Response:
    """Save `response` as the answer of `voice` to `question`, and append its revision.

    `base_version` is the version the writer saw. What stands already is not saved again. Raises `PermissionDenied`,
    `StateChanged`, `NotOpen`, `NotAsked`, `Invalid`, or `Stale` where someone else saved first.
    """
    row = _locked_row(assessment_id, voice, question)
    assessment, instrument = row.assessment, instrument_of(row.assessment)
    asked = instrument.by_code[question]
    _require_open(instrument, assessment, voice, question, by)
    faults = check_response(instrument, asked, voice, response)
    if faults:
        raise Invalid(faults)
    standing = to_response(row)
    if response == standing:
        return row
    if row.version != base_version:
        raise Stale(row)
    if asked.asked_when and not response.is_blank:
        _require_asked(instrument, asked, assessment, voice)
    return _write(row, standing, response, by)


def _locked_row(assessment_id: UUID, voice: str, question: str) -> Response:
    rows = Response.objects.select_related("assessment")
    # Locking the assessment makes a save and a change of its state wait for each other.
    return rows.select_for_update(of=("assessment",)).get(assessment_id=assessment_id, voice=voice, question=question)


def _require_open(instrument: Instrument, assessment: Assessment, voice: str, question: str, by: Any) -> None:
    if not can_answer(by, assessment, voice):
        raise PermissionDenied
    if assessment.state not in workflow.WRITABLE:
        raise StateChanged
    if assessment.state == workflow.RETURNED:
        clarifications = load_clarifications(assessment)
        if question not in open_questions(instrument, assessment, clarifications):
            raise NotOpen(question)


def _require_asked(instrument: Instrument, asked: Question, assessment: Assessment, voice: str) -> None:
    # Whether a question is asked never depends on evidence, so none is loaded.
    without_evidence = Prefetch("evidence", Evidence.objects.none())
    rows = Response.objects.filter(assessment=assessment).prefetch_related(without_evidence)
    if not is_asked(instrument, asked, voice, voices_of(rows)):
        assert asked.asked_when is not None
        raise NotAsked(asked.code, asked.asked_when.question)


def _write(row: Response, standing: Answer, response: Answer, by: Any) -> Response:
    values: dict[str, Any] = {
        "status": response.status,
        "level": response.level,
        "basis": response.basis,
        "narrative": response.narrative,
        "reason": response.reason,
        "authority": dict(response.authority),
        "areas": dict(response.areas),
        "topics": list(response.topics),
        "challenges": list(response.challenges),
        "version": row.version + 1,
        "saved_at": now(),
        "saved_by": by,
    }
    written = Response.objects.filter(pk=row.pk, version=row.version).update(**values)
    if not written:
        raise Stale(_locked_row(row.assessment_id, row.voice, row.question))
    if response.evidence != standing.evidence:
        if standing.evidence:
            Evidence.objects.filter(response=row).delete()
        Evidence.objects.bulk_create(
            Evidence(response=row, position=place, title=item.title, reference=item.reference)
            for place, item in enumerate(response.evidence)
        )
    for name, value in values.items():
        setattr(row, name, value)
    ResponseRevision.objects.create(
        response=row, version=row.version, content=response_to_json(response), saved_at=row.saved_at, saved_by=by
    )
    return row


@transaction.atomic
def set_aside(*, assessment_id: UUID, voice: str, question: str, response: Answer, by: Any) -> ResponseRevision:
    """Keep in the history a text that its writer gave up for another's after a conflict; the answer stays as it is.

    Raises `PermissionDenied`, `StateChanged`, `NotOpen` or `Invalid`.
    """
    row = _locked_row(assessment_id, voice, question)
    instrument = instrument_of(row.assessment)
    _require_open(instrument, row.assessment, voice, question, by)
    faults = check_response(instrument, instrument.by_code[question], voice, response)
    if faults:
        raise Invalid(faults)
    return ResponseRevision.objects.create(
        response=row,
        version=row.version,
        content=response_to_json(response),
        was_kept=False,
        saved_at=now(),
        saved_by=by,
    )
