"""From rows to the parts of a report about a submission's context: earlier periods, the plan, and the review.

The review is in append-only rows that hold their writers' names. Earlier periods and the plan are read from the rows
only for a draft: a submission has its own frozen.

Reports are cached under a key, so the sources of these parts have a stamp that is annotated to the row: it changes
whenever one of them changes, and costs no query.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Aggregate, CharField, Count, Model, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from diagnostic.core import workflow
from diagnostic.core.instrument import Instrument
from diagnostic.core.periods import read_period, to_period_line
from diagnostic.core.plain_data import to_moment
from diagnostic.core.report_follow_up import ActionLine, PeriodLine, RemarkKind, RemarkLine, Side
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import Result
from diagnostic.models import Action, Assessment, Clarification, Closing, Comment, Opinion, Review, Submission
from diagnostic.queries import snapshot_voices, to_action_line

Row = TypeVar("Row", bound=Model)
BETWEEN = "\x1f"
STAMPS = ("earlier", "plans", "planned")
STAMPS_OF_REMARKS = ("comments_made", "opinions_given", "reviews_closed", "questions_asked")


class Joined(Aggregate):
    """All values of a text in one, in no order; they are told apart by `BETWEEN`."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, '\x1f')"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **more)


@dataclass(frozen=True, slots=True)
class Said:
    """Which assessment's remarks: those on its submissions up to number `last`, on all of them where it is None."""

    assessment_id: UUID
    last: int | None = None


def with_follow_up(assessments: QuerySet[Row]) -> QuerySet[Row]:
    """`assessments` with the annotations for `stamp_of`, beside `with_remarks`; no query of its own."""
    pk, country, started = OuterRef("pk"), OuterRef("country_id"), OuterRef("started_at")
    plans = Action.objects.filter(country=country).order_by().values("country")
    return assessments.annotate(
        earlier=_joined(_earlier(pk, country, started), "assessment__country", "pk"),
        plans=Subquery(plans.annotate(n=Count("pk")).values("n")),
        planned=Subquery(plans.annotate(n=Sum("version")).values("n")),
    )


def with_remarks(rows: QuerySet[Row], assessment: str = "pk", last: str = "") -> QuerySet[Row]:
    """`rows` with the annotations for `stamp_of_remarks`; no query of its own.

    `assessment` is the column of the row that holds the key of its assessment. `last` is the row's own number, if only
    remarks up to it count.
    """
    pk, until = OuterRef(assessment), OuterRef(last) if last else None
    return rows.annotate(
        comments_made=_joined(_comments(pk, until), "assessment", "pk", "written_at"),
        opinions_given=_joined(_opinions(pk, until), "submission__assessment", "pk", "given_at", "replied_at"),
        reviews_closed=_joined(_closings(pk, until), "review__submission__assessment", "pk", "closed_at"),
        questions_asked=_joined(_clarifications(pk, until), "review__submission__assessment", "pk", "asked_at"),
    )


def stamp_of(assessment: Any) -> tuple[object, ...]:
    """A stamp that changes whenever the sources of a draft's parts change (no query)."""
    return _read_stamps(assessment, STAMPS) + stamp_of_remarks(assessment)


def stamp_of_remarks(row: Any) -> tuple[object, ...]:
    """A stamp that changes whenever something is added to the review (no query)."""
    return _read_stamps(row, STAMPS_OF_REMARKS)


def _read_stamps(row: Any, names: Iterable[str]) -> tuple[object, ...]:
    held = (getattr(row, name) for name in names)
    return tuple(sorted(value.split(BETWEEN)) if isinstance(value, str) else value for value in held)


def load_earlier(assessment: Assessment) -> tuple[PeriodLine, ...]:
    """Each earlier period of the country by the last submission of its assessment, the oldest first (1 query)."""
    found = _earlier(assessment.pk, assessment.country_id, assessment.started_at)
    rows = found.order_by("assessment__started_at", "assessment_id", "number").values_list("assessment_id", "snapshot")
    last = dict(rows.iterator())
    return tuple(to_period_line(read_period(json.loads(snapshot))) for snapshot in last.values())


def load_periods(submissions: Collection[str]) -> tuple[PeriodLine, ...]:
    """The periods of these submissions, in order (1 query, or none)."""
    found = Submission.objects.in_bulk([UUID(key) for key in submissions])
    return tuple(to_period_line(read_period(json.loads(found[UUID(key)].snapshot))) for key in submissions)


def load_plans(
    assessment: Assessment, previous_id: UUID | None, result: Result
) -> tuple[tuple[ActionLine, ...], tuple[ActionLine, ...]]:
    """The plan made on `assessment`, and that on the assessment of the submission `previous_id` (1 query).

    Their current levels are those of `result`.
    """
    before = Submission.objects.filter(pk=previous_id).values("assessment_id")
    found = Action.objects.filter(Q(assessment=assessment.pk) | Q(assessment__in=before)).order_by("number")
    lines = [(action.assessment_id == assessment.pk, to_action_line(action, result)) for action in found]
    return tuple(line for is_own, line in lines if is_own), tuple(line for is_own, line in lines if not is_own)


