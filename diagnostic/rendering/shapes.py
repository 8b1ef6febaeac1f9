"""SVG shapes as text: a canvas that writes and mirrors them, and a measure of text; no chart is drawn here.

Only presentation attributes are written, so that one source serves the page, the PDF and Word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import escape

INK = "#14202B"
INK_2 = "#45525E"
INK_3 = "#5D6A76"
WHITE = "#FFFFFF"
LINE = "#D9DEE3"
ACCENT = "#1B4F8F"
LINE_STRONG = "#7C8894"
LEVEL_FILLS = ("#F1E9D2", "#BBD3B4", "#74B09F", "#2E7A7E", "#0D4553")
LEVEL_EDGES = ("#8F8152", "#5B8457", "#35796A", "#2E7A7E", "#0D4553")
LEVEL_INKS = (INK, INK, INK, WHITE, WHITE)
FONTS = "Noto Sans, Noto Sans Arabic, Noto Sans CJK SC, Segoe UI, system-ui, sans-serif"

ISOLATE = "\u2067{}\u2069"
OPPOSITE = {"start": "end", "end": "start", "middle": "middle"}


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of text laid over the drawing instead of into it; at `x` and `y` its baseline is anchored."""

    x: float
    y: float
    words: str
    size: float
    fill: str
    anchor: str
    is_bold: bool


class Canvas:
    """Collects shapes in drawing order, in a left-to-right plane `width` wide; right to left, x becomes width − x.

    With `lays_over`, text whose letters join or reorder becomes a caption: WeasyPrint sets SVG text letter by letter.
    """

    def __init__(self, width: float, *, is_rtl: bool = False, lays_over: bool = False) -> None:
        self.width = width
        self.is_rtl = is_rtl
        self.lays_over = lays_over
        self.parts: list[str] = []
        self.captions: list[Caption] = []

    def rect(self, x: float, y: float, width: float, height: float, *, fill: str, **look: str) -> None:
        """A rectangle from its upper corner towards the higher levels."""
        left = self.width - x - width if self.is_rtl else x
        self._add(
            f'<rect x="{number(left)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
            f'fill="{fill}"{_attributes(look)}/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, **look: str) -> None:
        """A straight line."""
        ends = f'x1="{self._x(x1)}" y1="{number(y1)}" x2="{self._x(x2)}" y2="{number(y2)}"'
        self._add(f'<line {ends} stroke="{stroke}"{_attributes(look)}/>')

    def circle(self, x: float, y: float, radius: float, *, fill: str, **look: str) -> None:
        """A circle about (x, y)."""
        self._add(f'<circle cx="{self._x(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{_attributes(look)}/>')

    def diamond(self, x: float, y: float, half: float, *, fill: str, **look: str) -> None:
        """A square on its corner, `half` as high as wide: the mark of a score."""
        middle = self.width - x if self.is_rtl else x
        path = (
            f"M{number(middle)} {number(y - half)}L{number(middle + half)} {number(y)}"
            f"L{number(middle)} {number(y + half)}L{number(middle - half)} {number(y)}Z"
        )
        self._add(f'<path d="{path}" fill="{fill}"{_attributes(look)}/>')

    def text(
        self, x: float, y: float, words: str, *, size: float, fill: str = INK, anchor: str = "start", bold: bool = False
    ) -> None:
        """One line of text on its baseline, anchored at its first edge in reading direction unless said otherwise."""
        weight = ' font-weight="700"' if bold else ""
        place = OPPOSITE[anchor] if self.is_rtl else anchor
        if self.lays_over and needs_shaping(words):
            self.captions.append(Caption(self.width - x if self.is_rtl else x, y, words, size, fill, place, bold))
            return
        shown = ISOLATE.format(words) if self.is_rtl else words
        self._add(
            f'<text x="{self._x(x)}" y="{number(y)}" font-size="{number(size)}"{weight} fill="{fill}" '
            f'text-anchor="{place}">{escape(shown)}</text>'
        )

    def markup(self) -> str:
        """The shapes so far, one a line; every text in it is escaped."""
        return "\n".join(self.parts)

    def _add(self, shape: str) -> None:
        self.parts.append(shape)

    def _x(self, x: float) -> str:
        return number(self.width - x if self.is_rtl else x)


def needs_shaping(words: str) -> bool:
    """Whether letters of `words` join, reorder or combine, so that they cannot be set one by one."""
    return any(
        unicodedata.bidirectional(sign) in ("R", "AL") or unicodedata.category(sign) in ("Mn", "Mc") for sign in words
    )


def number(value: float) -> str:
    """`value` with at most one decimal and a full stop, whatever the language."""
    return f"{value:.1f}".removesuffix(".0")


def _attributes(look: dict[str, str]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in look.items())


def text_width(words: str, size: float) -> float:
    """About how wide `words` print at `size`, a little generously: the server draws without measuring fonts."""
    return sum(_em(sign) for sign in words) * size


def _em(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    if sign in " .,:;'|ijlI()-–":
        return 0.32
    return 0.7 if sign.isupper() or sign in "mwMW@%" else 0.57


def wrap(words: str, size: float, room: float) -> list[str]:
    """`words` in lines no wider than `room`; a word that is too long alone is broken, none is lost."""
    lines: list[str] = []
    for word in _pieces(words.split(), size, room):
        if lines and text_width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _pieces(words: Iterable[str], size: float, room: float) -> Iterable[str]:
    for word in words:
        piece = ""
        for sign in word:
            if piece and text_width(piece + sign, size) > room:
                yield piece
                piece = ""
            piece += sign
        if piece:
            yield piece


def fitting_size(words: str, size: float, room: float) -> float:
    """`size`, or the smaller one at which `words` fit into `room`."""
    width = text_width(words, size)
    return size if width <= room else round(size * room / width, 1)
