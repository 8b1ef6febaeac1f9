"""The pictures of a result as SVG: the continuum, the profile strips, the what-if strip; each from plain values.

The figures always stand beside a picture as text; what a picture alone says is in its title and description.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from diagnostic.core.instrument import LEVELS, Instrument
from diagnostic.core.result import Result
from diagnostic.core.scoring import shown

from .continuum import Ladder, Mark, Picture, Stairs, Words
from .report_text import direction_of
from .shapes import FONTS, Canvas, Caption
from .strips import (
    PrintStrip,
    Spot,
    pair_scale_head,
    print_pair,
    scale_head,
    screen_pair,
    screen_strip,
    shares,
    trace_strip,
    what_if_strip,
)

Layout = Literal["wide", "narrow", "print", "cover"]

PRINTED_WIDTHS = {"print": 170, "cover": 210}
"""How wide the report's stylesheet prints these layouts, in millimetres."""
ASCENT = 0.888
"""Where the baseline lies in a line that is as high as its letters, in Noto Sans."""

LAYOUTS: dict[str, Stairs | Ladder] = {
    "wide": Stairs(width=1040, first_top=264, rise=40, bottom=384, has_scale=True),
    "narrow": Ladder(),
    "print": Stairs(width=920, first_top=264, rise=40, bottom=384, has_scale=True),
    "cover": Stairs(width=1040, first_top=360, rise=64, bottom=510, has_scale=False),
}


@dataclass(frozen=True, slots=True)
class Continuum:
    """What the continuum shows of one result.

    `level_names` are the five names from 1 to 5; `level` is None while it is not stated; `index` is None without a
    counted answer. `unmet` are the question codes with an unmet criterion of the level after the working level.
    `previous_period` and `previous_index` are those of the country's last assessment, where there is one.
    """

    country: str
    period: str
    level_names: tuple[str, ...]
    level: int | None
    working_level: int | None
    index: Fraction | None
    lowest_level: int
    highest_level: int
    index_low: Fraction
    index_high: Fraction
    target_level: int | None
    unmet: tuple[str, ...]
    previous_period: str = ""
    previous_index: Fraction | None = None


def continuum_of(
    instrument: Instrument,
    result: Result,
    *,
    country: str,
    period: str,
    previous_period: str = "",
    previous_index: Fraction | None = None,
) -> Continuum:
    """What the continuum shows of `result`; give `previous_…` where the country was assessed before."""
    place, reach = result.place, result.range
    following = (place.working_level or 0) + 1
    unmet = [
        item.criterion.question
        for item in place.criteria
        if item.state == "unmet" and item.criterion.level == following
    ]
    return Continuum(
        country=country,
        period=period,
        level_names=tuple(level.name for level in instrument.continuum),
        level=result.level,
        working_level=place.working_level,
        index=place.index,
        lowest_level=reach.lowest_level,
        highest_level=reach.highest_level,
        index_low=reach.index_low,
        index_high=reach.index_high,
        target_level=result.target_level,
        unmet=tuple(unmet),
        previous_period=previous_period,
        previous_index=previous_index,
    )


def draw_continuum(
    continuum: Continuum, layout: Layout = "wide", *, prefix: str = "continuum", is_rtl: bool = False
) -> SafeString:
    """The continuum as one `<svg>` with title and description.

    `layout`: "wide" (1040 units) from 640 px on, "narrow" (358) below, "print" (920) and "cover" (1040, without
    scale) for the report. `prefix` makes the ids of title and description unique in the page: give each drawing
    its own. Right to left, x is mirrored and the text stays readable.
    """
    design = LAYOUTS[layout]
    canvas = Canvas(design.width, is_rtl=is_rtl, lays_over=layout in PRINTED_WIDTHS)
    view_box = design.draw(_picture(continuum), canvas)
    return get_template("charts/continuum.svg").render(
        {
            "view_box": view_box,
            "prefix": prefix,
            **_title_and_description(continuum, layout),
            "fonts": FONTS,
            "shapes": _safe(canvas.markup()),
            "captions": [
                place_caption(caption, PRINTED_WIDTHS[layout] / design.width, view_box) for caption in canvas.captions
            ],
        }
    )


