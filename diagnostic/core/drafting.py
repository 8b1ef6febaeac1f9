"""Drafts as plain data: a memorandum between customs and police, and a committee's terms of reference, from a report.

Nothing here is a sentence of a page: what was typed and the handbook's words are taken as they are, this tool's own
wording comes from the kit, and what is said around them is worded where the draft is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .agenda import Agenda, build_agenda
from .drafting_kit import ClauseOutline, DraftKind, Outline
from .instrument import AGENCIES
from .report_data import AnswerLine, AreaLine, FindingLine, GivenLine, Report, ReportFacts

Kind = Literal["quoted", "prompt", "text"]
Part = Literal[
    "opening",
    "passage",
    "level",
    "elsewhere",
    "narrative",
    "not_applicable",
    "reason",
    "evidence",
    "topics",
    "challenges",
    "weakness",
    "solution",
    "guidance",
    "open",
    "left_out",
    "write",
]
CHAPTERS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
FILLS = ("answered", "not_applicable")
GIVEN = ("narrative", "authority", "areas", "topics", "challenges", "evidence")
"""What may be given to a question beside, or without, its level."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a clause, and the `question` that it rests on ("" for none).

    `kind` says whose words `text` is: "quoted" is the handbook's or what was typed, unaltered; "text" is this tool's;
    "prompt" says what is still to be written. `part` says what it is. `voice` is whose answer it is. `handbook` is the
    section of a quotation. `detail` is a reference (evidence), how a level rests (level), how far it is there
    (weakness), why nothing is told (open) or the clause that tells more (elsewhere).
    """

    kind: Kind
    part: Part
    text: str
    question: str = ""
    voice: str = ""
    level: int | None = None
    handbook: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """What each agency may do under one question, in the instrument's words; "" where it is not known."""

    question: str
    text: str
    customs: str
    police: str


