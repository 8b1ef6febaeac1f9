"""Customs and police compared, as rows for the result page and the report: what each said, and what they agreed on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from diagnostic.core.comparison import Agreement, Difference
from diagnostic.core.instrument import Instrument
from diagnostic.core.result import Result
from diagnostic.core.scoring import exact, shown

from .words import AGENCY_WORDS, join_words


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level of a pair; `agency` is "" for the one they agreed on, and `name` says it where there is no level."""

    who: str
    agency: str
    level: int | None
    name: str
    note: str

    def __str__(self) -> str:
        level = f"{self.level} {self.name}" if self.level else self.name
        note = f" ({self.note})" if self.note else ""
        return f"{self.who}: {level}{note}"


@dataclass(frozen=True, slots=True)
class PairRow:
    """A question on which the agencies differ."""

    code: str
    question: str
    gap: str
    strip: SafeString
    levels: tuple[LevelRow, ...]


Draw = Callable[[int, int, str], SafeString]
"""Draws the levels of customs and police; the text says them, for who does not see the drawing."""


def build_pairs(instrument: Instrument, result: Result, agreement: Agreement | None, draw: Draw) -> list[PairRow]:
    """The questions on which customs and police differ, the largest difference first."""
    return [_pair(instrument, result, pair, draw) for pair in agreement.pairs if pair.size] if agreement else []


def _pair(instrument: Instrument, result: Result, pair: Difference, draw: Draw) -> PairRow:
    levels = tuple(build_levels(instrument, result, pair))
    return PairRow(
        code=pair.question,
        question=instrument.by_code[pair.question].text,
        gap=ngettext("%(count)d level apart", "%(count)d levels apart", pair.size) % {"count": pair.size},
        strip=draw(pair.customs, pair.police, "; ".join(str(row) for row in levels)),
        levels=levels,
    )


def build_levels(instrument: Instrument, result: Result, pair: Difference) -> Iterable[LevelRow]:
    """The level of customs, of the police, and the one that they agreed on."""
    for agency, level in (("customs", pair.customs), ("police", pair.police)):
        note = gettext("not asked, counted as level 1") if agency in pair.implied else ""
        yield LevelRow(str(AGENCY_WORDS[agency]), agency, level, instrument.level_name(level), note)
    agreed = result.standings[pair.question].level
    name = gettext("no level") if agreed is None else instrument.level_name(agreed)
    yield LevelRow(gettext("Agreed"), "", agreed, name, "")


def say_equal(agreement: Agreement | None) -> str:
    """The questions on which the agencies agree without any talk; "" where there are none."""
    codes = [pair.question for pair in agreement.pairs if not pair.size] if agreement else []
    return gettext("Equal in both voices: %(codes)s.") % {"codes": join_words(codes)} if codes else ""


def say_agreement(agreement: Agreement | None) -> str:
    """How far customs and police agree, in figures; "" where nothing is compared."""
    if agreement is None:
        return ""
    return gettext(
        "%(compared)d questions count in both voices: %(equal)d are equal, %(near)d lie within one level, %(large)d "
        "two levels or more apart; the mean difference is %(mean)s levels (%(exact)s). A difference is not an error: "
        "in a tool that measures cooperation, it is itself a finding."
    ) % {
        "compared": agreement.compared,
        "equal": agreement.equal,
        "near": agreement.within_one,
        "large": len(agreement.differences),
        "mean": shown(agreement.mean_difference),
        "exact": exact(agreement.mean_difference),
    }
