"""Appends revisions to the hash chain of an answer; nothing else writes them.

Each revision carries the hash of the one before it of the same answer, and the answer's row the hash of its last one.
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
    """The revision of `row` that holds `answer` and follows its last one; hashed, not yet written (no query).

    `row` still says how its chain ended before; the caller moves its `revision_count` and `head` on to
    `head_after(revision)` in the same transaction, only where they are unchanged.
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
    """What the answer's row holds of its chain once `revision` is its last."""
    return {"revision_count": revision.number, "head": revision.hash}


def write(revision: ResponseRevision) -> None:
    """Insert `revision` (1 query)."""
    INSERT.run(**{field.attname: getattr(revision, field.attname) for field in FIELDS})


def hash_of(revision: ResponseRevision) -> str:
    """The hash of everything `revision` says, of which answer, and of the hash before it.

    Every column of the table is included, so one that is added later is covered from then on.
    """
    row = revision.response
    content = {name: getattr(revision, attname) for name, attname in HASHED}
    content |= {"assessment": row.assessment_id, "voice": row.voice, "question": row.question}
    return hash_chain.hash_of(content)
