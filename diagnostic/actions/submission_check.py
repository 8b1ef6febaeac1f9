"""Verifies what stands beside the snapshot of a submission: its receipt, its columns and its instrument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from diagnostic.core.submission_file import Frozen, parse_receipt, parse_snapshot
from diagnostic.models import InstrumentText, Submission

from .submissions import digest_of


def find_wrong_parts(submission: Submission, receipt_digest: str | None) -> Iterator[str]:
    """Where a part of `submission`, whose snapshot has its digest, is not as it was frozen, a sentence each (1 query).

    `receipt_digest` is the one that its log entry holds.
    """
    values = {"number": submission.number}
    if digest_of(submission.receipt) != receipt_digest:
        yield _("submission %(number)s does not have the receipt that was given for it") % values
        return
    snapshot, receipt = parse_snapshot(submission.snapshot), parse_receipt(submission.receipt)
    is_own = (receipt.digest, receipt.number) == (submission.digest, submission.number)
    if not is_own or _columns(submission) != _members(snapshot):
        yield _("submission %(number)s is described otherwise than it was frozen") % values
    text = InstrumentText.objects.filter(pk=snapshot.instrument_digest).values_list("content", flat=True).first()
    if text is None or digest_of(text) != snapshot.instrument_digest:
        yield _("the instrument of submission %(number)s is not there as it was") % values


def _columns(submission: Submission) -> tuple[Any, ...]:
    disclosed, in_statistics = submission.is_disclosed_to_partners, submission.allows_statistics
    return submission.instrument_id, submission.marking, disclosed, in_statistics


def _members(frozen: Frozen) -> tuple[Any, ...]:
    return frozen.instrument_digest, frozen.marking, frozen.is_disclosed_to_partners, frozen.allows_statistics
