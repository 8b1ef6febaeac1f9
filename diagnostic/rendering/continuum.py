"""The geometry of the continuum: five steps, the flag, the target, the scale; no word of it and no scoring rule.

The plane is drawn left to right; the canvas mirrors it. Lengths are SVG units.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .shapes import (
    INK,
    INK_2,
    INK_3,
    LEVEL_EDGES,
    LEVEL_FILLS,
    LEVEL_INKS,
    WHITE,
    Canvas,
    fitting_size,
    text_width,
    wrap,
)

STEPS = (1, 2, 3, 4, 5)
TICKS = (Fraction(1), Fraction(3, 2), Fraction(5, 2), Fraction(7, 2), Fraction(9, 2), Fraction(5))
DASHES = {"stroke_width": "4", "stroke_dasharray": "10 6"}
TARGET_DASHES = {"stroke_width": "1.5", "stroke_dasharray": "4 3"}
RING_DASHES = {"stroke_width": "2", "stroke_dasharray": "3 4"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the index scale and what is written beside it."""

    at: Fraction
    label: str


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the picture writes, already in the reader's language."""

    steps: tuple[str, ...]
    flag: str
    flag_level: str
    target: str
    unmet: str
    customs: str
    police: str
    index: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What the picture shows. `level` is None while it is not stated; `low` and `high` are the steps in reach.

    `index` is None without a counted answer; `range` is None where low and high do not differ.
    """

    words: Words
    level: int | None
    low: int
    high: int
    index: Mark | None
    range: tuple[Mark, Mark] | None
    target: int | None
    unmet_level: int | None
    previous: Mark | None

    @property
    def dashed(self) -> tuple[int, ...]:
        """The steps in reach that are not the stated level."""
        return tuple(step for step in STEPS if self.low <= step <= self.high and step != self.level)

    @property
    def in_doubt(self) -> bool:
        return self.level is None or bool(self.dashed)


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap sideways."""
        return self.left < other.left + other.width and other.left < self.left + self.width


