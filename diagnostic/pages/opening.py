"""Each agency's declaration and request to open the comparison, for the people who may know of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from cpch.accounts.models import Invitation, Membership, Role
from cpch.accounts.names import name_among
from diagnostic.core import workflow
from diagnostic.core.instrument import AGENCIES
from diagnostic.models import Assessment, Declaration, OpeningRequest, ResponseRevision
from diagnostic.permissions import can_declare, side_of
from diagnostic.queries import load_opening_requests
from diagnostic.rendering.words import AGENCY_WORDS


@dataclass(frozen=True, slots=True)
class AgencyWord:
    """One agency before the comparison: its declaration and its request to open early, if any."""

    agency: str
    declaration: Declaration | None
    request: OpeningRequest | None

    @property
    def name(self) -> str:
        return str(AGENCY_WORDS[self.agency])

    @property
    def icon(self) -> str:
        return f"i-{self.agency}"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a reader may know before and after the comparison opens.

    Before it opens, `agencies` holds only the reader's own, and none for an observer; afterwards both. `own` is the
    reader's agency if they may still declare and ask for it.
    """

    agencies: tuple[AgencyWord, ...]
    is_open: bool
    own: str

    @property
    def has_declared(self) -> bool:
        """Whether the reader's own agency has declared."""
        return any(word.declaration for word in self.agencies) and not self.is_open

    @property
    def has_asked(self) -> bool:
        """Whether the reader's own agency has asked to open early."""
        return any(word.request for word in self.agencies) and not self.is_open

    @property
    def was_early(self) -> bool:
        """Whether it was opened by both agencies' requests instead of their declarations."""
        return self.is_open and all(word.request for word in self.agencies)


def load_opening(assessment: Assessment, reader: Any) -> Opening | None:
    """The reader's view; None in a joint session (2 queries, none there, whatever the agencies have done)."""
    if assessment.mode != workflow.SEPARATE:
        return None
    own, is_open = side_of(reader, assessment), assessment.comparison_opened_at is not None
    told: Collection[str] = AGENCIES if is_open else (own,)
    standing = (assessment.customs_declaration_id, assessment.police_declaration_id)
    declared = Declaration.objects.filter(pk__in=[pk or 0 for pk in standing], agency__in=told)
    declarations = {item.agency: item for item in declared.select_related("declared_by")}
    requests = load_opening_requests(assessment)
    may_act = assessment.state == workflow.DRAFT and can_declare(reader, assessment, own)
    return Opening(
        agencies=tuple(
            AgencyWord(agency, declarations.get(agency), requests.get(agency)) for agency in AGENCIES if agency in told
        ),
        is_open=is_open,
        own=own if may_act else "",
    )


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another person who answers for an agency: their last answer, or their invitation if they have not joined."""

    name: str
    answered_at: datetime | None = None
    invited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Declarers:
    """The agency's coordinators, the reader first, and everybody else who answers for it."""

    coordinators: tuple[str, ...]
    others: tuple[Colleague, ...]


def load_declarers(assessment: Assessment, reader: Any) -> Declarers:
    """The people of the reader's own agency, with the time of their last answer in its voice (2 queries)."""
    agency = reader.membership.agency
    saves = ResponseRevision.objects.filter(
        response__assessment=assessment, response__voice=agency.kind, saved_by=OuterRef("user")
    )
    people = (
        Membership.objects.filter(agency=agency, user__is_active=True)
        .exclude(user=reader)
        .select_related("user")
        .annotate(answered_at=Subquery(saves.order_by("-saved_at").values("saved_at")[:1]))
        .order_by("user__full_name", "pk")
    )
    invited = Invitation.objects.filter(
        agency=agency, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).order_by("email")
    members = list(people)
    users = [reader, *(item.user for item in members)]
    return Declarers(
        coordinators=tuple(name_among(item.user, users) for item in members if item.role == Role.COORDINATOR),
        others=(
            *(Colleague(name_among(item.user, users), answered_at=item.answered_at) for item in members),
            *(Colleague(item.email, invited_at=item.invited_at) for item in invited),
        ),
    )
