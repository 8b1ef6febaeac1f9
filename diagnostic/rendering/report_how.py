"""How the assessment was done, as lines and rows for the report: who answered, what is open, on what it rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import AnswerLine, GivenLine, Report
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import Result

from . import sentences
from .charts import draw_print_shares
from .report_signatures import say_how
from .words import AGENCY_WORDS, BASIS_WORDS, STATE_WORDS, capitalised, join_words

MODES = {
    "joint": _("Customs and police answered in one joint session."),
    "separate": _("Customs and police answered each for itself and then agreed on national answers."),
}
ASKED = ("answered", "not_applicable", "unknown", "blank")
"""The states of an answer to a question that was asked."""
BASES = ("both", "practised", "written", "")
"""On what an answer may rest, the firmest first; "" where it is not said."""


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """How complete one voice's answers are; `people` is "" where it is not known, `counts` follow `ASKED`."""

    title: str
    people: str
    asked: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenRow:
    code: str
    question: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class QualityRow:
    """On what the answers of one theme rest; `counts` follow `BASES`, `bar` draws them."""

    name: str
    answered: int
    counts: tuple[int, ...]
    evidenced: int
    bar: SafeString


@dataclass(frozen=True, slots=True)
class HowPart:
    """Who answered and how, what is open, on what the answers rest, and the method in short."""

    about: tuple[str, ...]
    voices: tuple[VoiceRow, ...]
    has_people: bool
    opened: tuple[OpenRow, ...]
    quality: tuple[QualityRow, ...]
    quality_said: str
    method: tuple[str, ...]


def build_how(report: Report, instrument: Instrument, result: Result, *, is_rtl: bool) -> HowPart:
    """How the assessment was done."""
    quality = tuple(_quality(report, is_rtl=is_rtl))
    return HowPart(
        about=tuple(_about(report, result)),
        voices=tuple(_voices(report)),
        has_people=bool(report.respondents),
        opened=tuple(_opened(report)),
        quality=quality,
        quality_said=_say_quality(report, quality),
        method=tuple(_method(report, instrument)),
    )


# Who answered


def _about(report: Report, result: Result) -> Iterable[str]:
    facts = report.facts
    if facts.mode in MODES:
        yield str(MODES[facts.mode])
    if report.voice in AGENCY_WORDS:
        yield gettext("These are the answers of one agency alone: %(agency)s.") % {"agency": AGENCY_WORDS[report.voice]}
    if facts.attestations:
        yield say_how(facts.attestations, names_digest=bool(facts.digest))
    yield report.answering_rule
    if report.left_out:
        yield _say_left_out(report)
    yield gettext("%(coverage)s.") % {"coverage": sentences.say_coverage(result, frozenset(report.left_out))}


def _say_left_out(report: Report) -> str:
    return gettext(
        "This is the edition for partners. It leaves out what any voice answered to %(codes)s, which describe covert "
        "capabilities, and the findings and recommendations that rest on them: in the profile, in customs and police "
        "compared, in the capabilities, in the findings, the priorities and the roadmap, and in Annex A. Their theme "
        "keeps its score. The full report stays with the country and the WCO secretariat, and so does the digest of "
        "what was submitted."
    ) % {"codes": join_words(report.left_out)}


def _voices(report: Report) -> Iterable[VoiceRow]:
    """Each voice that answered: the agencies where each answered for itself, then the one that the report is of."""
    people = {line.voice: line.people for line in report.respondents}
    given: dict[str, Counter[str]] = {}
    for answer in report.answers:
        for line in () if answer.is_left_out else (*answer.voices, answer.given):
            given.setdefault(line.voice, Counter())[line.state] += 1
    for voice, states in given.items():
        counts = tuple(states[state] for state in ASKED)
        yield VoiceRow(_say_voice(voice, len(given)), str(people.get(voice, "")), sum(counts), counts)


def _say_voice(voice: str, count: int) -> str:
    if voice != NATIONAL:
        return str(AGENCY_WORDS[voice])
    return gettext("Agreed answers") if count > 1 else gettext("National answers")


# What is open


def _opened(report: Report) -> Iterable[OpenRow]:
    answers = {answer.code: answer for answer in report.answers}
    for code in report.open_questions:
        answer = answers[code]
        state = answer.given.state if answer.given.state in STATE_WORDS else "blank"
        yield OpenRow(code, answer.text, capitalised(str(STATE_WORDS[state])), answer.given.reason)


