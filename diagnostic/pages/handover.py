"""The confirmation page before a person is deactivated or moved: their open items in words or, if need be, numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cpch.accounts.models import Agency, Membership
from cpch.accounts.permissions import Place, place_of
from diagnostic.forms.handover import HandoverForm, say_place
from diagnostic.handover_queries import Left, other_agency


@dataclass(frozen=True, slots=True)
class Fact:
    """One kind of item that needs no choice; `items` lists them if the reader may see them."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """Items settled without a choice (`facts`), and the `form` for the others; `warnings` come before both."""

    person: Membership
    to: Place | None
    form: HandoverForm
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...] = field(default=())

    @property
    def old_role(self) -> str:
        return say_place(place_of(self.person))

    @property
    def new_role(self) -> str:
        return say_place(self.to) if self.to else ""

    @property
    def leaves_nothing(self) -> bool:
        return not self.facts and not self.form.visible_fields()


def build_handover_page(left: Left, form: HandoverForm, *, sees_items: bool, closed: int = 0) -> HandoverPage:
    """The page, for a reader who sees each item or only their number.

    `closed` is the number of assessments in which the person cannot act for their new agency.
    """
    facts = [
        fact for fact in (_voided(left), _declared(left), _requested(left), _proposed(left), _reviewed(left)) if fact
    ]
    shown = facts if sees_items else [Fact(fact.text) for fact in facts]
    return HandoverPage(left.person, left.to, form, tuple(shown), tuple(_warnings(left, closed)))


def _voided(left: Left) -> Fact | None:
    text = ngettext(
        "%(count)d attestation that was not submitted becomes void, and both agencies are shown this. What was "
        "submitted stands.",
        "%(count)d attestations that were not submitted become void, and both agencies are shown this. What was "
        "submitted stands.",
        len(left.attestations),
    )
    return _fact(text, [_of_agency(item.assessment.period, item.agency) for item in left.attestations])


def _declared(left: Left) -> Fact | None:
    text = ngettext(
        "%(count)d declaration that answers are complete stands: it is the word of the agency, whose coordinators can "
        "take it back.",
        "%(count)d declarations that answers are complete stand: they are the word of the agency, whose coordinators "
        "can take them back.",
        len(left.declarations),
    )
    return _fact(text, [_of_agency(item.assessment.period, item.agency) for item in left.declarations])


def _requested(left: Left) -> Fact | None:
    text = ngettext(
        "%(count)d request to open the comparison stands: it is the word of the agency, whose coordinators can take it "
        "back.",
        "%(count)d requests to open the comparison stand: they are the word of the agency, whose coordinators can take "
        "them back.",
        len(left.requests),
    )
    return _fact(text, [_of_agency(item.assessment.period, item.agency) for item in left.requests])


def _proposed(left: Left) -> Fact | None:
    text = ngettext(
        "%(count)d proposal of a coordinator remains. An administrator will decide on it.",
        "%(count)d proposals of a coordinator remain. An administrator will decide on them.",
        len(left.proposals),
    )
    return _fact(text, [item.full_name for item in left.proposals])


def _reviewed(left: Left) -> Fact | None:
    text = ngettext(
        "%(count)d review that they took up stays open. Any reviewer can continue and close it.",
        "%(count)d reviews that they took up stay open. Any reviewer can continue and close them.",
        len(left.reviews),
    )
    reviewed = [item.submission.assessment for item in left.reviews]
    return _fact(text, [f"{item.country.name}, {item.period}" for item in reviewed])


def _fact(text: str, items: Iterable[str]) -> Fact | None:
    named = tuple(items)
    return Fact(text % {"count": len(named)}, named) if named else None


def _of_agency(period: str, agency: str) -> str:
    return _("%(period)s, for %(agency)s") % {"period": period, "agency": str(Agency.Kind(agency).label).lower()}


def _warnings(left: Left, closed: int) -> Iterable[str]:
    if left.lost_coordinator:
        agency = str(Agency.Kind(left.lost_coordinator).label)
        yield _("%(agency)s will have no active coordinator.") % {"agency": agency}
    if closed and left.to:
        yield ngettext(
            "They will not be able to act for %(new)s in %(count)d assessment in which they acted for %(old)s.",
            "They will not be able to act for %(new)s in %(count)d assessments in which they acted for %(old)s.",
            closed,
        ) % {
            "count": closed,
            "new": str(Agency.Kind(left.to.agency).label).lower(),
            "old": str(Agency.Kind(other_agency(left.to.agency)).label).lower(),
        }
