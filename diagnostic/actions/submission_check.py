"""Verifies a submission beyond its snapshot: the receipt, the columns and the instrument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from diagnostic.core.instrument import AGENCIES
from diagnostic.core.plain_data import to_moment
from diagnostic.core.submission_file import Frozen, Receipt, parse_receipt, parse_snapshot
from diagnostic.models import Attestation, InstrumentText, Submission

from .submissions import digest_of, to_line


def find_wrong_parts(submission: Submission, receipt_digest: str | None) -> Iterator[str]:
    """Changed parts of `submission`, whose snapshot matches its digest, a sentence each (1 query).

    `receipt_digest` is the digest in its log entry.
    """
    values = {"number": submission.number}
    if digest_of(submission.receipt) != receipt_digest:
        yield _("submission %(number)s does not have the receipt that was given for it") % values
        return
    snapshot, receipt = parse_snapshot(submission.snapshot), parse_receipt(submission.receipt)
    if _columns(submission) != _members(snapshot, receipt):
        yield _("submission %(number)s is described otherwise than it was frozen") % values
    text = InstrumentText.objects.filter(pk=snapshot.instrument_digest).values_list("content", flat=True).first()
    if text is None or digest_of(text) != snapshot.instrument_digest:
        yield _("the instrument of submission %(number)s is not there as it was") % values


def _columns(item: Submission) -> tuple[Any, ...]:
    said = (item.number, item.digest, to_moment(item.submitted_at))
    shown = (item.level, item.index_shown)
    return said, shown, item.instrument_id, item.marking, item.is_disclosed_to_partners, item.allows_statistics


def _members(frozen: Frozen, receipt: Receipt) -> tuple[Any, ...]:
    said = (receipt.number, receipt.digest, receipt.submitted_at)
    shown, disclosed = (frozen.level, frozen.index_shown), frozen.is_disclosed_to_partners
    return said, shown, frozen.instrument_digest, frozen.marking, disclosed, frozen.allows_statistics


def find_wrong_signatures(submission: Submission, standing: Iterable[Attestation | None]) -> Iterator[str]:
    """Differences between the attestations of `submission`, the log and the receipt.

    `standing` are the rows that were valid by the log; None is a missing row (1 query).
    """
    rows = {row.pk: row for row in standing if row is not None}
    under = set(Attestation.objects.filter(submission=submission).values_list("pk", flat=True))
    lines = tuple(sorted(map(to_line, rows.values()), key=lambda line: AGENCIES.index(line.agency)))
    if under != rows.keys() or lines != parse_receipt(submission.receipt).attestations:
        yield f"the attestations under submission {submission.number} are not the ones that its receipt names"
