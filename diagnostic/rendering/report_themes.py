"""The report's profile by theme, as rows for its templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import QuestionScore, Report, ThemeLine

from .charts import draw_print_strip
from .words import STATE_WORDS, say_level


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme with its score, how it comes from its questions, and its strip."""

    name: str
    handbook: str
    score: str
    exact: str
    level: int | None
    level_name: str
    questions: tuple[str, ...]
    sum: str
    strip: SafeString


def build_theme_rows(report: Report, instrument: Instrument, *, is_rtl: bool) -> Iterable[ThemeRow]:
    """The themes, the weakest first and those without a score last."""
    ordered = sorted(report.themes, key=lambda theme: (theme.score is None, _value(theme)))
    return [build_theme_row(report, instrument, theme, is_rtl=is_rtl) for theme in ordered]


def build_theme_row(report: Report, instrument: Instrument, theme: ThemeLine, *, is_rtl: bool) -> ThemeRow:
    """One theme."""
    seen = [question for question in theme.questions if question.code not in report.left_out]
    questions = tuple(_say_question(question) for question in seen)
    if len(seen) < len(theme.questions):
        questions += (gettext("%(count)d not shown") % {"count": len(theme.questions) - len(seen)},)
    score = gettext("none") if theme.score is None else theme.score.shown
    return ThemeRow(
        name=theme.name,
        handbook=theme.handbook,
        score=score,
        exact="" if theme.score is None or not theme.counted else theme.score.exact,
        level=theme.level,
        level_name="" if theme.level is None else instrument.level_name(theme.level),
        questions=questions,
        sum=f"{theme.sum} / {theme.counted}" if theme.counted else "",
        strip=draw_print_strip(
            _value(theme) if theme.score else None,
            [(item.level, item.state == "implied") for item in theme.questions if item.level is not None],
            report.target_level,
            title=_say_strip(report, instrument, theme, score, "; ".join(questions)),
            is_rtl=is_rtl,
        ),
    )


def _say_strip(report: Report, instrument: Instrument, theme: ThemeLine, score: str, questions: str) -> str:
    said = gettext("%(theme)s: score %(score)s; %(questions)s.") % {
        "theme": theme.name,
        "score": score,
        "questions": questions,
    }
    if report.target_level is None:
        return said
    target = gettext("Target: %(level)s.") % {"level": say_level(instrument, report.target_level)}
    return f"{said} {target}"


def _value(theme: ThemeLine) -> Fraction:
    return theme.score.value if theme.score else Fraction(0)


def _say_question(question: QuestionScore) -> str:
    if question.state == "answered":
        return f"{question.code}: {question.level}"
    return f"{question.code}: {STATE_WORDS[question.state]}"