# On what the answers rest


def _quality(report: Report, *, is_rtl: bool) -> Iterable[QualityRow]:
    rows = [
        _quality_row(theme.name, [answer for answer in _rated(report) if answer.theme == theme.id], is_rtl)
        for theme in report.themes
    ]
    rows = [row for row in rows if row.answered]
    if rows:
        yield from rows
        yield _quality_row(gettext("All themes"), _rated(report), is_rtl)


def _rated(report: Report) -> list[AnswerLine]:
    """The scored questions that are answered with a level in this edition."""
    scored = {question.code for theme in report.themes for question in theme.questions}
    return [
        answer
        for answer in report.answers
        if answer.code in scored and answer.given.state == "answered" and not answer.is_left_out
    ]


def _quality_row(name: str, answers: list[AnswerLine], is_rtl: bool) -> QualityRow:
    bases = Counter(answer.given.basis for answer in answers)
    counts = tuple(bases[basis] for basis in BASES)
    said = "; ".join(
        gettext("%(basis)s: %(count)d") % {"basis": word, "count": count}
        for word, count in zip(basis_words(), counts, strict=True)
        if count
    )
    return QualityRow(
        name=name,
        answered=len(answers),
        counts=counts,
        evidenced=sum(bool(answer.given.evidence) for answer in answers),
        bar=draw_print_shares(
            counts, title=gettext("%(name)s: %(said)s.") % {"name": name, "said": said}, is_rtl=is_rtl
        ),
    )


def basis_words() -> tuple[str, ...]:
    """The names of `BASES`."""
    return tuple(str(BASIS_WORDS[basis]) if basis else gettext("not said") for basis in BASES)


def _say_quality(report: Report, rows: tuple[QualityRow, ...]) -> str:
    if not rows:
        return ""
    whole = rows[-1]
    both, practised, written, unsaid = whole.counts
    documents = sum(len(line.evidence) for answer in report.answers for line in _all_given(answer))
    said = ngettext(
        "%(count)d scored question is answered with a level.",
        "%(count)d scored questions are answered with a level.",
        whole.answered,
    ) % {"count": whole.answered}
    rests = gettext(
        "%(both)d rest on rules that are also practised, %(practised)d on practice without a rule, %(written)d on "
        "paper alone; for %(unsaid)d it is not said."
    ) % {"both": both, "practised": practised, "written": written, "unsaid": unsaid}
    named = ngettext(
        "%(count)d document is named as evidence, in whichever voice; Annex A names it with its answer.",
        "%(count)d documents are named as evidence, in whichever voice; Annex A names them with their answers.",
        documents,
    ) % {"count": documents}
    return " ".join((said, rests, named if documents else gettext("No document is named as evidence.")))


def _all_given(answer: AnswerLine) -> tuple[GivenLine, ...]:
    return (answer.given, *answer.voices)


# The method in short


def _method(report: Report, instrument: Instrument) -> Iterable[str]:
    scored = sum(len(theme.questions) for theme in report.themes)
    values = {
        "questions": len(report.answers),
        "scored": scored,
        "themes": len(report.themes),
        "first": instrument.level_name(1),
        "last": instrument.level_name(len(report.levels)),
    }
    questions = gettext(
        "The diagnostic of the handbook has %(questions)d questions. %(scored)d of them are scored: each offers five "
        "statements, from 1 %(first)s to 5 %(last)s, and the highest one is chosen of which every part is true. A "
        "follow-up that is not asked, because the question before it is answered too low, counts as level 1; what does "
        "not apply in the country is not counted."
    )
    scores = gettext(
        "A theme’s score is the mean of the levels of its counted questions, and the index is the mean of the scores "
        "of the %(themes)d themes, so that no theme weighs more for having more questions."
    )
    yield questions % values
    yield scores % values
    yield gettext(
        "A level is more than an average. The handbook’s definition of each level demands something of certain "
        "answers; from level 3 on, what stands on paper alone does not meet it. The level is the highest one that the "
        "index reaches and whose demands, with those of all levels below it, are met."
    )
    yield gettext(
        "An answer that is blank, or cannot be given now, is open. The level is stated once enough is known, and a "
        "range says what the open answers can still change. The country’s rating of itself (A.18) is shown beside the "
        "level and is no part of it. Annex B gives every figure and step, so that the level can be computed again by "
        "hand."
    )
