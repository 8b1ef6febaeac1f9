"""The drafting kit's page: which clauses each draft has, which questions fill them, and what is left to write."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic.core.drafting import Clause, Draft

from .drafts_words import DRAFT_NAMES
from .words import join_words


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause; `filled_by` and `draws_on` are question codes in words, "" for none."""

    number: int
    name: str
    filled_by: str
    draws_on: str
    holds_agenda: bool
    is_sensitive: bool
    is_unverified: bool


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft of the kit; `filled` counts the clauses that something fills."""

    kind: str
    name: str
    note: str
    filled: int
    clauses: tuple[ClauseRow, ...]


def build_draft_row(draft: Draft) -> DraftRow:
    """What the page says of `draft`, in the language that is active."""
    rows = tuple(_row(clause) for clause in draft.clauses)
    filled = sum(clause.is_filled for clause in draft.clauses)
    return DraftRow(draft.kind, str(DRAFT_NAMES[draft.kind]), draft.note, filled, rows)


def _row(clause: Clause) -> ClauseRow:
    return ClauseRow(
        number=clause.number,
        name=clause.name,
        filled_by=join_words(clause.filled_by),
        draws_on=join_words(clause.questions),
        holds_agenda=clause.agenda is not None,
        is_sensitive=clause.is_sensitive,
        is_unverified=clause.is_unverified,
    )