def describe_continuum(continuum: Continuum) -> str:
    """What the picture shows, in sentences: its description, and the text for who does not see it."""
    names = continuum.level_names
    said = [
        gettext("Five steps rise from 1 %(first)s to 5 %(last)s.") % {"first": names[0], "last": names[-1]},
        _say_place(continuum),
    ]
    if continuum.index is not None and continuum.index_low != continuum.index_high:
        low, high = shown(continuum.index_low), shown(continuum.index_high)
        said.append(
            gettext("With the answers that are open the index may lie between %(low)s and %(high)s.")
            % {"low": low, "high": high}
        )
    if continuum.level is not None and continuum.lowest_level != continuum.highest_level:
        said.append(
            gettext("They could still change the level; in reach: %(range)s.") % {"range": _levels_in_reach(continuum)}
        )
    if continuum.target_level is not None:
        said.append(gettext("The target is step %(step)s.") % {"step": _step(continuum, continuum.target_level)})
    if continuum.unmet and continuum.level is not None:
        said.append(
            gettext("Criteria of step %(step)s that are not yet met: %(questions)s.")
            % {"step": _step(continuum, continuum.level + 1), "questions": ", ".join(continuum.unmet)}
        )
    if continuum.previous_index is not None:
        said.append(
            gettext("In %(period)s the index was %(index)s.")
            % {"period": continuum.previous_period, "index": shown(continuum.previous_index)}
        )
    return " ".join(said)


def draw_strip(
    score: Fraction | None, levels: Sequence[tuple[int, bool]], target_level: int | None = None
) -> SafeString:
    """One theme's strip on the screen, as wide as its cell: score (diamond), questions (circles), target (dashed).

    `levels` holds each counted question's level and whether it is implied (drawn dashed). Hidden from screen
    readers: the same figures must stand in the table. Right to left the stylesheet flips it; it holds no text.
    """
    spots = [Spot(level, is_implied) for level, is_implied in levels]
    shapes = screen_strip(score, spots, target_level)
    return _strip({"css_class": "strip", "shapes": _safe(shapes)})


def draw_trace(scores: Sequence[Fraction | None]) -> SafeString:
    """One theme's scores over the periods, the oldest first, on a strip like `draw_strip`'s; the table has the figures.

    Hidden from screen readers. Right to left the stylesheet flips it; it holds no text.
    """
    return _strip({"css_class": "strip", "shapes": _safe(trace_strip(scores))})


def draw_print_strip(
    score: Fraction | None,
    levels: Sequence[tuple[int, bool]],
    target_level: int | None = None,
    *,
    title: str,
    is_rtl: bool = False,
) -> SafeString:
    """The same strip for print, 430 by 44 units; `title` says its figures, for the PDF has no hidden drawings."""
    strip = PrintStrip(Canvas(430, is_rtl=is_rtl))
    shapes = strip.draw(score, [Spot(level, is_implied) for level, is_implied in levels], target_level)
    return _strip({"view_box": "0 0 430 44", "title": title, "shapes": _safe(shapes)})


def draw_pair(customs: int, police: int) -> SafeString:
    """Two agencies' levels on the screen, as wide as the cell: ring for customs, disc for the police.

    Hidden from screen readers: the same levels must stand beside it. Right to left the stylesheet flips it.
    """
    return _strip({"css_class": "strip", "shapes": _safe(screen_pair(customs, police))})


def draw_print_pair(
    customs: int, police: int, agreed: int | None = None, *, title: str, is_rtl: bool = False
) -> SafeString:
    """The same for print, 260 by 30 units, with a stroke at the level they agreed on; `title` says the levels."""
    shapes = print_pair(customs, police, agreed, Canvas(260, is_rtl=is_rtl))
    return _strip({"view_box": "0 0 260 30", "title": title, "shapes": _safe(shapes)})


def draw_print_pair_scale(*, is_rtl: bool = False) -> SafeString:
    """The head of the printed pairs: the numbers of the five levels, 260 by 16 units."""
    shapes = pair_scale_head(Canvas(260, is_rtl=is_rtl))
    return _strip({"view_box": "0 0 260 16", "title": gettext("Levels 1 to 5"), "shapes": _safe(shapes)})


def draw_print_shares(counts: Sequence[int], *, title: str, is_rtl: bool = False) -> SafeString:
    """A bar of 180 by 14 units, parted by `counts` from dark to white; `title` says them."""
    shapes = shares(counts, Canvas(180, is_rtl=is_rtl))
    return _strip({"view_box": "0 0 180 14", "title": title, "shapes": _safe(shapes)})


def draw_print_scale(level_names: Sequence[str], *, is_rtl: bool = False) -> SafeString:
    """The head of the printed strips: the five levels by number and name, 430 by 16 units."""
    title = gettext("Scale from 1 %(first)s to 5 %(last)s") % {"first": level_names[0], "last": level_names[-1]}
    shapes = scale_head(level_names, Canvas(430, is_rtl=is_rtl))
    return _strip({"view_box": "0 0 430 16", "title": title, "shapes": _safe(shapes)})


