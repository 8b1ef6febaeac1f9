"""Saving an answer: by version, with a revision each time, and never over somebody else's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet

from cpch.prepared import PreparedRead, PreparedUpdate, Slot
from diagnostic.core import workflow
from diagnostic.core.agreement import find_pairs
from diagnostic.core.completeness import says_something
from diagnostic.core.instrument import AGENCIES, Instrument, Question
from diagnostic.core.response_rules import Fault, check_response, find_text_fault
from diagnostic.core.responses import NATIONAL, is_asked
from diagnostic.core.responses import Evidence as Document
from diagnostic.core.responses import Response as Answer
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_at
from diagnostic.models import Assessment, AuditChain, Evidence, Response, ResponseRevision
from diagnostic.permissions import agency_of, can_answer, is_of_country
from diagnostic.permissions_sql import SLOTS, person_values, with_side
from diagnostic.queries import load_clarifications, open_questions, to_response

from . import revisions
from .attestations import void
from .clock import now
from .errors import (
    ActsForOther,
    AgreeFirst,
    AgreementNeeded,
    Declared,
    Invalid,
    NotAsked,
    NothingGiven,
    NotOpen,
    Stale,
    StateChanged,
)


@transaction.atomic
def save(
    *,
    assessment_id: UUID,
    voice: str,
    question: str,
    response: Answer,
    base_version: int,
    by: Any,
    agreement: str | None = None,
    confirms: UUID | None = None,
) -> Response:
    """Save `response` as the answer of `voice` to `question`, and append its revision.

    If two agencies agree on the national answer, it becomes a proposal, even if it was agreed before; `record` makes it
    count. `base_version` is the version the writer saw; `agreement` is why customs and police agree, None to keep the
    existing reason; `confirms` is the submission whose answer is confirmed as still true. An unchanged answer is not
    saved again. Raises `PermissionDenied`, `StateChanged`, `Declared`, `NotOpen`, `NotAsked`, `Invalid`, or `Stale` if
    someone else saved first.
    """
    instrument = instrument_at(assessment_id)
    asked = instrument.by_code[question]
    standing, *parents = _lock_with_parents(assessment_id, voice, asked, instrument, by)
    row = standing.row
    _require_valid(instrument, asked, row, response, agreement, by)
    why = row.agreement if agreement is None else agreement
    if response == standing.answer and why == row.agreement and confirms in (None, row.confirms_id):
        return row
    if row.version != base_version:
        raise Stale(row)
    if not response.is_blank and not is_asked(instrument, asked, voice, _by_voice(parents)):
        raise NotAsked(asked.code, _parent_of(asked))
    return _write(standing, _Written(response, why, not _takes_agreement(row), confirms), by)


@transaction.atomic
def record(
    *, assessment_id: UUID, question: str, response: Answer, agreement: str | None, base_version: int, by: Any
) -> Response:
    """Record `response` as the national answer agreed by customs and police; it counts from then on.

    If it is identical to the proposal, it is agreed whatever `base_version` says, because nothing is overwritten.
    Raises as `save` does, and `NothingGiven` for an empty answer, `AgreementNeeded` without a reason if the agencies'
    own answers differ, or `AgreeFirst` if the question that it follows has no agreed answer.
    """
    instrument = instrument_at(assessment_id)
    asked = instrument.by_code[question]
    standing, *parents = _lock_with_parents(assessment_id, NATIONAL, asked, instrument, by)
    row = standing.row
    _require_valid(instrument, asked, row, response, agreement, by)
    if not _takes_agreement(row):
        raise StateChanged
    why = row.agreement if agreement is None else agreement
    is_same = response == standing.answer and why == row.agreement
    if is_same and row.is_agreed:
        return row
    if row.version != base_version and not is_same:
        raise Stale(row)
    _require_agreed_parent(instrument, asked, parents)
    if not says_something(asked, response):
        raise NothingGiven(asked.code)
    if says_nothing(why) and _is_disputed(instrument, row):
        raise AgreementNeeded(asked.code)
    return _write(standing, _Written(response, why, True, None), by)


def _require_valid(
    instrument: Instrument, asked: Question, row: Response, response: Answer, agreement: str | None, by: Any
) -> None:
    """Raise as `save` does unless `by` may give `response` now and it is a valid answer to `asked`."""
    _require_open(instrument, row, by)
    faults = [*check_response(instrument, asked, row.voice, response), *_agreement_faults(row, agreement)]
    if faults:
        raise Invalid(faults)


def _require_agreed_parent(instrument: Instrument, asked: Question, parents: Sequence[_Standing]) -> None:
    agreed = [parent for parent in parents if parent.row.is_agreed]
    if is_asked(instrument, asked, NATIONAL, _by_voice(agreed)):
        return
    if is_asked(instrument, asked, NATIONAL, _by_voice(parents)):
        raise AgreeFirst(asked.code, _parent_of(asked))
    raise NotAsked(asked.code, _parent_of(asked))


def _parent_of(asked: Question) -> str:
    assert asked.asked_when is not None
    return asked.asked_when.question


def _takes_agreement(row: Response) -> bool:
    """Whether `row` is a national answer on which two agencies have to agree."""
    return row.voice == NATIONAL and row.assessment.mode == workflow.SEPARATE


def _is_disputed(instrument: Instrument, row: Response) -> bool:
    """Whether the two agencies' answers to the question of the national `row` differ (1 query)."""
    voices: dict[str, dict[str, Answer]] = {}
    for held in Response.objects.filter(assessment=row.assessment_id, voice__in=AGENCIES):
        voices.setdefault(held.voice, {})[held.question] = to_response(held, ())
    return any(
        pair.kind == "different" for pair in find_pairs(instrument, voices) if pair.question.code == row.question
    )


