"""Reads with more than one caller; each says how many queries it makes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, Count, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from cpch.accounts.models import Country, Membership, Role, User
from cpch.accounts.presence import has_had_people
from diagnostic.core import workflow
from diagnostic.core.action_plan import DROPPED, find_level
from diagnostic.core.instrument import AGENCIES, Instrument
from diagnostic.core.interchange import AssessmentFile
from diagnostic.core.progress import with_follow_ups
from diagnostic.core.report_follow_up import ActionLine
from diagnostic.core.responses import NATIONAL, VOICES, Evidence, Responses, as_given_by
from diagnostic.core.responses import Response as Answer
from diagnostic.core.result import Result
from diagnostic.models import (
    Action,
    Assessment,
    Assignment,
    Attestation,
    AuditChain,
    AuditEntry,
    Clarification,
    Comment,
    OpeningRequest,
    Opinion,
    ReadMark,
    Response,
    ResponseRevision,
    Submission,
)

Row = TypeVar("Row", bound=Model)
WAITING = (workflow.SUBMITTED, workflow.IN_REVIEW)
LOST = ("attestation.void", "attestation.take_back")
"""The acts of the log after which a signature does not stand any more."""


@dataclass(frozen=True, slots=True)
class Previous:
    """What the country handed in for its period before this one; to be read beside an answer, never as one.

    `voice` says whose answers these are: the national ones, or those of an agency that answered for itself then.
    """

    period: str
    responses: Responses
    level: int | None
    index_shown: str
    voice: str = NATIONAL
    submission_id: UUID | None = None


def to_response(row: Response, evidence: Iterable[Evidence] | None = None) -> Answer:
    """The core's response that `row` holds; its evidence must be given or loaded, else it costs a query."""
    if evidence is None:
        evidence = row.evidence.all() if row.documents is None else row.documents
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
        evidence=tuple(Evidence(item.title, item.reference) for item in evidence),
    )


def load_rows_by_voice(assessment: Assessment, voices: Collection[str]) -> dict[str, dict[str, Response]]:
    """The rows of `voices`, by voice and question, with evidence and who saved them (1 query).

    A row is read once for each of its documents: there are few, and it saves a query.
    """
    rows = (
        Response.objects.filter(assessment=assessment, voice__in=voices)
        .select_related("saved_by")
        .annotate(document=F("evidence__title"), reference=F("evidence__reference"))
        .order_by("pk", "evidence__position")
    )
    found: dict[str, dict[str, Response]] = {}
    for _pk, group in groupby(rows, key=lambda row: row.pk):
        same = list(group)
        row = same[0]
        row.documents = [Evidence(item.document, item.reference) for item in same if item.document is not None]
        found.setdefault(row.voice, {})[row.question] = row
    return found


def load_voices(assessment: Assessment, voices: Collection[str] = VOICES) -> dict[str, dict[str, Answer]]:
    """The responses of `voices` that count, for every voice that the mode has (2 queries)."""
    rows = Response.objects.filter(assessment=assessment, voice__in=voices).prefetch_related("evidence")
    return voices_of(rows)


def load_authorities(assessment_id: UUID, question: str) -> dict[str, dict[str, Answer]]:
    """What each agency's own voice says of its authority at `question`, and nothing else of its answer (1 query)."""
    rows = Response.objects.filter(assessment_id=assessment_id, voice__in=AGENCIES, question=question)
    return {voice: {question: Answer(authority=held)} for voice, held in rows.values_list("voice", "authority")}


def voices_of(rows: Iterable[Response]) -> dict[str, dict[str, Answer]]:
    """The responses in `rows` that count, by voice and question, without blank ones.

    Only this function decides what counts: a national answer that two agencies have only proposed does not.
    """
    found: dict[str, dict[str, Answer]] = {}
    for row in rows:
        responses = found.setdefault(row.voice, {})
        if not row.is_agreed:
            continue
        response = to_response(row)
        if not response.is_blank:
            responses[row.question] = response
    return found


def proposed_in(rows: Iterable[Response]) -> frozenset[str]:
    """The questions in `rows` with a national answer in progress: proposed, and not recorded as agreed."""
    return frozenset(row.question for row in rows if not row.is_agreed and not to_response(row).is_blank)


