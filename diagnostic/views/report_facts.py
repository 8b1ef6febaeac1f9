"""From rows to report data: the input about an assessment or a submission for the pure core.

A draft's report is made from the current rows. A submission's is made from its frozen texts and from append-only rows
added since: the same submission and the same later rows make the same report.

A report is identified by the digest of its data, and assembling the data takes much longer than sending a file. So the
digest is cached by basis, and the basis includes everything that the report is made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from django.core.cache import caches
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from diagnostic.core import workflow
from diagnostic.core.editions import reduce_to
from diagnostic.core.formats import FULL
from diagnostic.core.instrument import Instrument
from diagnostic.core.plain_data import to_moment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import FORMAT_VERSION, Report, ReportFacts
from diagnostic.core.report_follow_up import ActionLine, PeriodLine
from diagnostic.core.responses import NATIONAL, Voices
from diagnostic.core.result import Result, score
from diagnostic.core.scoring import SCORING_VERSION
from diagnostic.core.submission_file import facts_of
from diagnostic.instruments import instrument_of, instrument_submitted
from diagnostic.models import Assessment, Response, Review, Submission
from diagnostic.queries import (
    Previous,
    count_respondents,
    load_agreements,
    load_previous_of,
    load_previous_then,
    load_voices,
    with_previous,
)

from .report_follow_up import (
    Said,
    load_earlier,
    load_periods,
    load_plans,
    load_remarks,
    stamp_of,
    stamp_of_remarks,
    with_follow_up,
    with_remarks,
)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers, the number of people who answered in each voice, the reasons for agreeing, and the target level."""

    facts: ReportFacts
    voices: Voices
    agreements: Mapping[str, str]
    target_level: int | None
    respondents: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Plans:
    """The plan made on the assessment, and the one made on the assessment before it."""

    own: tuple[ActionLine, ...]
    previous: tuple[ActionLine, ...]


class Source(Protocol):
    """The source of each part of one report."""

    def load_answers(self) -> Answers: ...

    def load_previous(self) -> Previous | None: ...

    def load_plans(self, result: Result) -> Plans: ...

    def load_earlier(self) -> tuple[PeriodLine, ...]: ...


@dataclass(frozen=True)
class Rows:
    """The current rows of an assessment."""

    assessment: Assessment

    @property
    def facts(self) -> ReportFacts:
        """Without a time, because nothing was submitted."""
        assessment = self.assessment
        return ReportFacts(
            country=assessment.country.name,
            alpha2=assessment.country.alpha2,
            period=assessment.period,
            title=assessment.title,
            country_footnote=assessment.country.footnote,
            is_example=assessment.country.is_example,
            mode=assessment.mode,
            state=assessment.state,
            marking=assessment.marking,
            is_disclosed_to_partners=assessment.is_disclosed_to_partners,
        )

    def load_answers(self) -> Answers:
        agreements = load_agreements(self.assessment) if self.assessment.mode == workflow.SEPARATE else {}
        people = count_respondents(self.assessment)
        return Answers(self.facts, load_voices(self.assessment), agreements, self.assessment.target_level, people)

    def load_previous(self) -> Previous | None:
        return load_previous_of(self.assessment.previous_id)

    def load_plans(self, result: Result) -> Plans:
        return Plans(*load_plans(self.assessment, self.assessment.previous_id, result))

    def load_earlier(self) -> tuple[PeriodLine, ...]:
        return load_earlier(self.assessment)


@dataclass(frozen=True)
class FrozenTexts:
    """The frozen texts of a submission, and the end of its review; reads no row that may have changed since."""

    submission: Submission

    def load_answers(self) -> Answers:
        frozen, review = self.submission.frozen, getattr(self.submission, "review", None)
        is_accepted = review is not None and review.outcome == Review.Outcome.ACCEPTED
        facts = facts_of(
            frozen,
            self.submission.received,
            accepted_at=to_moment(review.closed_at) if is_accepted else "",
            accepted_by=review.closed_by_name if is_accepted else "",
        )
        return Answers(facts, frozen.voices, frozen.agreements, frozen.target_level, frozen.respondents)

    def load_previous(self) -> Previous | None:
        return load_previous_then(self.submission)

    def load_plans(self, result: Result) -> Plans:
        return Plans(self.submission.frozen.context.plan, self.submission.frozen.context.previous_plan)

    def load_earlier(self) -> tuple[PeriodLine, ...]:
        return load_periods([item.submission for item in self.submission.frozen.context.earlier])


