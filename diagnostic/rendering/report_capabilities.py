"""Who may do what and who may act where, as rows for the report: authority by agency, and the risk areas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import AGENCIES, Instrument
from diagnostic.core.report_data import AnswerLine, AuthorityLine, GivenLine, Report
from diagnostic.core.responses import NATIONAL

from .words import AGENCY_WORDS, STATE_WORDS, join_words

HOLDERS = {
    "customs": _("Customs"),
    "police": _("Police"),
    "both": _("Both"),
    "other": _("Another agency"),
    "none": _("Nobody"),
}
MAY_ACT = {"customs": ("customs", "both"), "police": ("police", "both")}


@dataclass(frozen=True, slots=True)
class AuthorityCell:
    """One agency's authority: `sign` is the option's id, "" where nothing is stated, `source` whose word it is."""

    sign: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """A question that asks for authority: the agencies', customs first, and the level of the cooperation."""

    code: str
    question: str
    is_left_out: bool
    cells: tuple[AuthorityCell, ...]
    level: int | None
    level_name: str
    state: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One risk area; `may_act` says it for customs and the police, `said` what each agency says otherwise."""

    name: str
    may_act: tuple[bool, ...]
    holder: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapabilitiesPart:
    """The capabilities and the areas by agency."""

    rows: tuple[CapabilityRow, ...]
    areas: tuple[AreaRow, ...]
    areas_code: str
    areas_said: str
    unstated: str
    has_voices: bool


def build_capabilities(report: Report, instrument: Instrument) -> CapabilitiesPart | None:
    """The part; None where nothing is stated in this edition."""
    rows = tuple(_row(answer, instrument) for answer in report.answers if answer.takes_authority)
    asked = [answer for answer in report.answers if answer.takes_areas and not answer.is_left_out]
    areas = tuple(row for answer in asked for row in _areas(answer, report.risk_areas))
    if not areas and not any(cell.sign for row in rows for cell in row.cells):
        return None
    stated = {row.name for row in areas}
    missing = [name for name in report.risk_areas if name not in stated]
    return CapabilitiesPart(
        rows=rows,
        areas=areas,
        areas_code=asked[0].code if areas else "",
        areas_said=_say_areas(asked[0].given) if areas else "",
        unstated="; ".join(missing) if areas else "",
        has_voices=any(answer.voices for answer in report.answers),
    )


def _row(answer: AnswerLine, instrument: Instrument) -> CapabilityRow:
    given = answer.given
    level = given.level if given.state in ("answered", "implied") else None
    return CapabilityRow(
        code=answer.code,
        question=answer.text,
        is_left_out=answer.is_left_out,
        cells=tuple(_cell(answer, agency) for agency in AGENCIES),
        level=level,
        level_name="" if level is None else instrument.level_name(level),
        state=_say_state(answer),
    )


def _say_state(answer: AnswerLine) -> str:
    if answer.kind == "descriptive":
        return gettext("not scored")
    return str(STATE_WORDS.get(answer.given.state, STATE_WORDS["blank"]))


def _cell(answer: AnswerLine, agency: str) -> AuthorityCell:
    held = _held(answer.given, agency)
    if held is None:
        return AuthorityCell("", gettext("Not stated"), "")
    own = next((_held(given, agency) for given in answer.voices if given.voice == agency), None)
    return AuthorityCell(held.id, held.name, _say_source(answer, held, own))


def _held(given: GivenLine, agency: str) -> AuthorityLine | None:
    return next((line for line in given.authority if line.agency == agency), None)


def _say_source(answer: AnswerLine, held: AuthorityLine, own: AuthorityLine | None) -> str:
    """Whose words these are, where the agencies answered each for itself."""
    if not answer.voices:
        return ""
    if held.voice != NATIONAL:
        return gettext("Its own answer")
    if own is None:
        return gettext("Agreed")
    if own.id == held.id:
        return gettext("Agreed, as it answered itself")
    return gettext("Agreed; its own answer was: %(words)s") % {"words": own.name}


def _areas(answer: AnswerLine, names: Iterable[str]) -> Iterable[AreaRow]:
    agreed = {area.name: area.holder for area in answer.given.areas}
    own = {given.voice: {area.name: area.holder for area in given.areas} for given in answer.voices}
    for name in names:
        holder = agreed.get(name, "")
        said = tuple(
            gettext("%(agency)s answered: %(holder)s")
            % {"agency": AGENCY_WORDS[agency], "holder": HOLDERS[held[name]] if name in held else gettext("not stated")}
            for agency, held in own.items()
        )
        differs = any(held.get(name, holder) != holder for held in own.values())
        if holder or differs:
            yield AreaRow(
                name=name,
                may_act=tuple(holder in MAY_ACT[agency] for agency in AGENCIES),
                holder=str(HOLDERS[holder]) if holder else gettext("Not agreed"),
                said=said if differs else (),
            )


def _say_areas(given: GivenLine) -> str:
    count = Counter(area.holder for area in given.areas)
    if not count:
        return gettext("There is no agreed answer; what each agency answered stands beside the area.")
    parts = [
        ngettext("%(who)s in %(count)d area", "%(who)s in %(count)d areas", count[holder])
        % {"who": words, "count": count[holder]}
        for holder, words in (
            ("both", gettext("both")),
            ("customs", gettext("customs alone")),
            ("police", gettext("the police alone")),
            ("other", gettext("another agency")),
            ("none", gettext("nobody")),
        )
        if count[holder]
    ]
    return gettext("Who may act: %(parts)s.") % {"parts": join_words(parts)}
