"""Appends revisions to the hash chain of an answer; no other code writes them.

Each revision carries the hash of the answer's previous revision, and the answer's row carries the hash of the last one.
"""

from __future__ import annotations

from typing import Any

from cpch.prepared import PreparedInsert
from diagnostic.core import hash_chain
from diagnostic.core.interchange import response_to_json
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Response, ResponseRevision

NOT_HASHED = ("id", "response", "hash")
"""Columns outside the hash: the database's own key, the hash itself, and the answer, whose name is hashed instead."""
FIELDS = tuple(field for field in ResponseRevision._meta.concrete_fields if not field.primary_key)
HASHED = tuple((field.name, field.attname) for field in FIELDS if field.name not in NOT_HASHED)
INSERT = PreparedInsert(ResponseRevision)


def follow(row: Response, *, answer: Answer, **values: Any) -> ResponseRevision:
    """Build the next revision of `row`, with `answer` as its content; hashed, not yet written (no query).

    `row` still holds the previous head; the caller updates its `revision_count` and `head` to `head_after(revision)` in
    the same transaction, only if they are unchanged.
    """
    revision = ResponseRevision(
        response=row,
        number=row.revision_count + 1,
        content=response_to_json(answer),
        previous=row.head,
        **values,
    )
    revision.hash = hash_of(revision)
    return revision


def head_after(revision: ResponseRevision) -> dict[str, Any]:
    """The head of the answer's chain after `revision`."""
    return {"revision_count": revision.number, "head": revision.hash}


def write(revision: ResponseRevision) -> None:
    """Insert `revision` (1 query)."""
    INSERT.run(**{field.attname: getattr(revision, field.attname) for field in FIELDS})


def hash_of(revision: ResponseRevision) -> str:
    """The hash of all fields of `revision`, the name of its answer, and the previous hash.

    Every column of the table is included, so columns added later are covered too.
    """
    row = revision.response
    content = {name: getattr(revision, attname) for name, attname in HASHED}
    content |= {"assessment": row.assessment_id, "voice": row.voice, "question": row.question}
    return hash_chain.hash_of(content)