class Stairs:
    """The picture from 640 px on, in print and on the cover: a stair with the scale below it."""

    flag_width = 242.0
    target_size = (70.0, 26.0)

    def __init__(self, *, width: float, first_top: float, rise: float, bottom: float, has_scale: bool) -> None:
        self.width = width
        self.step = width / 5
        self.first_top = first_top
        self.rise = rise
        self.bottom = bottom
        self.has_scale = has_scale

    def draw(self, picture: Picture, canvas: Canvas) -> str:
        """Draw `picture` on `canvas` and return the view box that holds it all."""
        for step in STEPS:
            self._step(picture, step, canvas)
        self._risers(picture, canvas)
        target = self._target_box(picture)
        if target:
            self._target(picture, target, canvas)
        top = self._flag(picture, target, canvas)
        if self.has_scale:
            _Scale(self.step / 2, self.step, 412, canvas).draw(picture)
        highest = min(top, self._top(5), target.top if target else top) - 8
        lowest = 456 if self.has_scale else self.bottom
        return f"0 {highest:g} {self.width:g} {lowest - highest:g}"

    def _top(self, step: int) -> float:
        return self.first_top - self.rise * (step - 1)

    def _left(self, step: int) -> float:
        return self.step * (step - 1)

    def _step(self, picture: Picture, step: int, canvas: Canvas) -> None:
        left, top, ink = self._left(step), self._top(step), LEVEL_INKS[step - 1]
        right = left + self.step
        canvas.rect(left, top, self.step, self.bottom - top, fill=LEVEL_FILLS[step - 1])
        _draw_edge(picture, step, canvas, left, right, top)
        name = picture.words.steps[step - 1]
        canvas.text(left + 18, top + 36, str(step), size=24, fill=ink, bold=True)
        size = fitting_size(name, 17, self.step - 18 - 22 - 8)
        canvas.text(left + 40, top + 36, name, size=size, fill=ink, bold=step == picture.level)
        self._agencies(picture, step, canvas)

    def _agencies(self, picture: Picture, step: int, canvas: Canvas) -> None:
        left, y, ink = self._left(step), self.bottom - 46, LEVEL_INKS[step - 1]
        ring, disc = ((44, 128), (33, 84), (33, 58.8), (33, 47.2), (33, 33))[step - 1]
        if step == 2:
            canvas.line(left + 51, y, left + 71.7, y, stroke=ink, **RING_DASHES)
        canvas.circle(left + ring, y, 14, fill="none", stroke=ink, stroke_width="2.5")
        canvas.circle(left + disc, y, 9.3, fill=ink)
        if step == 1:
            canvas.text(left + ring, y + 33, picture.words.customs, size=13, fill=ink, anchor="middle")
            canvas.text(left + disc, y + 33, picture.words.police, size=13, fill=ink, anchor="middle")

    def _risers(self, picture: Picture, canvas: Canvas) -> None:
        if picture.in_doubt:
            for step in STEPS[1:]:
                if picture.low < step <= picture.high:
                    edge = self._left(step)
                    canvas.line(edge, self._top(step), edge, self._top(step - 1) + 4, **DASHES)
        if picture.unmet_level is None or not self.has_scale:
            return
        edge, top = self._left(picture.unmet_level), self._top(picture.unmet_level)
        canvas.line(edge, top, edge, self._top(picture.unmet_level - 1) + 4, stroke_width="4")
        ink = LEVEL_INKS[picture.unmet_level - 1]
        for place, line in enumerate(wrap(picture.words.unmet, 14, self.step - 30)):
            canvas.text(edge + 18, top + 62 + 18 * place, line, size=14, fill=ink)

    def _standing(self, picture: Picture) -> tuple[float, float]:
        """Where the flag stands: at the index, held inside the level's step; not stated, amid the steps in reach."""
        if picture.level is None:
            middle = (self._left(picture.low) + self._left(picture.high) + self.step) / 2
            return middle, self._top((picture.low + picture.high + 1) // 2)
        left = self._left(picture.level)
        x = self._x(picture.index.at) if picture.index else left + self.step / 2
        return min(max(x, left + 10), left + self.step - 10), self._top(picture.level)

    def _x(self, index: Fraction) -> float:
        return float((index - Fraction(1, 2)) * Fraction(self.step))

    def _target_box(self, picture: Picture) -> Box | None:
        if picture.target is None:
            return None
        width, height = self.target_size
        left = self._left(picture.target)
        flag_x, flag_y = self._standing(picture)
        x = left + self.step / 2
        if flag_y == self._top(picture.target):
            x = left + self.step * (0.12 if flag_x > x else 0.62)
        return Box(x, self._top(picture.target) - 48, width, height)

    def _target(self, picture: Picture, box: Box, canvas: Canvas) -> None:
        canvas.line(box.left, self._top(picture.target or 1), box.left, box.top, **TARGET_DASHES)
        canvas.rect(box.left, box.top, box.width, box.height, fill=WHITE, stroke=INK, **TARGET_DASHES)
        word = picture.words.target
        size = fitting_size(word, 14, box.width - 8)
        canvas.text(box.left + box.width / 2, box.top + 18, word, size=size, anchor="middle")

    def _flag(self, picture: Picture, target: Box | None, canvas: Canvas) -> float:
        """Draw the flag and return its upper edge."""
        lines = wrap(picture.words.flag, 15, self.flag_width - 28)
        below = wrap(picture.words.flag_level, 14, self.flag_width - 28)
        height = 12.0 + 20 * (len(lines) + len(below))
        x, foot = self._standing(picture)
        left = x - self.flag_width if x >= self.flag_width else x
        bottom = foot - 44
        if left == x:
            bottom = min(bottom, *(self._top(step) - 10 for step in STEPS if self._left(step) < x + self.flag_width))
        box = Box(left, bottom - height, self.flag_width, height)
        if target and box.meets(target) and bottom > target.top - 8:
            box = Box(left, target.top - 8 - height, self.flag_width, height)
        is_stated = picture.level is not None
        fill, ink = (INK, WHITE) if is_stated else (WHITE, INK)
        canvas.line(x, foot, x, box.top, stroke_width="3" if is_stated else "2")
        border = {} if is_stated else {"stroke": INK, "stroke_width": "2"}
        canvas.rect(box.left, box.top, box.width, box.height, fill=fill, **border)
        y = box.top + 22
        for line in lines:
            canvas.text(box.left + 14, y, line, size=15, fill=ink, bold=True)
            y += 20
        for line in below:
            canvas.text(box.left + 14, y, line, size=14, fill=ink)
            y += 20
        if is_stated:
            canvas.circle(x, foot, 7, fill=INK, stroke=WHITE, stroke_width="2")
        return box.top


class Ladder:
    """The picture below 640 px: five rows, each narrower than the one below it, the scale beneath."""

    width = 358.0
    flag_width = 200.0

    def draw(self, picture: Picture, canvas: Canvas) -> str:
        """Draw `picture` on `canvas` and return the view box that holds it all."""
        for step in STEPS:
            self._step(picture, step, canvas)
        self._risers(picture, canvas)
        top = self._flag(picture, canvas)
        _Scale(54, 72.5, 352, canvas, is_narrow=True).draw(picture)
        return f"0 {top:g} {self.width:g} {388 - top:g}"

    def _top(self, step: int) -> float:
        return 274.0 - 52 * (step - 1)

    def _left(self, step: int) -> float:
        return 30.0 * (step - 1)

    def _step(self, picture: Picture, step: int, canvas: Canvas) -> None:
        left, top, ink = self._left(step), self._top(step), LEVEL_INKS[step - 1]
        right = self.width if step == 5 else left + 30
        canvas.rect(left, top, self.width - left, 52, fill=LEVEL_FILLS[step - 1])
        _draw_edge(picture, step, canvas, left, right, top)
        name = picture.words.steps[step - 1]
        ring, disc = ((278.9, 340.5), (300.9, 338.3), (318.3, 337.2), (326.7, 337.2), (333, 333))[step - 1]
        size = fitting_size(name, 15, ring - 16 - left - 34)
        canvas.text(left + 14, top + 34, str(step), size=19, fill=ink, bold=True)
        canvas.text(left + 34, top + 33, name, size=size, fill=ink, bold=step == picture.level)
        if step == picture.target:
            end = left + 34 + text_width(name, size)
            self._target(picture, min(end + 12, ring - 10 - 6 - 54), top, canvas)
        y = top + 26
        if step == 2:
            canvas.line(ring + 14, y, disc - 9.8, y, stroke=ink, **RING_DASHES)
        canvas.circle(ring, y, 10, fill="none", stroke=ink, stroke_width="2.5")
        canvas.circle(disc, y, 6.8, fill=ink)

    def _target(self, picture: Picture, left: float, top: float, canvas: Canvas) -> None:
        canvas.rect(left, top + 15, 54, 23, fill=WHITE, stroke=INK, **TARGET_DASHES)
        word = picture.words.target
        canvas.text(left + 27, top + 31, word, size=fitting_size(word, 12.5, 48), anchor="middle")

    def _risers(self, picture: Picture, canvas: Canvas) -> None:
        if picture.in_doubt:
            for step in STEPS[1:]:
                if picture.low < step <= picture.high:
                    edge = self._left(step)
                    canvas.line(edge, self._top(step), edge, self._top(step - 1) + 4, **DASHES)
        if picture.unmet_level is not None:
            edge = self._left(picture.unmet_level)
            top, foot = self._top(picture.unmet_level), self._top(picture.unmet_level - 1) + 4
            canvas.line(edge, top, edge, foot, stroke_width="4")

    def _flag(self, picture: Picture, canvas: Canvas) -> float:
        """Draw the flag and return the picture's upper edge: 0, or less where the flag needs more lines."""
        lines = wrap(picture.words.flag, 14, self.flag_width - 24)
        below = wrap(picture.words.flag_level, 13, self.flag_width - 24)
        top = 38.0 - 19 * (len(lines) + len(below))
        step = picture.level or (picture.low + picture.high + 1) // 2
        is_between = picture.level is None and (picture.low + picture.high) % 2 == 1
        x = self._left(step) + (0 if is_between else 15)
        is_stated = picture.level is not None
        fill, ink = (INK, WHITE) if is_stated else (WHITE, INK)
        canvas.line(x, self._top(step), x, 40, stroke_width="2.5" if is_stated else "2")
        if is_stated:
            canvas.rect(0, top, self.flag_width, 48 - top, fill=INK)
        else:
            canvas.rect(1, top + 1, self.flag_width, 46 - top, fill=fill, stroke=INK, stroke_width="2")
        y = top + 20
        for line in lines:
            canvas.text(12, y, line, size=14, fill=ink, bold=True)
            y += 19
        for line in below:
            canvas.text(12, y, line, size=13, fill=ink)
            y += 19
        if is_stated:
            canvas.circle(x, self._top(step), 6, fill=INK, stroke=WHITE, stroke_width="2")
        return min(top, 0.0)


def _draw_edge(picture: Picture, step: int, canvas: Canvas, left: float, right: float, top: float) -> None:
    """The upper edge of a step: heavy where the country stands on it, dashed where it is in reach."""
    if step == picture.level:
        canvas.line(left, top + 2, right, top + 2, stroke_width="4")
    else:
        canvas.line(left, top + 0.75, right, top + 0.75, stroke=LEVEL_EDGES[step - 1], stroke_width="1.5")
    if step in picture.dashed:
        canvas.line(left, top + 2, right, top + 2, **DASHES)


class _Scale:
    """The index scale: `one` is where 1.0 stands, `unit` the length of 1."""

    def __init__(self, one: float, unit: float, y: float, canvas: Canvas, *, is_narrow: bool = False) -> None:
        self.one = one
        self.unit = unit
        self.y = y
        self.canvas = canvas
        self.is_narrow = is_narrow

    def draw(self, picture: Picture) -> None:
        y, canvas, size = self.y, self.canvas, 12 if self.is_narrow else 13
        half = 4 if self.is_narrow else 5
        labels = self._labels(picture)
        canvas.line(self._x(Fraction(1)), y, self._x(Fraction(5)), y, stroke=INK_3, stroke_width="1")
        for tick in TICKS:
            x = self._x(tick)
            canvas.line(x, y - half, x, y + half, stroke=INK_3, stroke_width="1")
            if not any(abs(x - taken) < 0.5 * (text_width(label, 18) + 24) for taken, label in labels):
                shown = f"{float(tick):.1f}"
                canvas.text(x, y + (22 if self.is_narrow else 24), shown, size=size, fill=INK_3, anchor="middle")
        canvas.text(0, y + 5, picture.words.index, size=13, fill=INK_2)
        if picture.range:
            self._range(picture.range, labels)
        if picture.previous:
            self._previous(picture.previous, picture.index)
        if picture.index:
            self._index(picture.index)

    def _x(self, index: Fraction) -> float:
        return self.one + float(index - 1) * self.unit

    def _labels(self, picture: Picture) -> list[tuple[float, str]]:
        """Where the numbers of range and index stand, kept apart from each other."""
        room = 30.0
        middle = self._x(picture.index.at) if picture.index else None
        found = [] if picture.index is None or middle is None else [(middle, picture.index.label)]
        if picture.range:
            low, high = (self._x(mark.at) for mark in picture.range)
            if middle is not None:
                low, high = min(low, middle - room), max(high, middle + room)
            found += [(low, picture.range[0].label), (high, picture.range[1].label)]
        return found

    def _range(self, ends: tuple[Mark, Mark], labels: list[tuple[float, str]]) -> None:
        low, high = (self._x(mark.at) for mark in ends)
        y, canvas = self.y, self.canvas
        canvas.line(low, y, high, y, stroke_width="6", stroke_opacity="0.28")
        for x, (place, label) in zip((low, high), labels[-2:], strict=True):
            canvas.line(x, y - 9, x, y + 9, stroke_width="2")
            canvas.text(place, y + (24 if self.is_narrow else 26), label, size=14, anchor="middle")

    def _previous(self, previous: Mark, index: Mark | None) -> None:
        x = self._x(previous.at)
        is_hidden = index is not None and abs(self._x(index.at) - x) < 8
        half = (12 if is_hidden else 9) - (1 if self.is_narrow else 0)
        self.canvas.diamond(x, self.y, half, fill=WHITE, stroke=INK, stroke_width="1.5")
        room = 2 * min(x, self.canvas.width - x)
        label = previous.label
        self.canvas.text(x, self.y - half - 3, label, size=fitting_size(label, 12, room), fill=INK_2, anchor="middle")

    def _index(self, index: Mark) -> None:
        x, half, size, below = self._x(index.at), 9, 18, 30
        if self.is_narrow:
            half, size, below = 8, 16, 27
        self.canvas.diamond(x, self.y, half, fill=INK, stroke=WHITE, stroke_width="2")
        self.canvas.text(x, self.y + below, index.label, size=size, anchor="middle", bold=True)