def load_remarks(said: Said, instrument: Instrument) -> tuple[RemarkLine, ...]:
    """What secretariat and country shared: general remarks first, then by question (5 queries).

    For each question and submission the clarification comes first, then the opinion with its reply, then the comments
    in the order in which they were added.
    """
    found = _opinions(said.assessment_id, said.last).select_related("submission").defer("submission__snapshot")
    opinions = list(found.order_by("pk"))
    levels = _levels_then({opinion.submission_id for opinion in opinions})
    replies = {(item.submission.number, item.question): _to_reply(item) for item in opinions if item.replied_at}
    places = {code: place for place, code in enumerate(instrument.by_code, start=1)}
    lines: list[RemarkLine] = []
    for line in sorted(
        (
            *_of_reviews(said),
            *_of_clarifications(said),
            *(_to_opinion(item, levels) for item in opinions),
            *_of_comments(said),
        ),
        key=lambda line: (places.get(line.question, 0), line.number),
    ):
        lines.append(line)
        reply = replies.get((line.number, line.question)) if line.kind == "opinion" else None
        if reply:
            lines.append(replace(reply, answers_to=len(lines) - 1))
    return tuple(lines)


def _joined(rows: QuerySet[Any], by: str, *names: str) -> Subquery:
    """What identifies `rows`, which all have the same `by`, as one text."""
    texts = [Coalesce(Cast(name, CharField()), Value("")) for name in names]
    one = texts[0] if len(texts) == 1 else Concat(*(part for text in texts for part in (text, Value(" "))))
    return Subquery(rows.order_by().values(by).annotate(joined=Joined(one)).values("joined"))


def _earlier(pk: Any, country: Any, started: Any) -> QuerySet[Submission]:
    found = Submission.objects.filter(assessment__country=country, assessment__started_at__lt=started)
    return found.exclude(assessment__state=workflow.WITHDRAWN).exclude(assessment=pk)


def _until(last: Any, submission: str) -> dict[str, Any]:
    return {} if last is None else {f"{submission}number__lte": last}


def _comments(pk: Any, last: Any) -> QuerySet[Comment]:
    """Nothing that is internal to the secretariat or to the country."""
    return Comment.objects.filter(assessment=pk, audience=Comment.Audience.SHARED, **_until(last, "submission__"))


def _opinions(pk: Any, last: Any) -> QuerySet[Opinion]:
    return Opinion.objects.standing().filter(submission__assessment=pk, **_until(last, "submission__"))


def _closings(pk: Any, last: Any) -> QuerySet[Closing]:
    return Closing.objects.filter(review__submission__assessment=pk, **_until(last, "review__submission__"))


def _clarifications(pk: Any, last: Any) -> QuerySet[Clarification]:
    """What was asked on return; before that the country does not see it."""
    return Clarification.objects.standing().filter(
        review__submission__assessment=pk,
        review__closing__outcome=Review.Outcome.RETURNED,
        **_until(last, "review__submission__"),
    )


def _of_reviews(said: Said) -> Iterable[RemarkLine]:
    rows = _closings(said.assessment_id, said.last).exclude(remark="").order_by("pk")
    names = ("review__submission__number", "outcome", "closed_by_name", "closed_at", "remark")
    for number, outcome, by, at, text in rows.values_list(*names):
        kind: RemarkKind = "return" if outcome == Review.Outcome.RETURNED else "acceptance"
        yield RemarkLine(number, "", kind, "secretariat", by, to_moment(at), text)


def _of_clarifications(said: Said) -> Iterable[RemarkLine]:
    rows = _clarifications(said.assessment_id, said.last).order_by("pk")
    names = ("review__submission__number", "question", "asked_by_name", "asked_at", "text")
    for number, code, by, at, text in rows.values_list(*names):
        yield RemarkLine(number, code, "clarification", "secretariat", by, to_moment(at), text)


def _of_comments(said: Said) -> Iterable[RemarkLine]:
    rows = _comments(said.assessment_id, said.last).order_by("pk")
    names = ("submission__number", "question", "written_by_name", "written_by_agency", "written_at", "text")
    for number, code, by, agency, at, text in rows.values_list(*names):
        side: Side = "country" if agency else "secretariat"
        yield RemarkLine(number, code, "comment", side, by, to_moment(at), text, agency=agency)


def _to_opinion(opinion: Opinion, levels: Mapping[UUID, Mapping[str, int | None]]) -> RemarkLine:
    return RemarkLine(
        number=opinion.submission.number,
        question=opinion.question,
        kind="opinion",
        side="secretariat",
        by=opinion.given_by_name,
        at=to_moment(opinion.given_at),
        text=opinion.reason,
        level=opinion.level,
        country_level=levels[opinion.submission_id].get(opinion.question),
    )


def _to_reply(opinion: Opinion) -> RemarkLine:
    return RemarkLine(
        number=opinion.submission.number,
        question=opinion.question,
        kind="reply",
        side="country",
        by=opinion.replied_by_name,
        at=to_moment(opinion.replied_at),
        text=opinion.reply,
        agency=opinion.replied_by_agency,
    )


def _levels_then(submissions: Collection[UUID]) -> Mapping[UUID, Mapping[str, int | None]]:
    """The national levels that these submissions hold (1 query, or none)."""
    return {
        key: {code: response.level for code, response in snapshot_voices(submission).get(NATIONAL, {}).items()}
        for key, submission in Submission.objects.in_bulk(submissions).items()
    }
