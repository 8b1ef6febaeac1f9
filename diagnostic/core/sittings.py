"""Groups the revisions of one answer into sittings: one person's edits with only short pauses between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PAUSE = timedelta(minutes=30)
"""A longer pause between two revisions ends a sitting."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One revision: its `number` in the answer's history, the key of its author (`by`), and its time."""

    number: int
    by: int
    at: datetime
    was_kept: bool = True


Sitting = tuple[Saved, ...]


def group_by_sitting(revisions: Iterable[Saved]) -> list[Sitting]:
    """The sittings formed by `revisions`, both in order of number, whatever the clocks said.

    A text that was set aside never became the answer, so it is a separate sitting and ends the previous one.
    """
    sittings: list[list[Saved]] = []
    for saved in sorted(revisions, key=lambda item: item.number):
        if sittings and _continues(sittings[-1][-1], saved):
            sittings[-1].append(saved)
        else:
            sittings.append([saved])
    return [tuple(sitting) for sitting in sittings]


def _continues(before: Saved, after: Saved) -> bool:
    return before.by == after.by and before.was_kept and after.was_kept and after.at - before.at < PAUSE


def split_into_pages(sittings: Sequence[Sitting], most: int) -> list[list[Sitting]]:
    """`sittings`, latest first, on pages of at most `most` revisions.

    A sitting is split only if it is longer than a page; its later part then comes first.
    """
    pages: list[list[Sitting]] = []
    room = 0
    for sitting in reversed(sittings):
        for part in _parts(sitting, most):
            if len(part) > room:
                pages.append([])
                room = most
            pages[-1].append(part)
            room -= len(part)
    return pages


def _parts(sitting: Sitting, most: int) -> list[Sitting]:
    return [sitting[max(0, end - most) : end] for end in range(len(sitting), 0, -most)]
