"""Verifies that reviews match the log: who took each up, its result, and the questions asked."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostic.models import Assessment, AuditEntry, Closing, Review

OUTCOMES = {"review.return": Review.Outcome.RETURNED, "review.accept": Review.Outcome.ACCEPTED}
REVIEWED = ("review.take_up", *OUTCOMES)


def find_wrong_review(assessment: Assessment, entry: AuditEntry) -> Iterator[str]:
    """Differences between `entry` and the review that it took up or closed (1 query; on return 2)."""
    number = entry.detail.get("number")
    review = Review.objects.filter(submission__assessment=assessment, submission__number=number)
    found = review.select_related("closing").first()
    if found is None:
        is_right = False
    elif entry.act in OUTCOMES:
        is_right = _is_closed_by(found, entry)
    else:
        is_right = (found.taken_up_by_id, found.taken_up_at) == (entry.by_id, entry.at)
    if not is_right:
        yield f"the review of submission {number} is not the one that entry {entry.number} ({entry.act}) speaks of"


def _is_closed_by(review: Review, entry: AuditEntry) -> bool:
    try:
        closing = review.closing
    except Closing.DoesNotExist:
        return False
    if (closing.outcome, closing.closed_by_id, closing.closed_at) != (OUTCOMES[entry.act], entry.by_id, entry.at):
        return False
    if entry.act != "review.return":
        return True
    asked = review.clarifications.standing().order_by("pk").values_list("question", flat=True)
    return list(asked) == entry.detail.get("questions")


def find_unlogged_reviews(assessment: Assessment, taken_up: int, closed: int) -> Iterator[str]:
    """Reviews or closings that the log does not contain (2 queries)."""
    reviews = Review.objects.filter(submission__assessment=assessment)
    if reviews.count() != taken_up or reviews.filter(closing__isnull=False).count() != closed:
        yield f"{taken_up} reviews were logged, {closed} of them closed, and others are there"
