"""Two keys: each agency signs the digest of the submission to be made, and may take that back; an edit voids both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from diagnostic.core import workflow
from diagnostic.core.names import find_name_fault, write_name
from diagnostic.core.progress import find_gaps, question_states
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.responses import NATIONAL, Voices
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Attestation, AuditChain
from diagnostic.permissions import can_attest, can_record_agreement, can_take_attestation_back
from diagnostic.queries import load_absent_agencies, load_heads, load_signatures, load_voices

from . import audit
from .actor import require_unchanged
from .clock import now
from .errors import ActionRefused, GapsChanged, StateChanged
from .sides import refusal, take_side
from .submissions import build_snapshot, digest_of, require_complete, snapshot_of

LINE_LENGTH = 200
BY_THEMSELVES: dict[str, Any] = {"agreed_by": "", "agreed_office": "", "agreed_on": None, "agreed_reference": ""}
"""The columns of an attestation by the agency's own coordinator."""


class AnswersChanged(ActionRefused):
    """What was to be signed is not what stands now."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _(
                    "An answer or a setting has changed since this page was opened. Read the page again before you "
                    "attest it."
                )
            )
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed for an agency without accounts, and the evidence of it.

    `office` is the person's function, `agreed_on` the date of the agreement, `reference` that of the letter or minutes.
    """

    name: str
    office: str
    agreed_on: date
    reference: str

    def columns(self) -> dict[str, Any]:
        """The corresponding columns of an `Attestation`."""
        return {
            "agreed_by": self.name,
            "agreed_office": self.office,
            "agreed_on": self.agreed_on,
            "agreed_reference": self.reference,
        }


class WrongAgreement(ActionRefused):
    """A recorded detail of the agreement is missing, too long, unreadable or in the future."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _(
                    "Give the name and the function of the person who agreed for the other agency, the date of the "
                    "agreement, which is not in the future, and the reference of the letter or minutes."
                )
            )
        )


@transaction.atomic
def attest(
    *,
    assessment: Assessment,
    agency: str,
    digest: str,
    by: Any,
    gaps: Mapping[str, str] | None = None,
    agreement: Agreement | None = None,
) -> Attestation:
    """Sign `digest` for `agency`; it must be the digest of the submission that would be made now.

    A coordinator signs for their own agency. In a joint session, for the other agency if nobody there has had an
    account since the assessment began, they record in `agreement` who agreed for it. In a joint session `gaps` are the
    blank and open questions that were listed to the person and confirmed, as `find_gaps` gives them. Signing the same
    digest again returns the existing attestation. Raises `PermissionDenied`, `StateChanged` if nothing can be submitted
    now, `AnswersChanged`, `NothingAnswered` or `NotSettled` if the answers are not complete, `GapsChanged`,
    `WrongAgreement`, or `ActsForOther` if the person acted for the other agency in this assessment.
    """
    held = Assessment.objects.select_for_update(of=("self",)).select_related("country").get(pk=assessment.pk)
    is_own = can_attest(by, assessment, agency)
    if not is_own and not can_record_agreement(by, assessment, agency, load_absent_agencies(held)):
        raise refusal(by, assessment)
    given = {} if is_own else _columns_of(agreement)
    require_unchanged(by)
    if workflow.find_transition("submit", held.state, held.mode) is None:
        raise StateChanged
    take_side(assessment=held, by=by)
    voices = load_voices(held)
    if digest != digest_of(snapshot_of(held, voices)[0]):
        raise AnswersChanged
    require_complete(held, voices)
    if held.mode == workflow.JOINT:
        _require_named(held, voices, gaps or {})
    standing = load_signatures(held).get(agency)
    if standing is not None and standing.digest == digest and _is_same(standing, given):
        return standing
    at = now()
    signed = Attestation.objects.create(
        assessment=held,
        agency=agency,
        digest=digest,
        attested_at=at,
        attested_by=by,
        attested_by_name=by.full_name,
        **given,
    )
    Assessment.objects.filter(pk=held.pk).update(**{f"{agency}_attestation": signed})
    proof = {**logged_agreement(signed), "heads": load_heads(held)}
    act = "attestation.record" if given else "attestation.sign"
    audit.record(act=act, by=by, assessment=held, at=at, agency=agency, digest=digest, **proof)
    return signed


def logged_agreement(signed: Attestation) -> dict[str, str]:
    """The log detail for a recorded agreement; empty for a coordinator's own signature."""
    if not signed.agreed_by or signed.agreed_on is None:
        return {}
    return {
        "agreed_by": signed.agreed_by,
        "agreed_office": signed.agreed_office,
        "agreed_on": signed.agreed_on.isoformat(),
        "agreed_reference": signed.agreed_reference,
    }


