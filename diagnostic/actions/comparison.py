"""How two agencies come together: what each declares complete, opening the comparison, and agreeing on answers.

The agreed answer to one question is saved as every answer is, by `responses.save`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from cpch.accounts.models import Agency
from cpch.limits import COMMENTS
from diagnostic.core import workflow
from diagnostic.core.agreement import find_pairs, find_takeable
from diagnostic.core.completeness import find_completeness, has_answers
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.progress import QuestionState, find_gaps, question_states
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.responses import NATIONAL
from diagnostic.core.responses import Response as Answer
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Comment, Declaration, OpeningRequest, Response
from diagnostic.permissions import agency_of, can_answer, can_ask_to_open, can_declare, can_discuss
from diagnostic.queries import (
    load_heads,
    load_opening_requests,
    load_rows_by_voice,
    proposed_in,
    to_response,
    voices_of,
)

from . import audit, responses
from .clock import now
from .errors import ActionRefused, GapsChanged, NothingAnswered, StateChanged
from .limits import require_within
from .sides import refusal, take_side
from .transitions import move


def agency_names() -> dict[str, str]:
    """What the agencies are called in a text that holds both agencies' words, in the writer's language."""
    return {agency: str(Agency.Kind(agency).label) for agency in AGENCIES}


def _lock(assessment: Assessment) -> Assessment:
    """The assessment as it stands, held until the act is done; a save and another act wait for it (1 query)."""
    held = Assessment.objects.select_for_update(of=("self",)).select_related("country")
    return held.get(pk=assessment.pk)


def _lock_before_comparison(assessment: Assessment) -> Assessment:
    held = _lock(assessment)
    if workflow.find_transition("open_comparison", held.state, held.mode) is None:
        raise StateChanged
    return held


@transaction.atomic
def declare_complete(
    *, assessment: Assessment, agency: str, by: Any, gaps: Mapping[str, str] | None = None
) -> Assessment:
    """Declare the answers of `agency` complete and freeze them; once both agencies have declared, open the comparison.

    `gaps` are the blank and open questions that were listed to the person and confirmed, as `find_gaps` gives them.
    Returns the updated assessment. Declaring again changes nothing. Raises `PermissionDenied`, `StateChanged` if there
    is no longer a comparison to open, `NothingAnswered`, or `GapsChanged` if other questions are blank or open by now.
    """
    if not can_declare(by, assessment, agency):
        raise refusal(by, assessment)
    held = _lock_before_comparison(assessment)
    take_side(assessment=held, by=by)
    if held.has_declared(agency):
        return held
    states = _load_states(held, agency)[agency]
    if not has_answers(states):
        raise NothingAnswered
    if find_gaps(states) != dict(gaps or {}):
        raise GapsChanged
    at = now()
    declaration = Declaration.objects.create(assessment=held, agency=agency, declared_at=at, declared_by=by)
    _let_stand(held, agency, declaration)
    named = {"agency": agency, "gaps": find_gaps(states), "heads": load_heads(held, [agency])}
    audit.record(act="comparison.declare", by=by, assessment=held, sealed_for=agency, at=at, **named)
    return _open(held, by, {}) if all(held.has_declared(each) for each in AGENCIES) else held


@transaction.atomic
def take_back_declaration(*, assessment: Assessment, agency: str, by: Any) -> None:
    """Take the agency's word back, while the comparison is closed. Where it has not declared, nothing happens.

    Raises `PermissionDenied`, or `StateChanged` where the comparison is open.
    """
    if not can_declare(by, assessment, agency):
        raise refusal(by, assessment)
    held = _lock_before_comparison(assessment)
    take_side(assessment=held, by=by)
    if held.has_declared(agency):
        _let_stand(held, agency, None)
        audit.record(act="comparison.undeclare", by=by, assessment=held, sealed_for=agency, agency=agency)


def _let_stand(assessment: Assessment, agency: str, declaration: Declaration | None) -> None:
    setattr(assessment, f"{agency}_declaration", declaration)
    Assessment.objects.filter(pk=assessment.pk).update(**{f"{agency}_declaration": declaration})


@transaction.atomic
def ask_to_open(*, assessment: Assessment, agency: str, by: Any, reason: str) -> Assessment:
    """Request for `agency` to open the comparison before both have declared; if both agencies ask, it opens.

    A declaration is not such a request: an agency that declares agrees to compare with answers that the other agency
    has also declared complete, not with unfinished ones. So an agency that has answered one question cannot open the
    other's declared answers with a request alone; opening early always takes a request, with a reason, from each
    agency's coordinator. An agency may both declare and ask. A request from an agency that no longer has any answer
    does not count.

    Returns the updated assessment. Asking again changes nothing. Neither the effects nor the queries differ by what the
    other agency has done, unless the comparison opens. Raises `PermissionDenied`, `ActionRefused` without a reason,
    `StateChanged`, or `NothingAnswered`.
    """
    if not can_ask_to_open(by, assessment, agency):
        raise refusal(by, assessment)
    if says_nothing(reason) or find_text_fault(reason):
        raise ActionRefused(Message(_("Say in a few words why the comparison should open now.")))
    held = _lock_before_comparison(assessment)
    take_side(assessment=held, by=by)
    requests = load_opening_requests(held)
    answered = {voice: has_answers(states) for voice, states in _load_states(held, *AGENCIES).items()}
    if agency in requests:
        return held
    if not answered[agency]:
        raise NothingAnswered
    at, said = now(), {"agency": agency, "reason": reason.strip()}
    requests[agency] = OpeningRequest.objects.create(assessment=held, requested_at=at, requested_by=by, **said)
    audit.record(act="comparison.ask", by=by, assessment=held, sealed_for=agency, at=at, **said)
    if all(each in requests and answered[each] for each in AGENCIES):
        return _open(held, by, {each: requests[each].reason for each in AGENCIES})
    return held


@transaction.atomic
def take_back_request(*, assessment: Assessment, agency: str, by: Any) -> None:
    """Take back the agency's request to open early, while the comparison is closed; does nothing without a request.

    Raises `PermissionDenied`, or `StateChanged` if the comparison is open.
    """
    if not can_ask_to_open(by, assessment, agency):
        raise refusal(by, assessment)
    held = _lock_before_comparison(assessment)
    take_side(assessment=held, by=by)
    standing = OpeningRequest.objects.filter(assessment=held, agency=agency, taken_back_at=None)
    at = now()
    if standing.update(taken_back_at=at):
        audit.record(act="comparison.unask", by=by, assessment=held, sealed_for=agency, at=at, agency=agency)


def _load_states(assessment: Assessment, *voices: str) -> dict[str, dict[str, QuestionState]]:
    """The state of every question in each of `voices`, as seen by that voice alone (1 query)."""
    instrument = instrument_of(assessment)
    rows = load_rows_by_voice(assessment, voices)
    answers = voices_of(row for held in rows.values() for row in held.values())
    return {voice: question_states(instrument, voice, {voice: answers.get(voice, {})}) for voice in voices}


def _open(assessment: Assessment, by: Any, reasons: Mapping[str, str]) -> Assessment:
    """Open the comparison; `reasons` are the agencies' reasons for opening early, empty if both declared.

    The log entry names the end of each agency's sealed chain, so that the chain cannot be changed afterwards.
    """
    moved = move(assessment, "open_comparison")
    moved.comparison_opened_at = moved.state_changed_at
    Assessment.objects.filter(pk=moved.pk).update(comparison_opened_at=moved.comparison_opened_at)
    act = "comparison.open" if reasons else "comparison.open_declared"
    proofs = {"heads": load_heads(moved), "sealed": audit.sealed_heads(moved)}
    audit.record(act=act, by=by, assessment=moved, at=moved.state_changed_at, **proofs, **reasons)
    return moved


@transaction.atomic
def take_over(*, assessment: Assessment, questions: Sequence[str], by: Any) -> list[str]:
    """Record the equal answers of both agencies to `questions` as agreed, and return those questions.

    Only questions without a national answer are recorded: one recorded or proposed meanwhile is kept. Raises
    `PermissionDenied`, `StateChanged` unless the answers are being compared, or `ActionRefused` if the agencies'
    answers to one of `questions` are not equal.
    """
    if not can_answer(by, assessment, NATIONAL):
        raise refusal(by, assessment)
    held = _lock(assessment)
    if held.state != workflow.COMPARING:
        raise StateChanged
    take_side(assessment=held, by=by)
    instrument = instrument_of(held)
    rows = list(Response.objects.filter(assessment=held).prefetch_related("evidence"))
    voices = voices_of(rows)
    pairs = find_pairs(instrument, voices)
    equal = {pair.question.code for pair in pairs if pair.kind == "equal"}
    for code in questions:
        if code not in equal:
            raise ActionRefused(
                Message(_("The two answers to %(code)s are not equal. Nothing was taken over."), {"code": code})
            )
    versions = {row.question: row.version for row in rows if row.voice == NATIONAL}
    wanted = [pair for pair in pairs if pair.question.code in set(questions) - proposed_in(rows)]
    found = find_takeable(instrument, wanted, voices, agency_names())
    for code, response in found.items():
        responses.record(
            assessment_id=held.pk,
            question=code,
            response=response,
            agreement=None,
            base_version=versions[code],
            by=by,
        )
    if found:
        audit.record(act="comparison.take_over", by=by, assessment=held, questions=list(found))
    return list(found)


@transaction.atomic
def leave_open(*, assessment: Assessment, questions: Mapping[str, int], reason: str, by: Any) -> list[str]:
    """Record that customs and police leave `questions` open, all for the same `reason`, and return those questions.

    `questions` gives the version of each that the writer saw. Questions changed since or already agreed are skipped; a
    proposal keeps its text and evidence. Raises `PermissionDenied`, `StateChanged`, `NotOpen`, or `ActionRefused`
    without a reason.
    """
    if not can_answer(by, assessment, NATIONAL):
        raise refusal(by, assessment)
    if says_nothing(reason) or find_text_fault(reason):
        raise ActionRefused(Message(_("Say in a few words why these questions are left open.")))
    held = _lock(assessment)
    if held.mode != workflow.SEPARATE or NATIONAL not in workflow.writable_voices(held.state, held.mode):
        raise StateChanged
    take_side(assessment=held, by=by)
    instrument = instrument_of(held)
    rows = list(Response.objects.filter(assessment=held).prefetch_related("evidence"))
    unsettled = find_completeness(instrument, held.mode, voices_of(rows)).unsettled
    own = {row.question: row for row in rows if row.voice == NATIONAL}
    found = [code for code in unsettled if questions.get(code) == own[code].version]
    for code in found:
        standing = to_response(own[code])
        responses.record(
            assessment_id=held.pk,
            question=code,
            response=Answer(status="unknown", reason=reason, narrative=standing.narrative, evidence=standing.evidence),
            agreement=reason,
            base_version=own[code].version,
            by=by,
        )
    if found:
        audit.record(act="comparison.leave_open", by=by, assessment=held, questions=found)
    return found


@transaction.atomic
def discuss(*, assessment: Assessment, question: str, text: str, by: Any) -> Comment:
    """Add to the discussion of one question, which the two agencies of the country alone read.

    Who wrote just that last is given it back: a button pressed twice says it once. Raises `PermissionDenied`,
    `StateChanged` where the assessment has ended, `ActionRefused` without a text, or `LimitReached`.
    """
    if not can_discuss(by, assessment):
        raise refusal(by, assessment)
    held = _lock(assessment)
    if held.state in workflow.ENDED:
        raise StateChanged
    take_side(assessment=held, by=by)
    if question not in instrument_of(held).by_code:
        raise ActionRefused(Message(_("There is no question %(code)s."), {"code": question}))
    if says_nothing(text) or find_text_fault(text):
        raise ActionRefused(Message(_("Write what you want to say.")))
    thread = Comment.objects.filter(assessment=held, question=question, audience=Comment.Audience.AGENCIES)
    last = thread.last()
    if last and (last.written_by_id, last.text) == (by.pk, text.strip()):
        return last
    require_within(COMMENTS, by)
    comment = Comment.objects.create(
        assessment=held,
        question=question,
        audience=Comment.Audience.AGENCIES,
        text=text.strip(),
        written_at=now(),
        written_by=by,
        written_by_name=by.full_name,
        written_by_agency=agency_of(by),
    )
    audit.record(act="comparison.discuss", by=by, assessment=held, question=question)
    return comment
