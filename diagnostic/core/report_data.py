"""The report as plain data, whole: it renders from this alone. How it is built is in report; no HTML, no sentence.

Scores are written as the result file writes them; times are ISO 8601 with their offset, "" where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .formats import FULL
from .plain_data import digest_of, read_plain, to_plain
from .report_follow_up import ActionLine, PeriodLine, RemarkLine, RespondentLine, ThemePoint
from .score_text import Score
from .scoring import CriterionState, ScoredState

FORMAT = "cpch-report"
FORMAT_VERSION = 3

AnswerState = Literal["answered", "implied", "not_applicable", "unknown", "blank", "not_asked"]


@dataclass(frozen=True, slots=True)
class AttestationLine:
    """Who signed for one agency, or recorded that `agreed_by`, who has no account, agreed for it.

    `agreed_office` is the function of `agreed_by`, `agreed_on` the date of the agreement (ISO 8601) and
    `agreed_reference` the letter or minutes that show it; all are "" if the agency's own coordinator signed.
    """

    agency: str
    attested_by: str
    attested_at: str
    agreed_by: str = ""
    agreed_office: str = ""
    agreed_on: str = ""
    agreed_reference: str = ""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the caller knows and the answers do not: who, when, in which state, under which marking.

    `state` is a state of the workflow, or "not_submitted". `digest` is the submission's SHA-256. `is_example` marks
    an invented country; `alpha2` is the country's code, without which a report carries no data file.
    """

    country: str
    period: str
    title: str = ""
    alpha2: str = ""
    country_footnote: str = ""
    is_example: bool = False
    mode: str = ""
    state: str = "not_submitted"
    marking: str = "TLP:AMBER"
    is_disclosed_to_partners: bool = False
    submission_number: int | None = None
    digest: str = ""
    submitted_at: str = ""
    submitted_by: str = ""
    accepted_at: str = ""
    accepted_by: str = ""
    attestations: tuple[AttestationLine, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelText:
    level: int
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """How one scored question counts for its theme; `level` is None where it does not."""

    code: str
    state: ScoredState
    level: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """What the handbook's definition of `level` demands, and whether it is met, unmet or open."""

    id: str
    level: int
    question: str
    at_least: int
    because: str
    state: CriterionState


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme with its score, as a sum over its counted questions."""

    id: str
    name: str
    handbook: str
    score: Score | None
    level: int | None
    sum: int
    counted: int
    questions: tuple[QuestionScore, ...]


@dataclass(frozen=True, slots=True)
class ResourceName:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RecommendationLine:
    """One recommendation at its `rank` in the list; `question` is "" for a step, `to_level` None for the others."""

    rank: int
    id: str
    kind: str
    tier: str
    question: str
    theme: str
    to_level: int | None
    text: str
    handbook: str
    lead: str
    effort: str
    resources: tuple[ResourceName, ...]
    gain: Score
    weakness: str
    is_gain_told: bool = True


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A weakness in the handbook's words, and what is recommended for it by rank."""

    question: str
    question_text: str
    status: str
    agencies: Mapping[str, str]
    weakness: str
    verbatim: str
    solutions: tuple[RecommendationLine, ...]


@dataclass(frozen=True, slots=True)
class AuthorityLine:
    """One agency's authority in words; `voice` is where it is taken from."""

    agency: str
    id: str
    name: str
    voice: str


@dataclass(frozen=True, slots=True)
class AreaLine:
    name: str
    holder: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    title: str
    reference: str


@dataclass(frozen=True, slots=True)
class GivenLine:
    """What one voice answered to one question.

    `level` is the one that counts or stands beside it; `chosen` the one that `statement` belongs to, which differs
    where an answer is held and not counted.
    """

    voice: str
    state: AnswerState = "blank"
    level: int | None = None
    statement: str = ""
    basis: str = ""
    authority: tuple[AuthorityLine, ...] = ()
    areas: tuple[AreaLine, ...] = ()
    topics: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    narrative: str = ""
    reason: str = ""
    evidence: tuple[EvidenceLine, ...] = ()
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question and what was answered in the voice that the report is of.

    `is_kept` marks an answer that is held and not counted. `voices` are the agencies' own answers, where each answered
    for itself, and `agreement` why they agreed. `takes_authority` and `takes_areas` tell what else was asked. Where
    `is_left_out`, this edition does not hold any of it.
    """

    code: str
    theme: str
    kind: str
    text: str
    verbatim: str
    note: str
    prompt: str
    condition: str
    is_kept: bool
    given: GivenLine
    voices: tuple[GivenLine, ...] = ()
    agreement: str = ""
    is_left_out: bool = False
    takes_authority: bool = False
    takes_areas: bool = False


@dataclass(frozen=True, slots=True)
class ResourceText:
    id: str
    name: str
    abbreviation: str
    owners: tuple[str, ...]
    handbook: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    since: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A question whose level differs between last time and now."""

    question: str
    first: int | None
    second: int | None


@dataclass(frozen=True, slots=True)
class PairLine:
    """A question that counts in both agencies' voices; `agreed` is the national level, None where there is none."""

    question: str
    customs: int
    police: int
    implied: tuple[str, ...]
    agreed: int | None


@dataclass(frozen=True, slots=True)
class ComparisonPart:
    """Customs and police compared; `pairs` stand the largest difference first."""

    compared: int
    equal: int
    within_one: int
    mean_difference: Score
    pairs: tuple[PairLine, ...]


@dataclass(frozen=True, slots=True)
class PreviousPart:
    """The assessment before this one and what changed since; `first` of a difference is then, `second` now.

    `same` are the scored questions that have the level that they had, `themes` the scores of then, and `actions` the
    plan that was made on that assessment, with the levels of now.
    """

    period: str
    level: int | None
    index: Score | None
    differences: tuple[DifferenceLine, ...]
    same: tuple[str, ...] = ()
    themes: tuple[ThemePoint, ...] = ()
    actions: tuple[ActionLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SelfRatingPart:
    level: int
    difference: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one report prints; `left_out` names the questions whose answers this `edition` does not hold.

    `respondents` are known where the answers were saved here. `risk_areas` are the names of all areas that an answer
    may tell of. `periods` end with this one, and there are none where it is the first. `plan` is the action plan that
    rests on this assessment. `remarks` stand by question, those on the whole first, and then in time. `data_file` is
    the interchange file of the answers and `result_file` its result, both as text: what the PDF carries; "" where the
    edition carries none. `recommended` says how many recommendations there are, where this edition holds the first of
    them alone; else it is 0.
    """

    facts: ReportFacts
    instrument: str
    instrument_version: str
    instrument_title: str
    instrument_source: str
    answering_rule: str
    scoring_version: int
    voice: str
    levels: tuple[LevelText, ...]
    level: int | None
    working_level: int | None
    index: Score | None
    index_level: int | None
    lowest_level: int
    highest_level: int
    index_low: Score
    index_high: Score
    target_level: int | None
    is_target_chosen: bool
    coverage: Mapping[str, int]
    criteria: tuple[CriterionLine, ...]
    themes: tuple[ThemeLine, ...]
    findings: tuple[FindingLine, ...]
    recommendations: tuple[RecommendationLine, ...]
    answers: tuple[AnswerLine, ...]
    resources: tuple[ResourceText, ...]
    open_questions: tuple[str, ...]
    not_counted: tuple[str, ...]
    self_rating: SelfRatingPart | None = None
    comparison: ComparisonPart | None = None
    previous: PreviousPart | None = None
    respondents: tuple[RespondentLine, ...] = ()
    risk_areas: tuple[str, ...] = ()
    periods: tuple[PeriodLine, ...] = ()
    plan: tuple[ActionLine, ...] = ()
    remarks: tuple[RemarkLine, ...] = ()
    data_file: str = ""
    result_file: str = ""
    edition: str = FULL
    left_out: tuple[str, ...] = ()
    recommended: int = 0
    format: str = field(default=FORMAT)
    format_version: int = field(default=FORMAT_VERSION)

    @property
    def is_provisional(self) -> bool:
        return self.lowest_level != self.highest_level

    @property
    def priorities(self) -> tuple[RecommendationLine, ...]:
        """The first five recommendations."""
        return self.recommendations[:5]

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the report data in canonical JSON: the name its files are kept under."""
        return digest_of(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """This report as JSON values."""
        return {name: to_plain(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Report:
        """The report that `to_json` wrote. Raises `ValueError` where it is none of this version."""
        if (value.get("format"), value.get("format_version")) != (FORMAT, FORMAT_VERSION):
            raise ValueError("not the data of a report that this version can read")
        try:
            return read_plain(cls, value)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the report data is incomplete: {error!r}") from error
