"""How far a person has read what is said about the questions of a submission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from diagnostic.models import Comment, Opinion, Submission


@dataclass(frozen=True, slots=True)
class ReadState:
    """Whether the reader has read all that the page shows; `up_to` is the last that others said there.

    `read` of `total` questions are read; both are 0 where that is not counted.
    """

    url: str
    up_to: datetime
    is_read: bool
    read: int = 0
    total: int = 0

    @property
    def stamp(self) -> str:
        return self.up_to.isoformat()


def last_word(submission: Submission, thread: Iterable[Comment], opinion: Opinion | None, reader: Any) -> datetime:
    """When others last said something of what the page of a question shows: the submission itself at the least."""
    said = [submission.submitted_at, *(item.written_at for item in thread if item.written_by_id != reader.pk)]
    if opinion is not None and opinion.given_by_id != reader.pk:
        said.append(opinion.given_at)
    if opinion is not None and opinion.replied_at is not None and opinion.replied_by_id != reader.pk:
        said.append(opinion.replied_at)
    return max(said)


def has_read(marks: Mapping[str, datetime], code: str, up_to: datetime) -> bool:
    """Whether the question `code` was read, with all that was said up to then."""
    return code in marks and marks[code] >= up_to
