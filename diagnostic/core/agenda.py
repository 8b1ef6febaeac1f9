"""A committee's first year from the roadmap: what each quarter's meeting takes up; no date, for it starts when it does.

What blocks the next level comes first, then the actions that the country planned on its own, then the weaknesses, then
the steps to the next level; within each the quick before the structural, then the roadmap's own order. The four
meetings share the list evenly. Steps beyond the next level are for later years, and what the plan says is done is left
out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .action_plan import DONE, OPEN
from .drafting_kit import QUARTERS
from .report_data import RecommendationLine, Report
from .report_follow_up import ActionLine

TIERS = ("blocking", "plan", "weakness", "next")
EFFORTS = ("quick", "medium", "structural", "")
NO_DATE = "9999"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One recommendation, the planned action that carries it out, or both; never neither.

    `theme` is the name of the theme that it is in, "" for an action that names none. `tier` is the recommendation's, or
    "plan" for an action without one. `is_sensitive` marks what rests on a question whose answers reveal covert
    capability.
    """

    tier: str
    theme: str
    recommendation: RecommendationLine | None
    action: ActionLine | None
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Quarter:
    """The meeting of one quarter of the first year: its standing business, and its items."""

    number: int
    business: tuple[str, ...]
    items: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The four quarters; `later` counts the recommendations that are for the years after."""

    quarters: tuple[Quarter, ...]
    later: int


def build_agenda(report: Report, meetings: tuple[tuple[str, ...], ...], sensitive: frozenset[str]) -> Agenda:
    """The agenda of the first year; `meetings` is the standing business of the four, `sensitive` names questions."""
    items = sorted(_items(report, sensitive), key=_place)
    share, more = divmod(len(items), QUARTERS)
    ends = [number * share + min(number, more) for number in range(QUARTERS + 1)]
    return Agenda(
        quarters=tuple(
            Quarter(number, meetings[number - 1], tuple(items[ends[number - 1] : ends[number]]))
            for number in range(1, QUARTERS + 1)
        ),
        later=sum(not _is_of_first_year(report, item) for item in report.recommendations),
    )


def _items(report: Report, sensitive: frozenset[str]) -> Iterable[AgendaItem]:
    planned = {action.recommendation: action for action in report.plan if action.state in OPEN}
    done = {action.recommendation for action in report.plan if action.state == DONE} - set(planned) - {""}
    themes = {theme.id: theme.name for theme in report.themes}
    taken = set()
    for line in report.recommendations:
        if line.id in done or not (_is_of_first_year(report, line) or line.id in planned):
            continue
        taken.add(line.id)
        yield AgendaItem(line.tier, themes[line.theme], line, planned.get(line.id), line.question in sensitive)
    for action in report.plan:
        if action.state in OPEN and action.recommendation not in taken:
            yield AgendaItem("plan", themes.get(action.theme, ""), None, action, action.question in sensitive)


def _is_of_first_year(report: Report, line: RecommendationLine) -> bool:
    return line.tier != "next" or line.to_level is None or line.to_level <= (report.working_level or 0) + 1


def _place(item: AgendaItem) -> tuple[int, int, int, str, int]:
    line, action = item.recommendation, item.action
    if line is None:
        return TIERS.index(item.tier), 0, 0, (action and action.due_on) or NO_DATE, action.number if action else 0
    return TIERS.index(item.tier), EFFORTS.index(line.effort), line.rank, "", 0