def _columns_of(agreement: Agreement | None) -> dict[str, Any]:
    """The columns for `agreement`, each text on one line. Raises `WrongAgreement`."""
    if agreement is None or agreement.agreed_on > now().date():
        raise WrongAgreement
    columns = {
        name: write_name(value) if isinstance(value, str) else value for name, value in agreement.columns().items()
    }
    if find_name_fault(columns["agreed_by"]) or find_name_fault(columns["agreed_office"]):
        raise WrongAgreement
    for value in columns.values():
        if isinstance(value, str) and (says_nothing(value) or len(value) > LINE_LENGTH or find_text_fault(value)):
            raise WrongAgreement
    return columns


def _require_named(assessment: Assessment, voices: Voices, gaps: Mapping[str, str]) -> None:
    """Raise `GapsChanged` unless `gaps` match the blank and open questions of a joint session in `voices`."""
    if find_gaps(question_states(instrument_of(assessment), NATIONAL, voices)) != dict(gaps):
        raise GapsChanged


def _is_same(standing: Attestation, given: Mapping[str, Any]) -> bool:
    return all(getattr(standing, name) == value for name, value in (given or BY_THEMSELVES).items())


@transaction.atomic
def take_back(*, assessment: Assessment, agency: str, by: Any) -> bool:
    """Take the signature that stands for `agency` back; the other agency's stays, for nothing was changed.

    Whoever could give it may take it back: the agency's own coordinators, and one of the other agency where they record
    who agreed. Says whether there was one to take back. Raises `PermissionDenied`, or `StateChanged` where nothing can
    be submitted now.
    """
    if not can_take_attestation_back(by, assessment, agency, load_absent_agencies(assessment)):
        raise refusal(by, assessment)
    held = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    if workflow.find_transition("submit", held.state, held.mode) is None:
        raise StateChanged
    take_side(assessment=held, by=by)
    signature = load_signatures(held).get(agency)
    if signature is None:
        return False
    Assessment.objects.filter(pk=held.pk).update(**{f"{agency}_attestation": None})
    audit.record(act="attestation.take_back", by=by, assessment=held, agency=agency, digest=signature.digest)
    return True


def void_one(*, attestation: Attestation, by: Any, because: str) -> None:
    """Void the signature of a person who was "deactivated" or "moved" (`because`); the other agency's stays valid.

    The caller has locked its assessment, and checked that it is current and that `by` may do this.
    """
    assessment, agency = attestation.assessment, attestation.agency
    voided = Assessment.objects.filter(pk=assessment.pk, **{f"{agency}_attestation": attestation})
    if voided.update(**{f"{agency}_attestation": None}):
        person = attestation.attested_by.full_name
        detail = {"agencies": [agency], "because": because, "person": person}
        audit.record(act="attestation.void", by=by, assessment=assessment, **detail)


def void(*, assessment: Assessment, by: Any, because: str, chain: AuditChain | None = None) -> bool:
    """Void every signature that stands under `assessment`, which the caller has locked and `by` has just changed.

    Says whether there was one (3 queries with `chain`, the assessment's as the caller read it; none where none stands).
    `because` is the code of the question that was changed, or "settings".
    """
    agencies = list(assessment.standing_attestations)
    if not agencies:
        return False
    assessment.customs_attestation = assessment.police_attestation = None
    Assessment.objects.filter(pk=assessment.pk).update(customs_attestation=None, police_attestation=None)
    audit.record(act="attestation.void", by=by, assessment=assessment, chain=chain, agencies=agencies, because=because)
    return True


def void_outdated(*, country_id: int, by: Any, because: str) -> None:
    """Void attestations in the country's assessments that no longer match what would be submitted (1 query if none).

    For acts on other parts of a snapshot than the answers, such as the plan. An assessment that another act has locked
    is left to that act: nothing is submitted unless both agencies attested it.
    """
    standing = Assessment.objects.filter(country=country_id, state__in=workflow.WITH_COUNTRY)
    signed = standing.exclude(customs_attestation=None, police_attestation=None).select_related("country")
    for held in signed.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        digest = digest_of(build_snapshot(held)[0])
        keys = held.standing_attestations.values()
        if Attestation.objects.filter(pk__in=keys).exclude(digest=digest).exists():
            void(assessment=held, by=by, because=because)
