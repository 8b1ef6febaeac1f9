"""The geometry of the strips: profiles and pairs on screen and in print, and the what-if; no words, no scoring rule.

A level or score n stands at (n − 0.5) fifths of the strip, the same scale as the continuum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .shapes import ACCENT, INK, INK_2, INK_3, LEVEL_FILLS, LINE, LINE_STRONG, WHITE, Canvas, fitting_size

IMPLIED = {"stroke_dasharray": "2 2"}
DIAMOND = 'd="M0 -9L9 0L0 9L-9 0Z" fill="#14202B" stroke="#FFFFFF" stroke-width="2"'
SHARE_FILLS = (INK_2, "#9AA7B2", LINE, WHITE)
"""For parts of a whole, four at most."""
HOLLOW = 'd="M0 -7L7 0L0 7L-7 0Z" fill="#FFFFFF" stroke="#14202B" stroke-width="1.5"'


@dataclass(frozen=True, slots=True)
class Spot:
    """One counted question on a strip: its level, and whether it is implied."""

    level: int
    is_implied: bool = False


def spread(spots: Sequence[Spot], gap: float) -> list[tuple[Spot, float]]:
    """Each spot with how far it stands beside its level, so that equal levels do not cover each other."""
    placed = []
    for spot in sorted(spots, key=lambda spot: spot.level):
        same = [other for other in spots if other.level == spot.level]
        taken = sum(other.level == spot.level for other, _ in placed)
        placed.append((spot, (taken - (len(same) - 1) / 2) * gap))
    return placed


def screen_strip(score: Fraction | None, spots: Sequence[Spot], target: int | None) -> str:
    """A strip whose places are percentages, so that it is as wide as its cell; 48 px high."""
    parts = [*_bands(34, 4), *_risers(0, 48, LINE)]
    if target is not None:
        aim = _percent(Fraction(target))
        parts.append(_upright(aim, 'y1="0" y2="48" stroke="#14202B" stroke-width="1.5" stroke-dasharray="4 3"'))
        if score is not None and score < target:
            parts.append(
                f'<line x1="{_percent(score)}" x2="{aim}" y1="24" y2="24" stroke="#14202B" stroke-width="1.5"/>'
            )
    for spot, aside in spread(spots, 12):
        dashes = ' stroke-dasharray="2 2"' if spot.is_implied else ""
        parts.append(
            f'<svg x="{_percent(Fraction(spot.level))}" y="9" overflow="visible"><circle cx="{aside:g}" r="4" '
            f'fill="#FFFFFF" stroke="#5D6A76" stroke-width="1.5"{dashes}/></svg>'
        )
    if score is not None:
        parts.append(_at(score, 24, DIAMOND))
    return "".join(parts)


def trace_strip(scores: Sequence[Fraction | None]) -> str:
    """A theme's scores over the periods on one strip: the earlier ones hollow, the last one solid; 48 px high."""
    parts = [*_bands(34, 4), *_risers(0, 48, LINE)]
    known = [score for score in scores if score is not None]
    if len(known) > 1:
        ends = f'x1="{_percent(known[-2])}" x2="{_percent(known[-1])}" y1="20" y2="20"'
        parts.append(f'<line {ends} stroke="{INK}" stroke-width="1.5"/>')
    parts += [_at(score, 20, HOLLOW) for score in known[:-1]]
    if known:
        parts.append(_at(known[-1], 20, DIAMOND if scores[-1] is not None else HOLLOW))
    return "".join(parts)


def what_if_strip(before: Fraction | None, after: Fraction | None, *, is_rtl: bool = False) -> str:
    """The index before and after a what-if, on the five numbered bands; 60 px high."""

    def place(score: Fraction) -> Fraction:
        return 6 - score if is_rtl else score

    fills = LEVEL_FILLS[::-1] if is_rtl else LEVEL_FILLS
    parts = [*_bands(30, 6, fills), *_risers(26, 40, LINE_STRONG)]
    if before is not None:
        parts.append(_at(place(before), 14, HOLLOW))
    if after is not None:
        parts.append(_at(place(after), 14, DIAMOND))
    parts += [
        f'<text x="{_percent(place(Fraction(level)))}" y="54" font-size="13" text-anchor="middle" fill="{INK_2}">'
        f"{level}</text>"
        for level in range(1, 6)
    ]
    return "".join(parts)


