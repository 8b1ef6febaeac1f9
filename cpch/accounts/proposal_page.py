"""An administrator's view of a proposed coordinator's address, beside those of both agencies (1 query)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .addresses import ascii_domain, domain_of, is_public_provider, name_part
from .models import Agency, CoordinatorProposal, Membership

ENOUGH_LETTERS = 4
"""A name of fewer letters before the @, such as "hq", is shared by people who have nothing to do with each other."""


@dataclass(frozen=True, slots=True)
class Domains:
    """The domains of one agency's addresses, most frequent first, each with the number of people."""

    agency: str
    counted: tuple[tuple[str, int], ...]
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class AddressLook:
    """Facts about a proposed address: its domain, those of the agencies and of the proposer, and warnings."""

    domain: str
    ascii_domain: str
    proposer_domain: str
    agencies: tuple[Domains, ...]
    warnings: tuple[str, ...]
    comfort: str


def look_at_address(proposal: CoordinatorProposal) -> AddressLook:
    """Compare the address with every account of the country, and warn of signs of a second mailbox (1 query)."""
    people = list(
        Membership.objects.filter(country=proposal.agency.country_id).select_related("user", "agency").order_by("pk")
    )
    domain = domain_of(proposal.email)
    by_agency = {
        kind.value: Counter(_domain(person) for person in people if person.agency and person.agency.kind == kind)
        for kind in Agency.Kind
    }
    own = by_agency[proposal.agency.kind]
    return AddressLook(
        domain=domain,
        ascii_domain=_ascii_form(proposal.email),
        proposer_domain=domain_of(proposal.proposed_by.email),
        agencies=tuple(
            Domains(str(Agency.Kind(kind).label), tuple(counts.most_common()), kind == proposal.agency.kind)
            for kind, counts in by_agency.items()
        ),
        warnings=tuple(_find_warnings(proposal, people, domain, by_agency)),
        comfort=_say_comfort(own[domain], str(proposal.agency).lower()),
    )


def _domain(person: Membership) -> str:
    return domain_of(person.user.email)


def _ascii_form(email: str) -> str:
    """The `xn--` form of the domain, which shows lookalike letters of other scripts; "" for an ASCII domain."""
    written = ascii_domain(email.rpartition("@")[2])
    return written if written != email.rpartition("@")[2] else ""


def _say_comfort(count: int, agency: str) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)d other %(agency)s address is at this domain.",
        "%(count)d other %(agency)s addresses are at this domain.",
        count,
    ) % {"count": count, "agency": agency}


def _find_warnings(
    proposal: CoordinatorProposal, people: Iterable[Membership], domain: str, by_agency: dict[str, Counter[str]]
) -> Iterable[str]:
    (other,) = set(by_agency) - {proposal.agency.kind}
    names = {
        "agency": str(proposal.agency).lower(),
        "other": str(Agency.Kind(other).label),
    }
    if is_public_provider(domain):
        yield _("Anyone can open a mailbox at this domain. It says nothing about where the person works.")
    if by_agency[other][domain]:
        yield _("This is a domain of %(other)s, the other agency.") % names
    if domain == domain_of(proposal.proposed_by.email):
        yield _("This is the domain of the person proposing them.")
    own = by_agency[proposal.agency.kind]
    if own and not own[domain]:
        yield _("No other %(agency)s address is at this domain.") % names
    if not own:
        yield _("There is no other %(agency)s account, so there is no address to compare with.") % names
    wanted = name_part(proposal.email)
    for person in people:
        if len(wanted) >= ENOUGH_LETTERS and name_part(person.user.email) == wanted:
            yield _("The part before the @ is the same as for %(name)s, %(address)s. It may be a second mailbox.") % {
                "name": person.user.full_name,
                "address": person.user.email,
            }
