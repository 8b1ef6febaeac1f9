"""The action plan as a table: of a report, and as a workbook of its own."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_follow_up import ActionLine
from diagnostic.rendering.report_plan import ACTION_STATES, LEADS, say_subject

from .table import NARROW, PROSE, WIDE, Column, Table, Workbook, day_of, make_table

Planned = tuple[ActionLine, Instrument]
"""An action, and the instrument of the assessment that it was made on."""


def build_plan_workbook(country: str, marking: str, planned: tuple[Planned, ...]) -> Workbook:
    """The plan of a country, all actions on one sheet."""
    facts = [(gettext("Country"), country), (gettext("Marking"), marking), (gettext("Actions"), len(planned))]
    facts += [
        (str(word), count)
        for state, word in ACTION_STATES.items()
        if (count := sum(action.state == state for action, _instrument in planned))
    ]
    return Workbook(
        name=gettext("About"),
        title=gettext("Action plan"),
        subject=country,
        marking=marking,
        facts=tuple(facts),
        notes=(),
        tables=(plan_table(planned),),
    )


def plan_table(planned: Iterable[Planned]) -> Table:
    """Every action of the plan, one a row."""
    columns = (
        Column(gettext("Number"), NARROW, "number"),
        Column(gettext("Action"), WIDE + 16),
        Column(gettext("State")),
        Column(gettext("Lead")),
        Column(gettext("Support")),
        Column(gettext("Responsible"), WIDE),
        Column(gettext("Due on"), NARROW + 4, "day"),
        Column(gettext("Rests on"), WIDE),
        Column(gettext("Question"), NARROW),
        Column(gettext("To level"), NARROW, "number"),
        Column(gettext("Level when planned"), NARROW, "number"),
        Column(gettext("Level now"), NARROW, "number"),
        Column(gettext("Proof of completion"), PROSE),
        Column(gettext("Why dropped"), WIDE),
        Column(gettext("Recommendation")),
    )
    rows = (
        (
            action.number,
            action.title,
            str(ACTION_STATES[action.state]),
            str(LEADS[action.lead]),
            str(LEADS.get(action.support, "")),
            action.responsible,
            day_of(action.due_on),
            say_subject(action, instrument),
            action.question,
            action.to_level,
            action.level_before,
            action.level_now,
            action.proof,
            action.reason,
            action.recommendation,
        )
        for action, instrument in planned
    )
    return make_table(
        gettext("Action plan"), gettext("Every action: who leads, by when, how far it is"), columns, rows, keys=2
    )
