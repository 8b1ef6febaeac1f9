"""Two periods compared, and all periods in one picture, as rows for the report's templates.

What moved stands with the actions behind it: those of the last plan that somebody worked on and whose level rose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from diagnostic.core.action_plan import find_moved
from diagnostic.core.instrument import LEVELS, Instrument
from diagnostic.core.report_data import DifferenceLine, PreviousPart, Report
from diagnostic.core.report_follow_up import ActionLine
from diagnostic.core.result import Result

from . import sentences
from .over_time import Point, draw_over_time, drawn_count, say_change, say_score
from .report_plan import ActionRow, build_action
from .report_text import isolated
from .words import say_level


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A question whose level differs between two periods, and the actions behind it; a level is None where none was."""

    code: str
    question: str
    first: int | None
    first_name: str
    second: int | None
    second_name: str
    way: str
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True, slots=True)
class SameRow:
    """The questions that stayed at one level."""

    level: int
    name: str
    codes: str


@dataclass(frozen=True, slots=True)
class ThemeChange:
    """One theme's scores then and now, and the actions that were planned for the theme as a whole and moved it."""

    name: str
    first: str
    second: str
    change: str
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """An action of last time's plan, with the level of what it rests on when it was planned, and now."""

    action: ActionRow
    first: int | None
    second: int | None
    has_moved: bool


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One period as the table tells it."""

    period: str
    level: int | None
    level_name: str
    index: str
    change: str


@dataclass(frozen=True, slots=True)
class ChangePart:
    """What moved since last time and what did not; `said` and `counted` put it in sentences."""

    period: str
    said: str
    counted: str
    rows: tuple[MovedRow, ...]
    same: tuple[SameRow, ...]
    themes: tuple[ThemeChange, ...]
    actions: tuple[PlannedRow, ...]

    @property
    def has_actions_behind_themes(self) -> bool:
        return any(row.actions for row in self.themes)


@dataclass(frozen=True, slots=True)
class PeriodsPart:
    """All periods as a picture and a table; `left_out` is how many early ones the picture has no room for."""

    picture: SafeString
    rows: tuple[PeriodRow, ...]
    left_out: int
    is_comparable: bool


def build_change(report: Report, instrument: Instrument, result: Result) -> ChangePart | None:
    """Last time and now; None where the country was not assessed before."""
    previous = report.previous
    if previous is None:
        return None
    moved = find_moved(previous.actions)
    texts = {answer.code: answer.text for answer in report.answers}
    return ChangePart(
        period=isolated(previous.period),
        said=_say_change(report, previous, instrument, result),
        counted=_say_count(previous),
        rows=tuple(_moved(item, texts, moved, instrument) for item in _sorted(previous.differences)),
        same=tuple(_same(previous, instrument, result)),
        themes=tuple(_themes(report, previous, moved, instrument)),
        actions=tuple(
            PlannedRow(build_action(action, instrument), action.level_before, action.level_now, action in moved)
            for action in previous.actions
        ),
    )


def build_periods(report: Report, *, is_rtl: bool) -> PeriodsPart | None:
    """All periods; None where this is the first."""
    if not report.periods:
        return None
    indexes = [period.index.value if period.index else None for period in report.periods]
    names = [level.name for level in report.levels]
    points = [Point(period.period, period.level, index) for period, index in zip(report.periods, indexes, strict=True)]
    return PeriodsPart(
        picture=draw_over_time(points, names, "print", prefix="periods", is_rtl=is_rtl),
        rows=tuple(
            PeriodRow(
                period=isolated(period.period),
                level=period.level,
                level_name="" if period.level is None else names[period.level - 1],
                index=period.index.shown if period.index else gettext("none"),
                change=say_change(indexes[: place + 1]),
            )
            for place, period in enumerate(report.periods)
        ),
        left_out=len(points) - drawn_count(len(points), "print"),
        is_comparable=len({period.rules for period in report.periods}) == 1,
    )


def say_previous(report: Report, instrument: Instrument) -> str:
    """Where the country stood last time; "" where it was not assessed before."""
    previous = report.previous
    if previous is None:
        return ""
    level = gettext("level not stated") if previous.level is None else say_level(instrument, previous.level)
    return gettext("%(period)s: %(level)s, index %(index)s") % {
        "period": isolated(previous.period),
        "level": level,
        "index": previous.index.shown if previous.index else gettext("none"),
    }


def _say_change(report: Report, previous: PreviousPart, instrument: Instrument, result: Result) -> str:
    if result.level is None:
        now = gettext("the level is not stated")
    else:
        now = gettext("it is level %(level)s") % {"level": say_level(instrument, result.level)}
    return gettext("Last time, %(before)s. Now %(now)s, and the index is %(index)s.") % {
        "before": say_previous(report, instrument),
        "now": now,
        "index": sentences.say_index(result),
    }


def _say_count(previous: PreviousPart) -> str:
    """How many questions rose, fell and stayed; what has a level in one of the two periods alone is told apart."""
    ways = [_way(item) for item in previous.differences]
    if not ways:
        return gettext("No level has changed.")
    rose, fell, other, same = ways.count("rose"), ways.count("fell"), ways.count(""), len(previous.same)
    said = [
        ngettext("%(count)d question rose", "%(count)d questions rose", rose) % {"count": rose} if rose else "",
        ngettext("%(count)d question fell", "%(count)d questions fell", fell) % {"count": fell} if fell else "",
        ngettext("%(count)d stayed", "%(count)d stayed", same) % {"count": same} if same else "",
        ngettext(
            "%(count)d has a level in one of the two periods only",
            "%(count)d have a level in one of the two periods only",
            other,
        )
        % {"count": other}
        if other
        else "",
    ]
    return gettext("%(what)s.") % {"what": gettext("; ").join(part for part in said if part)}


def _way(item: DifferenceLine) -> str:
    if item.first is None or item.second is None:
        return ""
    return "rose" if item.second > item.first else "fell"


def _sorted(differences: Sequence[DifferenceLine]) -> list[DifferenceLine]:
    """The largest change first, what cannot be compared last, else in question order."""
    return sorted(
        differences,
        key=lambda item: (not _way(item), -abs((item.second or 0) - (item.first or 0))),
    )


def _moved(
    item: DifferenceLine, texts: Mapping[str, str], moved: Sequence[ActionLine], instrument: Instrument
) -> MovedRow:
    return MovedRow(
        code=item.question,
        question=texts[item.question],
        first=item.first,
        first_name="" if item.first is None else instrument.level_name(item.first),
        second=item.second,
        second_name="" if item.second is None else instrument.level_name(item.second),
        way=_way(item),
        actions=tuple(build_action(action, instrument) for action in moved if action.question == item.question),
    )


def _same(previous: PreviousPart, instrument: Instrument, result: Result) -> Iterable[SameRow]:
    for level in LEVELS:
        codes = [code for code in previous.same if result.standings[code].level == level]
        if codes:
            yield SameRow(level, instrument.level_name(level), gettext(", ").join(codes))


def _themes(
    report: Report, previous: PreviousPart, moved: Sequence[ActionLine], instrument: Instrument
) -> Iterable[ThemeChange]:
    before = {point.theme: point.score.value if point.score else None for point in previous.themes}
    for theme in report.themes:
        scores: list[Fraction | None] = [before.get(theme.id), theme.score.value if theme.score else None]
        behind = [action for action in moved if not action.question and action.theme == theme.id]
        yield ThemeChange(
            name=theme.name,
            first=say_score(scores[0]),
            second=say_score(scores[1]),
            change=say_change(scores),
            actions=tuple(build_action(action, instrument) for action in behind),
        )
