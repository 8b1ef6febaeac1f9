"""The report as a workbook's tables: what it is, the result, every answer, the plan and what surrounds them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from diagnostic.core.formats import FULL
from diagnostic.core.report_data import Report
from diagnostic.rendering.report_core import instrument_of, result_of
from diagnostic.rendering.report_cover import STATES
from diagnostic.rendering.report_terms import say_designations
from diagnostic.rendering.words import AGENCY_WORDS, join_words

from . import answers, follow_up, results
from .plan import plan_table
from .table import Value, Workbook, moment_of


def build_workbook(report: Report) -> Workbook:
    """All tables of `report`; those without rows are not written."""
    instrument, result, facts = instrument_of(report), result_of(report), report.facts
    return Workbook(
        name=gettext("About"),
        title=gettext("Customs–police cooperation: answers, results and plan"),
        subject=gettext("%(country)s, %(period)s") % {"country": facts.country, "period": facts.period},
        marking=facts.marking,
        facts=tuple(_facts(report)),
        notes=tuple(_notes(report)),
        tables=(
            results.result_table(report),
            results.themes_table(report),
            results.criteria_table(report, result),
            answers.answers_table(report),
            answers.authority_table(report),
            answers.areas_table(report),
            answers.evidence_table(report),
            answers.pairs_table(report),
            results.findings_table(report),
            results.recommendations_table(report, instrument, result),
            plan_table((action, instrument) for action in report.plan),
            follow_up.periods_table(report),
            follow_up.changes_table(report),
            follow_up.remarks_table(report),
            results.resources_table(report),
        ),
    )


def _facts(report: Report) -> Iterable[tuple[str, Value]]:
    facts = report.facts
    yield gettext("Country"), facts.country
    yield gettext("Period"), facts.period
    if facts.title:
        yield gettext("Title"), facts.title
    yield gettext("Marking"), facts.marking
    yield gettext("Edition"), _say_edition(report)
    if report.voice in AGENCY_WORDS:
        yield gettext("Voice"), str(AGENCY_WORDS[report.voice])
    yield gettext("State"), str(STATES.get(facts.state, facts.state))
    if facts.submission_number is not None:
        yield gettext("Submission"), facts.submission_number
    for received, at, by, who in (
        (gettext("Received (UTC)"), facts.submitted_at, gettext("Submitted by"), facts.submitted_by),
        (gettext("Accepted (UTC)"), facts.accepted_at, gettext("Accepted by"), facts.accepted_by),
    ):
        if at:
            yield received, moment_of(at)
            yield by, who
    for line in facts.attestations:
        agency = AGENCY_WORDS[line.agency]
        if not line.agreed_by:
            yield gettext("Attested for %(agency)s (UTC)") % {"agency": agency}, moment_of(line.attested_at)
            yield gettext("Attested for %(agency)s by") % {"agency": agency}, line.attested_by
            continue
        yield gettext("Agreed for %(agency)s, without an account, by") % {"agency": agency}, line.agreed_by
        yield gettext("Function of who agreed for %(agency)s") % {"agency": agency}, line.agreed_office
        yield gettext("Agreed for %(agency)s on") % {"agency": agency}, line.agreed_on
        yield gettext("Reference of the agreement for %(agency)s") % {"agency": agency}, line.agreed_reference
        yield gettext("Agreement for %(agency)s recorded (UTC)") % {"agency": agency}, moment_of(line.attested_at)
        yield gettext("Agreement for %(agency)s recorded by") % {"agency": agency}, line.attested_by
    yield gettext("Level"), report.level if report.level is not None else gettext("Not stated")
    yield gettext("Index"), float(report.index.shown) if report.index else gettext("None")
    yield gettext("Instrument"), f"{report.instrument} {report.instrument_version}"
    yield gettext("Scoring version"), report.scoring_version
    if facts.digest:
        yield gettext("SHA-256 of the submission"), facts.digest
    yield gettext("SHA-256 of the report data"), report.digest


def _say_edition(report: Report) -> str:
    if report.edition == FULL:
        return gettext("Full")
    return gettext("For partners, without the answers to %(codes)s") % {"codes": join_words(report.left_out)}


def _notes(report: Report) -> Iterable[str]:
    yield report.answering_rule
    yield gettext(
        "Scores are shown rounded down to one decimal, and beside it exactly, as a fraction. Times are in UTC. A text "
        "that does not fit one cell goes on in the next row of the same sheet."
    )
    if report.facts.is_example:
        yield gettext("%(country)s is an invented example.") % {"country": report.facts.country}
    yield say_designations()
    if report.facts.country_footnote:
        yield report.facts.country_footnote