class PrintStrip:
    """A strip of 430 by 44 units; a canvas mirrors it right to left."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def draw(self, score: Fraction | None, spots: Sequence[Spot], target: int | None) -> str:
        """The strip's shapes."""
        canvas = self.canvas
        for place, fill in enumerate(LEVEL_FILLS):
            canvas.rect(86 * place, 36, 86, 4, fill=fill)
        for place in range(1, 5):
            canvas.line(86 * place, 0, 86 * place, 44, stroke=LINE)
        if target is not None:
            aim = self._x(Fraction(target))
            canvas.line(aim, 0, aim, 44, stroke=INK, stroke_width="1.5", stroke_dasharray="4 3")
            if score is not None and score < target:
                canvas.line(self._x(score), 23, aim, 23, stroke=INK, stroke_width="1.5")
        for spot, aside in spread(spots, 11):
            look = IMPLIED if spot.is_implied else {}
            x = self._x(Fraction(spot.level)) + aside
            canvas.circle(x, 8, 3.8, fill=WHITE, stroke=INK_3, stroke_width="1.5", **look)
        if score is not None:
            canvas.diamond(self._x(score), 23, 8.5, fill=INK, stroke=WHITE, stroke_width="2")
        return canvas.markup()

    def _x(self, score: Fraction) -> float:
        return float((score - Fraction(1, 2)) * 86)


def screen_pair(customs: int, police: int) -> str:
    """Two agencies' levels on a strip as wide as its cell, 48 px high: a ring for customs, a disc for the police."""
    mine, yours = _percent(Fraction(customs)), _percent(Fraction(police))
    return "".join(
        [
            *_bands(36, 4),
            *_risers(0, 48, LINE),
            f'<line x1="{mine}" x2="{yours}" y1="20" y2="20" stroke="{INK_3}" stroke-width="3"/>',
            f'<circle cx="{mine}" cy="20" r="9" fill="{WHITE}" stroke="{INK}" stroke-width="3"/>',
            f'<circle cx="{yours}" cy="20" r="5.5" fill="{INK}"/>',
        ]
    )


def print_pair(customs: int, police: int, agreed: int | None, canvas: Canvas) -> str:
    """The same for print, 260 by 30 units, a stroke at the agreed level; a canvas mirrors it right to left."""
    for place, fill in enumerate(LEVEL_FILLS):
        canvas.rect(52 * place, 26, 52, 3, fill=fill)
    for place in range(1, 5):
        canvas.line(52 * place, 0, 52 * place, 30, stroke=LINE)
    if agreed is not None:
        canvas.line(52 * agreed - 26, 1, 52 * agreed - 26, 25, stroke=ACCENT, stroke_width="3")
    canvas.line(52 * customs - 26, 13, 52 * police - 26, 13, stroke=INK_3, stroke_width="2")
    canvas.circle(52 * customs - 26, 13, 7, fill=WHITE, stroke=INK, stroke_width="2.4")
    canvas.circle(52 * police - 26, 13, 4.2, fill=INK)
    return canvas.markup()


def pair_scale_head(canvas: Canvas) -> str:
    """The five levels, by number alone, over the printed pairs."""
    for level in range(1, 6):
        canvas.text(52 * level - 26, 12, str(level), size=12, fill=INK_2, anchor="middle")
    return canvas.markup()


def shares(counts: Sequence[int], canvas: Canvas) -> str:
    """A bar of 180 by 14 units, parted by `counts`; the fills run from dark to white."""
    total, start = sum(counts), 0.0
    for count, fill in zip(counts, SHARE_FILLS, strict=True):
        width = 180 * count / total if total else 0
        if count:
            canvas.rect(start + 0.5, 1, width - 1, 12, fill=fill, stroke=INK_3, stroke_width="1")
        start += width
    return canvas.markup()


def scale_head(names: Sequence[str], canvas: Canvas) -> str:
    """The five levels, by number and name, over the printed strips."""
    for level, name in enumerate(names, start=1):
        words = f"{level} {name}"
        size = fitting_size(words, 10.5, 84)
        canvas.text(86 * level - 43, 12, words, size=size, fill=INK_2, anchor="middle")
    return canvas.markup()


def _bands(y: float, height: float, fills: Sequence[str] = LEVEL_FILLS) -> list[str]:
    return [
        f'<rect x="{20 * place}%" y="{y:g}" width="20%" height="{height:g}" fill="{fill}"/>'
        for place, fill in enumerate(fills)
    ]


def _risers(top: float, bottom: float, stroke: str) -> list[str]:
    look = f'y1="{top:g}" y2="{bottom:g}" stroke="{stroke}"'
    return [_upright(f"{20 * place}%", look) for place in range(1, 5)]


def _upright(x: str, look: str) -> str:
    return f'<line x1="{x}" x2="{x}" {look}/>'


def _at(score: Fraction, y: float, path: str) -> str:
    return f'<svg x="{_percent(score)}" y="{y:g}" overflow="visible"><path {path}/></svg>'


def _percent(score: Fraction) -> str:
    return f"{float((score - Fraction(1, 2)) * 20):.2f}%"
