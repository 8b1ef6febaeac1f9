"""Appends to the hash-chained log; who may read it is in permissions, and what verifies it in audit_check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from diagnostic.core import hash_chain
from diagnostic.models import Assessment, AuditChain, AuditEntry

from . import notices
from .clock import now


@transaction.atomic(savepoint=False)
def record(
    *,
    act: str,
    by: Any = None,
    assessment: Assessment | None = None,
    sealed_for: str = "",
    chain: AuditChain | None = None,
    at: datetime | None = None,
    **detail: Any,
) -> AuditEntry:
    """Append one act to the main chain of `assessment`, or to the site's chain if None (3 queries).

    Acts with a notice by e-mail queue it here (`notices.NOTICES_OF`; 2 more queries).

    With `sealed_for`, an agency, it goes to the chain that only that agency's people read before the comparison opens.
    `by` is the person, or None if nobody is signed in; `detail` is plain JSON without answer text. `chain` is the chain
    as the caller read it, which saves a query; it is read again if another entry was appended since. `at` is the time
    in the act's own row, so that verification can compare the two; the default is now. Inside an act's transaction no
    savepoint is needed: if logging fails, the whole act is rolled back.
    """
    moment = at or now()
    entry = _next_entry(chain or _locked_chain(assessment, sealed_for), act, by, moment, detail)
    if not _advance(entry):
        entry = _next_entry(_locked_chain(assessment, sealed_for), act, by, moment, detail)
        _advance(entry)
    entry.save(force_insert=True)
    notices.order(entry)
    return entry


def _next_entry(chain: AuditChain, act: str, by: Any, at: datetime, detail: dict[str, Any]) -> AuditEntry:
    person = by if by is not None and getattr(by, "pk", None) else None
    entry = AuditEntry(
        chain=chain,
        number=chain.length + 1,
        at=at,
        by=person,
        act=act,
        detail=detail,
        previous=chain.head,
        hash="",
    )
    entry.hash = hash_of(entry)
    return entry


def _advance(entry: AuditEntry) -> bool:
    """Make `entry` the head of its chain; says whether it still follows what stands there."""
    followed = AuditChain.objects.filter(pk=entry.chain_id, length=entry.number - 1, head=entry.previous)
    return bool(followed.update(length=entry.number, head=entry.hash))


def _locked_chain(assessment: Assessment | None, sealed_for: str) -> AuditChain:
    chains = AuditChain.objects.select_for_update()
    chain = chains.filter(assessment=assessment, sealed_for=sealed_for).first()
    if chain is not None:
        return chain
    try:
        with transaction.atomic():
            AuditChain.objects.create(assessment=assessment, sealed_for=sealed_for)
    except IntegrityError:
        pass  # someone else was faster: theirs is the chain
    return chains.get(assessment=assessment, sealed_for=sealed_for)


def sealed_heads(assessment: Assessment) -> dict[str, dict[str, Any]]:
    """The entry count and last hash of each sealed chain of `assessment`, by agency (1 query).

    The entry that opens the comparison names them: until then nothing in the main chain reveals a sealed entry.
    """
    chains = AuditChain.objects.filter(assessment=assessment).exclude(sealed_for="").order_by("sealed_for")
    return {chain.sealed_for: {"length": chain.length, "head": chain.head} for chain in chains}


def hash_of(entry: AuditEntry) -> str:
    """The hash of the entry's own fields and the previous hash."""
    return hash_chain.hash_of(
        {
            "chain": entry.chain_id,
            "number": entry.number,
            "at": entry.at,
            "by": entry.by_id,
            "act": entry.act,
            "detail": entry.detail,
            "previous": entry.previous,
        }
    )
