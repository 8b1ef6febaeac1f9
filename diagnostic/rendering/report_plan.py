"""The report's action plan, as rows for its template: who does what by when, how far it is, and what shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from diagnostic.core.action_plan import BOTH, DONE, DROPPED, PLANNED, UNDER_WAY
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.report_follow_up import ActionLine

from .report_text import Line, isolated, lines_of
from .words import AGENCY_WORDS, join_words, say_level

ACTION_STATES = {
    PLANNED: pgettext_lazy("state of an action", "Planned"),
    UNDER_WAY: pgettext_lazy("state of an action", "Under way"),
    DONE: pgettext_lazy("state of an action", "Done"),
    DROPPED: pgettext_lazy("state of an action", "Dropped"),
}
LEADS = AGENCY_WORDS | {BOTH: _("Customs and police")}


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action in words; "" and () for what is not given."""

    number: int
    title: Line
    subject: str
    lead: str
    support: str
    responsible: str
    due: str
    state: str
    state_word: str
    reason: tuple[Line, ...]
    proof: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PlanPart:
    """The plan; `said` counts its actions by state."""

    said: str
    rows: tuple[ActionRow, ...]


def build_plan(report: Report, instrument: Instrument) -> PlanPart | None:
    """The action plan; None where there is none."""
    if not report.plan:
        return None
    return PlanPart(
        said=_say_states(report.plan), rows=tuple(build_action(action, instrument) for action in report.plan)
    )


def build_action(action: ActionLine, instrument: Instrument) -> ActionRow:
    """One action in words."""
    return ActionRow(
        number=action.number,
        title=lines_of(action.title)[0],
        subject=say_subject(action, instrument),
        lead=str(LEADS[action.lead]),
        support=str(LEADS.get(action.support, "")),
        responsible=isolated(action.responsible),
        due=say_day(action.due_on),
        state=action.state,
        state_word=str(ACTION_STATES[action.state]),
        reason=tuple(lines_of(action.reason)),
        proof=tuple(lines_of(action.proof)),
    )


def say_subject(action: ActionLine, instrument: Instrument) -> str:
    """What an action rests on: a question with its theme, a theme with the level it leads to; "" for a free one."""
    question = instrument.by_code.get(action.question)
    theme = instrument.theme_by_id.get(question.theme if question else action.theme)
    if theme is None:
        return ""
    if question is not None:
        return gettext("%(code)s, %(theme)s") % {"code": question.code, "theme": theme.name}
    if action.to_level is None:
        return theme.name
    values = {"theme": theme.name, "level": say_level(instrument, action.to_level)}
    return gettext("%(theme)s, to level %(level)s") % values


def say_day(day: str) -> str:
    """An ISO date as a reader sees it; "" where there is none."""
    on = parse_date(day) if day else None
    return date_format(on, "j F Y") if on else ""


def _say_states(actions: Iterable[ActionLine]) -> str:
    states = [action.state for action in actions]
    counts = [
        (ngettext("%(count)d planned", "%(count)d planned", states.count(PLANNED)), states.count(PLANNED)),
        (ngettext("%(count)d under way", "%(count)d under way", states.count(UNDER_WAY)), states.count(UNDER_WAY)),
        (ngettext("%(count)d done", "%(count)d done", states.count(DONE)), states.count(DONE)),
        (ngettext("%(count)d dropped", "%(count)d dropped", states.count(DROPPED)), states.count(DROPPED)),
    ]
    said = join_words([words % {"count": count} for words, count in counts if count])
    return ngettext("One action: %(states)s.", "%(count)d actions: %(states)s.", len(states)) % {
        "count": len(states),
        "states": said,
    }
