"""The shortest way to the next level in words: its steps, what they add up to, and what the level then rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext, ngettext

from diagnostic.core.instrument import LEVELS, Instrument
from diagnostic.core.responses import Voices
from diagnostic.core.result import Result, project
from diagnostic.core.shortest_way import Step, Way, find_shortest_way

from . import sentences
from .result_profile import CriterionRow, build_foundations
from .words import EFFORT_WORDS, STEP_EFFORT_WORDS, capitalised, join_words, number_word, say_level


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: `move` names question, levels and effort in one phrase; `text` is what to do, in this tool's words.

    `reason` says what the step is needed for. Where a step above has the same text, `text` refers to it.
    """

    code: str
    question: str
    move: str
    text: str
    source: str
    effort: str
    reason: str


@dataclass(frozen=True, slots=True)
class WayPart:
    """The shortest way of one result. Without `steps` there is none, and `remarks` say why.

    `query` is the what-if that takes every step, as the query string of its address.
    """

    title: str
    steps: tuple[StepRow, ...]
    total: str
    rests_on: tuple[CriterionRow, ...]
    outcome: str
    remarks: tuple[str, ...]
    query: str


def build_way(instrument: Instrument, voices: Voices, result: Result, chosen_target: int | None) -> WayPart | None:
    """The way from `result`, which is of `voices`, to the next level; None on the highest one."""
    if result.place.working_level == LEVELS[-1]:
        return None
    way = find_shortest_way(instrument, voices, result.voice)
    if way is None:
        return WayPart(
            title=gettext("The shortest way to the next level"),
            steps=(),
            total="",
            rests_on=(),
            outcome="",
            remarks=(_say_why_none(instrument, result),),
            query="",
        )
    after = project(instrument, voices, way.changes, result.voice, chosen_target)
    return WayPart(
        title=gettext("The shortest way to level %(level)s") % {"level": say_level(instrument, way.to_level)},
        steps=tuple(_rows(instrument, result, way)),
        total=_say_total(way),
        rests_on=tuple(build_foundations(instrument, after, way.to_level)),
        outcome=_say_outcome(instrument, result, after, way),
        remarks=tuple(_remarks(instrument, result, after, way)),
        query=query_of(instrument, way),
    )


def query_of(instrument: Instrument, way: Way) -> str:
    """The way as the query string of a what-if."""
    fields: list[tuple[str, str]] = []
    for code, change in sorted(way.changes.items(), key=lambda item: instrument.order[item[0]]):
        if change.level is not None:
            fields.append((code, str(change.level)))
        if change.basis is not None:
            fields.append((f"{code}-basis", change.basis))
    return urlencode(fields)


# Steps


def _rows(instrument: Instrument, result: Result, way: Way) -> Iterable[StepRow]:
    said: dict[tuple[str, int], str] = {}
    for step in way.steps:
        question = instrument.by_code[step.question]
        values = {"code": step.question, "effort": STEP_EFFORT_WORDS[step.effort]}
        if step.to_level is None:
            move = gettext("%(code)s from written only to written and practised, %(effort)s")
            text = gettext("Put into practice what stands on paper, and keep a record that shows it.")
            source = gettext("Guidance of this tool: what stands on paper only does not carry level 3 or above.")
        else:
            move = gettext("%(code)s from %(before)d to %(after)d, %(effort)s")
            values |= {"before": step.to_level - 1, "after": step.to_level}
            first = said.setdefault((question.theme, step.to_level), step.question)
            source = sentences.say_step_source(instrument, question.theme, step.to_level)
            if first == step.question:
                text = instrument.step_by_target[question.theme, step.to_level].text
            else:
                text = gettext("The same next step as for %(code)s, for this question too.") % {"code": first}
        yield StepRow(
            code=step.question,
            question=question.text,
            move=move % values,
            text=text,
            source=source,
            effort=str(EFFORT_WORDS[step.effort]),
            reason=_say_reason(instrument, result, way, step),
        )


