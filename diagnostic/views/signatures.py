"""The two keys as a page shows them: what is signed, who has signed it, and what the reader may sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cpch.accounts.models import User
from diagnostic.actions.submissions import digest_of, snapshot_of
from diagnostic.core import workflow
from diagnostic.core.completeness import Completeness, find_completeness
from diagnostic.core.instrument import AGENCIES
from diagnostic.forms.attestation import AttestForm, RecordForm
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Attestation, AuditEntry
from diagnostic.permissions import can_attest, can_record_agreement, can_take_attestation_back
from diagnostic.queries import load_attestations, load_coordinators, load_lost_signatures, load_voices
from diagnostic.rendering.words import AGENCY_WORDS

VOIDED = _("The attestations are void, because an answer was changed. Both agencies attest again.")
"""What is told after a change that voided what was signed."""


@dataclass(frozen=True, slots=True)
class LostSignature:
    """A signature of `given_by` that does not stand any more, and who took it back or voided it by a change.

    `because` is "deactivated" or "moved" where that happened to whoever gave it.
    """

    given_by: User
    by: User
    at: datetime
    is_taken_back: bool
    because: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One agency's key: the `signature` that stands, or else how the one before it was `lost`, and what can be done.

    It `is_outdated` where nobody took it back, but something beside the answers is no longer as it was attested.
    """

    agency: str
    signature: Attestation | None
    lost: LostSignature | None
    coordinators: tuple[User, ...]
    form: AttestForm | None
    may_take_back: bool
    is_outdated: bool = False

    @property
    def name(self) -> str:
        return str(AGENCY_WORDS[self.agency])

    @property
    def is_recorded(self) -> bool:
        """Whether the reader records somebody's agreement instead of signing."""
        return isinstance(self.form, RecordForm)


@dataclass(frozen=True, slots=True)
class Keys:
    """What both agencies sign, and how far they have come; nothing is offered while the answers are not complete."""

    digest: str
    keys: tuple[Key, ...]
    completeness: Completeness

    @property
    def are_complete(self) -> bool:
        return all(key.signature for key in self.keys)


def form_of(
    assessment: Assessment,
    agency: str,
    reader: object,
    coordinators: Mapping[str, Sequence[User]],
    data: QueryDict | None = None,
    digest: str = "",
) -> AttestForm | None:
    """What `reader` fills in to turn the key of `agency`; None where it is not theirs to turn."""
    if can_attest(reader, assessment, agency):
        return AttestForm(agency, data, initial={"digest": digest})
    if can_record_agreement(reader, assessment, agency, coordinators):
        return RecordForm(agency, data, initial={"digest": digest})
    return None


def faults_of(form: AttestForm) -> list[tuple[str, str]]:
    """For an error summary: where on the page something is wrong, and what."""
    return [(field.id_for_label, str(text)) for field in form for text in field.errors]


def load_keys(assessment: Assessment, reader: object, posted: AttestForm | None = None) -> Keys | None:
    """The keys as `reader` finds them (5 queries); None, at no query, where nothing can be submitted now.

    `posted` is shown in its place as it was filled in.
    """
    if workflow.find_transition("submit", assessment.state, assessment.mode) is None:
        return None
    voices = load_voices(assessment)
    digest = digest_of(snapshot_of(assessment, voices)[0])
    completeness = find_completeness(instrument_of(assessment), assessment.mode, voices)
    coordinators = load_coordinators(assessment)
    given = load_attestations(assessment)
    lost = load_lost_signatures(assessment)
    keys = []
    for agency in AGENCIES:
        own = [item for item in given if item.agency == agency]
        signature = _standing(own, assessment, digest, bool(coordinators[agency]))
        form = None
        if signature is None and posted is not None and posted.agency == agency:
            form = posted
        elif signature is None and completeness.is_enough:
            form = form_of(assessment, agency, reader, coordinators, digest=digest)
        may_take_back = can_take_attestation_back(reader, assessment, agency, coordinators)
        people = tuple(coordinators[agency])
        gone = _lost(own, lost.get(agency))
        is_outdated = signature is None and _is_outdated(own, assessment, digest)
        keys.append(Key(agency, signature, gone, people, form, signature is not None and may_take_back, is_outdated))
    return Keys(digest, tuple(keys), completeness)


def _standing(
    given: Iterable[Attestation], assessment: Assessment, digest: str, has_coordinator: bool
) -> Attestation | None:
    """The signature that counts for a submission made now, as the act itself looks at it."""
    standing = assessment.standing_attestations.values()
    return next(
        (
            item
            for item in given
            if item.pk in standing and item.digest == digest and not (item.agreed_by and has_coordinator)
        ),
        None,
    )


def _is_outdated(given: Iterable[Attestation], assessment: Assessment, digest: str) -> bool:
    """Whether one was given that nobody voided, of a text that has changed since."""
    standing = assessment.standing_attestations.values()
    return any(item.pk in standing and item.digest != digest for item in given)


def _lost(given: Sequence[Attestation], entry: AuditEntry | None) -> LostSignature | None:
    if entry is None or entry.by is None or not given:
        return None
    because = entry.detail.get("because", "") if entry.detail.get("person") else ""
    return LostSignature(given[-1].attested_by, entry.by, entry.at, entry.act == "attestation.take_back", because)
