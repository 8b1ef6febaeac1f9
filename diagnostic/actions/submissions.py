"""Submitting: freezes, numbers and digests everything that a report of the submission prints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from diagnostic.core import workflow
from diagnostic.core.action_plan import find_level
from diagnostic.core.completeness import find_completeness
from diagnostic.core.instrument import AGENCIES, Instrument
from diagnostic.core.interchange import write_assessment
from diagnostic.core.plain_data import canonical, digest_of_text, to_moment
from diagnostic.core.report_data import AttestationLine
from diagnostic.core.responses import NATIONAL, Voices
from diagnostic.core.result import Result, score
from diagnostic.core.result_file import result_to_json
from diagnostic.core.scoring import SCORING_VERSION, shown
from diagnostic.core.submission_file import FORMAT, FORMAT_VERSION, OpeningLine, Receipt, write_context, write_receipt
from diagnostic.instruments import instrument_of
from diagnostic.models import Action, Assessment, Attestation, Declaration, InstrumentText, Submission
from diagnostic.permissions import can_submit
from diagnostic.queries import (
    count_respondents,
    load_absent_agencies,
    load_agreements,
    load_heads,
    load_opening_requests,
    load_signatures,
    load_voices,
    to_file,
)

from . import audit
from .errors import NotAttested, NothingAnswered, NotSettled
from .sides import refusal, take_side
from .submission_context import load_context
from .transitions import move


def build_snapshot(assessment: Assessment) -> tuple[str, Result]:
    """The canonical JSON that a submission of `assessment` would freeze now, and its result (5 queries).

    It holds everything that the report prints and that is known before submitting: the country's current name, the
    plan, and the earlier submissions it is compared with. It counts the people who answered without naming them. If
    each agency answered for itself, it also holds the reasons for agreeing, by question (1 query more). It holds the
    marking and the disclosure, so that nobody attests answers that are then disclosed to readers other than those
    shown. The instrument is identified by its digest.
    """
    return snapshot_of(assessment, load_voices(assessment))


def snapshot_of(assessment: Assessment, voices: Voices) -> tuple[str, Result]:
    """The same from `voices`, already loaded (3 queries; 4 if each agency answered for itself)."""
    instrument = instrument_of(assessment)
    result = score(instrument, voices, NATIONAL, assessment.target_level)
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "assessment": json.loads(write_assessment(to_file(assessment, voices), instrument)),
        "marking": assessment.marking,
        "is_disclosed_to_partners": assessment.is_disclosed_to_partners,
        "allows_statistics": assessment.allows_statistics,
        "instrument_digest": instrument.digest,
        "scoring_version": SCORING_VERSION,
        "respondents": count_respondents(assessment),
        "result": result_to_json(result, instrument, assessment.country.alpha2, assessment.period),
        **write_context(load_context(assessment, result)),
    }
    if assessment.mode == workflow.SEPARATE:
        content["agreements"] = load_agreements(assessment)
    return canonical(content), result


def digest_of(text: str) -> str:
    """SHA-256, in hexadecimal, of the bytes of a snapshot or a receipt."""
    return digest_of_text(text)


def require_complete(assessment: Assessment, voices: Voices) -> None:
    """Raise `NothingAnswered` or `NotSettled` unless the answers in `voices` can be attested and submitted."""
    found = find_completeness(instrument_of(assessment), assessment.mode, voices)
    if not found.has_answers:
        raise NothingAnswered
    if found.unsettled:
        raise NotSettled(found.unsettled)


@transaction.atomic
def submit(*, assessment: Assessment, by: Any) -> Submission:
    """Submit `assessment`, attested by both agencies, and return the numbered, frozen submission.

    Raises `PermissionDenied`, `StateChanged` if it is no longer with the country, `NothingAnswered` or `NotSettled` if
    it is not complete, or `NotAttested` unless both have signed exactly this digest.
    """
    if not can_submit(by, assessment):
        raise refusal(by, assessment)
    moved = move(assessment, "submit")
    take_side(assessment=moved, by=by)
    voices = load_voices(moved)
    require_complete(moved, voices)
    snapshot, result = snapshot_of(moved, voices)
    digest = digest_of(snapshot)
    signatures = _signatures_under(digest, moved)
    last = Submission.objects.filter(assessment=moved).aggregate(last=Max("number"))["last"] or 0
    at = moved.state_changed_at
    receipt = write_receipt_of(moved, last + 1, digest, at, by, signatures)
    submission = Submission.objects.create(
        assessment=moved,
        instrument_id=keep_instrument(instrument_of(moved)),
        number=last + 1,
        snapshot=snapshot,
        digest=digest,
        receipt=receipt,
        level=result.level,
        index_shown="" if result.place.index is None else shown(result.place.index),
        marking=moved.marking,
        is_disclosed_to_partners=moved.is_disclosed_to_partners,
        allows_statistics=moved.allows_statistics,
        submitted_at=at,
        submitted_by=by,
    )
    Attestation.objects.filter(pk__in=[signature.pk for signature in signatures]).update(submission=submission)
    Assessment.objects.filter(pk=moved.pk).update(customs_attestation=None, police_attestation=None)
    _plan_from_what_is_frozen(moved, last, result)
    proof = {"digest": digest, "receipt": digest_of(receipt), "heads": load_heads(moved)}
    audit.record(act="assessment.submit", by=by, assessment=moved, at=at, number=submission.number, **proof)
    return submission


def keep_instrument(instrument: Instrument) -> str:
    """Store the text of `instrument` under its digest, once for all submissions, and return the digest (1 query)."""
    if not InstrumentText.objects.filter(pk=instrument.digest).exists():
        text = InstrumentText(digest=instrument.digest, content=instrument.text)
        # Another request may be storing the same text.
        InstrumentText.objects.bulk_create([text], ignore_conflicts=True)
    return instrument.digest


def write_receipt_of(
    assessment: Assessment, number: int, digest: str, at: datetime, by: Any, signatures: Iterable[Attestation]
) -> str:
    """The receipt, canonical JSON: number, time, and the people's current names."""
    signed = {signature.agency: signature for signature in signatures}
    return write_receipt(
        Receipt(
            number=number,
            digest=digest,
            country=assessment.country.name,
            period=assessment.period,
            title=assessment.title,
            mode=assessment.mode,
            submitted_at=to_moment(at),
            submitted_by=by.full_name,
            started_at=to_moment(assessment.started_at),
            started_by=assessment.started_by.full_name,
            comparison_opened_at=to_moment(assessment.comparison_opened_at),
            comparison_openings=_openings(assessment),
            attestations=tuple(to_line(signed[agency]) for agency in AGENCIES if agency in signed),
        )
    )


