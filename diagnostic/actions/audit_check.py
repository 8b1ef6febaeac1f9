"""Verifies the log: each chain is intact and agrees with the current state of the assessment.

Somebody with write access to the database can rebuild a whole chain. They cannot truncate, replace or remove the
entries that produced the current state without changing that state as well, and none of this goes unnoticed if the
chains' heads are kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain as chained
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from diagnostic.core import workflow
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.interchange import response_from_json
from diagnostic.core.responses import NATIONAL
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Attestation, AuditChain, AuditEntry, ResponseRevision, Submission
from diagnostic.queries import load_clarifications, load_heads, open_questions

from .assessments import SETTINGS
from .attestations import logged_agreement
from .audit import hash_of
from .review_check import OUTCOMES, REVIEWED, find_unlogged_reviews, find_wrong_review
from .revision_check import CHUNK, Heads, find_missing, find_moved, list_answers
from .sealed_check import AgencyLog
from .submission_check import find_wrong_parts, find_wrong_signatures
from .submissions import digest_of

SIGNED = ("attestation.sign", "attestation.record")
AGREED = ("agreed_by", "agreed_office", "agreed_on", "agreed_reference")
"""What the log holds of an agreement that was recorded for an agency without accounts."""
WITH_HEADS = ("comparison.declare", "comparison.open", "comparison.open_declared", *SIGNED, "assessment.submit")
"""The acts that name the last revisions of the answers they speak of."""


def find_breaks(chain: AuditChain) -> Iterator[str]:
    """Every fault in `chain`, a sentence each; nothing if it is intact.

    Entries appended after `chain` was loaded are not faults (1 query, 2 then). Holds few entries in memory.
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
        if not has_its_hash(entry):
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


def has_its_hash(entry: AuditEntry) -> bool:
    """Whether the entry matches its own hash; its neighbours are not checked."""
    try:
        return hash_of(entry) == entry.hash
    except TypeError:
        return False


def _grew(chain: AuditChain, length: int) -> bool:
    """Whether more than `length` entries are there by now (1 query)."""
    return chain.entries.filter(number=length + 1).exists()


def _read(chain: AuditChain) -> Iterator[AuditEntry | int]:
    """The entries in order; where one cannot be read, its number, and nothing after it."""
    last = 0
    try:
        for entry in chain.entries.order_by("number").iterator(CHUNK):
            yield entry
            last = entry.number
    except ValueError:
        yield from _one_by_one(chain.entries.filter(number__gt=last).order_by("number"))


def _one_by_one(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry | int]:
    for number in entries.values_list("number", flat=True).iterator(CHUNK):
        try:
            yield entries.get(number=number)
        except ValueError:
            yield number
            return


def find_contradictions(assessment: Assessment) -> Iterator[str]:
    """Every difference between the log of `assessment` and its current state, a sentence each.

    Its chains must be intact. Compares the states it went through, the attestations and submissions, each submission
    with its digest, and the answers that were declared, compared, attested and submitted.
    """
    entries = AuditEntry.objects.filter(chain__assessment=assessment)
    main = entries.filter(chain__sealed_for="").order_by("number").iterator(CHUNK)
    first = next(main, None)
    if first is None:
        yield _("nothing was logged of it, from its start on")
        return
    yield from _wrong_start(assessment, first)
    log = _Log(assessment)
    for entry in chained([first], main):
        yield from log.follow(entry)
    for agency in AGENCIES:
        yield from log.follow_sealed(agency, entries.filter(chain__sealed_for=agency).order_by("number"))
    yield from log.end()


def _wrong_start(assessment: Assessment, first: AuditEntry) -> Iterator[str]:
    """The first entry says whose chain this is; what was logged before it named the assessment says less."""
    known = {"assessment_id": str(assessment.pk), "period": assessment.period, "mode": assessment.mode}
    is_its_own = all(value == known.get(name) for name, value in first.detail.items() if name != "settings")
    is_started = (first.by_id, first.at) == (assessment.started_by_id, assessment.started_at)
    if first.act != "assessment.start" or not is_started or not is_its_own:
        yield _("its log begins with the start of another assessment")


