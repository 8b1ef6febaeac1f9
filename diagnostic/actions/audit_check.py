"""Verifies the log: that each chain is what was appended, and that it agrees with what stands.

Whoever can write to the database can make a chain anew that is whole. What they cannot do is to leave what stands as it
is and cut off, exchange or remove what led to it; and none of it where the chains' heads are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from diagnostic.core import workflow
from diagnostic.models import Assessment, Attestation, AuditChain, AuditEntry, Submission

from .audit import hash_of
from .submissions import digest_of

SIGNED = ("attestation.sign", "attestation.record")


def find_breaks(chain: AuditChain) -> Iterator[str]:
    """Every place where `chain` is not what was appended, a sentence each; nothing where it is whole.

    What is appended after `chain` was loaded breaks nothing (1 query, 2 then).
    """
    previous, length = "", 0
    for length, entry in enumerate(_read(chain), start=1):
        if isinstance(entry, int):
            yield _("entry %(number)s cannot be read") % {"number": entry}
            return
        if entry.number != length:
            yield _("entry %(number)s is missing; the next one is %(next)s") % {"number": length, "next": entry.number}
            return
        if entry.previous != previous:
            yield _("entry %(number)s does not follow the one before it") % {"number": entry.number}
        if hash_of(entry) != entry.hash:
            yield _("entry %(number)s was changed") % {"number": entry.number}
        previous = entry.hash
        if length == chain.length and previous != chain.head:
            yield _("the last entry is not the one that was written last")
    if length > chain.length:
        chain = AuditChain.objects.get(pk=chain.pk)
    if length > chain.length or (length < chain.length and not _grew(chain, length)):
        yield _("%(written)s entries were written and %(there)s are there") % {
            "written": chain.length,
            "there": length,
        }


def _grew(chain: AuditChain, length: int) -> bool:
    """Whether more than `length` entries are there by now (1 query)."""
    return chain.entries.filter(number=length + 1).exists()


def _read(chain: AuditChain) -> Iterable[AuditEntry | int]:
    """The entries in order; where one cannot be read, its number, and nothing after it."""
    entries = chain.entries.order_by("number")
    try:
        return [_sound(entry) for entry in entries.iterator()]
    except ValueError:
        return _one_by_one(chain)


def _one_by_one(chain: AuditChain) -> Iterator[AuditEntry | int]:
    for number in chain.entries.order_by("number").values_list("number", flat=True):
        try:
            yield _sound(chain.entries.get(number=number))
        except ValueError:
            yield number
            return


def _sound(entry: AuditEntry) -> AuditEntry:
    """`entry` as it is. Raises `ValueError` where its time is none; of its other members their reading tells."""
    if entry.at is None:
        raise ValueError(entry.number)
    return entry


def find_contradictions(assessment_id: UUID) -> list[str]:
    """Where the log of an assessment does not agree with what stands, a sentence each (at most 5 queries).

    Its chain must be whole. The states it was led through, what was signed and what was handed in are compared, and
    that each submission still is what its digest says.
    """
    with transaction.atomic():
        assessment = Assessment.objects.select_for_update().get(pk=assessment_id)
        entries = list(AuditEntry.objects.filter(chain__assessment=assessment, chain__sealed_for="").order_by("number"))
        signed = list(Attestation.objects.filter(assessment=assessment).order_by("attested_at", "pk"))
        frozen = list(Submission.objects.filter(assessment=assessment).order_by("number"))
    if not entries:
        return [_("nothing was logged of it, from its start on")]
    return [
        *_wrong_start(assessment, entries[0]),
        *_wrong_state(assessment, entries),
        *_wrong_signatures(signed, entries),
        *_wrong_standing(assessment, signed, entries),
        *_wrong_submissions(frozen, entries),
    ]


def _wrong_start(assessment: Assessment, first: AuditEntry) -> Iterator[str]:
    """The first entry says whose chain this is; what was logged before it named the assessment says less."""
    known = {"assessment_id": str(assessment.pk), "period": assessment.period, "mode": assessment.mode}
    is_its_own = all(value == known.get(name) for name, value in first.detail.items())
    if first.act != "assessment.start" or first.by_id != assessment.started_by_id or not is_its_own:
        yield _("its log begins with the start of another assessment")


def _wrong_state(assessment: Assessment, entries: Sequence[AuditEntry]) -> Iterator[str]:
    state = workflow.DRAFT
    for entry in entries:
        if entry.act not in workflow.MOVES:
            continue
        transition = workflow.find_transition(workflow.MOVES[entry.act], state, assessment.mode)
        if transition is None:
            yield _("entry %(number)s is no act for an assessment that is %(state)s") % {
                "number": entry.number,
                "state": state,
            }
            return
        state = transition.target
    if state != assessment.state:
        yield _("by its log it is %(logged)s, and it stands as %(stands)s") % {
            "logged": state,
            "stands": assessment.state,
        }


def _wrong_signatures(signed: Sequence[Attestation], entries: Sequence[AuditEntry]) -> Iterator[str]:
    logged = sorted(
        (entry.detail["agency"], entry.detail["digest"], entry.by_id, entry.detail.get("agreed_by", ""))
        for entry in entries
        if entry.act in SIGNED
    )
    if logged != sorted((item.agency, item.digest, item.attested_by_id, item.agreed_by) for item in signed):
        yield _("%(logged)s attestations were logged, and they are not the %(there)s that are there") % {
            "logged": len(logged),
            "there": len(signed),
        }


def _wrong_standing(
    assessment: Assessment, signed: Sequence[Attestation], entries: Sequence[AuditEntry]
) -> Iterator[str]:
    """Which signatures stand is in the assessment's own row; the log says of each whether it still does."""
    logged: dict[str, str] = {}
    for entry in entries:
        if entry.act in SIGNED:
            logged[entry.detail["agency"]] = entry.detail["digest"]
        elif entry.act == "attestation.take_back":
            logged.pop(entry.detail["agency"], None)
        elif entry.act == "attestation.void":
            for agency in entry.detail["agencies"]:
                logged.pop(agency, None)
        elif entry.act == "assessment.submit":
            logged.clear()
    digests = {item.pk: item.digest for item in signed}
    if logged != {agency: digests.get(key) for agency, key in assessment.standing_attestations.items()}:
        yield _("by its log %(logged)s attestations stand, and others do") % {"logged": len(logged)}


