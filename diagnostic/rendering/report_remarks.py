"""What the secretariat and the country said to each other in review, as threads for the report's template."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.report_follow_up import RemarkLine

from .report_cover import say_time
from .report_text import Line, isolated, lines_of
from .words import AGENCY_WORDS

ACTS = {
    "return": _("Returned for clarification"),
    "acceptance": _("Accepted"),
    "clarification": _("Asks for clarification"),
    "comment": _("Comment"),
    "opinion": _("Opinion"),
    "reply": _("Reply to the opinion"),
}


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """One remark: by whom, when, on which submission where there were several, and for an opinion both levels.

    `level` is the opinion's, `country_level` what the country had handed in. `is_unanswered` marks an opinion that
    nobody replied to, `is_earlier` a reply to an opinion that was changed afterwards.
    """

    act: str
    side: str
    who: str
    when: str
    submission: str
    level: int | None
    level_name: str
    country_level: int | None
    country_level_name: str
    lines: tuple[Line, ...]
    is_unanswered: bool
    is_earlier: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said of one question; `code` is "" for what was said on the whole."""

    code: str
    question: str
    rows: tuple[RemarkRow, ...]


def build_remarks(report: Report, instrument: Instrument) -> tuple[Thread, ...]:
    """The threads, what was said on the whole first; empty where nothing was said."""
    texts = {answer.code: answer.text for answer in report.answers}
    has_several = len({remark.number for remark in report.remarks} | {report.facts.submission_number or 0}) > 1
    answered = {remark.answers_to for remark in report.remarks}
    threads: dict[str, list[RemarkRow]] = {}
    for place, remark in enumerate(report.remarks):
        opinion = None if remark.answers_to is None else report.remarks[remark.answers_to]
        threads.setdefault(remark.question, []).append(
            RemarkRow(
                act=str(ACTS[remark.kind]),
                side=remark.side,
                who=_say_who(remark),
                when=say_time(remark.at),
                submission=gettext("on submission %(number)d") % {"number": remark.number} if has_several else "",
                level=remark.level,
                level_name=_name(instrument, remark.level),
                country_level=remark.country_level,
                country_level_name=_name(instrument, remark.country_level),
                lines=tuple(lines_of(remark.text)),
                is_unanswered=remark.kind == "opinion" and place not in answered,
                is_earlier=opinion is not None and remark.at < opinion.at,
            )
        )
    return tuple(Thread(code, texts.get(code, ""), tuple(rows)) for code, rows in threads.items())


def _name(instrument: Instrument, level: int | None) -> str:
    return "" if level is None else instrument.level_name(level)


def _say_who(remark: RemarkLine) -> str:
    if remark.side == "secretariat":
        office = gettext("WCO secretariat")
    else:
        office = str(AGENCY_WORDS.get(remark.agency, "")).lower()
    return gettext(", ").join(part for part in (isolated(remark.by), office) if part)
