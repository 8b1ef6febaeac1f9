"""The drafting kit as plain data: the clauses that a draft has, their sources, and the words that this tool puts there.

Made from what fixtures/drafting holds; what a country answered is put in by `drafting`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

DraftKind = Literal["agreement", "terms"]
AGREEMENT: DraftKind = "agreement"
TERMS: DraftKind = "terms"
KINDS: tuple[DraftKind, ...] = (AGREEMENT, TERMS)
QUARTERS = 4


class KitError(Exception):
    """The kit's data is wrong; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of the handbook, unaltered, and the section that they stand in."""

    handbook: str
    words: str


@dataclass(frozen=True, slots=True)
class ClauseOutline:
    """One clause: what it is called, where it comes from, and which questions fill it.

    `tells` are those of its questions whose answers it tells whole; other clauses that draw on them refer to it.
    `opening` begins the clause where it is filled, `prompt` stands in it where it is not.
    """

    id: str
    name: str
    sources: tuple[str, ...]
    questions: tuple[str, ...]
    tells: tuple[str, ...]
    passages: tuple[Passage, ...]
    opening: str
    prompt: str
    holds_agenda: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """One kind of draft. `sources` are known by name; `unverified` names those that nobody has checked.

    `note` says how the sources were read. `meetings` is the standing business of the first year, quarter by quarter.
    """

    kind: DraftKind
    note: str
    sources: tuple[tuple[str, str], ...]
    unverified: tuple[str, ...]
    clauses: tuple[ClauseOutline, ...]
    examples: tuple[str, ...] = ()
    meetings: tuple[tuple[str, ...], ...] = ()

    def teller_of(self, question: str) -> ClauseOutline:
        """The clause that tells what was answered to `question` whole. Raises `KeyError` where none does."""
        for clause in self.clauses:
            if question in clause.tells:
                return clause
        raise KeyError(question)


def build_outline(kind: DraftKind, data: Mapping[str, Any], questions: Collection[str]) -> Outline:
    """The outline that `data` describes; `questions` are the codes that it may draw on.

    Raises `KitError` where a clause is named twice, draws on a question that does not exist, or where a question is
    not told in exactly one of the clauses that draw on it.
    """
    try:
        outline = Outline(
            kind=kind,
            note=data["note"],
            sources=tuple(data["sources"].items()),
            unverified=tuple(data["unverified"]),
            clauses=tuple(_clause(row) for row in data["clauses"]),
            examples=tuple(data.get("examples", ())),
            meetings=tuple(tuple(business) for business in data.get("meetings", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise KitError(f"{kind}: a member is missing or of the wrong kind: {error!r}") from error
    _check(outline, questions)
    return outline


def _clause(row: Mapping[str, Any]) -> ClauseOutline:
    return ClauseOutline(
        id=row["id"],
        name=row["clause"],
        sources=tuple(row["sources"]),
        questions=tuple(row["questions"]),
        tells=tuple(row.get("tells", ())),
        passages=tuple(Passage(item["handbook"], item["words"]) for item in row.get("passages", ())),
        opening=row.get("opening", ""),
        prompt=row["prompt"],
        holds_agenda=row.get("holds_agenda", False),
    )


def _check(outline: Outline, questions: Collection[str]) -> None:
    names = [clause.id for clause in outline.clauses]
    if len(set(names)) != len(names):
        raise KitError(f"{outline.kind}: a clause is there twice")
    told = [code for clause in outline.clauses for code in clause.tells]
    for clause in outline.clauses:
        at = f"{outline.kind}, {clause.id}"
        for code in clause.questions:
            if code not in questions:
                raise KitError(f"{at}: there is no question {code}")
            if told.count(code) != 1:
                raise KitError(f"{at}: {code} must be told in exactly one clause, and is in {told.count(code)}")
        if not set(clause.tells) <= set(clause.questions):
            raise KitError(f"{at}: it tells a question that it does not draw on")
        if bool(clause.opening) != (bool(clause.questions) or clause.holds_agenda):
            raise KitError(f"{at}: an opening and something to fill the clause with belong together")
    if any(clause.holds_agenda for clause in outline.clauses) and len(outline.meetings) != QUARTERS:
        raise KitError(f"{outline.kind}: a first year has {QUARTERS} meetings")
