"""Two keys: each agency signs the digest of the submission to be made, and may take that back; an edit voids both."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from diagnostic.core import workflow
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.words import Message, _
from diagnostic.models import Assessment, Attestation, AuditChain
from diagnostic.permissions import can_attest, can_record_agreement, can_take_attestation_back
from diagnostic.queries import load_coordinators, load_heads, load_signatures, load_voices

from . import audit
from .actor import require_unchanged
from .clock import now
from .errors import ActionRefused, StateChanged
from .sides import refusal, take_side
from .submissions import build_snapshot, digest_of, require_complete, snapshot_of

NAME_LENGTH = 200


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


@transaction.atomic
def attest(*, assessment: Assessment, agency: str, digest: str, by: Any, agreed_by: str = "") -> Attestation:
    """Sign `digest` for `agency`, which must be that of the submission that would be made now.

    A coordinator signs for their own agency. For the other, where it has no coordinator, they record in `agreed_by` who
    agreed for it, by name and function. Who signs the same again is given what stands. Raises `PermissionDenied`,
    `StateChanged` where nothing can be submitted now, `AnswersChanged`, `NothingAnswered` or `NotSettled` where the
    answers are not complete, `ActionRefused` without a proper name, or `ActsForOther` for whoever acted for the other
    agency in this assessment.
    """
    coordinators = load_coordinators(assessment)
    agreed_by = " ".join(agreed_by.split())
    is_own = can_attest(by, assessment, agency)
    if not is_own and not can_record_agreement(by, assessment, agency, coordinators):
        raise refusal(by, assessment)
    if is_own:
        agreed_by = ""
    elif not agreed_by or len(agreed_by) > NAME_LENGTH or find_text_fault(agreed_by):
        raise ActionRefused(Message(_("Give the name and the function of the person who agreed for the other agency.")))
    held = Assessment.objects.select_for_update(of=("self",)).select_related("country").get(pk=assessment.pk)
    require_unchanged(by)
    if workflow.find_transition("submit", held.state, held.mode) is None:
        raise StateChanged
    take_side(assessment=held, by=by)
    voices = load_voices(held)
    if digest != digest_of(snapshot_of(held, voices)[0]):
        raise AnswersChanged
    require_complete(held, voices)
    standing = load_signatures(held).get(agency)
    if standing is not None and standing.digest == digest and standing.agreed_by == agreed_by:
        return standing
    signed = Attestation.objects.create(
        assessment=held,
        agency=agency,
        digest=digest,
        agreed_by=agreed_by,
        attested_at=now(),
        attested_by=by,
        attested_by_name=by.full_name,
    )
    Assessment.objects.filter(pk=held.pk).update(**{f"{agency}_attestation": signed})
    record: dict[str, Any] = {"agreed_by": agreed_by} if agreed_by else {}
    record["heads"] = load_heads(held)
    act = "attestation.record" if agreed_by else "attestation.sign"
    audit.record(act=act, by=by, assessment=held, agency=agency, digest=digest, **record)
    return signed


@transaction.atomic
def take_back(*, assessment: Assessment, agency: str, by: Any) -> bool:
    """Take the signature that stands for `agency` back; the other agency's stays, for nothing was changed.

    Whoever could give it may take it back: the agency's own coordinators, and one of the other agency where they record
    who agreed. Says whether there was one to take back. Raises `PermissionDenied`, or `StateChanged` where nothing can
    be submitted now.
    """
    if not can_take_attestation_back(by, assessment, agency, load_coordinators(assessment)):
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
    """Void one signature whose giver is "deactivated" or "moved" (`because`); the other agency's stays.

    The caller has locked its assessment, and checked that it stands and that `by` may.
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
    """Void what was attested in the country's assessments and is no longer what would be submitted (1 query if none).

    For acts on what a snapshot holds beside the answers, such as the plan. An assessment that another act has locked is
    left to that: nothing is submitted but what both agencies attested.
    """
    standing = Assessment.objects.filter(country=country_id, state__in=workflow.WITH_COUNTRY)
    signed = standing.exclude(customs_attestation=None, police_attestation=None).select_related("country")
    for held in signed.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        digest = digest_of(build_snapshot(held)[0])
        keys = held.standing_attestations.values()
        if Attestation.objects.filter(pk__in=keys).exclude(digest=digest).exists():
            void(assessment=held, by=by, because=because)
