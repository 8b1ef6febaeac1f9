"""From rows to the parts of a report that follow a submission: earlier periods, the plan, what was said in review.

A report is remembered under a key, so whatever these parts are loaded from has a stamp that is annotated to the row:
it is another as soon as one of them changes, and costs no query.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Aggregate, CharField, Count, Model, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from diagnostic.core import workflow
from diagnostic.core.instrument import Instrument
from diagnostic.core.periods import read_period, to_period_line
from diagnostic.core.report_follow_up import ActionLine, PeriodLine, RemarkKind, RemarkLine, Side
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import Result
from diagnostic.models import Action, Assessment, Clarification, Comment, Opinion, Review, Submission
from diagnostic.permissions import MADE_SINCE_RETURN
from diagnostic.queries import snapshot_voices, to_action_line

Row = TypeVar("Row", bound=Model)
BETWEEN = "\x1f"
STAMPS = ("earlier", "plans", "planned", "comments_made", "opinions_given", "reviews_closed", "questions_asked")


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


def with_follow_up(rows: QuerySet[Row], assessment: str = "", last: str = "") -> QuerySet[Row]:
    """`rows` with what `stamp_of` needs; no query of its own.

    `assessment` is the way from a row to its assessment, such as "assessment__"; "" where the rows are assessments.
    `last` names the row's own number, where only what was said up to there counts.
    """
    pk, country = OuterRef(f"{assessment}pk"), OuterRef(f"{assessment}country_id")
    started = OuterRef(f"{assessment}started_at")
    until = OuterRef(last) if last else None
    plans = _plans(is_frozen=bool(last)).filter(country=country).order_by().values("country")
    return rows.annotate(
        earlier=_joined(_earlier(pk, country, started), "assessment__country", "pk"),
        plans=Subquery(plans.annotate(n=Count("pk")).values("n")),
        planned=Subquery(plans.annotate(n=Sum("version")).values("n")),
        comments_made=_joined(_comments(pk, until), "assessment", "pk", *_person("written_by")),
        opinions_given=_joined(
            _opinions(pk, until),
            "submission__assessment",
            "pk",
            "given_at",
            "given_by__full_name",
            "replied_at",
            *_person("replied_by"),
        ),
        reviews_closed=_joined(
            _reviews(pk, until), "submission__assessment", "pk", "closed_at", "closed_by__full_name"
        ),
        questions_asked=_joined(
            _clarifications(pk, until), "review__submission__assessment", "pk", "asked_by__full_name"
        ),
    )


def stamp_of(row: Any) -> tuple[object, ...]:
    """The same as long as nothing has changed that the parts are loaded from (no query)."""
    held = (getattr(row, name) for name in STAMPS)
    return tuple(sorted(value.split(BETWEEN)) if isinstance(value, str) else value for value in held)


def load_earlier(assessment: Assessment) -> tuple[PeriodLine, ...]:
    """Each earlier period of the country by the last submission of its assessment, the oldest first (1 query)."""
    found = _earlier(assessment.pk, assessment.country_id, assessment.started_at)
    rows = found.order_by("assessment__started_at", "assessment_id", "number").values_list("assessment_id", "snapshot")
    last = dict(rows.iterator())
    return tuple(to_period_line(read_period(json.loads(snapshot))) for snapshot in last.values())


def load_plans(
    assessment: Assessment, previous_id: UUID | None, result: Result, *, is_frozen: bool
) -> tuple[tuple[ActionLine, ...], tuple[ActionLine, ...]]:
    """The plan made on `assessment`, and that on the assessment of the submission `previous_id` (1 query).

    Their levels of now are those of `result`. Beside answers that a submission froze (`is_frozen`) nothing is told of
    answers that were not handed in: the secretariat has that report too.
    """
    before = Submission.objects.filter(pk=previous_id).values("assessment_id")
    found = (
        _plans(is_frozen=is_frozen).filter(Q(assessment=assessment.pk) | Q(assessment__in=before)).order_by("number")
    )
    lines = [(action.assessment_id == assessment.pk, to_action_line(action, result)) for action in found]
    return tuple(line for is_own, line in lines if is_own), tuple(line for is_own, line in lines if not is_own)


def _plans(*, is_frozen: bool) -> QuerySet[Action]:
    return Action.objects.exclude(MADE_SINCE_RETURN) if is_frozen else Action.objects.all()


def load_remarks(said: Said, instrument: Instrument) -> tuple[RemarkLine, ...]:
    """What secretariat and country shared: on the whole first, then by question, each in time (5 queries)."""
    found = _opinions(said.assessment_id, said.last).select_related("given_by", "replied_by__membership__agency")
    opinions = list(found.select_related("submission").defer("submission__snapshot"))
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
        key=lambda line: (places.get(line.question, 0), line.number, line.at),
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


def _person(name: str) -> tuple[str, str]:
    return f"{name}__full_name", f"{name}__membership__agency__kind"


def _earlier(pk: Any, country: Any, started: Any) -> QuerySet[Submission]:
    found = Submission.objects.filter(assessment__country=country, assessment__started_at__lt=started)
    return found.exclude(assessment__state=workflow.WITHDRAWN).exclude(assessment=pk)


def _until(last: Any, submission: str) -> dict[str, Any]:
    return {} if last is None else {f"{submission}number__lte": last}


def _comments(pk: Any, last: Any) -> QuerySet[Comment]:
    """Nothing that is internal to the secretariat or to the country."""
    return Comment.objects.filter(assessment=pk, audience=Comment.Audience.SHARED, **_until(last, "submission__"))


def _opinions(pk: Any, last: Any) -> QuerySet[Opinion]:
    return Opinion.objects.filter(submission__assessment=pk, **_until(last, "submission__"))


def _reviews(pk: Any, last: Any) -> QuerySet[Review]:
    return Review.objects.filter(submission__assessment=pk, **_until(last, "submission__")).exclude(outcome="")


def _clarifications(pk: Any, last: Any) -> QuerySet[Clarification]:
    """What was asked on return; before that the country does not see it."""
    return Clarification.objects.filter(
        review__submission__assessment=pk,
        review__outcome=Review.Outcome.RETURNED,
        **_until(last, "review__submission__"),
    )


def _of_reviews(said: Said) -> Iterable[RemarkLine]:
    rows = _reviews(said.assessment_id, said.last).exclude(remark="").order_by("submission__number")
    for number, outcome, by, at, text in rows.values_list(
        "submission__number", "outcome", "closed_by__full_name", "closed_at", "remark"
    ):
        kind: RemarkKind = "return" if outcome == Review.Outcome.RETURNED else "acceptance"
        yield RemarkLine(number, "", kind, "secretariat", by or "", _moment(at), text)


def _of_clarifications(said: Said) -> Iterable[RemarkLine]:
    rows = _clarifications(said.assessment_id, said.last).order_by("asked_at", "pk")
    for number, code, by, at, text in rows.values_list(
        "review__submission__number", "question", "asked_by__full_name", "asked_at", "text"
    ):
        yield RemarkLine(number, code, "clarification", "secretariat", by, _moment(at), text)


def _of_comments(said: Said) -> Iterable[RemarkLine]:
    rows = _comments(said.assessment_id, said.last).order_by("written_at", "pk")
    for number, code, by, agency, at, text in rows.values_list(
        "submission__number", "question", *_person("written_by"), "written_at", "text"
    ):
        side: Side = "country" if agency else "secretariat"
        yield RemarkLine(number, code, "comment", side, by, _moment(at), text, agency=agency or "")


def _to_opinion(opinion: Opinion, levels: Mapping[UUID, Mapping[str, int | None]]) -> RemarkLine:
    return RemarkLine(
        number=opinion.submission.number,
        question=opinion.question,
        kind="opinion",
        side="secretariat",
        by=opinion.given_by.full_name,
        at=_moment(opinion.given_at),
        text=opinion.reason,
        level=opinion.level,
        country_level=levels[opinion.submission_id].get(opinion.question),
    )


def _to_reply(opinion: Opinion) -> RemarkLine:
    person = opinion.replied_by
    agency = person.membership.agency if person else None
    return RemarkLine(
        number=opinion.submission.number,
        question=opinion.question,
        kind="reply",
        side="country",
        by=person.full_name if person else "",
        at=_moment(opinion.replied_at),
        text=opinion.reply,
        agency=agency.kind if agency else "",
    )


def _levels_then(submissions: Collection[UUID]) -> Mapping[UUID, Mapping[str, int | None]]:
    """The national levels that these submissions hold (1 query, or none)."""
    return {
        key: {code: response.level for code, response in snapshot_voices(submission).get(NATIONAL, {}).items()}
        for key, submission in Submission.objects.in_bulk(submissions).items()
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
