"""The two keys as a page shows them: what is signed, who has signed it, and what the reader may sign."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cpch.accounts.models import User
from diagnostic.actions.submissions import digest_of, snapshot_of
from diagnostic.core import workflow
from diagnostic.core.completeness import Completeness, find_completeness
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.progress import write_gaps
from diagnostic.forms.attestation import AttestForm, RecordForm
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Attestation, AuditEntry
from diagnostic.permissions import can_attest, can_record_agreement, can_take_attestation_back
from diagnostic.queries import (
    load_absent_agencies,
    load_attestations,
    load_coordinators,
    load_lost_signatures,
    load_voices,
)
from diagnostic.rendering.words import AGENCY_WORDS

VOIDED = _("The attestations are void, because an answer was changed. Both agencies attest again.")
"""What is told after a change that voided what was signed."""


NO_GAPS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LostSignature:
    """A signature of `given_by` that is no longer valid, and who took it back or voided it by a change.

    `because` is "deactivated" or "moved" if that happened to the signer.
    """

    given_by: User
    by: User
    at: datetime
    is_taken_back: bool
    because: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One agency's key: the valid `signature`, or how the previous one was `lost`, and the possible acts.

    `is_absent` if nobody there has an account, so that the other agency records who agreed. `uncounted` is a record for
    the agency that no longer counts, because somebody there now has an account or an invitation. `is_outdated` if
    nobody took it back, but something other than the answers has changed since it was attested.
    """

    agency: str
    signature: Attestation | None
    lost: LostSignature | None
    coordinators: tuple[User, ...]
    form: AttestForm | None
    may_take_back: bool
    is_absent: bool
    uncounted: Attestation | None
    is_outdated: bool

    @property
    def name(self) -> str:
        return str(AGENCY_WORDS[self.agency])

    @property
    def is_recorded(self) -> bool:
        """Whether the reader records somebody's agreement instead of signing."""
        return isinstance(self.form, RecordForm)


@dataclass(frozen=True, slots=True)
class Keys:
    """What both agencies sign, and their progress; nothing is offered until the answers are complete."""

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
    absent: Collection[str],
    data: QueryDict | None = None,
    digest: str = "",
    gaps: Mapping[str, str] = NO_GAPS,
) -> AttestForm | None:
    """The form with which `reader` turns the key of `agency`; None if they may not.

    `absent` are the agencies without accounts, `gaps` the questions listed on the page as blank or open.
    """
    if can_attest(reader, assessment, agency):
        return AttestForm(agency, data, digest=digest, gaps=gaps)
    if can_record_agreement(reader, assessment, agency, absent):
        return RecordForm(agency, data, digest=digest, gaps=gaps)
    return None


def faults_of(form: AttestForm) -> list[tuple[str, str]]:
    """For an error summary: where on the page something is wrong, and what."""
    return [(field.id_for_label, str(text)) for field in form for text in field.errors]


@dataclass(frozen=True, slots=True)
class Signable:
    """What both agencies would sign now, by its digest, and whether it is complete."""

    digest: str
    completeness: Completeness


def load_signable(assessment: Assessment) -> Signable | None:
    """What would be submitted now (at most 7 queries); None, without a query, if nothing can be."""
    if workflow.find_transition("submit", assessment.state, assessment.mode) is None:
        return None
    voices = load_voices(assessment)
    completeness = find_completeness(instrument_of(assessment), assessment.mode, voices)
    return Signable(digest_of(snapshot_of(assessment, voices)[0]), completeness)


def load_keys(
    assessment: Assessment,
    reader: object,
    signable: Signable,
    gaps: Mapping[str, str],
    posted: AttestForm | None = None,
) -> Keys:
    """The keys to `signable` for `reader` (4 queries, 3 if each agency answers for itself).

    `gaps` are the blank and open questions that the page lists. `posted` is shown again as typed, and must be confirmed
    again if it was filled in for another digest or other gaps.
    """
    digest = signable.digest
    coordinators, absent = load_coordinators(assessment), load_absent_agencies(assessment)
    given = load_attestations(assessment)
    lost = load_lost_signatures(assessment)
    keys = []
    for agency in AGENCIES:
        own = [item for item in given if item.agency == agency]
        standing = _standing(own, assessment, digest)
        is_counted = standing is not None and (agency in absent or not standing.agreed_by)
        typed = _typed(posted, digest, gaps) if posted is not None and posted.agency == agency else None
        form = form_of(assessment, agency, reader, absent, typed, digest, gaps)
        keys.append(
            Key(
                agency=agency,
                signature=standing if is_counted else None,
                lost=_lost(own, lost.get(agency)),
                coordinators=tuple(coordinators[agency]),
                form=form if not is_counted and signable.completeness.is_enough else None,
                may_take_back=is_counted and can_take_attestation_back(reader, assessment, agency, absent),
                is_absent=agency in absent,
                uncounted=None if is_counted else standing,
                is_outdated=_is_outdated(own, assessment, digest),
            )
        )
    return Keys(digest, tuple(keys), signable.completeness)


def _typed(posted: AttestForm, digest: str, gaps: Mapping[str, str]) -> QueryDict:
    """The fields typed in `posted`, for the current digest; outdated confirmations are cleared."""
    data = QueryDict(mutable=True)
    data.update(posted.data)
    stands = {posted.add_prefix("digest"): digest, posted.add_prefix("gaps"): write_gaps(gaps)}
    if any(data.get(name) != value for name, value in stands.items()):
        data.pop(posted.add_prefix("confirmed"), None)
    for name, value in stands.items():
        data[name] = value
    return data


def _standing(given: Iterable[Attestation], assessment: Assessment, digest: str) -> Attestation | None:
    """The valid signature under what would be submitted now."""
    standing = assessment.standing_attestations.values()
    return next((item for item in given if item.pk in standing and item.digest == digest), None)


def _is_outdated(given: Iterable[Attestation], assessment: Assessment, digest: str) -> bool:
    """Whether there is a signature that nobody voided, of a text that has changed since."""
    standing = assessment.standing_attestations.values()
    return any(item.pk in standing and item.digest != digest for item in given)


def _lost(given: Sequence[Attestation], entry: AuditEntry | None) -> LostSignature | None:
    if entry is None or entry.by is None or not given:
        return None
    because = entry.detail.get("because", "") if entry.detail.get("person") else ""
    return LostSignature(given[-1].attested_by, entry.by, entry.at, entry.act == "attestation.take_back", because)