def load_agreements(assessment: Assessment) -> dict[str, str]:
    """Why customs and police agreed on the national answers, by question, where it was said (1 query)."""
    agreed = Response.objects.filter(assessment=assessment, voice=NATIONAL, is_agreed=True)
    rows = agreed.exclude(agreement="").order_by("pk")
    return dict(rows.values_list("question", "agreement"))


def load_heads(assessment: Assessment, voices: Collection[str] = VOICES) -> dict[str, dict[str, str]]:
    """The hash of the last revision of each answer of `voices`, by voice and question (1 query).

    Answers that nobody has saved yet are left out; a voice whose rows exist is included even if empty.
    """
    heads: dict[str, dict[str, str]] = {}
    rows = Response.objects.filter(assessment=assessment, voice__in=voices).order_by("pk")
    for voice, question, head in rows.values_list("voice", "question", "head"):
        held = heads.setdefault(voice, {})
        if head:
            held[question] = head
    return heads


def count_respondents(assessment: Assessment) -> dict[str, int]:
    """The number of people who saved an answer of each voice; voices without any are left out (1 query).

    For national answers that two agencies agree on, it counts the people who recorded one.
    """
    saves = ResponseRevision.objects.filter(response__assessment=assessment, was_kept=True, is_agreed=True)
    counted = saves.order_by().values("response__voice").annotate(people=Count("saved_by", distinct=True))
    found = dict(counted.values_list("response__voice", "people"))
    return {voice: found[voice] for voice in VOICES if voice in found}


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
    return {voice: dict(responses) for voice, responses in submission.frozen.voices.items()}


def load_previous(assessment: Assessment, voice: str = NATIONAL) -> Previous | None:
    """The latest submission of the country's assessment before this one (1 query).

    Its answers are those of `voice`, or, where that agency gave none of its own then, the national ones as far as the
    agency may give them.
    """
    found = _handed_in_before(assessment.pk, assessment.country_id, assessment.instrument_id, assessment.started_at)
    return _as_previous(found.first(), voice)


def load_previous_of(submission_id: UUID | str | None) -> Previous | None:
    """The submission named by `with_previous` or a snapshot (1 query, or none if there is none)."""
    return _as_previous(Submission.objects.get(pk=submission_id)) if submission_id else None


def load_previous_then(submission: Submission) -> Previous | None:
    """The predecessor of `submission` at the time of submitting (1 query, or none for the first)."""
    previous = submission.frozen.context.previous
    return load_previous_of(previous.submission) if previous else None


def with_previous(rows: QuerySet[Row], assessment: str = "") -> QuerySet[Row]:
    """`rows` with `previous_id`, the key of the submission that `load_previous` would load; no query of its own.

    `assessment` is the way from a row to its assessment, such as "assessment__"; "" where the rows are assessments.
    """
    names = ("pk", "country_id", "instrument_id", "started_at")
    before = _handed_in_before(*(OuterRef(f"{assessment}{name}") for name in names))
    return rows.annotate(previous_id=Subquery(before.values("pk")[:1]))


def _handed_in_before(pk: Any, country_id: Any, instrument_id: Any, started_at: Any) -> QuerySet[Submission]:
    return (
        Submission.objects.filter(
            assessment__country_id=country_id,
            assessment__started_at__lt=started_at,
            assessment__instrument_id=instrument_id,
        )
        .exclude(assessment__state=workflow.WITHDRAWN)
        .exclude(assessment_id=pk)
        .order_by("-assessment__started_at", "-number")
    )


def _as_previous(submission: Submission | None, voice: str = NATIONAL) -> Previous | None:
    if submission is None:
        return None
    voices = snapshot_voices(submission)
    source = voice if voices.get(voice) else NATIONAL
    return Previous(
        period=submission.frozen.period,
        responses={code: as_given_by(voice, response) for code, response in voices.get(source, {}).items()},
        level=submission.level,
        index_shown=submission.index_shown,
        voice=source,
        submission_id=submission.pk,
    )


