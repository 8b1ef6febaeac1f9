"""The picture of a country's periods: the index as a line over the five bands, the level below each period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from diagnostic.core.instrument import LEVELS
from diagnostic.core.periods import find_change
from diagnostic.core.scoring import shown

from .charts import place_caption
from .shapes import (
    FONTS,
    INK,
    INK_2,
    LEVEL_EDGES,
    LEVEL_FILLS,
    LEVEL_INKS,
    LINE,
    LINE_STRONG,
    WHITE,
    Canvas,
    fitting_size,
    text_width,
)


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its level and its index, None while not stated."""

    period: str
    level: int | None
    index: Fraction | None


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide the picture is, what its bands take, and how many periods find room in it; the latest are drawn.

    `printed` is the width in millimetres in the report, 0 on the screen.
    """

    width: float
    gutter: float
    band: float
    most: int
    has_names: bool
    printed: float = 0


LAYOUTS = {
    "wide": Layout(width=1040, gutter=168, band=52, most=10, has_names=True),
    "narrow": Layout(width=358, gutter=34, band=44, most=4, has_names=False),
}
PRINT = Layout(width=640, gutter=150, band=34, most=8, has_names=True, printed=170)
TOP = 12.0
FOOT = 78.0
LEAST = 8.0
"""The smallest size at which a name is still set; the bands tell the names as well."""


def draw_over_time(
    points: Sequence[Point], level_names: Sequence[str], layout: str = "wide", *, prefix: str, is_rtl: bool = False
) -> SafeString:
    """The periods, the oldest first, as one `<svg>` with title and description.

    `layout` is "wide" from 640 px on, "narrow" below, "print" in the report; `prefix` makes the ids unique in the page.
    Right to left, time runs from the right. The same figures must stand in a table.
    """
    plan = _layout(layout)
    drawn = points[-plan.most :]
    canvas = Canvas(plan.width, is_rtl=is_rtl, lays_over=plan.printed > 0)
    _bands(plan, level_names, canvas)
    _line(plan, drawn, canvas)
    for place, point in enumerate(drawn):
        _period(plan, point, _middle(plan, place, len(drawn)), _room(plan, len(drawn)), level_names, canvas)
    view_box = f"0 0 {plan.width:g} {TOP + 5 * plan.band + FOOT:g}"
    return get_template("charts/continuum.svg").render(
        {
            "view_box": view_box,
            "prefix": prefix,
            "title": gettext("Level and index over the periods"),
            "description": describe(drawn, level_names),
            "fonts": FONTS,
            # The canvas escapes every text it writes; nothing else in it comes from outside.
            "shapes": mark_safe(canvas.markup()),  # noqa: S308
            "captions": [place_caption(caption, plan.printed / plan.width, view_box) for caption in canvas.captions],
        }
    )


def drawn_count(count: int, layout: str) -> int:
    """How many of `count` periods the layout draws."""
    return min(count, _layout(layout).most)


def say_score(score: Fraction | None) -> str:
    """A score as it is shown; "none" where there is none."""
    return gettext("none") if score is None else shown(score)


def say_change(scores: Sequence[Fraction | None]) -> str:
    """The change as the two figures show it, with its sign; a change too small to show is said in words."""
    change = find_change(scores)
    if change is None:
        return ""
    tenths = round(10 * (Fraction(say_score(scores[-1])) - Fraction(say_score(scores[-2]))))
    if change == 0:
        return gettext("unchanged")
    if tenths == 0:
        return gettext("a little higher") if change > 0 else gettext("a little lower")
    return f"{'+' if tenths > 0 else '−'}{shown(Fraction(abs(tenths), 10))}"


def _layout(name: str) -> Layout:
    return PRINT if name == "print" else LAYOUTS[name]


def describe(points: Sequence[Point], level_names: Sequence[str]) -> str:
    """What the picture shows, in sentences."""
    said = []
    for point in points:
        index = gettext("no index") if point.index is None else gettext("index %s") % shown(point.index)
        level = gettext("level not stated") if point.level is None else _say_level(point.level, level_names)
        said.append(
            gettext("%(period)s: %(level)s, %(index)s.") % {"period": point.period, "level": level, "index": index}
        )
    return " ".join(said)


def _say_level(level: int, names: Sequence[str]) -> str:
    return gettext("level %(level)s %(name)s") % {"level": level, "name": names[level - 1]}


def _room(plan: Layout, count: int) -> float:
    return (plan.width - plan.gutter) / count


def _middle(plan: Layout, place: int, count: int) -> float:
    return plan.gutter + (place + 0.5) * _room(plan, count)


def _height(plan: Layout, score: Fraction) -> float:
    """Where a score stands: n in the middle of the nth band from below, the same scale as the continuum."""
    return TOP + float(Fraction(11, 2) - score) * plan.band


def _bands(plan: Layout, names: Sequence[str], canvas: Canvas) -> None:
    for level in LEVELS:
        top = TOP + (5 - level) * plan.band
        canvas.line(plan.gutter - 8, top, plan.width, top, stroke=LINE)
        canvas.rect(plan.gutter - 8, top, 6, plan.band, fill=LEVEL_FILLS[level - 1])
        words = f"{level} {names[level - 1]}" if plan.has_names else str(level)
        size = fitting_size(words, 14, plan.gutter - 20)
        canvas.text(plan.gutter - 16, top + plan.band / 2 + 5, words, size=size, fill=INK_2, anchor="end")
    bottom = TOP + 5 * plan.band
    canvas.line(plan.gutter - 8, bottom, plan.width, bottom, stroke=LINE_STRONG)


def _line(plan: Layout, points: Sequence[Point], canvas: Canvas) -> None:
    """The way of the index; where a period has none, the line is broken."""
    places = [(_middle(plan, place, len(points)), point.index) for place, point in enumerate(points)]
    for (start, before), (end, after) in pairwise(places):
        if before is not None and after is not None:
            canvas.line(start, _height(plan, before), end, _height(plan, after), stroke=INK, stroke_width="1.5")


def _period(plan: Layout, point: Point, middle: float, room: float, names: Sequence[str], canvas: Canvas) -> None:
    if point.index is not None:
        height = _height(plan, point.index)
        canvas.diamond(middle, height, 9, fill=INK, stroke=WHITE, stroke_width="2")
        canvas.text(middle, height - 14, shown(point.index), size=14, bold=True, anchor="middle")
    bottom = TOP + 5 * plan.band
    canvas.text(
        middle, bottom + 24, point.period, size=fitting_size(point.period, 14, room - 8), bold=True, anchor="middle"
    )
    _level(plan, point.level, (middle, bottom + 36), room, names, canvas)


def _level(
    plan: Layout, level: int | None, at: tuple[float, float], room: float, names: Sequence[str], canvas: Canvas
) -> None:
    """The level as a card with number and, where it can be read, name; an empty one where none is stated."""
    middle, top = at
    if level is None:
        canvas.rect(middle - 14, top, 28, 28, fill=WHITE, stroke=LINE_STRONG, stroke_dasharray="4 3")
        canvas.text(middle, top + 19, "?", size=14, fill=INK_2, anchor="middle")
        return
    words = f"{level} {names[level - 1]}" if plan.has_names else str(level)
    if fitting_size(words, 14, room - 40) < LEAST:
        words = str(level)
    size = fitting_size(words, 14, room - 40)
    width = text_width(words, size) + 28
    fill, edge, ink = (colours[level - 1] for colours in (LEVEL_FILLS, LEVEL_EDGES, LEVEL_INKS))
    canvas.rect(middle - width / 2, top, width, 28, fill=fill, stroke=edge)
    canvas.text(middle, top + 19, words, size=size, fill=ink, anchor="middle", bold=True)
