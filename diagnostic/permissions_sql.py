"""Which agency a person acts for in an assessment, decided by the database from what they did and were invited to.

One account, and one address in any spelling, acts for one agency in an assessment for ever (docs/decisions.md, "Two
keys, two hands"). These facts count, and outlast any change of a membership:

- an answer that the person saved for the agency, or in its voice, kept or set aside (`ResponseRevision`);
- any other act for the agency, such as declaring, discussing or attesting (`Side`);
- an invitation of the person's address to the agency that was open at any time since the assessment began.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import BigAutoField, CharField, Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from cpch.accounts.models import Invitation
from cpch.accounts.permissions import membership_of
from cpch.prepared import Slot
from diagnostic.core.instrument import AGENCIES
from diagnostic.models import Assessment, ResponseRevision, Side

Row = TypeVar("Row", bound=Model)
PERSON_FIELDS: dict[str, Any] = {
    "person_id": BigAutoField(),
    "person_key": CharField(),
    "own_agency": CharField(),
    "other_agency": CharField(),
}
SLOTS: dict[str, Any] = {name: Slot(name, field) for name, field in PERSON_FIELDS.items()}
"""For a statement that is compiled once: `person_values` fills them."""


def person_values(user: Any) -> dict[str, Any]:
    """The values that decide a person's side: their key, their address, their agency now and the other ("" if none)."""
    membership = membership_of(user)
    own = membership.agency.kind if membership is not None and membership.agency is not None else ""
    other = next(agency for agency in AGENCIES if agency != own) if own else ""
    return {"person_id": user.pk, "person_key": user.address_key, "own_agency": own, "other_agency": other}


def with_side(rows: QuerySet[Row], person: Mapping[str, Any], assessment: str = "") -> QuerySet[Row]:
    """`rows` annotated with `acted_otherwise`: whether the person acted in the assessment for the agency not now
    theirs.

    `person` is as `person_values`, or `SLOTS`; `assessment` is the lookup prefix from a row to its assessment, such as
    "assessment__"; "" if the rows are assessments. No separate query.
    """
    pk, since = OuterRef(f"{assessment}pk"), OuterRef(f"{assessment}started_at")
    country = OuterRef(f"{assessment}country_id")
    return rows.annotate(
        acted_otherwise=_acted_for(person, _as_value(person["other_agency"]), pk, country, since),
        side_person_id=_as_value(person["person_id"]),
        side_agency=_as_value(person["own_agency"]),
    )


def _acted_for(person: Mapping[str, Any], agency: Any, pk: Any, country: Any, since: Any) -> Combinable:
    acted = Side.objects.filter(assessment=pk, person=person["person_id"], agency=agency)
    answered = ResponseRevision.objects.filter(
        Q(saved_for=agency) | Q(response__voice=agency), response__assessment=pk, saved_by=person["person_id"]
    )
    invited = Invitation.objects.filter(
        Q(accepted_at__isnull=True) | Q(accepted_at__gte=since),
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=since),
        address_key=person["person_key"],
        agency__kind=agency,
        country_id=country,
        expires_at__gte=since,
    )
    return Exists(acted.order_by()) | Exists(answered.order_by()) | Exists(invited.order_by())


def _as_value(value: Any) -> Any:
    return value if isinstance(value, Slot) else Value(value)


def has_acted_otherwise(user: Any, assessment: Assessment) -> bool:
    """Whether `user` acted in `assessment` for the agency that is not theirs now.

    1 query, none if they have no agency or the assessment was read for them (`with_side`).
    """
    person = person_values(user)
    if not person["own_agency"]:
        return False
    held = assessment.__dict__
    if (held.get("side_person_id"), held.get("side_agency")) == (person["person_id"], person["own_agency"]):
        return bool(held["acted_otherwise"])
    return asks_side(user, assessment)


def asks_side(user: Any, assessment: Assessment) -> bool:
    """As `has_acted_otherwise`, but always reads the current data (1 query)."""
    person = person_values(user)
    found = with_side(Assessment.objects.filter(pk=assessment.pk).order_by(), person)
    return bool(person["own_agency"]) and bool(found.values_list("acted_otherwise", flat=True).get())