@dataclass(frozen=True, slots=True)
class ReportBasis:
    """Everything that one report is made from, without reading any answer.

    `holds` identifies the contents of the source, and `stamp` the other parts (report_follow_up): if both are the same,
    so is the report.
    """

    holds: tuple[object, ...]
    stamp: tuple[object, ...]
    instrument: Instrument
    said: Said
    source: Source = field(compare=False)
    edition: str = FULL

    @property
    def key(self) -> str:
        """The same for the same report, in every process that runs the same program."""
        versions = (FORMAT_VERSION, SCORING_VERSION, self.instrument.digest)
        basis = (versions, self.holds, self.stamp, self.said, self.edition)
        return f"report:{hashlib.sha256(repr(basis).encode()).hexdigest()}"

    @property
    def digest(self) -> str:
        """The digest of `build()`, which is built only where it is not remembered."""
        return self.digests((self.edition,))[self.edition]

    def digests(self, editions: Iterable[str]) -> dict[str, str]:
        """The digest of each edition of this report; where one is not remembered, the report is built once for all."""
        keys = {edition: replace(self, edition=edition).key for edition in editions}
        held: dict[str, str] = caches["fragments"].get_many(keys.values())
        missing = {edition: key for edition, key in keys.items() if key not in held}
        if missing:
            whole = replace(self, edition=FULL if len(missing) > 1 else next(iter(missing))).build()
            made = {
                key: (whole if whole.edition == edition else reduce_to(whole, edition, self.instrument)).digest
                for edition, key in missing.items()
            }
            caches["fragments"].set_many(made)
            held |= made
        return {edition: held[key] for edition, key in keys.items()}

    def build(self, *, has_past: bool = True) -> Report:
        """The report (11 queries for a draft, 12 with two agencies; at most 8 for a submission).

        Without `has_past` it leaves out earlier periods and the review, and makes 5 or 6 queries fewer.
        """
        given = self.source.load_answers()
        previous = self.source.load_previous()
        result = score(self.instrument, given.voices, NATIONAL, given.target_level)
        plans = self.source.load_plans(result)
        # No other edition holds remarks, and what it takes to load them would tell that there are some.
        remarks = load_remarks(self.said, self.instrument) if has_past and self.edition == FULL else ()
        report = build_report(
            self.instrument,
            result,
            given.voices,
            given.facts,
            is_target_chosen=given.target_level is not None,
            previous_period=previous.period if previous else "",
            previous_responses=previous.responses if previous else None,
            previous_actions=plans.previous,
            agreements=given.agreements,
            respondents=given.respondents,
            earlier_periods=self.source.load_earlier() if has_past else (),
            plan=plans.own,
            remarks=remarks,
        )
        return reduce_to(report, self.edition, self.instrument)


def assessments_for_report(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """`assessments` with what `report_of_assessment` needs.

    `saves` counts all saves of all answers. It only grows, so what was answered is the same where it is the same.
    """
    rows = Response.objects.filter(assessment=OuterRef("pk")).order_by().values("assessment")
    return with_follow_up(with_remarks(with_previous(assessments))).annotate(
        rows=Subquery(rows.annotate(rows=Count("pk")).values("rows")),
        saves=Subquery(rows.annotate(saves=Sum("version")).values("saves")),
    )


def submissions_for_report(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """`submissions` with what `report_of_submission` needs; what they froze is loaded when it is read."""
    return with_remarks(submissions, "assessment_id", last="number").defer("snapshot")


def report_of_assessment(assessment: Assessment) -> ReportBasis:
    """The report of the current answers (no query)."""
    source = Rows(assessment)
    saved = (assessment.pk, assessment.target_level, assessment.rows, assessment.saves)
    return ReportBasis(
        holds=("assessment", source.facts, *saved, assessment.previous_id),
        stamp=stamp_of(assessment),
        instrument=instrument_of(assessment),
        said=Said(assessment.pk),
        source=source,
    )


def report_of_submission(submission: Submission, edition: str = FULL) -> ReportBasis:
    """The report of the frozen `submission` (no query); its review and the review's closing must be loaded."""
    review: Review | None = getattr(submission, "review", None)
    closing = (review.outcome, to_moment(review.closed_at), review.closed_by_name) if review else ()
    return ReportBasis(
        holds=("submission", submission.pk, submission.digest, submission.receipt, closing),
        stamp=stamp_of_remarks(submission),
        instrument=instrument_submitted(submission),
        said=Said(submission.assessment_id, submission.number),
        source=FrozenTexts(submission),
        edition=edition,
    )
