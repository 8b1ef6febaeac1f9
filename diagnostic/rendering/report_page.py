"""What the printed report shows, worked out so that its templates only loop; the words come from sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import DifferenceLine, Report, ReportFacts
from diagnostic.core.result import Result

from . import sentences
from .charts import continuum_of, draw_continuum, draw_print_pair, draw_print_pair_scale, draw_print_scale
from .pairs import PairRow, build_pairs, say_agreement, say_equal
from .report_annex import AnswerRow, MethodPart, build_answers, build_method
from .report_core import instrument_of, result_of
from .report_roadmap import AdviceRow, FindingRow, RoadmapGroup, build_advice, build_findings, build_roadmap
from .report_signatures import say_how, say_who
from .report_text import isolated
from .report_themes import ThemeRow, build_theme_rows
from .result_profile import CriterionRow, build_caption, build_criteria, build_figures, criteria_title
from .words import AGENCY_WORDS, STATE_WORDS, capitalised, join_words, say_level

LONG_NAME = 24
STATES = {
    "not_submitted": _("Not submitted"),
    "draft": _("Draft, not submitted"),
    "comparing": _("Being compared, not submitted"),
    "submitted": _("Submitted"),
    "in_review": _("Submitted, in review"),
    "returned": _("Returned for clarification"),
    "accepted": _("Accepted"),
    "withdrawn": _("Withdrawn"),
}
MODES = {
    "joint": _("Customs and police answered in one joint session."),
    "separate": _("Customs and police answered each for itself and then agreed on national answers."),
}
MARKINGS = {
    "TLP:RED": _("for the named recipients only"),
    "TLP:AMBER+STRICT": _("for the recipient’s own organisation only, where it must be known"),
    "TLP:AMBER": _("for the recipient’s organisation and its clients, where it must be known"),
    "TLP:GREEN": _("for the community, not for the public"),
    "TLP:CLEAR": _("without limit"),
}


@dataclass(frozen=True, slots=True)
class AskedRow:
    """What the next level asks, and what was answered: a level by number and name, and on what it rests."""

    state: str
    title: str
    demand: str
    level: int | None
    now: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    code: str
    question: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A question whose level differs between two periods."""

    code: str
    question: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Everything the template prints; an empty part has no heading."""

    report: Report
    country: str
    label: str
    title: str
    is_long: bool
    tlp_class: str
    cover_facts: tuple[tuple[str, tuple[str, ...]], ...]
    cover: SafeString
    about: tuple[str, ...]
    headline: str
    verdict: str
    continuum: SafeString
    left_out: str
    criteria_title: str
    criteria: tuple[AskedRow, ...]
    figures: tuple[tuple[str, str], ...]
    priorities: tuple[AdviceRow, ...]
    change: str
    changes: tuple[ChangeRow, ...]
    scale: SafeString
    themes: tuple[ThemeRow, ...]
    caption: str
    opened: tuple[OpenRow, ...]
    compared: str
    pair_scale: SafeString
    pairs: tuple[PairRow, ...]
    equal: str
    findings: tuple[FindingRow, ...]
    roadmap: tuple[RoadmapGroup, ...]
    answers: tuple[AnswerRow, ...]
    method: MethodPart


def build_report_page(report: Report) -> ReportPage:
    """What the template prints of `report`, in the language that is active."""
    instrument, result, facts = instrument_of(report), result_of(report), report.facts
    is_rtl = translation.get_language_bidi()
    previous, hidden = report.previous, frozenset(report.left_out)
    continuum = continuum_of(
        instrument,
        result,
        country=facts.country,
        period=facts.period,
        previous_period=previous.period if previous else "",
        previous_index=previous.index.value if previous and previous.index else None,
    )
    advice = {line.rank: build_advice(instrument, result, line) for line in report.recommendations}
    return ReportPage(
        report=report,
        country=isolated(facts.country),
        label=gettext("%(country)s, %(period)s") % _names(facts),
        title=gettext("%(country)s: Customs–Police Cooperation Diagnostic, %(period)s")
        % {"country": facts.country, "period": facts.period},
        is_long=len(facts.country) > LONG_NAME,
        tlp_class=facts.marking.lower().replace(":", "-").replace("+", "-"),
        cover_facts=tuple(_cover_facts(report)),
        cover=draw_continuum(continuum, "cover", prefix="cover", is_rtl=is_rtl),
        about=tuple(_about(report, result)),
        headline=sentences.say_headline(instrument, result),
        verdict=sentences.say_verdict(instrument, result),
        continuum=draw_continuum(continuum, "print", prefix="brief", is_rtl=is_rtl),
        left_out=join_words(report.left_out),
        criteria_title=criteria_title(instrument, result),
        criteria=tuple(_asked(instrument, row) for row in build_criteria(instrument, result)),
        figures=tuple(_figures(report, instrument, result)),
        priorities=tuple(advice[line.rank] for line in report.priorities),
        change=_say_change(report, instrument, result),
        changes=tuple(_differences(report, instrument, previous.differences if previous else ())),
        scale=draw_print_scale([level.name for level in report.levels], is_rtl=is_rtl),
        themes=tuple(build_theme_rows(report, instrument, is_rtl=is_rtl)),
        caption=build_caption(result, hidden),
        opened=tuple(_opened(report)),
        compared=say_agreement(result.agreement),
        pair_scale=draw_print_pair_scale(is_rtl=is_rtl),
        pairs=tuple(
            build_pairs(
                instrument,
                result,
                result.agreement,
                lambda customs, police, title: draw_print_pair(customs, police, title=title, is_rtl=is_rtl),
            )
        ),
        equal=say_equal(result.agreement),
        findings=tuple(build_findings(report, advice)),
        roadmap=tuple(build_roadmap(report, instrument, advice)),
        answers=tuple(build_answers(report, instrument)),
        method=build_method(report, instrument, result),
    )


def say_time(moment: str) -> str:
    """An ISO time as a reader sees it, in UTC; "" where there is none."""
    at = parse_datetime(moment) if moment else None
    return gettext("%(day)s UTC") % {"day": date_format(at, "j F Y, H:i")} if at else ""


def _names(facts: ReportFacts) -> dict[str, str]:
    return {"country": isolated(facts.country), "period": isolated(facts.period)}


def _cover_facts(report: Report) -> Iterable[tuple[str, tuple[str, ...]]]:
    facts = report.facts
    state = str(STATES.get(facts.state, facts.state))
    if facts.submission_number is not None:
        values = {"state": state, "number": facts.submission_number}
        state = gettext("%(state)s, submission %(number)d") % values
    if report.left_out:
        words = gettext("For partners, without the answers to %(codes)s") % {"codes": join_words(report.left_out)}
        yield gettext("Edition"), (words,)
    if facts.title:
        yield gettext("Title"), (isolated(facts.title),)
    yield gettext("State"), (state,)
    if facts.submitted_at:
        yield gettext("Received"), _when_and_who(facts.submitted_at, facts.submitted_by)
    if facts.attestations:
        yield gettext("Attested"), say_who(facts.attestations)
    if facts.accepted_at:
        yield gettext("Accepted"), _when_and_who(facts.accepted_at, facts.accepted_by)
    yield gettext("Marking"), (_say_marking(facts),)
    yield (
        gettext("Instrument"),
        (
            gettext("%(instrument)s, version %(version)s; scoring version %(scoring)d")
            % {
                "instrument": report.instrument,
                "version": report.instrument_version,
                "scoring": report.scoring_version,
            },
        ),
    )
    if facts.digest:
        yield gettext("SHA-256"), (facts.digest[:32], facts.digest[32:])


def _when_and_who(moment: str, person: str) -> tuple[str, ...]:
    if not person:
        return (say_time(moment),)
    return say_time(moment), gettext("by %(person)s") % {"person": isolated(person)}


def _say_marking(facts: ReportFacts) -> str:
    if facts.state in ("not_submitted", "draft", "comparing", "withdrawn"):
        return gettext("%(marking)s. Not handed in; with the country alone") % {"marking": facts.marking}
    if facts.is_disclosed_to_partners:
        words = gettext("%(marking)s. For the WCO secretariat and, once accepted, for partners")
    else:
        words = gettext("%(marking)s. Disclosed to the WCO secretariat only")
    return words % {"marking": facts.marking}


def _about(report: Report, result: Result) -> Iterable[str]:
    facts = report.facts
    if facts.mode in MODES:
        yield str(MODES[facts.mode])
    if facts.attestations:
        yield say_how(facts.attestations)
    if report.voice in AGENCY_WORDS:
        yield gettext("These are the answers of one agency alone: %(agency)s.") % {"agency": AGENCY_WORDS[report.voice]}
    yield report.answering_rule
    if report.left_out:
        yield _say_left_out(report)
    yield gettext("%(coverage)s.") % {"coverage": sentences.say_coverage(result, frozenset(report.left_out))}
    if facts.marking in MARKINGS:
        yield gettext("%(marking)s (Traffic Light Protocol 2.0) means: %(meaning)s.") % {
            "marking": facts.marking,
            "meaning": MARKINGS[facts.marking],
        }
    if facts.is_example:
        yield gettext("%(country)s is an invented example.") % {"country": isolated(facts.country)}
    yield gettext(
        "The designations used in this report do not imply the expression of any opinion whatsoever on the legal "
        "status of any country, territory, city or area, or of its authorities, or on the delimitation of its "
        "frontiers or boundaries."
    )
    if facts.country_footnote:
        yield facts.country_footnote


def _say_left_out(report: Report) -> str:
    return gettext(
        "This is the edition for partners. It leaves out what any voice answered to %(codes)s, which describe covert "
        "capabilities, and the findings and recommendations that rest on them: in the profile, in customs and police "
        "compared, in the findings, the priorities and the roadmap, and in Annex A. Their theme keeps its score. The "
        "full report stays with the country and the WCO secretariat, and so does the digest of what was submitted."
    ) % {"codes": join_words(report.left_out)}


def _asked(instrument: Instrument, row: CriterionRow) -> AskedRow:
    name = "" if row.level is None else instrument.level_name(row.level)
    now = gettext(", ").join(part for part in (name, row.value, row.note) if part)
    return AskedRow(row.state, row.title, row.demand, row.level, now)


def _figures(report: Report, instrument: Instrument, result: Result) -> Iterable[tuple[str, str]]:
    yield from build_figures(instrument, result, frozenset(report.left_out))
    if report.previous:
        yield gettext("Last time"), _say_previous(report, instrument)


def _say_previous(report: Report, instrument: Instrument) -> str:
    previous = report.previous
    if previous is None:
        return ""
    level = gettext("level not stated") if previous.level is None else say_level(instrument, previous.level)
    return gettext("%(period)s: %(level)s, index %(index)s") % {
        "period": isolated(previous.period),
        "level": level,
        "index": previous.index.shown if previous.index else gettext("none"),
    }


def _say_change(report: Report, instrument: Instrument, result: Result) -> str:
    if report.previous is None:
        return ""
    said = gettext("Last time, %(before)s; now the index is %(now)s.") % {
        "before": _say_previous(report, instrument),
        "now": sentences.say_index(result),
    }
    if not report.previous.differences:
        return f"{said} {gettext('No level has changed.')}"
    return said


def _differences(report: Report, instrument: Instrument, differences: Iterable[DifferenceLine]) -> Iterable[ChangeRow]:
    texts = {answer.code: answer.text for answer in report.answers}
    for item in differences:
        first, second = (
            gettext("none") if level is None else say_level(instrument, level) for level in (item.first, item.second)
        )
        yield ChangeRow(item.question, texts[item.question], first, second)


def _opened(report: Report) -> Iterable[OpenRow]:
    answers = {answer.code: answer for answer in report.answers}
    for code in report.open_questions:
        answer = answers[code]
        state = answer.given.state if answer.given.state in STATE_WORDS else "blank"
        yield OpenRow(code, answer.text, capitalised(str(STATE_WORDS[state])), answer.given.reason)