def _agreement_faults(row: Response, agreement: str | None) -> list[Fault]:
    if not agreement:
        return []
    if not _takes_agreement(row):
        return [Fault("agreement", Message(_("goes only with what two agencies agreed on")))]
    fault = find_text_fault(agreement)
    return [Fault("agreement", fault)] if fault else []


@dataclass(frozen=True, slots=True)
class _Standing:
    """A row that stands, with all that it was read with, and the answer that it holds."""

    row: Any
    answer: Answer


def _locking(person: Mapping[str, Any]) -> QuerySet[Response]:
    """Rows with their assessment and its chain head, one row for each document, so that a save reads all in one query.

    `person` is the person saving: the same query reads whether they acted for the other agency in the assessment.

    The lock on the assessment serialises saves with changes of its state.
    """
    return (
        with_side(Response.objects.select_related("assessment"), person, "assessment__")
        .annotate(
            log=FilteredRelation("assessment__audit_chains", condition=Q(assessment__audit_chains__sealed_for="")),
            document=F("evidence__title"),
            reference=F("evidence__reference"),
            chain_id=F("log__pk"),
            chain_length=F("log__length"),
            chain_head=F("log__head"),
        )
        .select_for_update(of=("assessment",))
        .order_by("pk", "evidence__position")
    )


ONE_ANSWER = PreparedRead(
    lambda: _locking(SLOTS).filter(
        assessment_id=Slot("assessment_id", models.UUIDField()),
        voice=Slot("voice", models.CharField()),
        question=Slot("question", models.CharField()),
    )
)

WRITE = PreparedUpdate(
    lambda: Response.objects.filter(
        pk=Slot("pk", models.BigAutoField()),
        version=Slot("base", models.PositiveIntegerField()),
        revision_count=Slot("count", models.PositiveIntegerField()),
    ),
    columns=(
        *("status", "level", "basis", "narrative", "reason", "authority", "areas", "topics", "challenges"),
        *("agreement", "is_agreed", "confirms_id", "version", "saved_at", "saved_by_id", "revision_count", "head"),
    ),
)


def _lock(assessment_id: UUID, voice: str, question: str, by: Any) -> _Standing:
    """The answer of `voice` to `question` (1 query). Raises `Response.DoesNotExist`."""
    rows = ONE_ANSWER.all(assessment_id=assessment_id, voice=voice, question=question, **person_values(by))
    if not rows:
        raise Response.DoesNotExist
    return _standing(rows)[0]


def _lock_with_parents(
    assessment_id: UUID, voice: str, asked: Question, instrument: Instrument, by: Any
) -> tuple[_Standing, ...]:
    """The answer of `voice`, and then every voice's answers to the questions that `asked` follows (1 query).

    Raises `Response.DoesNotExist`.
    """
    if asked.asked_when is None:
        return (_lock(assessment_id, voice, asked.code, by),)
    codes = [asked.code, *instrument.parents_of(asked)]
    rows = _locking(person_values(by)).filter(assessment_id=assessment_id, question__in=codes)
    found = _standing(list(rows))
    own = [standing for standing in found if (standing.row.voice, standing.row.question) == (voice, asked.code)]
    if not own:
        raise Response.DoesNotExist
    return (*own, *(standing for standing in found if standing.row.question != asked.code))


def _by_voice(standings: Iterable[_Standing]) -> dict[str, dict[str, Answer]]:
    voices: dict[str, dict[str, Answer]] = {}
    for standing in standings:
        voices.setdefault(standing.row.voice, {})[standing.row.question] = standing.answer
    return voices


def _standing(rows: list[Any]) -> list[_Standing]:
    found = []
    for _key, group in groupby(rows, key=lambda row: row.pk):
        same = list(group)
        documents = [Document(row.document, row.reference) for row in same if row.document is not None]
        found.append(_Standing(same[0], to_response(same[0], documents)))
    return found


