"""Verifies the answers: each chain of revisions is intact, and the answer's row matches its last revision.

audit_check compares the answers with the log and the submissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from diagnostic.core import workflow
from diagnostic.core.interchange import response_to_json
from diagnostic.core.responses import BLANK
from diagnostic.core.responses import Evidence as Document
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Evidence, Response, ResponseRevision
from diagnostic.queries import to_response

from .revisions import hash_of

CHUNK = 500
"""How many rows are held at once."""
OF_REVISION = {field.attname for field in ResponseRevision._meta.concrete_fields if not field.primary_key}
SAID_TWICE = tuple(field for field in Response._meta.concrete_fields if field.attname in OF_REVISION)
"""What an answer's row says as its last kept revision does, beside the answer itself."""
Heads = Mapping[str, Mapping[str, str]]
"""The hash of the last revision of each answer at some moment, by voice and question."""
Row = TypeVar("Row", Evidence, ResponseRevision)


def find_answer_breaks(assessment: Assessment) -> Iterator[str]:
    """Every fault in the answers of `assessment`, a sentence each (3 queries).

    Holds few rows in memory, however many revisions there are.
    """
    try:
        yield from _answer_breaks(assessment)
    except ValueError as error:
        yield f"an answer, a revision or its evidence cannot be read ({error})"


def _answer_breaks(assessment: Assessment) -> Iterator[str]:
    expected = {
        (question.code, voice)
        for voice in workflow.voices_of(assessment.mode)
        for question in instrument_of(assessment).questions
    }
    revisions = _InTurn(ResponseRevision.objects.filter(response__assessment=assessment), "number")
    documents = _InTurn(Evidence.objects.filter(response__assessment=assessment), "position")
    for row in Response.objects.filter(assessment=assessment).order_by("pk").iterator(CHUNK):
        expected.discard((row.question, row.voice))
        for words in _breaks_of(row, revisions.of(row.pk), list(documents.of(row.pk))):
            yield f"{row.question} of {row.voice}: {words}"
    for question, voice in sorted(expected):
        yield f"{question} of {voice}: its row is missing"


class _InTurn(Generic[Row]):
    """The rows of one answer after the other, in one query, ordered by the answers' keys."""

    def __init__(self, rows: QuerySet[Row], order: str):
        ordered = rows.order_by("response_id", order).iterator(CHUNK)
        self._groups = groupby(ordered, key=lambda item: item.response_id)
        self._next = next(self._groups, None)

    def of(self, key: int) -> Iterator[Row]:
        while self._next is not None and self._next[0] < key:
            self._next = next(self._groups, None)
        if self._next is not None and self._next[0] == key:
            yield from self._next[1]


def _breaks_of(row: Response, revisions: Iterable[ResponseRevision], documents: list[Evidence]) -> Iterator[str]:
    previous, count, version, last = "", 0, 0, None
    for count, revision in enumerate(revisions, start=1):
        if revision.number != count:
            yield f"revision {count} is missing; the next one is {revision.number}"
            return
        if revision.previous != previous:
            yield f"revision {count} does not follow the one before it"
        revision.response = row
        if not _has_its_hash(revision):
            yield f"revision {count} was changed"
        version += revision.was_kept
        if revision.version != version:
            yield f"revision {count} says version {revision.version} where {version} comes next"
        previous, last = revision.hash, revision if revision.was_kept else last
    if row.revision_count != count:
        yield f"{row.revision_count} revisions were written and {count} are there"
    elif row.head != previous:
        yield "the last revision is not the one that was written last"
    elif not _holds(row, last, documents):
        yield "the answer is not what its last revision says"


def _has_its_hash(revision: ResponseRevision) -> bool:
    try:
        return hash_of(revision) == revision.hash
    except TypeError:
        return False


def _holds(row: Response, last: ResponseRevision | None, documents: list[Evidence]) -> bool:
    """Whether `row` and its `documents` match `last`; a row without revisions must be blank."""
    if [item.position for item in documents] != list(range(len(documents))):
        return False
    try:
        answer = to_response(row, [Document(item.title, item.reference) for item in documents])
        content = response_to_json(answer)
    except (AttributeError, TypeError, ValueError):
        return False
    if last is None:
        # A blank answer may or may not count, depending on its voice; this makes no difference.
        given = (field for field in SAID_TWICE if field.name != "is_agreed")
        return answer == BLANK and all(getattr(row, field.attname) == field.get_default() for field in given)
    return content == last.content and all(
        getattr(row, field.attname) == getattr(last, field.attname) for field in SAID_TWICE
    )


def find_missing(assessment_id: UUID, heads: Heads) -> list[tuple[str, str]]:
    """The question and voice of each of `heads` that no revision of the answer has (1 query)."""
    wanted = {(code, voice, head) for voice, held in heads.items() for code, head in held.items()}
    found = ResponseRevision.objects.filter(
        response__assessment=assessment_id, hash__in=sorted({head for _code, _voice, head in wanted})
    ).order_by()
    missing = wanted - set(found.values_list("response__question", "response__voice", "hash"))
    return sorted({(code, voice) for code, voice, _head in missing})


def find_moved(heads: Heads, current: Heads) -> list[tuple[str, str]]:
    """The question and voice of each answer whose last revision differs between `heads` and `current` (no query)."""
    return sorted(
        (code, voice)
        for voice, held in heads.items()
        for code in held.keys() | current.get(voice, {}).keys()
        if held.get(code) != current.get(voice, {}).get(code)
    )


def list_answers(answers: Iterable[tuple[str, str]]) -> str:
    """Question and voice of each answer, in words."""
    return ", ".join(f"{code} of {voice}" for code, voice in answers)