class _Log:
    """Follows the main log of an assessment entry by entry, and compares it with the current state.

    Holds the state at one point in the log, never a list of events.
    """

    def __init__(self, assessment: Assessment):
        self.assessment = assessment
        self.state = workflow.DRAFT
        self.moved_at: datetime | None = None
        self.settings: dict[str, Any] = {}
        """The settings as the log left them."""
        self.reviews = [0, 0]
        """How many reviews were taken up, and how many closed."""
        self.is_led = True
        """Whether every act so far was possible."""
        self.signed = Attestation.objects.filter(assessment=assessment).order_by("pk").iterator(CHUNK)
        self.signatures = 0
        self.are_signatures_right = True
        self.standing: dict[str, Attestation | None] = {}
        """The row of the signature of each agency that stands by the log."""
        self.submissions = 0
        self.frozen: dict[str, Mapping[str, str]] = {}
        """The heads that the log names last for each voice that has been frozen at some time."""
        self.declared: dict[str, Mapping[str, str]] = {}
        """The heads that the standing declaration of each agency names."""
        self.opening: AuditEntry | None = None
        self.missing: set[tuple[str, str]] = set()
        """The answers of which the log names a revision that is not there: each is told once."""

    def follow(self, entry: AuditEntry) -> Iterator[str]:
        act = entry.act
        if act in workflow.MOVES:
            yield from self._move(entry)
        if act in ("assessment.start", "assessment.settings"):
            self._set(entry)
        if act in REVIEWED:
            self.reviews[act in OUTCOMES] += 1
            yield from find_wrong_review(self.assessment, entry)
        if act in SIGNED:
            self._sign(entry)
        elif act == "attestation.take_back":
            self.standing.pop(entry.detail.get("agency"), None)
        elif act == "attestation.void":
            self._void(entry.detail.get("agencies"))
        elif act == "assessment.submit":
            yield from self._submit(entry)
            self.standing.clear()
        yield from self.find_heads(entry)

    def _void(self, named: Any) -> None:
        """An edit voids every signature; a departure voids only the departing person's, and the entry names whose."""
        for agency in AGENCIES:
            if not isinstance(named, list) or agency in named:
                self.standing.pop(agency, None)

    def _move(self, entry: AuditEntry) -> Iterator[str]:
        if not self.is_led:
            return
        transition = workflow.find_transition(workflow.MOVES[entry.act], self.state, self.assessment.mode)
        if transition is None:
            self.is_led = False
            yield _("entry %(number)s is no act for an assessment that is %(state)s") % {
                "number": entry.number,
                "state": self.state,
            }
            return
        self.state, self.moved_at = transition.target, entry.at
        if transition.act == "open_comparison":
            self.opening = entry
            self.frozen |= {voice: held for voice, held in _heads_of(entry).items() if voice in AGENCIES}
        elif transition.act == "submit":
            self.frozen |= _heads_of(entry)

    def _set(self, entry: AuditEntry) -> None:
        if entry.act == "assessment.start":
            self.moved_at = entry.at
            self.settings = dict(entry.detail.get("settings", {}))
        for name, change in entry.detail.get("changes", {}).items():
            self.settings[name] = change[1]

    def _sign(self, entry: AuditEntry) -> None:
        said = entry.detail
        self.signatures += 1
        item = next(self.signed, None)
        self.standing[said.get("agency")] = item
        self.are_signatures_right &= item is not None and (
            said.get("agency"),
            said.get("digest"),
            (entry.by_id, entry.at),
            {name: said[name] for name in AGREED if name in said},
        ) == (item.agency, item.digest, (item.attested_by_id, item.attested_at), logged_agreement(item))

    def _submit(self, entry: AuditEntry) -> Iterator[str]:
        number = self.submissions = self.submissions + 1
        item = Submission.objects.filter(assessment=self.assessment, number=number).first()
        logged = (entry.detail.get("number"), entry.detail.get("digest"), entry.by_id)
        if item is None:
            yield _("submission %(number)s was logged and is not there") % {"number": number}
        elif logged != (number, item.digest, item.submitted_by_id):
            yield _("submission %(number)s is not the one that was logged") % {"number": number}
        elif digest_of(item.snapshot) != item.digest:
            yield _("submission %(number)s does not hold what was frozen in it") % {"number": number}
        else:
            yield from _wrong_snapshot(item, _heads_of(entry))
            wrong = list(find_wrong_parts(item, entry.detail.get("receipt")))
            yield from wrong or find_wrong_signatures(item, self.standing.values())

    def find_heads(self, entry: AuditEntry) -> Iterator[str]:
        """Revisions named by `entry` that do not exist (1 query for an entry that names any)."""
        if entry.act not in WITH_HEADS:
            return
        if "heads" not in entry.detail:
            yield f"entry {entry.number} does not name the revisions of the answers that it speaks of"
        missing = [item for item in find_missing(self.assessment.pk, _heads_of(entry)) if item not in self.missing]
        if missing:
            self.missing.update(missing)
            yield f"entry {entry.number} ({entry.act}) names a revision that is not there: {list_answers(missing)}"

    def follow_sealed(self, agency: str, entries: QuerySet[AuditEntry]) -> Iterator[str]:
        """Follow the chain sealed for `agency` before the comparison, then check the rows it refers to."""
        sealed = AgencyLog(self.assessment, agency)
        for entry in entries.iterator(CHUNK):
            sealed.follow(entry)
            yield from self.find_heads(entry)
        yield from sealed.end()
        if sealed.declared is not None:
            self.declared[agency] = _heads_of(sealed.declared).get(agency, {})

    def end(self) -> Iterator[str]:
        """Checks that need the whole log."""
        yield from self._wrong_state()
        yield from self._wrong_signatures()
        submitted = Submission.objects.filter(assessment=self.assessment)
        for number in submitted.filter(number__gt=self.submissions).order_by("number").values_list("number", flat=True):
            yield _("submission %(number)s is not the one that was logged") % {"number": number}
        yield from self._wrong_seals()
        yield from self._wrong_answers()

    def _wrong_state(self) -> Iterator[str]:
        if self.is_led and self.state != self.assessment.state:
            yield _("by its log it is %(logged)s, and it stands as %(stands)s") % {
                "logged": self.state,
                "stands": self.assessment.state,
            }
        elif self.is_led and self.moved_at != self.assessment.state_changed_at:
            yield f"it has been {self.state} since another moment than its log says"
        if (self.opening.at if self.opening else None) != self.assessment.comparison_opened_at:
            yield "its comparison was opened at another moment than its log says"
        if self.settings != {name: getattr(self.assessment, name) for name in SETTINGS}:
            yield "its settings are not the ones that its log says"
        yield from find_unlogged_reviews(self.assessment, *self.reviews)

    def _wrong_signatures(self) -> Iterator[str]:
        """The assessment's row names the valid signatures; compares them with the log."""
        if not self.are_signatures_right or next(self.signed, None) is not None:
            yield _("%(logged)s attestations were logged, and they are not the %(there)s that are there") % {
                "logged": self.signatures,
                "there": Attestation.objects.filter(assessment=self.assessment).count(),
            }
        if {agency: row and row.pk for agency, row in self.standing.items()} != self.assessment.standing_attestations:
            yield _("by its log %(logged)s attestations stand, and others do") % {"logged": len(self.standing)}

    def _wrong_seals(self) -> Iterator[str]:
        """The entry that opened the comparison names the end of each sealed chain; nothing is sealed after it."""
        if self.opening is None:
            return
        chains = AuditChain.objects.filter(assessment=self.assessment).exclude(sealed_for="")
        there = {chain.sealed_for: {"length": chain.length, "head": chain.head} for chain in chains}
        if self.opening.detail.get("sealed") != there:
            yield f"the sealed entries are not the ones that entry {self.opening.number} names"

    def _wrong_answers(self) -> Iterator[str]:
        """Frozen answers must still have the last revisions named in the log."""
        may_change = self._may_change()
        voices = self.frozen.keys() | self.declared.keys()
        frozen, declared, current = (
            {voice: _without(held, may_change if voice == NATIONAL else frozenset()) for voice, held in heads.items()}
            for heads in (self.frozen, self.declared, load_heads(self.assessment, list(voices)))
        )
        moved = sorted({*find_moved(frozen, current), *find_moved(declared, current)})
        if moved:
            yield f"answers were saved after they were frozen: {list_answers(moved)}"

    def _may_change(self) -> frozenset[str]:
        """The questions whose national answer may have changed since submission."""
        assessment, instrument = self.assessment, instrument_of(self.assessment)
        if assessment.state == workflow.WITHDRAWN:
            # The assessment may have been returned to the country before.
            return frozenset(instrument.by_code)
        if NATIONAL in workflow.writable_voices(assessment.state, assessment.mode):
            return open_questions(instrument, assessment, load_clarifications(assessment))
        return frozenset()


