"""Builds an `Instrument` from rows, of the database or of parsed fixtures, and says all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .instrument import (
    AGENCIES,
    LEVELS,
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

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
T = TypeVar("T")

LEADS = (*AGENCIES, "joint", "government")
EFFORTS = ("quick", "medium", "structural")


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
        instrument = _assemble(rows)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InstrumentError([f"a row is incomplete: {error!r}"]) from error
    faults = find_faults(instrument)
    if faults:
        raise InstrumentError(faults)
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


def find_faults(instrument: Instrument) -> list[str]:
    """Every reason why `instrument` is not one that can be asked and scored, a sentence each."""
    return [
        *_twice(instrument),
        *_continuum_faults(instrument),
        *_question_faults(instrument),
        *_criterion_faults(instrument),
        *_advice_faults(instrument),
        *_resource_faults(instrument),
        *_circles(instrument),
    ]


def _twice(instrument: Instrument) -> list[str]:
    groups: dict[str, list[str]] = {
        "theme": [theme.id for theme in instrument.themes],
        "question": [question.code for question in instrument.questions],
        "criterion": [criterion.id for criterion in instrument.criteria],
        "guidance": [item.question for item in instrument.guidance],
        "next step": [step.id for step in instrument.next_steps],
        "resource": [resource.id for resource in instrument.resources],
        "authority option": [option.id for option in instrument.authority_options],
        "risk area": [option.id for option in instrument.risk_areas],
        "training topic": [option.id for option in instrument.training_topics],
        "challenge": [option.id for option in instrument.challenge_kinds],
    }
    return [
        f"{noun} {code}: given twice"
        for noun, codes in groups.items()
        for code in dict.fromkeys(codes)
        if codes.count(code) > 1
    ]


def _continuum_faults(instrument: Instrument) -> list[str]:
    if tuple(level.level for level in instrument.continuum) == LEVELS:
        return []
    return ["continuum: the levels are not 1 to 5"]


def _question_faults(instrument: Instrument) -> list[str]:
    faults = []
    authority = {option.id for option in instrument.authority_options}
    challenges = {option.id for option in instrument.challenge_kinds}
    values: dict[str, set[Any]] = {"level": set(LEVELS), "authority": authority, "challenges": challenges}
    if sum(question.kind == "self_rating" for question in instrument.questions) > 1:
        faults.append("questions: more than one is a self-rating")
    for question in instrument.questions:
        where = f"question {question.code}"
        if question.kind not in ("scored", "self_rating", "descriptive"):
            faults.append(f"{where}: unknown kind {question.kind}")
        if question.theme not in instrument.theme_by_id:
            faults.append(f"{where}: unknown theme {question.theme}")
        if question.takes_level and tuple(question.levels) != LEVELS:
            faults.append(f"{where}: the levels are not 1 to 5")
        if any(not text.strip() for text in question.levels.values()):
            faults.append(f"{where}: a level has no statement")
        if not question.takes_level and question.levels:
            faults.append(f"{where}: a descriptive question has no levels")
        if question.asked_when:
            faults.extend(_condition_faults(instrument, question, authority))
        for rule in question.weakness.rules if question.weakness else ():
            if rule.reads not in values:
                faults.append(f"{where}: the weakness reads {rule.reads}, which no answer has")
                continue
            unknown = [value for value in (*rule.present, *rule.partial) if value not in values[rule.reads]]
            faults.extend(f"{where}: the weakness names an unknown {rule.reads}, {value}" for value in unknown)
    return faults


def _condition_faults(instrument: Instrument, question: Question, authority: set[str]) -> list[str]:
    condition = question.asked_when
    assert condition is not None
    where = f"question {question.code}"
    parent = instrument.by_code.get(condition.question)
    if parent is None:
        return [f"{where}: asked after an unknown question {condition.question}"]
    faults = []
    if (condition.at_least is None) == (not condition.authority_in):
        faults.append(f"{where}: asked at a level or by authority, exactly one of them")
    if condition.at_least is not None and (condition.at_least not in LEVELS or not parent.takes_level):
        faults.append(f"{where}: asked from a level that {parent.code} cannot have")
    if condition.authority_in and not parent.takes_authority:
        faults.append(f"{where}: asked by authority, which {parent.code} does not take")
    faults.extend(f"{where}: unknown authority {item}" for item in condition.authority_in if item not in authority)
    return faults


def _criterion_faults(instrument: Instrument) -> list[str]:
    faults = []
    for criterion in instrument.criteria:
        question = instrument.by_code.get(criterion.question)
        if question is None or not question.is_scored:
            faults.append(f"criterion {criterion.id}: {criterion.question} is not a scored question")
        if criterion.level not in LEVELS[1:] or criterion.at_least not in LEVELS[1:]:
            faults.append(f"criterion {criterion.id}: its levels are not 2 to 5")
    return faults


def _advice_faults(instrument: Instrument) -> list[str]:
    faults = []
    for item in instrument.guidance:
        if item.question not in instrument.by_code:
            faults.append(f"guidance {item.id}: unknown question {item.question}")
        if item.id != f"G-{item.question}":
            faults.append(f"guidance {item.id}: its id is not G-{item.question}")
    for step in instrument.next_steps:
        if step.theme not in instrument.theme_by_id:
            faults.append(f"next step {step.id}: unknown theme {step.theme}")
    for theme in instrument.themes:
        faults.extend(
            f"theme {theme.id}: no next step to level {level}"
            for level in LEVELS[1:]
            if (theme.id, level) not in instrument.step_by_target
        )
    advices: list[Guidance | NextStep] = [*instrument.guidance, *instrument.next_steps]
    for advice in advices:
        if advice.lead not in LEADS:
            faults.append(f"{advice.id}: unknown lead {advice.lead}")
        if advice.effort not in EFFORTS:
            faults.append(f"{advice.id}: unknown effort {advice.effort}")
        faults.extend(
            f"{advice.id}: unknown resource {name}"
            for name in advice.resources
            if name not in instrument.resource_by_id
        )
    return faults


def _resource_faults(instrument: Instrument) -> list[str]:
    return [
        f"resource {resource.id}: unknown question {code}"
        for resource in instrument.resources
        for code in resource.questions
        if code not in instrument.by_code
    ]


def _circles(instrument: Instrument) -> list[str]:
    faults = []
    for question in instrument.questions:
        seen = {question.code}
        step = question
        while step.asked_when and step.asked_when.question in instrument.by_code:
            step = instrument.by_code[step.asked_when.question]
            if step.code in seen:
                faults.append(f"question {question.code}: its follow-up condition leads back to {step.code}")
                break
            seen.add(step.code)
    return faults
