"""Builds an `Instrument` from rows, of the database or of parsed fixtures, and says all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .instrument import (
    Condition,
    ContinuumLevel,
    Criterion,
    Fact,
    Guidance,
    Instrument,
    NextStep,
    Option,
    Question,
    Resource,
    Solution,
    Theme,
    Weakness,
    WeaknessRule,
)
from .instrument_faults import find_faults, find_row_faults

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
T = TypeVar("T")


class InstrumentError(ValueError):
    """The rows do not make a valid instrument; `faults` lists every reason, a sentence each."""

    def __init__(self, faults: Sequence[str]):
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def build_instrument(rows: Rows) -> Instrument:
    """Return the instrument that `rows` describe.

    `rows` maps each noun (`instrument`, `level`, `theme`, `criterion`, `option`, `question`, `weakness`, `solution`,
    `guidance`, `next_step`, `resource`) to its rows; a row names another by its code. Raises `InstrumentError` with
    every fault: a code that does not resolve, levels that are not 1 to 5, follow-ups in a circle.
    """
    try:
        faults = find_row_faults(rows)
        instrument = _assemble(rows)
        faults += find_faults(instrument)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise InstrumentError([f"a row is incomplete: {error!r}"]) from error
    if faults:
        raise InstrumentError(list(dict.fromkeys(faults)))
    return instrument


def _assemble(rows: Rows) -> Instrument:
    (head,) = rows["instrument"]
    weaknesses = {row["question"]: _weakness(row) for row in rows["weakness"]}
    solutions = {row["question"]: _solution(row) for row in rows["solution"]}

    def all_of(noun: str, make: Callable[[Row], T], order: str = "position") -> tuple[T, ...]:
        return tuple(make(row) for row in sorted(rows[noun], key=lambda row: row[order]))

    def options(kind: str) -> tuple[Option, ...]:
        chosen = [row for row in rows["option"] if row["kind"] == kind]
        return tuple(Option(row["code"], row["name"]) for row in sorted(chosen, key=lambda row: row["position"]))

    return Instrument(
        id=head["code"],
        version=head["version"],
        title=head["title"],
        source=head["source"],
        answering_rule=head["answering_rule"],
        continuum=all_of(
            "level", lambda row: ContinuumLevel(row["level"], row["code"], row["name"], row["summary"]), "level"
        ),
        themes=all_of("theme", lambda row: Theme(row["code"], row["name"], row["handbook"])),
        questions=all_of("question", lambda row: _question(row, weaknesses, solutions)),
        criteria=all_of(
            "criterion",
            lambda row: Criterion(row["code"], row["level"], row["question"], row["at_least"], row["because"]),
        ),
        authority_options=options("authority"),
        risk_areas=options("area"),
        training_topics=options("topic"),
        challenge_kinds=options("challenge"),
        guidance=all_of("guidance", _guidance),
        next_steps=all_of("next_step", _next_step),
        resources=all_of("resource", _resource),
    )


def _question(row: Row, weaknesses: Mapping[str, Weakness], solutions: Mapping[str, Solution]) -> Question:
    condition = row["asked_when"]
    return Question(
        code=row["code"],
        theme=row["theme"],
        kind=row["kind"],
        verbatim=row["verbatim"],
        display=row["display"],
        note=row["note"],
        level_prompt=row["level_prompt"],
        levels={int(level): text for level, text in sorted(row["levels"].items(), key=lambda item: int(item[0]))},
        asked_when=Condition(condition["question"], condition.get("at_least"), tuple(condition.get("authority_in", ())))
        if condition
        else None,
        takes_authority=row["takes_authority"],
        takes_areas=row["takes_areas"],
        takes_topics=row["takes_topics"],
        takes_challenges=row["takes_challenges"],
        is_sensitive=row["is_sensitive"],
        allows_not_applicable=row["allows_not_applicable"],
        weakness=weaknesses.get(row["code"]),
        solution=solutions.get(row["code"]),
    )


def _weakness(row: Row) -> Weakness:
    rules = tuple(
        WeaknessRule(reads, tuple(rule.get("present", ())), tuple(rule.get("partial", ())))
        for reads, rule in row["when"].items()
    )
    return Weakness(row["text"], rules, row["display"])


def _solution(row: Row) -> Solution:
    return Solution(row["text"], tuple(row["at_levels"]), row["until_level"])


def _guidance(row: Row) -> Guidance:
    return Guidance(
        row["code"], row["question"], row["text"], row["handbook"], row["lead"], row["effort"], tuple(row["resources"])
    )


def _next_step(row: Row) -> NextStep:
    return NextStep(
        f"N-{row['theme']}-{row['to_level']}",
        row["theme"],
        row["to_level"],
        row["text"],
        row["handbook"],
        row["lead"],
        row["effort"],
        tuple(row["resources"]),
    )


def _resource(row: Row) -> Resource:
    return Resource(
        id=row["code"],
        name=row["name"],
        owners=tuple(row["owners"]),
        kind=row["kind"],
        handbook=row["handbook"],
        summary=row["summary"],
        abbreviation=row["abbreviation"],
        facts=tuple(Fact(fact["text"], str(fact["as_of"])) for fact in row["facts"]),
        since=tuple(row["since"]),
        questions=tuple(row["questions"]),
        editor_note=tuple(row["editor_note"]),
    )