def draw_what_if(before: Fraction | None, after: Fraction | None, *, is_rtl: bool = False) -> SafeString:
    """The index as it is (hollow diamond) and as it would be (solid) on the five bands; the figures stand beside it."""
    return _strip({"shapes": _safe(what_if_strip(before, after, is_rtl=is_rtl))})


def _picture(continuum: Continuum) -> Picture:
    level, index, period = continuum.level, continuum.index, continuum.previous_period
    is_open = continuum.index_low != continuum.index_high
    following = level + 1 if level is not None and level < LEVELS[-1] else None
    return Picture(
        words=_words(continuum),
        level=level,
        low=continuum.lowest_level,
        high=continuum.highest_level,
        index=None if index is None else Mark(index, shown(index)),
        range=tuple(Mark(end, shown(end)) for end in (continuum.index_low, continuum.index_high))  # type: ignore[arg-type]
        if is_open
        else None,
        target=continuum.target_level,
        unmet_level=following if continuum.unmet else None,
        previous=None if continuum.previous_index is None else Mark(continuum.previous_index, period),
    )


def _words(continuum: Continuum) -> Words:
    return Words(
        steps=continuum.level_names,
        flag=gettext("%(country)s, %(period)s") % {"country": continuum.country, "period": continuum.period},
        flag_level=_flag_level(continuum),
        target=gettext("Target"),
        unmet=gettext("%(questions)s not yet met") % {"questions": ", ".join(continuum.unmet)},
        customs=gettext("Customs"),
        police=gettext("Police"),
        index=gettext("Index"),
    )


def _flag_level(continuum: Continuum) -> str:
    if continuum.level is not None:
        name = continuum.level_names[continuum.level - 1]
        return gettext("Level %(level)s %(name)s") % {"level": continuum.level, "name": name}
    if continuum.lowest_level == continuum.highest_level:
        return gettext("Level not stated yet")
    return gettext("Level not stated yet: %(low)s–%(high)s") % {
        "low": continuum.lowest_level,
        "high": continuum.highest_level,
    }


def _title_and_description(continuum: Continuum, layout: Layout) -> dict[str, str]:
    title, description = _title(continuum), describe_continuum(continuum)
    if layout in ("print", "cover"):
        # A PDF knows one alternative text for a picture, and takes it from the title.
        return {"title": f"{title}. {description}", "description": ""}
    return {"title": title, "description": description}


def _title(continuum: Continuum) -> str:
    values = {"country": continuum.country, "period": continuum.period}
    if continuum.level is None:
        return gettext("%(country)s on the continuum, %(period)s: level not stated yet") % values
    return gettext("%(country)s on the continuum, %(period)s: level %(level)s %(name)s") % {
        **values,
        "level": continuum.level,
        "name": continuum.level_names[continuum.level - 1],
    }


def _say_place(continuum: Continuum) -> str:
    if continuum.index is None:
        return gettext("No answer counts yet, so there is no level and no index.")
    values = {"country": continuum.country, "index": shown(continuum.index)}
    if continuum.level is not None:
        return gettext("%(country)s stands on step %(step)s, with an index of %(index)s.") % {
            **values,
            "step": _step(continuum, continuum.level),
        }
    return gettext("Not enough is answered to state a level; in reach: %(range)s. The index is %(index)s.") % {
        **values,
        "range": _levels_in_reach(continuum),
    }


def _levels_in_reach(continuum: Continuum) -> str:
    low, high = continuum.lowest_level, continuum.highest_level
    if low == high:
        return _step(continuum, low)
    return gettext("%(low)s to %(high)s") % {"low": _step(continuum, low), "high": _step(continuum, high)}


def _step(continuum: Continuum, level: int) -> str:
    return f"{level} {continuum.level_names[level - 1]}"


def _strip(values: dict[str, object]) -> SafeString:
    return get_template("charts/strip.svg").render(values)


def place_caption(caption: Caption, millimetre: float, view_box: str) -> dict[str, str]:
    """A caption as its words and the style that lays them over the picture, printed at `millimetre` for each unit."""
    size = caption.size * millimetre
    top = (caption.y - float(view_box.split()[1])) * millimetre - ASCENT * size
    left = caption.x * millimetre
    shift = {"start": 0, "middle": -50, "end": -100}[caption.anchor]
    weight = 700 if caption.is_bold else 400
    style = (
        f"left: {left:.2f}mm; top: {top:.2f}mm; font-size: {size:.2f}mm; color: {caption.fill}; "
        f"font-weight: {weight}; transform: translateX({shift}%)"
    )
    return {"words": caption.words, "style": style, "direction": direction_of(caption.words)}


def _safe(shapes: str) -> SafeString:
    # The canvas escapes every text it writes; nothing else in it comes from outside.
    return mark_safe(shapes)  # noqa: S308