def _wrong_submissions(frozen: Sequence[Submission], entries: Sequence[AuditEntry]) -> Iterator[str]:
    logged: Mapping[int, Any] = {
        entry.detail["number"]: (entry.detail["digest"], entry.by_id)
        for entry in entries
        if entry.act == "assessment.submit"
    }
    there = {item.number: item for item in frozen}
    for number in sorted(logged.keys() | there.keys()):
        item = there.get(number)
        if item is None:
            yield _("submission %(number)s was logged and is not there") % {"number": number}
        elif logged.get(number) != (item.digest, item.submitted_by_id):
            yield _("submission %(number)s is not the one that was logged") % {"number": number}
        elif digest_of(item.snapshot) != item.digest:
            yield _("submission %(number)s does not hold what was frozen in it") % {"number": number}


def find_unlogged() -> list[UUID]:
    """The assessments that have no log at all (1 query)."""
    logged = AuditChain.objects.filter(assessment=OuterRef("pk"), sealed_for="")
    return list(Assessment.objects.filter(~Exists(logged)).order_by("pk").values_list("pk", flat=True))


def read_heads() -> dict[str, dict[str, Any]]:
    """How many entries each chain has and the hash of its last, by `key_of` the chain (1 query).

    To be kept where nobody who can write to the database can: what was logged until then cannot be made anew unseen.
    """
    chains = AuditChain.objects.order_by("pk")
    return {key_of(chain): {"length": chain.length, "head": chain.head} for chain in chains}


def key_of(chain: AuditChain) -> str:
    """What a chain is called in a file of heads: its assessment's key and, after a space, whom it is sealed for."""
    return f"{chain.assessment_id or ''} {chain.sealed_for}".strip()


def find_lost(heads: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Of the `heads` once read those that are in no chain any more: whose, and in a sentence what is wrong."""
    for key, kept in heads.items():
        if not kept["length"]:
            continue
        assessment, _space, sealed_for = key.partition(" ")
        chain = AuditChain.objects.filter(assessment=assessment or None, sealed_for=sealed_for)
        held = AuditEntry.objects.filter(chain__in=chain, number=kept["length"]).values_list("hash", flat=True).first()
        if held != kept["head"]:
            yield key, _("entry %(number)s is not the one that was kept") % {"number": kept["length"]}