def _openings(assessment: Assessment) -> tuple[OpeningLine, ...]:
    """Each agency's acts before the comparison opened (2 queries; in a joint session none)."""
    if assessment.mode != workflow.SEPARATE:
        return ()
    standing = [assessment.customs_declaration_id, assessment.police_declaration_id]
    declared = Declaration.objects.filter(pk__in=[pk or 0 for pk in standing]).select_related("declared_by")
    declarations, requests = {item.agency: item for item in declared}, load_opening_requests(assessment)
    lines = []
    for agency in AGENCIES:
        declaration, request = declarations.get(agency), requests.get(agency)
        lines.append(
            OpeningLine(
                agency=agency,
                declared_by=declaration.declared_by.full_name if declaration else "",
                declared_at=to_moment(declaration.declared_at) if declaration else "",
                asked_by=request.requested_by.full_name if request else "",
                asked_at=to_moment(request.requested_at) if request else "",
                reason=request.reason if request else "",
            )
        )
    return tuple(lines)


def to_line(signature: Attestation) -> AttestationLine:
    """`signature` in the form of a receipt."""
    return AttestationLine(
        agency=signature.agency,
        attested_by=signature.attested_by_name,
        attested_at=to_moment(signature.attested_at),
        agreed_by=signature.agreed_by,
        agreed_office=signature.agreed_office,
        agreed_on=signature.agreed_on.isoformat() if signature.agreed_on else "",
        agreed_reference=signature.agreed_reference,
    )


def _plan_from_what_is_frozen(assessment: Assessment, last: int, result: Result) -> None:
    """Measure what was planned since the submission `last` from the levels that are handed in now.

    An action holds the level that it was planned at. In a draft that is one that nobody handed in, and the secretariat,
    which reads the action from now on, is to learn none of those (design: What must always hold, 2).
    """
    planned = Action.objects.filter(assessment=assessment)
    before = Submission.objects.filter(assessment=assessment, number=last).first()
    for action in planned.filter(planned_at__gte=before.submitted_at) if before else planned:
        level = find_level(result, action.question, action.theme)
        if level != action.level_before:
            Action.objects.filter(pk=action.pk).update(level_before=level)


def _signatures_under(digest: str, assessment: Assessment) -> list[Attestation]:
    """What each agency signed (2 queries); `assessment` is locked.

    An agreement recorded for an agency stops counting as soon as somebody there has an account or an invitation.
    """
    absent = load_absent_agencies(assessment)
    good = {
        agency: signature
        for agency, signature in load_signatures(assessment).items()
        if signature.digest == digest and (agency in absent or not signature.agreed_by)
    }
    missing = tuple(agency for agency in AGENCIES if agency not in good)
    if missing:
        raise NotAttested(missing)
    return list(good.values())