def load_clarifications(assessment: Assessment) -> dict[str, Clarification]:
    """What the secretariat asked at the last return, by question; empty unless it stands returned (1 query)."""
    asked = (
        Clarification.objects.standing()
        .filter(
            review__submission__assessment=assessment,
            review__submission__assessment__state=workflow.RETURNED,
            review__closing__outcome="returned",
        )
        .select_related("review__submission", "review__closing")
        .defer("review__submission__snapshot")
    )
    last = max((item.review.submission.number for item in asked), default=0)
    return {item.question: item for item in asked if item.review.submission.number == last}


def open_questions(
    instrument: Instrument, assessment: Assessment, clarifications: Mapping[str, Clarification]
) -> frozenset[str]:
    """The questions whose answers may change now: all before submission, the named ones and their follow-ups on return.

    In which voices they may is `workflow.writable_voices`.
    """
    if assessment.state in (workflow.DRAFT, workflow.COMPARING):
        return frozenset(instrument.by_code)
    if assessment.state == workflow.RETURNED:
        return with_follow_ups(instrument, clarifications)
    return frozenset()


def load_coordinators(assessment: Assessment) -> dict[str, list[User]]:
    """Who may sign for each agency of the assessment's country: its active coordinators, by name (1 query)."""
    found: dict[str, list[User]] = {agency: [] for agency in AGENCIES}
    people = Membership.objects.filter(country=assessment.country_id, role=Role.COORDINATOR, user__is_active=True)
    for person in people.select_related("user", "agency").order_by("user__full_name", "pk"):
        if person.agency is not None:
            found[person.agency.kind].append(person.user)
    return found


def load_absent_agencies(assessment: Assessment) -> frozenset[str]:
    """The agencies for which the other one records who agreed (1 query; none if each agency answers for itself).

    In a joint session, those that have had no account and no open invitation since the assessment began. The record
    counts only while this holds, so every use checks it again.
    """
    if assessment.mode != workflow.JOINT:
        return frozenset()
    had = {f"had_{agency}": has_had_people(agency, assessment.country_id, assessment.started_at) for agency in AGENCIES}
    found = Country.objects.annotate(**had).values(*had).get(pk=assessment.country_id)
    return frozenset(agency for agency in AGENCIES if not found[f"had_{agency}"])


def load_opening_requests(assessment: Assessment) -> dict[str, OpeningRequest]:
    """The requests in force to open the comparison early, by agency, with their makers (1 query).

    Before the comparison opens, only its own agency may see each of them.
    """
    standing = OpeningRequest.objects.filter(assessment=assessment, taken_back_at=None).select_related("requested_by")
    return {request.agency: request for request in standing}


def load_attestations(assessment: Assessment) -> list[Attestation]:
    """What was signed and not submitted, standing or not, with who did it (1 query)."""
    return list(Attestation.objects.filter(assessment=assessment, submission=None).select_related("attested_by"))


def load_signatures(assessment: Assessment) -> dict[str, Attestation]:
    """The signatures that stand under what would be submitted now, by agency, with who gave them (1 query)."""
    held = Assessment.objects.filter(pk=assessment.pk)
    standing = Attestation.objects.filter(
        Q(pk__in=held.values("customs_attestation")) | Q(pk__in=held.values("police_attestation"))
    )
    return {signature.agency: signature for signature in standing.select_related("attested_by")}


def load_lost_signatures(assessment: Assessment) -> dict[str, AuditEntry]:
    """The log's last word on each agency's signature, where that is that it was voided or taken back (1 query).

    Only what happened since the assessment came into its state.
    """
    acts = AuditEntry.objects.filter(chain__assessment=assessment, chain__sealed_for="").filter(
        Q(act__startswith="attestation.") | Q(act__in=workflow.MOVES)
    )
    last: dict[str, AuditEntry] = {}
    for entry in acts.select_related("by").order_by("number"):
        if entry.act in workflow.MOVES:
            last.clear()
            continue
        for agency in entry.detail.get("agencies") or [entry.detail["agency"]]:
            last[agency] = entry
    return {agency: entry for agency, entry in last.items() if entry.act in LOST}


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
        .filter(review__closing=None)
        .select_related("assessment__country__region", "review")
        .order_by("submitted_at", "pk")
    )


