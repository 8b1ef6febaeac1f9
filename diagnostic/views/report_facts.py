"""From rows to report data: what the views know of an assessment or a submission, for the pure core to put together."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from diagnostic.core.report import build_report
from diagnostic.core.report_data import Report, ReportFacts
from diagnostic.core.responses import NATIONAL, Voices
from diagnostic.core.result import score
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Review, Submission
from diagnostic.queries import load_previous, load_voices, snapshot_voices


def report_of_assessment(assessment: Assessment) -> Report:
    """The report of the answers as they stand now (3 queries); it names no time, for nothing was handed in."""
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
    return _build(assessment, load_voices(assessment), facts, assessment.target_level)


def report_of_submission(submission: Submission) -> Report:
    """The report of what `submission` froze (1 query); its review must be loaded."""
    assessment = submission.assessment
    frozen = json.loads(submission.snapshot)["assessment"]
    review: Review | None = getattr(submission, "review", None)
    is_accepted = review is not None and review.outcome == Review.Outcome.ACCEPTED
    facts = ReportFacts(
        country=assessment.country.name,
        period=frozen["period"],
        title=frozen.get("title", ""),
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
    )
    return _build(assessment, snapshot_voices(submission), facts, frozen.get("target_level"))


def _build(assessment: Assessment, voices: Voices, facts: ReportFacts, target_level: int | None) -> Report:
    instrument = instrument_of(assessment)
    previous = load_previous(assessment)
    return build_report(
        instrument,
        score(instrument, voices, NATIONAL, target_level),
        voices,
        facts,
        is_target_chosen=target_level is not None,
        previous_period=previous.period if previous else "",
        previous_responses=previous.responses if previous else None,
    )


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
