"""What can be wrong with an instrument: a sentence for every reason why it cannot be asked and scored as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .instrument import AGENCIES, LEVELS, Guidance, Instrument, NextStep, Question

LEADS = (*AGENCIES, "joint", "government")
EFFORTS = ("quick", "medium", "structural")
OPTION_KINDS = ("authority", "area", "topic", "challenge")
WORDS: Mapping[str, tuple[str, ...]] = {
    "instrument": ("title", "source", "answering_rule"),
    "level": ("code", "name", "summary"),
    "theme": ("code", "name", "handbook"),
    "option": ("code", "name"),
    "question": ("code", "verbatim"),
    "weakness": ("text",),
    "solution": ("text",),
    "criterion": ("code", "because"),
    "resource": ("code", "name", "kind", "handbook", "summary"),
    "guidance": ("text", "handbook"),
    "next_step": ("text", "handbook"),
}
"""The members of each noun's rows that a reader is shown or that others are named by: never empty."""


def find_row_faults(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Every fault of the rows that the instrument made of them no longer shows."""
    return [*_empty_words(rows), *_places_twice(rows), *_lost_rows(rows)]


def _empty_words(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    for noun, names in WORDS.items():
        for row in rows[noun]:
            for name in names:
                if not isinstance(row[name], str) or not row[name].strip():
                    yield f"{_named(noun, row)}: {name} is empty"


def _places_twice(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Rows of one noun, or of one closed list, that claim the same place in the order."""
    for noun, found in rows.items():
        seen = set()
        for row in found:
            place = (row.get("kind") if noun == "option" else "", row.get("position"))
            if place[1] is not None and place in seen:
                yield f"{_named(noun, row)}: another stands at position {place[1]}"
            seen.add(place)


def _lost_rows(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """What nothing would ever read: rows of an unknown question or list, a second of one question, unknown members."""
    codes = {row["code"] for row in rows["question"]}
    for noun in ("weakness", "solution"):
        seen = set()
        for row in rows[noun]:
            if row["question"] not in codes:
                yield f"{noun}: unknown question {row['question']}"
            elif row["question"] in seen:
                yield f"{noun}: question {row['question']} has two"
            seen.add(row["question"])
    for row in rows["weakness"]:
        for reads, rule in row["when"].items():
            if not set(rule) <= {"present", "partial"}:
                yield f"weakness {row['question']}: its rule by {reads} has more than present and partial"
    for row in rows["option"]:
        if row["kind"] not in OPTION_KINDS:
            yield f"{_named('option', row)}: unknown kind {row['kind']}"
    for row in rows["question"]:
        if not set(row["asked_when"] or ()) <= {"question", "at_least", "authority_in"}:
            yield f"{_named('question', row)}: its condition has more than question, at_least and authority_in"
        if not set(row["levels"]) <= {str(level) for level in LEVELS}:
            yield f"{_named('question', row)}: the levels are not 1 to 5"


def _named(noun: str, row: Mapping[str, Any]) -> str:
    name = row.get("code") or row.get("question") or row.get("position") or ""
    return f"{noun} {name}".strip().replace("_", " ")


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
    faults: list[str] = []
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
        flags = (question.takes_authority, question.takes_areas, question.takes_topics, question.takes_challenges)
        if any(flag not in (True, False) for flag in (*flags, question.is_sensitive, question.allows_not_applicable)):
            faults.append(f"{where}: what it takes is not said by true or false")
        if question.takes_level and tuple(question.levels) != LEVELS:
            faults.append(f"{where}: the levels are not 1 to 5")
        if not all(isinstance(text, str) and text.strip() for text in question.levels.values()):
            faults.append(f"{where}: a level has no statement")
        if not question.takes_level and question.levels:
            faults.append(f"{where}: a descriptive question has no levels")
        if question.asked_when:
            faults.extend(_condition_faults(instrument, question, authority))
        faults.extend(_weakness_faults(question, values))
        faults.extend(_solution_faults(question))
    return faults


def _weakness_faults(question: Question, values: Mapping[str, set[Any]]) -> Iterator[str]:
    where = f"question {question.code}"
    taken = {
        "level": question.takes_level,
        "authority": question.takes_authority,
        "challenges": question.takes_challenges,
    }
    for rule in question.weakness.rules if question.weakness else ():
        if rule.reads not in values:
            yield f"{where}: the weakness reads {rule.reads}, which no answer has"
            continue
        if not taken[rule.reads]:
            yield f"{where}: the weakness reads {rule.reads}, which its answer does not have"
        for value in (*rule.present, *rule.partial):
            if value not in values[rule.reads]:
                yield f"{where}: the weakness names an unknown {rule.reads}, {value}"
            elif (*rule.present, *rule.partial).count(value) > 1:
                yield f"{where}: the weakness names the {rule.reads} {value} twice"


def _solution_faults(question: Question) -> Iterator[str]:
    solution = question.solution
    if solution is None:
        return
    where = f"question {question.code}"
    if not set(solution.at_levels) <= set(LEVELS) or solution.until_level not in (None, *LEVELS):
        yield f"{where}: the solution names levels that are not 1 to 5"
    if (solution.at_levels or solution.until_level) and not question.takes_level:
        yield f"{where}: the solution reads a level, which its answer does not have"
    if not solution.at_levels and question.weakness is None:
        yield f"{where}: the solution has neither a weakness nor levels to apply at"


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
    if question.is_scored and (condition.at_least is None or parent.asked_when or not _always_scored(parent)):
        faults.append(f"{where}: {parent.code} does not always have a level to ask it by, as a scored question needs")
    faults.extend(f"{where}: unknown authority {item}" for item in condition.authority_in if item not in authority)
    return faults


def _always_scored(question: Question) -> bool:
    """Whether the question has a level, or is still to be given one."""
    return question.is_scored and not question.allows_not_applicable


def _criterion_faults(instrument: Instrument) -> list[str]:
    faults = []
    for criterion in instrument.criteria:
        question = instrument.by_code.get(criterion.question)
        if question is None or not question.is_scored:
            faults.append(f"criterion {criterion.id}: {criterion.question} is not a scored question")
        elif not _always_scored(question):
            faults.append(f"criterion {criterion.id}: {criterion.question} may be not applicable")
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