def _say_reason(instrument: Instrument, result: Result, way: Way, step: Step) -> str:
    """What the step is needed for: a criterion that is not met yet, a follow-up that becomes asked, or the index."""
    for item in result.place.criteria:
        criterion = item.criterion
        is_of_it = criterion.question == step.question and criterion.level <= way.to_level and item.state == "unmet"
        if is_of_it and (step.to_level is None or step.to_level <= criterion.at_least):
            return gettext("Level %(level)d asks for it") % {"level": criterion.level}
    opened = [
        question.code
        for question in instrument.follow_ups.get(step.question, ())
        if question.asked_when and step.to_level and question.asked_when.at_least == step.to_level
    ]
    counted = [code for code in opened if code in result.standings]
    if counted:
        return gettext("Raises the index, and %(codes)s is asked") % {"codes": join_words(counted)}
    return gettext("Raises the index")


# Around them


def _say_total(way: Way) -> str:
    values = {"count": number_word(len(way.steps)), "effort": way.effort, "level": way.to_level}
    total = ngettext(
        "%(count)s step in all, effort %(effort)d (a quick step counts 1, a medium one 2, a structural one 3).",
        "%(count)s steps in all, effort %(effort)d together (a quick step counts 1, a medium one 2, a structural one "
        "3).",
        len(way.steps),
    )
    best = ngettext(
        "No other single step reaches level %(level)d with less effort.",
        "No smaller set of steps reaches level %(level)d, and no other set of %(count)s does with less effort.",
        len(way.steps),
    )
    return f"{capitalised(total % values)} {best % values}"


def _say_outcome(instrument: Instrument, result: Result, after: Result, way: Way) -> str:
    return gettext("The index goes from %(before)s to %(after)s. What level %(level)s then rests on:") % {
        "before": sentences.say_index(result),
        "after": sentences.say_index(after),
        "level": say_level(instrument, way.to_level),
    }


def _remarks(instrument: Instrument, result: Result, after: Result, way: Way) -> Iterable[str]:
    if result.level is None:
        yield sentences.say_why_not_stated(instrument, result)
        yield gettext("The way starts from level %(level)s, where the answers that count so far put the country.") % {
            "level": say_level(instrument, result.place.working_level or 1)
        }
    for code in way.to_answer:
        yield _say_to_answer(instrument, result, way, code)
    for code, standing in result.standings.items():
        if standing.state == "implied" and after.standings[code].state == "answered":
            yield _say_becomes_asked(way, code, after)
    if any(standing.is_open for standing in result.standings.values()):
        yield gettext("Questions that are still open count nothing here: each answer to one may change the way.")


def _say_to_answer(instrument: Instrument, result: Result, way: Way, code: str) -> str:
    least = max(
        item.criterion.at_least
        for item in result.place.criteria
        if item.criterion.question == code and item.criterion.level <= way.to_level
    )
    parents = [parent for parent in instrument.parents_of(instrument.by_code[code]) if result.standings[parent].is_open]
    values = {"code": code, "least": least, "level": way.to_level, "parent": parents[-1] if parents else ""}
    if parents:
        words = gettext(
            "%(code)s is open because %(parent)s is. Both must be answered, %(code)s at %(least)d or higher, before "
            "level %(level)d can be stated: no step stands in for an answer."
        )
    else:
        words = gettext(
            "%(code)s is open. It must be answered, at %(least)d or higher, before level %(level)d can be stated: no "
            "step stands in for an answer."
        )
    return words % values


def _say_becomes_asked(way: Way, code: str, after: Result) -> str:
    if code in way.taken:
        return gettext("%(code)s becomes asked. It holds no level and is taken at 1 until it is answered.") % {
            "code": code
        }
    held = next((step.to_level - 1 for step in way.steps if step.question == code and step.to_level), None)
    return gettext("%(code)s becomes asked and counts with the level %(level)d that it holds.") % {
        "code": code,
        "level": held if held is not None else after.standings[code].level,
    }


def _say_why_none(instrument: Instrument, result: Result) -> str:
    if result.place.working_level is None:
        return gettext("There is none to work out yet: no scored question has an answer that counts.")
    following = result.place.working_level + 1
    missing = [
        item.criterion.question
        for item in result.place.criteria
        if item.criterion.level <= following and result.standings[item.criterion.question].state == "not_applicable"
    ]
    return gettext("No step leads to level %(level)s: it rests on %(codes)s, which is not applicable.") % {
        "level": say_level(instrument, following),
        "codes": join_words(list(dict.fromkeys(missing))),
    }
