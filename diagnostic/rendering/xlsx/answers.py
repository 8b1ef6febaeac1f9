"""What was answered, in every voice, as tables: the answers, who may act where, evidence, and where voices differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.report_data import AnswerLine, GivenLine, Report
from diagnostic.core.responses import NATIONAL
from diagnostic.rendering.report_annex import HOLDERS
from diagnostic.rendering.words import AGENCY_WORDS, BASIS_WORDS, STATE_WORDS, capitalised

from .table import MIDDLE, NARROW, PROSE, WIDE, Column, Table, Value, make_table

VOICE_WORDS = AGENCY_WORDS | {NATIONAL: _("National")}
STATES = STATE_WORDS | {"not_asked": _("not asked")}


def answers_table(report: Report) -> Table:
    """Every question in every voice that the report holds, one a row."""
    columns = (
        Column(gettext("Question"), NARROW),
        Column(gettext("Voice"), NARROW),
        Column(gettext("Theme")),
        Column(gettext("Text of the question"), WIDE),
        Column(gettext("State")),
        Column(gettext("Level"), NARROW, "number"),
        Column(gettext("Name of the level")),
        Column(gettext("Statement"), WIDE),
        Column(gettext("Basis"), MIDDLE + 5),
        Column(gettext("Narrative"), PROSE - 10),
        Column(gettext("Reason"), MIDDLE + 8),
        Column(gettext("Subjects"), MIDDLE + 4),
        Column(gettext("Challenges"), MIDDLE + 4),
        Column(gettext("Held and not counted"), NARROW + 4),
        Column(gettext("Why the agencies agreed"), MIDDLE + 8),
    )
    names = {theme.id: theme.name for theme in report.themes}
    return make_table(
        gettext("Answers"),
        gettext("Every question and what each voice answered"),
        columns,
        (_answer(report, answer, given, names.get(answer.theme, "")) for answer, given in _every_given(report)),
        keys=2,
    )


def _every_given(report: Report) -> Iterable[tuple[AnswerLine, GivenLine]]:
    for answer in report.answers:
        for given in (answer.given, *answer.voices):
            yield answer, given


def _answer(report: Report, answer: AnswerLine, given: GivenLine, theme: str) -> tuple[Value, ...]:
    state = gettext("not in this edition") if answer.is_left_out else str(STATES[given.state])
    is_reports = given is answer.given
    name = "" if given.level is None or answer.is_left_out else report.levels[given.level - 1].name
    return (
        answer.code,
        _voice(given),
        theme,
        answer.text,
        capitalised(state),
        given.level,
        name,
        given.statement,
        capitalised(str(BASIS_WORDS[given.basis])) if given.basis else "",
        given.narrative,
        given.reason,
        "\n".join(given.topics),
        "\n".join(given.challenges),
        gettext("Yes") if answer.is_kept and is_reports else "",
        answer.agreement if is_reports else "",
    )


def _voice(given: GivenLine) -> str:
    return str(VOICE_WORDS.get(given.voice, given.voice))


def authority_table(report: Report) -> Table:
    """Which authority each agency has, and which voice said so."""
    return _table_of_voices(
        report,
        (gettext("Authority"), gettext("What each agency may do")),
        (Column(gettext("Agency")), Column(gettext("Authority"), PROSE), _wider(gettext("Taken from the answers of"))),
        lambda given: (
            (str(AGENCY_WORDS[line.agency]), line.name, str(VOICE_WORDS[line.voice])) for line in given.authority
        ),
    )


def areas_table(report: Report) -> Table:
    """Who may act in which area."""
    return _table_of_voices(
        report,
        (gettext("Areas"), gettext("Who may act where")),
        (Column(gettext("Area"), PROSE), _wider(gettext("Who may act there"))),
        lambda given: ((area.name, str(HOLDERS[area.holder])) for area in given.areas),
        keys=3,
    )


def evidence_table(report: Report) -> Table:
    """The evidence named, one piece a row."""
    return _table_of_voices(
        report,
        (gettext("Evidence"), gettext("What the answers rest on")),
        (Column(gettext("Title"), PROSE), Column(gettext("Reference"), PROSE)),
        lambda given: ((item.title, item.reference) for item in given.evidence),
    )


def _table_of_voices(
    report: Report,
    named: tuple[str, str],
    columns: tuple[Column, ...],
    rows_of: Callable[[GivenLine], Iterable[tuple[Value, ...]]],
    keys: int = 2,
) -> Table:
    """A table of what each voice gave to a question besides its answer: `named` is its name and what it says."""
    whose = (Column(gettext("Question"), NARROW), Column(gettext("Voice"), NARROW))
    rows = ((answer.code, _voice(given), *row) for answer, given in _every_given(report) for row in rows_of(given))
    return make_table(*named, (*whose, *columns), rows, keys=keys)


def _wider(title: str) -> Column:
    return Column(title, MIDDLE + 8)


def pairs_table(report: Report) -> Table:
    """Customs and police compared, the largest difference first."""
    columns = (
        Column(gettext("Question"), NARROW),
        Column(gettext("Text of the question"), PROSE),
        Column(gettext("Customs"), NARROW, "number"),
        Column(gettext("Police"), NARROW, "number"),
        Column(gettext("Difference"), NARROW, "number"),
        Column(gettext("Agreed"), NARROW, "number"),
        Column(gettext("Not asked, counted as level 1"), WIDE),
    )
    texts = {answer.code: answer.text for answer in report.answers}
    rows = (
        (
            pair.question,
            texts[pair.question],
            pair.customs,
            pair.police,
            abs(pair.customs - pair.police),
            pair.agreed,
            gettext(", ").join(str(AGENCY_WORDS[agency]) for agency in pair.implied),
        )
        for pair in (report.comparison.pairs if report.comparison else ())
    )
    return make_table(
        gettext("Customs and police"), gettext("The two agencies’ levels, question by question"), columns, rows
    )