def load_thread(submission: Submission, *audiences: str) -> QuerySet[Comment]:
    """What was written to these audiences about `submission` and those before it, the earliest first (1 query)."""
    return Comment.objects.filter(
        assessment_id=submission.assessment_id,
        submission__number__lte=submission.number,
        audience__in=audiences,
    ).select_related("submission")


def load_opinions(submission: Submission) -> QuerySet[Opinion]:
    """The current opinions on `submission` (1 query)."""
    return Opinion.objects.standing().filter(submission=submission)


def load_read_marks(submission: Submission, reader: Any) -> dict[str, datetime]:
    """The questions of `submission` that `reader` has read, with the moment up to which they have (1 query)."""
    return dict(ReadMark.objects.filter(submission=submission, person=reader).values_list("question", "up_to"))


def load_assignments(assessment: Assessment) -> QuerySet[Assignment]:
    """Who is to look at `assessment`, the first due first (1 query)."""
    return Assignment.objects.filter(assessment=assessment).select_related("reviewer", "assigned_by", "assessment")


AFTER_ALL = 2**31 - 1
BEFORE_RETURN = ("review.ask", "review.unask")
"""What a reviewer notes to ask; older logs of assessments hold it, and it is told by the return alone."""


OPENINGS = tuple(act for act, move in workflow.MOVES.items() if move == "open_comparison")
"""The acts that open the comparison; each names the sealed chains as they then stood."""


def load_log(assessment: Assessment, agencies: Collection[str] = ()) -> QuerySet[AuditEntry]:
    """The country's view of the assessment's log, latest act first, with the people (1 query).

    The order is that of the chains, never of a clock: entries sealed for one of `agencies` come just before the entry
    that opened the comparison, or, until it exists, after everything else.
    """
    entries = AuditEntry.objects.filter(chain__assessment=assessment, chain__sealed_for__in=["", *agencies])
    opening = AuditEntry.objects.filter(chain__assessment=assessment, chain__sealed_for="", act__in=OPENINGS)
    is_main = When(chain__sealed_for="", then=F("number"))
    return (
        entries.exclude(act__in=BEFORE_RETURN)
        .annotate(
            place=Case(is_main, default=Coalesce(Subquery(opening.values("number")[:1]), Value(AFTER_ALL))),
            is_sealed=Case(When(chain__sealed_for="", then=Value(0)), default=Value(1)),
        )
        .select_related("by", "chain")
        .order_by("-place", "is_sealed", "-chain__sealed_for", "-number")
    )


def load_site_log(acts: Collection[str] = (), but: Collection[str] = (), source: str = "") -> QuerySet[AuditEntry]:
    """The site's log, of acts outside any assessment, latest first, with the people (1 query).

    Only `acts` unless empty, none of `but`, and only from the network address `source` unless "".
    """
    entries = AuditEntry.objects.filter(chain__assessment=None).exclude(act__in=but).select_related("by")
    if acts:
        entries = entries.filter(act__in=acts)
    if source:
        entries = entries.filter(detail__source=source)
    return entries.order_by("-number")


def load_chains(assessment: Assessment, agencies: Collection[str] = ()) -> list[AuditChain]:
    """The main chain of the assessment's log, and those sealed for `agencies` (1 query)."""
    chains = AuditChain.objects.filter(assessment=assessment, sealed_for__in=["", *agencies])
    return list(chains.order_by("sealed_for"))


def to_action_line(action: Action, result: Result | None = None) -> ActionLine:
    """`action` as the report and the workbook take it (no query); `result` says what its level is now."""
    return ActionLine(
        number=action.number,
        title=action.title,
        recommendation=action.recommendation,
        question=action.question,
        theme=action.theme,
        to_level=action.to_level,
        lead=action.lead,
        support=action.support,
        responsible=action.responsible,
        due_on=action.due_on.isoformat() if action.due_on else "",
        state=action.state,
        reason=action.reason if action.state == DROPPED else "",
        proof=action.proof,
        level_before=action.level_before,
        level_now=find_level(result, action.question, action.theme) if result else None,
    )
