"""Customs and police compared, as rows for the report's templates: every question that counts in both voices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from diagnostic.core.comparison import Agreement, Difference
from diagnostic.core.instrument import Instrument
from diagnostic.core.result import Result
from diagnostic.core.scoring import exact, shown

from .charts import draw_print_pair, draw_print_pair_scale
from .pairs import LevelRow, build_levels
from .words import join_words


@dataclass(frozen=True, slots=True)
class DumbbellRow:
    """A question with the levels of customs, of the police, and the one they agreed on, drawn and said."""

    code: str
    question: str
    strip: SafeString
    levels: tuple[LevelRow, ...]


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """How far customs and police agree: in figures, and question by question, the largest difference first."""

    figures: tuple[tuple[str, str], ...]
    scale: SafeString
    rows: tuple[DumbbellRow, ...]
    implied: str


def build_compared(instrument: Instrument, result: Result, *, is_rtl: bool) -> ComparedPart | None:
    """The comparison; None where nothing counts in both voices."""
    agreement = result.agreement
    if agreement is None:
        return None
    return ComparedPart(
        figures=tuple(_figures(agreement)),
        scale=draw_print_pair_scale(is_rtl=is_rtl),
        rows=tuple(_row(instrument, result, pair, is_rtl) for pair in agreement.pairs),
        implied=_say_implied(agreement),
    )


def _figures(agreement: Agreement) -> Iterable[tuple[str, str]]:
    apart = len(agreement.differences)
    mean = shown(agreement.mean_difference)
    fraction = f" ({exact(agreement.mean_difference)})" if agreement.mean_difference.denominator > 1 else ""
    yield gettext("Questions that count in both voices"), str(agreement.compared)
    yield gettext("Equal"), str(agreement.equal)
    yield gettext("One level apart"), str(agreement.within_one - agreement.equal)
    yield gettext("Two levels or more apart"), str(apart)
    yield gettext("Mean difference in levels"), f"{mean}{fraction}"


def _row(instrument: Instrument, result: Result, pair: Difference, is_rtl: bool) -> DumbbellRow:
    levels = tuple(build_levels(instrument, result, pair))
    return DumbbellRow(
        code=pair.question,
        question=instrument.by_code[pair.question].text,
        strip=draw_print_pair(
            pair.customs,
            pair.police,
            result.standings[pair.question].level,
            title=f"{pair.question}: {'; '.join(str(row) for row in levels)}",
            is_rtl=is_rtl,
        ),
        levels=levels,
    )


def _say_implied(agreement: Agreement) -> str:
    """The questions that one agency was not asked; "" where there are none."""
    codes = [pair.question for pair in agreement.pairs if pair.implied]
    if not codes:
        return ""
    return gettext("A star marks a follow-up that the agency was not asked; it counts as level 1 (%(codes)s).") % {
        "codes": join_words(codes)
    }