def _without(held: Mapping[str, str], codes: frozenset[str]) -> dict[str, str]:
    return {code: head for code, head in held.items() if code not in codes}


def _heads_of(entry: AuditEntry) -> Heads:
    """The hashes that `entry` names, if they are hashes."""
    heads = entry.detail.get("heads")
    voices = heads.items() if isinstance(heads, dict) else ()
    return {
        voice: {code: head for code, head in held.items() if isinstance(head, str)}
        for voice, held in voices
        if isinstance(held, dict)
    }


def _wrong_snapshot(submission: Submission, heads: Heads) -> Iterator[str]:
    """The difference between what `submission` froze and the revisions its entry names (1 or 2 queries)."""
    content = json.loads(submission.snapshot)
    named = {(code, voice, head) for voice, held in heads.items() for code, head in held.items()}
    revisions = ResponseRevision.objects.filter(
        response__assessment=submission.assessment_id, hash__in=sorted({head for _code, _voice, head in named})
    )
    said: dict[tuple[str, str], Any] = {}
    for item in _standing_at(revisions.select_related("response").order_by()):
        answer = (item.response.question, item.response.voice)
        if (*answer, item.hash) in named and _counts(item):
            said[answer] = item.content
    frozen = {
        (code, voice): members
        for voice, responses in content["assessment"]["voices"].items()
        for code, members in responses.items()
    }
    wrong = sorted(answer for answer in frozen.keys() | said.keys() if frozen.get(answer) != said.get(answer))
    if wrong:
        yield f"submission {submission.number} does not hold the answers that its entry names: {list_answers(wrong)}"


def _standing_at(ends: Iterable[ResponseRevision]) -> Iterator[ResponseRevision]:
    """The answer at each chain end; a text that was set aside leaves the previous answer (at most 1 query)."""
    ended = list(ends)
    aside = [item for item in ended if not item.was_kept]
    rows = {item.response_id for item in aside}
    kept = {
        (item.response_id, item.version): item
        for item in (ResponseRevision.objects.filter(response__in=rows, was_kept=True) if rows else ())
    }
    for item in ended:
        stood = kept.get((item.response_id, item.version)) if item in aside else item
        if stood is not None:
            item.content, item.is_agreed = stood.content, stood.is_agreed
            yield item


def _counts(revision: ResponseRevision) -> bool:
    """Whether `revision` enters a submission: it is not empty and not just a proposal."""
    return not response_from_json(revision.content).is_blank and revision.is_agreed