@dataclass(frozen=True, slots=True)
class AreasTable:
    """Who may act in which area, as one voice answered."""

    question: str
    voice: str
    rows: tuple[AreaLine, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a draft; `questions` are those that it draws on, `filled_by` those that filled it.

    `is_sensitive` marks a clause that tells answers which reveal covert capability, `is_unverified` one that rests on
    drafting practice that nobody has checked.
    """

    number: int
    id: str
    name: str
    sources: tuple[str, ...]
    questions: tuple[str, ...]
    filled_by: tuple[str, ...]
    is_sensitive: bool
    is_unverified: bool
    paragraphs: tuple[Paragraph, ...]
    authority: tuple[AuthorityRow, ...] = ()
    areas: tuple[AreasTable, ...] = ()
    agenda: Agenda | None = None

    @property
    def is_filled(self) -> bool:
        return bool(self.filled_by) or self.agenda is not None


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft, whole. `handbook` are the sections it quotes or builds on; `note` says how its sources were read."""

    kind: DraftKind
    facts: ReportFacts
    instrument_title: str
    instrument_source: str
    levels: tuple[tuple[int, str], ...]
    note: str
    sources: tuple[tuple[str, str], ...]
    unverified: tuple[str, ...]
    examples: tuple[str, ...]
    handbook: tuple[str, ...]
    clauses: tuple[Clause, ...]

    @property
    def is_sensitive(self) -> bool:
        return any(clause.is_sensitive for clause in self.clauses)


def build_draft(outline: Outline, report: Report, sensitive: frozenset[str]) -> Draft:
    """The draft that `outline` asks for, filled from `report`; `sensitive` are the codes of covert capabilities.

    Every clause of the outline is in it once, in its order. What the report's edition leaves out is in no draft of it.
    """
    builder = _Builder(outline, report, sensitive)
    clauses = tuple(builder.clause(number, item) for number, item in enumerate(outline.clauses, start=1))
    return Draft(
        kind=outline.kind,
        facts=report.facts,
        instrument_title=report.instrument_title,
        instrument_source=report.instrument_source,
        levels=tuple((level.level, level.name) for level in report.levels),
        note=outline.note,
        sources=outline.sources,
        unverified=outline.unverified,
        examples=outline.examples,
        handbook=_sections(clauses),
        clauses=clauses,
    )


def _sections(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """The handbook's sections that the clauses name, each once and in its order; "X (A.6)" is in section X."""
    named = {
        part.split(" (")[0]
        for clause in clauses
        for line in clause.paragraphs
        for part in line.handbook.split(", ")
        if part
    }
    return tuple(sorted(named, key=_place))


def _place(section: str) -> tuple[int, str]:
    number, _, letter = section.partition(".")
    return CHAPTERS.index(number) if number in CHAPTERS else -1, letter


class _Builder:
    def __init__(self, outline: Outline, report: Report, sensitive: frozenset[str]) -> None:
        self.outline = outline
        self.report = report
        self.sensitive = sensitive
        self.answers = {answer.code: answer for answer in report.answers}
        self.findings = {finding.question: finding for finding in report.findings}

    def clause(self, number: int, item: ClauseOutline) -> Clause:
        filled_by = tuple(code for code in item.questions if _fills(self.answers[code]))
        agenda = build_agenda(self.report, self.outline.meetings, self.sensitive) if item.holds_agenda else None
        paragraphs = tuple(self._paragraphs(item, is_filled=bool(filled_by) or agenda is not None))
        told = {*filled_by, *(line.question for line in paragraphs if line.kind != "prompt")}
        return Clause(
            number=number,
            id=item.id,
            name=item.name,
            sources=item.sources,
            questions=item.questions,
            filled_by=filled_by,
            is_sensitive=bool(self.sensitive & told) or _has_sensitive(agenda),
            is_unverified=bool(set(item.sources).intersection(self.outline.unverified)),
            paragraphs=paragraphs,
            authority=tuple(row for code in filled_by for row in _authority(self.answers[code])),
            areas=tuple(table for code in filled_by if code in item.tells for table in _areas(self.answers[code])),
            agenda=agenda,
        )

    def _paragraphs(self, item: ClauseOutline, *, is_filled: bool) -> Iterable[Paragraph]:
        if is_filled:
            yield Paragraph("text", "opening", item.opening)
        else:
            yield Paragraph("prompt", "write", item.prompt)
        for passage in item.passages:
            yield Paragraph("quoted", "passage", passage.words, handbook=passage.handbook)
        for code in item.questions:
            answer = self.answers[code]
            if not _fills(answer):
                yield from self._open(answer)
            elif code in item.tells:
                yield from _told(answer)
                yield from _gap(self.findings.get(code))
            else:
                yield from _level(answer)
                yield Paragraph("text", "elsewhere", "", code, detail=self._number(code))

    def _open(self, answer: AnswerLine) -> Iterable[Paragraph]:
        """A question of the clause that says nothing for it, and why; what no longer counts is not told."""
        if answer.is_left_out:
            yield Paragraph("prompt", "left_out", answer.text, answer.code)
            return
        yield Paragraph("prompt", "open", answer.text, answer.code, detail=answer.given.state)
        if answer.given.state == "unknown" and answer.given.reason.strip():
            yield Paragraph("quoted", "reason", answer.given.reason, answer.code, answer.given.voice)

    def _number(self, code: str) -> str:
        return str(self.outline.clauses.index(self.outline.teller_of(code)) + 1)


def _fills(answer: AnswerLine) -> bool:
    """Whether there is something to tell: an answer, that it does not apply, or parts of one without its level."""
    if answer.is_left_out:
        return False
    given = answer.given
    return given.state in FILLS or (given.state == "blank" and any(_says(given, part) for part in GIVEN))


def _told(answer: AnswerLine) -> Iterable[Paragraph]:
    """Everything that was answered but who holds what, which stands in tables."""
    given = answer.given
    yield from _level(answer)
    if given.state == "not_applicable":
        yield Paragraph("text", "not_applicable", "", answer.code, given.voice)
    for voice in _speaking(answer, "reason"):
        yield Paragraph("quoted", "reason", voice.reason, answer.code, voice.voice)
    for voice in _speaking(answer, "narrative"):
        yield Paragraph("quoted", "narrative", voice.narrative, answer.code, voice.voice)
    for voice in _speaking(answer, "topics"):
        yield from (Paragraph("text", "topics", name, answer.code, voice.voice) for name in voice.topics)
    for voice in _speaking(answer, "challenges"):
        yield from (Paragraph("text", "challenges", name, answer.code, voice.voice) for name in voice.challenges)
    for voice in _speaking(answer, "evidence"):
        for item in voice.evidence:
            yield Paragraph("quoted", "evidence", item.title, answer.code, voice.voice, detail=item.reference)


def _speaking(answer: AnswerLine, part: str) -> tuple[GivenLine, ...]:
    """Whose answer tells `part`: the one that the report is of; where that is silent, the agencies' own."""
    if _says(answer.given, part):
        return (answer.given,)
    return tuple(voice for voice in answer.voices if voice.state in FILLS and _says(voice, part))


def _says(given: GivenLine, part: str) -> bool:
    value = getattr(given, part)
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _level(answer: AnswerLine) -> Iterable[Paragraph]:
    given = answer.given
    if given.statement:
        yield Paragraph(
            "text", "level", given.statement, answer.code, given.voice, level=given.level, detail=given.basis
        )


def _gap(finding: FindingLine | None) -> Iterable[Paragraph]:
    """The weakness that the answer shows and what is advised against it; the handbook's words unaltered."""
    if finding is None:
        return
    code = finding.question
    yield Paragraph("quoted", "weakness", finding.verbatim, code, handbook=f"X ({code})", detail=finding.status)
    for line in finding.solutions:
        if line.kind == "handbook":
            yield Paragraph("quoted", "solution", line.text, code, handbook=f"X ({code})")
        else:
            yield Paragraph("text", "guidance", line.text, code, handbook=line.handbook)


def _authority(answer: AnswerLine) -> Iterable[AuthorityRow]:
    known = {line.agency: line.name for line in answer.given.authority}
    if known:
        customs, police = (known.get(agency, "") for agency in AGENCIES)
        yield AuthorityRow(answer.code, answer.text, customs, police)


def _areas(answer: AnswerLine) -> Iterable[AreasTable]:
    for given in _speaking(answer, "areas"):
        yield AreasTable(answer.code, given.voice, given.areas)


def _has_sensitive(agenda: Agenda | None) -> bool:
    return agenda is not None and any(item.is_sensitive for quarter in agenda.quarters for item in quarter.items)
