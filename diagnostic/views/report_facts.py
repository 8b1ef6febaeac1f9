"""From rows to report data: what the views know of an assessment or a submission, for the pure core to put together.

A report is known by the digest of its data, and to put the data together takes much longer than to send a file. So
which digest belongs to which basis is remembered, and the basis holds everything that the report is made from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from django.core.cache import caches
from django.db.models import Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum

from diagnostic.core import workflow
from diagnostic.core.editions import reduce_to
from diagnostic.core.formats import FULL
from diagnostic.core.instrument import AGENCIES, Instrument
from diagnostic.core.report import build_report
from diagnostic.core.report_data import FORMAT_VERSION, AttestationLine, Report, ReportFacts
from diagnostic.core.responses import NATIONAL, Voices
from diagnostic.core.result import score
from diagnostic.core.scoring import SCORING_VERSION
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Response, Review, Submission
from diagnostic.queries import (
    count_respondents,
    load_agreements,
    load_previous_of,
    load_voices,
    snapshot_voices,
    with_previous,
)

from .report_follow_up import Said, load_earlier, load_plans, load_remarks, stamp_of, with_follow_up


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered and by how many people of each voice, why the agencies agreed, and the target level.

    `facts` are those of the basis, with what only the source of the answers knows.
    """

    voices: Voices
    agreements: Mapping[str, str]
    target_level: int | None
    respondents: Mapping[str, int]
    facts: ReportFacts


@dataclass(frozen=True, slots=True)
class ReportBasis:
    """Everything that one report is made from, without an answer being read.

    `answers` and `previous_id` stand for answers, a submission's together with its digest in `facts`, and `stamp` for
    what follows (report_follow_up): where they are the same, so are these. `load` reads the answers.
    """

    facts: ReportFacts
    answers: tuple[object, ...]
    previous_id: UUID | None
    stamp: tuple[object, ...]
    instrument: Instrument
    assessment: Assessment = field(compare=False)
    load: Callable[[ReportFacts], Answers] = field(compare=False)
    edition: str = FULL

    @property
    def key(self) -> str:
        """The same for the same report, in every process that runs the same program."""
        versions = (FORMAT_VERSION, SCORING_VERSION, self.instrument.digest)
        basis = (versions, self.facts, self.answers, self.previous_id, self.stamp, self.edition)
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
        """The report (11 queries for an assessment as it stands, 12 of two agencies; 9 for a submission).

        Without `has_past` neither earlier periods nor what was said in review are in it, and 5 or 6 queries fewer.
        """
        given = self.load(self.facts)
        previous = load_previous_of(self.previous_id)
        result = score(self.instrument, given.voices, NATIONAL, given.target_level)
        is_frozen = given.facts.submission_number is not None
        plan, previous_actions = load_plans(self.assessment, self.previous_id, result, is_frozen=is_frozen)
        # No other edition holds remarks, and what it takes to load them would tell that there are some.
        said = Said(self.assessment.pk, given.facts.submission_number)
        remarks = load_remarks(said, self.instrument) if has_past and self.edition == FULL else ()
        report = build_report(
            self.instrument,
            result,
            given.voices,
            given.facts,
            is_target_chosen=given.target_level is not None,
            previous_period=previous.period if previous else "",
            previous_responses=previous.responses if previous else None,
            previous_actions=previous_actions,
            agreements=given.agreements,
            respondents=given.respondents,
            earlier_periods=load_earlier(self.assessment) if has_past else (),
            plan=plan,
            remarks=remarks,
        )
        return reduce_to(report, self.edition, self.instrument)


AGREED = ("agreed_by", "agreed_office", "agreed_on", "agreed_reference")
"""What an attestation holds of an agreement that the other agency recorded."""


def assessments_for_report(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """`assessments` with what `report_of_assessment` needs.

    `saves` counts all saves of all answers. It only grows, so what was answered is the same where it is the same.
    """
    rows = Response.objects.filter(assessment=OuterRef("pk")).order_by().values("assessment")
    return with_follow_up(with_previous(assessments)).annotate(
        rows=Subquery(rows.annotate(rows=Count("pk")).values("rows")),
        saves=Subquery(rows.annotate(saves=Sum("version")).values("saves")),
    )


def submissions_for_report(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """`submissions` with what `report_of_submission` needs; what they froze is loaded when it is read."""
    found = with_follow_up(with_previous(submissions, "assessment__"), "assessment__", last="number")
    return _with_signatures(found).defer("snapshot")


def _with_signatures(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Each agency's one attestation of a submission, beside it: a join for each costs no query."""
    for agency in AGENCIES:
        one = FilteredRelation("attestations", condition=Q(attestations__agency=agency))
        submissions = submissions.annotate(**{f"signed_{agency}": one}).annotate(
            **{
                f"{agency}_attested_by": F(f"signed_{agency}__attested_by__full_name"),
                f"{agency}_attested_at": F(f"signed_{agency}__attested_at"),
                **{f"{agency}_{name}": F(f"signed_{agency}__{name}") for name in AGREED},
            }
        )
    return submissions


def report_of_assessment(assessment: Assessment) -> ReportBasis:
    """The report of the answers as they stand now (no query); it names no time, for nothing was handed in."""
    facts = ReportFacts(
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

    def load(facts: ReportFacts) -> Answers:
        agreements = load_agreements(assessment) if assessment.mode == workflow.SEPARATE else {}
        voices, people = load_voices(assessment), count_respondents(assessment)
        return Answers(voices, agreements, assessment.target_level, people, facts)

    return ReportBasis(
        facts=facts,
        answers=("assessment", assessment.pk, assessment.target_level, assessment.rows, assessment.saves),
        previous_id=assessment.previous_id,
        stamp=stamp_of(assessment),
        instrument=instrument_of(assessment),
        assessment=assessment,
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
        alpha2=assessment.country.alpha2,
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
        return Answers(
            snapshot_voices(submission),
            snapshot.get("agreements", {}),
            frozen.get("target_level"),
            snapshot.get("respondents", {}),
            full,
        )

    return ReportBasis(
        facts=facts,
        answers=("submission", submission.pk),
        previous_id=submission.previous_id,
        stamp=stamp_of(submission),
        instrument=instrument_of(assessment),
        assessment=assessment,
        load=load,
        edition=edition,
    )


def _attestations(submission: Submission) -> tuple[AttestationLine, ...]:
    lines = []
    for agency in AGENCIES:
        held = {name: getattr(submission, f"{agency}_{name}") for name in ("attested_by", "attested_at", *AGREED)}
        if held["attested_at"] is not None:
            held["attested_at"] = _moment(held["attested_at"])
            held["agreed_on"] = held["agreed_on"].isoformat() if held["agreed_on"] else ""
            lines.append(AttestationLine(agency, **held))
    return tuple(lines)


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
