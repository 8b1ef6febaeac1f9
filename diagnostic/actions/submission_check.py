"""Verifies submissions: that each holds what was frozen in it, and is the one that the log names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from diagnostic.core.submission_file import Frozen, parse_receipt, parse_snapshot
from diagnostic.models import AuditEntry, InstrumentText, Submission

from .submissions import digest_of


def find_wrong_submissions(frozen: Sequence[Submission], entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Where the submissions `frozen` of one assessment are not those that its log `entries` name (1 query).

    A sentence each. Each snapshot and receipt must have the digest that was logged on submitting, the columns beside
    them must say the same, and the instrument must be there as it was.
    """
    logged: Mapping[int, AuditEntry] = {
        entry.detail["number"]: entry for entry in entries if entry.act == "assessment.submit"
    }
    there = {item.number: item for item in frozen}
    texts = dict(InstrumentText.objects.filter(pk__in={item.instrument_id for item in frozen}).values_list())
    for number in sorted(logged.keys() | there.keys()):
        item, entry = there.get(number), logged.get(number)
        if item is None:
            yield _("submission %(number)s was logged and is not there") % {"number": number}
        elif entry is None or (item.digest, item.submitted_by_id) != (entry.detail["digest"], entry.by_id):
            yield _("submission %(number)s is not the one that was logged") % {"number": number}
        elif digest_of(item.snapshot) != item.digest:
            yield _("submission %(number)s does not hold what was frozen in it") % {"number": number}
        elif digest_of(item.receipt) != entry.detail["receipt"]:
            yield _("submission %(number)s does not have the receipt that was given for it") % {"number": number}
        else:
            yield from _wrong_parts(item, texts)


def _wrong_parts(item: Submission, texts: Mapping[str, str]) -> Iterator[str]:
    """What stands beside a snapshot and a receipt that are whole."""
    snapshot, receipt = parse_snapshot(item.snapshot), parse_receipt(item.receipt)
    if (receipt.digest, receipt.number) != (item.digest, item.number) or _columns(item) != _members(snapshot):
        yield _("submission %(number)s is described otherwise than it was frozen") % {"number": item.number}
    if digest_of(texts.get(snapshot.instrument_digest, "")) != snapshot.instrument_digest:
        yield _("the instrument of submission %(number)s is not there as it was") % {"number": item.number}


def _columns(item: Submission) -> tuple[Any, ...]:
    return item.instrument_id, item.marking, item.is_disclosed_to_partners, item.allows_statistics


def _members(frozen: Frozen) -> tuple[Any, ...]:
    return frozen.instrument_digest, frozen.marking, frozen.is_disclosed_to_partners, frozen.allows_statistics
