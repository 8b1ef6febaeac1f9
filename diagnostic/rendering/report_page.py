"""What the printed report shows, worked out so that its templates only loop; the words come from sentences."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from diagnostic.core.report_data import Report, ReportFacts

from .charts import continuum_of, draw_continuum, draw_print_scale
from .report_annex import AnswerRow, MethodPart, build_answers, build_method
from .report_brief import BriefPart, build_brief
from .report_capabilities import CapabilitiesPart, build_capabilities
from .report_compared import ComparedPart, build_compared
from .report_core import instrument_of, result_of
from .report_cover import build_cover_facts, is_crowded, is_long
from .report_how import HowPart, build_how
from .report_periods import ChangePart, PeriodsPart, build_change, build_periods
from .report_plan import PlanPart, build_plan
from .report_remarks import Thread, build_remarks
from .report_roadmap import FindingRow, RoadmapGroup, build_advice, build_findings, build_roadmap
from .report_terms import Term, build_terms
from .report_text import isolated
from .report_themes import ThemeRow, build_theme_rows
from .result_profile import build_caption
from .words import join_words


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
    cover: SafeString | None
    left_out: str
    brief: BriefPart
    change: ChangePart | None
    periods: PeriodsPart | None
    how: HowPart
    scale: SafeString
    themes: tuple[ThemeRow, ...]
    caption: str
    compared: ComparedPart | None
    capabilities: CapabilitiesPart | None
    findings: tuple[FindingRow, ...]
    roadmap: tuple[RoadmapGroup, ...]
    plan: PlanPart | None
    remarks: tuple[Thread, ...]
    answers: tuple[AnswerRow, ...]
    method: MethodPart
    terms: tuple[Term, ...]


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
    change = build_change(report, instrument, result)
    cover_facts = tuple(build_cover_facts(report))
    return ReportPage(
        report=report,
        country=isolated(facts.country),
        label=gettext("%(country)s, %(period)s") % _names(facts),
        title=gettext("%(country)s: Customs–Police Cooperation Diagnostic, %(period)s")
        % {"country": facts.country, "period": facts.period},
        is_long=is_long(facts.country),
        tlp_class=facts.marking.lower().replace(":", "-").replace("+", "-"),
        cover_facts=cover_facts,
        cover=None
        if is_crowded(facts.country, cover_facts)
        else draw_continuum(continuum, "cover", prefix="cover", is_rtl=is_rtl),
        left_out=join_words(report.left_out),
        brief=build_brief(report, instrument, result, advice, continuum, change, is_rtl=is_rtl),
        change=change,
        periods=build_periods(report, is_rtl=is_rtl),
        how=build_how(report, instrument, result, is_rtl=is_rtl),
        scale=draw_print_scale([level.name for level in report.levels], is_rtl=is_rtl),
        themes=tuple(build_theme_rows(report, instrument, is_rtl=is_rtl)),
        caption=build_caption(result, hidden),
        compared=build_compared(instrument, result, is_rtl=is_rtl),
        capabilities=build_capabilities(report, instrument),
        findings=tuple(build_findings(report, advice)),
        roadmap=tuple(build_roadmap(report, instrument, advice)),
        plan=build_plan(report, instrument),
        remarks=build_remarks(report, instrument),
        answers=tuple(build_answers(report, instrument)),
        method=build_method(report, instrument, result),
        terms=build_terms(report),
    )


def _names(facts: ReportFacts) -> dict[str, str]:
    return {"country": isolated(facts.country), "period": isolated(facts.period)}
