"""The report's annexes, as rows for its templates: every answer, and how to compute the level again by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import AnswerLine, EvidenceLine, GivenLine, Report
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import Result
from diagnostic.core.scoring import BANDS, ENOUGH, shown

from . import sentences
from .report_capabilities import HOLDERS
from .report_text import Line, lines_of
from .report_themes import ThemeRow, build_theme_row
from .result_profile import sum_index
from .words import AGENCY_WORDS, BASIS_WORDS, capitalised, say_level

OWN_ANSWERS = {"customs": _("Customs answered"), "police": _("Police answered")}
SHORT = 600
"""How many letters an answer may have that is not broken over two pages: some eight lines."""
CRITERION_WORDS = {"met": _("Met"), "unmet": _("Not met"), "open": _("To be answered")}


@dataclass(frozen=True, slots=True)
class GivenRow:
    """What one voice answered; `state` stands in place of an answer, `facts` are term and value.

    `is_as_agreed` says that an agency chose the statement that was then agreed on, `is_kept` that what stands here is
    held and not counted.
    """

    title: str
    state: str
    level: int | None
    level_name: str
    statement: str
    is_as_agreed: bool
    is_kept: bool
    facts: tuple[tuple[str, str], ...]
    narrative: tuple[Line, ...]
    reason: tuple[Line, ...]
    evidence: tuple[EvidenceLine, ...]

    @property
    def is_short(self) -> bool:
        """Whether it takes so little room that it stands on one page whole."""
        told = [line.text for line in (*self.narrative, *self.reason)]
        told += [part for item in self.evidence for part in (item.title, item.reference)]
        return sum(map(len, told)) <= SHORT


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question as the annex prints it, with the agencies' own answers and why they agreed.

    `is_same_for_all` says that neither agency gave an answer of its own, for the same reason as there is none here.
    """

    code: str
    question: str
    original: str
    note: str
    prompt: str
    is_left_out: bool
    given: GivenRow
    voices: tuple[GivenRow, ...]
    is_same_for_all: bool
    agreement: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CriterionCheck:
    level: str
    demand: str
    because: str
    standing: str
    state: str


@dataclass(frozen=True, slots=True)
class MethodPart:
    """How the level is found, step by step."""

    themes: tuple[ThemeRow, ...]
    index: str
    bands: str
    criteria: tuple[CriterionCheck, ...]
    working: str
    stated: str
    reach: str


def build_answers(report: Report, instrument: Instrument) -> Iterable[AnswerRow]:
    """Every question of the diagnostic in its order, with what was answered."""
    return [_answer(answer, instrument) for answer in report.answers]


def _answer(answer: AnswerLine, instrument: Instrument) -> AnswerRow:
    given = _given(answer, answer.given, instrument)
    voices = [_given(answer, own, instrument) for own in answer.voices]
    is_same = bool(voices and given.state) and all(replace(own, title=given.title) == given for own in voices)
    return AnswerRow(
        code=answer.code,
        question=answer.text,
        original=answer.verbatim,
        note=answer.note,
        prompt=answer.prompt,
        is_left_out=answer.is_left_out,
        given=replace(given, state=f"{given.state} {gettext('Customs and police: the same.')}") if is_same else given,
        voices=() if is_same else tuple(voices),
        is_same_for_all=is_same,
        agreement=tuple(lines_of(answer.agreement)),
    )


def _given(answer: AnswerLine, given: GivenLine, instrument: Instrument) -> GivenRow:
    return GivenRow(
        title=str(OWN_ANSWERS.get(given.voice, "")),
        state=_say_state(answer, given, instrument),
        level=given.chosen,
        level_name=instrument.level_name(given.chosen) if given.chosen else "",
        statement=given.statement,
        is_as_agreed=given is not answer.given and _is_counted_alike(given, answer.given),
        is_kept=_is_kept(given),
        facts=tuple(_facts(given)),
        narrative=tuple(lines_of(given.narrative)),
        reason=tuple(lines_of(given.reason)),
        evidence=given.evidence,
    )


def _is_counted_alike(one: GivenLine, other: GivenLine) -> bool:
    return one.state == other.state == "answered" and one.chosen is not None and one.chosen == other.chosen


def _is_kept(given: GivenLine) -> bool:
    blank = GivenLine(given.voice, given.state, given.level)
    return given.state in ("implied", "not_asked") and replace(given, authority=(), reason="") != blank


