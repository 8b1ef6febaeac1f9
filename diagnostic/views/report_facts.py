"""From rows to report data: what the views know of an assessment or a submission, for the pure core to put together.

A report is known by the digest of its data, and to put the data together takes much longer than to send a file. So
which digest belongs to which basis is remembered, and the basis holds everything that the report is made from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from django.core.cache import caches
from django.db.models import Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum

from diagnostic.core import workflow
from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import AGENCIES, Instrument
from diagnostic.core.report import build_report
from diagnostic.core.report_data import FORMAT_VERSION, FULL, AttestationLine, Report, ReportFacts
from diagnostic.core.responses import NATIONAL, Voices
from diagnostic.core.result import score
from diagnostic.core.scoring import SCORING_VERSION
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Response, Review, Submission
from diagnostic.queries import load_agreements, load_previous_of, load_voices, snapshot_voices, with_previous

Answers = tuple[Voices, Mapping[str, str], int | None, ReportFacts]


@dataclass(frozen=True, slots=True)
class ReportBasis:
    """Everything that one report is made from, without an answer being read.

    `answers` and `previous_id` stand for answers, a submission's together with its digest in `facts`: where they are
    the same, so are these. `load` reads them, with why the agencies agreed and the target level, and gives the facts
    again with what only the answers' source knows.
    """

    facts: ReportFacts
    answers: tuple[object, ...]
    previous_id: UUID | None
    instrument: Instrument
    load: Callable[[ReportFacts], Answers] = field(compare=False)
    edition: str = FULL

    @property
    def key(self) -> str:
        """The same for the same report, in every process that runs the same program."""
        versions = (FORMAT_VERSION, SCORING_VERSION, self.instrument.digest)
        basis = (versions, self.facts, self.answers, self.previous_id, self.edition)
        return f"report:{hashlib.sha256(repr(basis).encode()).hexdigest()}"

    @property
    def digest(self) -> str:
        """The digest of `build()`, which is built only where it is not remembered."""
        digest = caches["fragments"].get(self.key)
        if digest is None:
            digest = self.build().digest
            caches["fragments"].set(self.key, digest)
        return digest

    def build(self) -> Report:
        """The report (3 queries for an assessment as it stands, 4 of two agencies; 2 for a submission)."""
        voices, agreements, target_level, facts = self.load(self.facts)
        previous = load_previous_of(self.previous_id)
        report = build_report(
            self.instrument,
            score(self.instrument, voices, NATIONAL, target_level),
            voices,
            facts,
            is_target_chosen=target_level is not None,
            previous_period=previous.period if previous else "",
            previous_responses=previous.responses if previous else None,
            agreements=agreements,
        )
        return report if self.edition == FULL else for_partners(report, sensitive_questions(self.instrument))


def assessments_for_report(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """`assessments` with what `report_of_assessment` needs.

    `saves` counts all saves of all answers. It only grows, so what was answered is the same where it is the same.
    """
    rows = Response.objects.filter(assessment=OuterRef("pk")).order_by().values("assessment")
    return with_previous(assessments).annotate(
        rows=Subquery(rows.annotate(rows=Count("pk")).values("rows")),
        saves=Subquery(rows.annotate(saves=Sum("version")).values("saves")),
    )


def submissions_for_report(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """`submissions` with what `report_of_submission` needs; what they froze is loaded when it is read."""
    return _with_signatures(with_previous(submissions, "assessment__")).defer("snapshot")


def _with_signatures(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Each agency's one attestation of a submission, beside it: a join for each costs no query."""
    for agency in AGENCIES:
        one = FilteredRelation("attestations", condition=Q(attestations__agency=agency))
        submissions = submissions.annotate(**{f"signed_{agency}": one}).annotate(
            **{
                f"{agency}_attested_by": F(f"signed_{agency}__attested_by__full_name"),
                f"{agency}_attested_at": F(f"signed_{agency}__attested_at"),
                f"{agency}_agreed_by": F(f"signed_{agency}__agreed_by"),
            }
        )
    return submissions


def report_of_assessment(assessment: Assessment) -> ReportBasis:
    """The report of the answers as they stand now (no query); it names no time, for nothing was handed in."""
    facts = ReportFacts(
        country=assessment.country.name,
        period=assessment.period,
        title=assessment.title,
        country_footnote=assessment.country.footnote,
        is_example=assessment.country.is_example,
        mode=assessment.mode,
        state=assessment.state,
        marking=assessment.marking,
        is_disclosed_to_partners=assessment.is_disclosed_to_partners,
    )

    def load(facts: ReportFacts) -> Answers:
        agreements = load_agreements(assessment) if assessment.mode == workflow.SEPARATE else {}
        return load_voices(assessment), agreements, assessment.target_level, facts

    return ReportBasis(
        facts=facts,
        answers=("assessment", assessment.pk, assessment.target_level, assessment.rows, assessment.saves),
        previous_id=assessment.previous_id,
        instrument=instrument_of(assessment),
        load=load,
    )


def report_of_submission(submission: Submission, edition: str = FULL) -> ReportBasis:
    """The report of what `submission` froze (no query); its review and attestations must be loaded.

    Its facts lack the frozen title.
    """
    assessment = submission.assessment
    review: Review | None = getattr(submission, "review", None)
    is_accepted = review is not None and review.outcome == Review.Outcome.ACCEPTED
    facts = ReportFacts(
        country=assessment.country.name,
        period=assessment.period,
        country_footnote=assessment.country.footnote,
        is_example=assessment.country.is_example,
        mode=assessment.mode,
        state="accepted" if is_accepted else "submitted",
        marking=submission.marking,
        is_disclosed_to_partners=submission.is_disclosed_to_partners,
        submission_number=submission.number,
        digest=submission.digest,
        submitted_at=_moment(submission.submitted_at),
        submitted_by=submission.submitted_by.full_name,
        accepted_at=_moment(review.closed_at) if review and is_accepted else "",
        accepted_by=review.closed_by.full_name if review and is_accepted and review.closed_by else "",
        attestations=_attestations(submission),
    )

    def load(facts: ReportFacts) -> Answers:
        snapshot = json.loads(submission.snapshot)
        frozen = snapshot["assessment"]
        full = replace(facts, period=frozen["period"], title=frozen.get("title", ""))
        return snapshot_voices(submission), snapshot.get("agreements", {}), frozen.get("target_level"), full

    return ReportBasis(
        facts=facts,
        answers=("submission", submission.pk),
        previous_id=submission.previous_id,
        instrument=instrument_of(assessment),
        load=load,
        edition=edition,
    )


def _attestations(submission: Submission) -> tuple[AttestationLine, ...]:
    lines = []
    for agency in AGENCIES:
        by, at, agreed_by = (
            getattr(submission, f"{agency}_{name}") for name in ("attested_by", "attested_at", "agreed_by")
        )
        if at is not None:
            lines.append(AttestationLine(agency, by, _moment(at), agreed_by))
    return tuple(lines)


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