def _require_open(instrument: Instrument, row: Any, by: Any) -> None:
    """Go on where `by` may change `row` now (1 query where the assessment stands returned)."""
    assessment = row.assessment
    _hand_side_on(row, assessment)
    if row.acted_otherwise and is_of_country(by, assessment):
        raise ActsForOther(row.side_agency)
    if not can_answer(by, assessment, row.voice):
        raise PermissionDenied
    if row.voice not in workflow.writable_voices(assessment.state, assessment.mode):
        raise StateChanged
    if assessment.has_declared(row.voice):
        raise Declared(row.voice)
    if assessment.state == workflow.RETURNED and row.question not in open_questions(
        instrument, assessment, load_clarifications(assessment)
    ):
        raise NotOpen(row.question)


def _hand_side_on(row: Any, assessment: Assessment) -> None:
    """Copy what was read about the person saving to the assessment, so that permission checks need no query."""
    for name in ("acted_otherwise", "side_person_id", "side_agency"):
        setattr(assessment, name, getattr(row, name))


@dataclass(frozen=True, slots=True)
class _Written:
    """The values that a save writes: the answer, the reason for agreeing, whether it counts, and what it confirms."""

    response: Answer
    agreement: str
    is_agreed: bool
    confirms: UUID | None


def _changes_the_digest(standing: _Standing, written: _Written) -> bool:
    """Whether a submission would freeze something else after this; that an answer is still true is not part of it."""
    before = (standing.answer, standing.row.agreement) if standing.row.is_agreed else None
    after = (written.response, written.agreement) if written.is_agreed else None
    return before != after


def _write(standing: _Standing, written: _Written, by: Any) -> Response:
    row, response, is_edited = standing.row, written.response, _changes_the_digest(standing, written)
    said: dict[str, Any] = {
        "agreement": written.agreement,
        "is_agreed": written.is_agreed,
        "confirms_id": written.confirms,
        "version": row.version + 1,
        "saved_at": now(),
        "saved_by_id": by.pk,
    }
    revision = revisions.follow(row, answer=response, saved_for=agency_of(by), **said)
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
        **said,
        **revisions.head_after(revision),
    }
    if not WRITE.run(pk=row.pk, base=row.version, count=row.revision_count, **values):
        fresh = _lock(row.assessment_id, row.voice, row.question, by)
        if fresh.row.version != row.version:
            raise Stale(fresh.row)
        # Somebody has only set a text aside meanwhile, which does not change the answer.
        return _write(fresh, written, by)
    _write_evidence(row, standing.answer.evidence, response.evidence)
    for name, value in values.items():
        setattr(row, name, value)
    revisions.write(revision)
    if is_edited:
        row.has_voided = void(assessment=row.assessment, by=by, because=row.question, chain=_chain_of(row))
    return row


def _write_evidence(row: Response, standing: Sequence[Document], given: Sequence[Document]) -> None:
    """Each document in its place (1 query where one is new or changed), and surplus ones away (1 query)."""
    Evidence.objects.bulk_create(
        (
            Evidence(response=row, position=place, title=item.title, reference=item.reference)
            for place, item in enumerate(given)
            if standing[place : place + 1] != given[place : place + 1]
        ),
        update_conflicts=True,
        unique_fields=["response", "position"],
        update_fields=["title", "reference"],
    )
    if len(given) < len(standing):
        Evidence.objects.filter(response=row, position__gte=len(given)).delete()


def _chain_of(row: Any) -> AuditChain | None:
    """The log of the row's assessment as it was read with the row."""
    if row.chain_id is None:
        return None
    return AuditChain(pk=row.chain_id, length=row.chain_length, head=row.chain_head)


@transaction.atomic
def set_aside(
    *, assessment_id: UUID, voice: str, question: str, response: Answer, by: Any, agreement: str | None = None
) -> ResponseRevision:
    """Keep a text in the history that its writer discarded in a conflict; the answer does not change.

    Raises `PermissionDenied`, `StateChanged`, `Declared`, `NotOpen` or `Invalid`.
    """
    instrument = instrument_at(assessment_id)
    asked = instrument.by_code[question]
    row = _lock(assessment_id, voice, question, by).row
    _require_open(instrument, row, by)
    faults = [*check_response(instrument, asked, voice, response), *_agreement_faults(row, agreement)]
    if faults:
        raise Invalid(faults)
    return _keep_aside(row, response, agreement or "", by)


def _keep_aside(row: Response, response: Answer, agreement: str, by: Any) -> ResponseRevision:
    revision = revisions.follow(
        row,
        answer=response,
        agreement=agreement,
        is_agreed=not _takes_agreement(row),
        version=row.version,
        was_kept=False,
        saved_at=now(),
        saved_by_id=by.pk,
        saved_for=agency_of(by),
    )
    ended = Response.objects.filter(pk=row.pk, revision_count=row.revision_count)
    if not ended.update(**revisions.head_after(revision)):
        return _keep_aside(_lock(row.assessment_id, row.voice, row.question, by).row, response, agreement, by)
    revisions.write(revision)
    return revision
