"""Appends to the hash-chained log; who may read it is in permissions, and what verifies it in audit_check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from diagnostic.core import hash_chain
from diagnostic.models import Assessment, AuditChain, AuditEntry

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
    """Append one act to the main chain of `assessment`, or to the one for acts outside any (3 queries).

    With `sealed_for`, an agency, it goes to the chain that only that agency's people read before the comparison opens.
    `by` is the person, or None where nobody is signed in; `detail` is plain JSON and holds no answer text. `chain` is
    the chain as the caller has read it, which saves a query; where somebody has appended since, it is read anew. `at`
    is the moment that the row of the act holds too, so that verifying can compare them; now unless given. Inside
    an act's transaction it needs no savepoint of its own: an act that cannot be logged is undone as a whole.
    """
    moment = at or now()
    entry = _next_entry(chain or _locked_chain(assessment, sealed_for), act, by, moment, detail)
    if not _advance(entry):
        entry = _next_entry(_locked_chain(assessment, sealed_for), act, by, moment, detail)
        _advance(entry)
    entry.save(force_insert=True)
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
    """How many entries each sealed chain of `assessment` has and the hash of its last, by agency (1 query).

    The entry that opens the comparison names them: until then nothing in the main chain tells of a sealed one.
    """
    chains = AuditChain.objects.filter(assessment=assessment).exclude(sealed_for="").order_by("sealed_for")
    return {chain.sealed_for: {"length": chain.length, "head": chain.head} for chain in chains}


def hash_of(entry: AuditEntry) -> str:
    """The hash of the entry's own fields and the hash before it."""
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