def _say_state(answer: AnswerLine, given: GivenLine, instrument: Instrument) -> str:
    """What stands in place of an answer; "" where there is one."""
    if given.state == "implied":
        return gettext(
            "Not asked, because %(parent)s is answered below the level from which it is; it counts as level %(level)s."
        ) % {"parent": answer.condition, "level": say_level(instrument, 1)}
    if given.state == "not_asked":
        return gettext("Not asked; whether it is depends on %(parent)s.") % {"parent": answer.condition}
    if given.state == "not_applicable":
        return gettext("Not applicable here, and not counted.")
    if given.state == "unknown":
        return gettext("Cannot be answered now, and shown as open.")
    return gettext("Not answered.") if given.state == "blank" else ""


def _facts(given: GivenLine) -> Iterable[tuple[str, str]]:
    if given.basis:
        yield gettext("Basis"), capitalised(str(BASIS_WORDS[given.basis]))
    for line in given.authority:
        values = {"authority": line.name, "agency": AGENCY_WORDS[line.agency]}
        own = given.voice == NATIONAL and line.voice == line.agency
        words = gettext("%(authority)s (from the agency’s own answer)") if own else gettext("%(authority)s")
        yield str(AGENCY_WORDS[line.agency]), words % values
    for holder, words in HOLDERS.items():
        names = [area.name for area in given.areas if area.holder == holder]
        if names:
            yield gettext("May act: %(who)s") % {"who": words}, "; ".join(names)
    if given.topics:
        yield gettext("Subjects"), "; ".join(given.topics)
    if given.challenges:
        yield gettext("Challenges"), "; ".join(given.challenges)


def build_method(report: Report, instrument: Instrument, result: Result) -> MethodPart:
    """Every step from the answers to the level, so that it can be computed again by hand."""
    return MethodPart(
        themes=tuple(build_theme_row(report, instrument, theme, is_rtl=False) for theme in report.themes),
        index=_say_index(report, instrument, result),
        bands="; ".join(
            gettext("%(level)s from %(start)s") % {"level": say_level(instrument, level), "start": shown(start)}
            for level, start in reversed(BANDS)
        ),
        criteria=tuple(
            CriterionCheck(
                level=say_level(instrument, item.criterion.level),
                demand=sentences.say_demand(item.criterion),
                because=item.criterion.because,
                standing=sentences.say_standing(instrument, result.standings[item.criterion.question]),
                state=str(CRITERION_WORDS[item.state]),
            )
            for item in result.place.criteria
        ),
        working=_say_working(report, instrument),
        stated=_say_stated(report, result),
        reach=gettext(
            "Every open question at level 1 gives index %(low)s and level %(lowest)s; every one at level 5 "
            "gives index %(high)s and level %(highest)s."
        )
        % {
            "low": report.index_low.shown,
            "lowest": say_level(instrument, report.lowest_level),
            "high": report.index_high.shown,
            "highest": say_level(instrument, report.highest_level),
        }
        if report.open_questions
        else gettext("No scored question is open."),
    )


def _say_index(report: Report, instrument: Instrument, result: Result) -> str:
    if report.index is None or report.index_level is None:
        return gettext("No theme has a score, so there is no index.")
    if report.left_out:
        return gettext(
            "The mean of the theme scores, shown as %(shown)s. It lies in level %(level)s. Where answers are left out, "
            "theme score and index are given to the one decimal that is shown."
        ) % {"shown": report.index.shown, "level": say_level(instrument, report.index_level)}
    return gettext("%(sum)s, shown as %(shown)s. It lies in level %(level)s.") % {
        "sum": sum_index(result),
        "shown": report.index.shown,
        "level": say_level(instrument, report.index_level),
    }


def _say_working(report: Report, instrument: Instrument) -> str:
    if report.working_level is None:
        return gettext("Without an index there is no working level.")
    return gettext(
        "The highest level that is not above the index level and up to which no criterion is unmet: %(level)s."
    ) % {"level": say_level(instrument, report.working_level)}


def _say_stated(report: Report, result: Result) -> str:
    scored = len(result.standings)
    known = sum(not standing.is_open for standing in result.standings.values())
    values = {"known": known, "scored": scored, "needed": -(-ENOUGH.numerator * scored // ENOUGH.denominator)}
    rule = gettext(
        "It is stated once at least %(needed)d of the %(scored)d scored questions are answered, implied or not "
        "applicable, and no criterion up to it is open. Here it is %(known)d."
    )
    if report.left_out:
        rule = gettext(
            "It is stated once at least %(needed)d of the %(scored)d scored questions are answered, implied or not "
            "applicable, and no criterion up to it is open."
        )
    outcome = gettext("The level is stated.") if report.level is not None else gettext("The level is not stated yet.")
    return f"{rule % values} {outcome}"
