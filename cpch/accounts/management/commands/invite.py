"""Invites a person from the command line, above all the first administrator, and prints the link."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from cpch.accounts import actions
from cpch.accounts.mail import invitation_link
from cpch.accounts.models import Agency, Country, Role
from cpch.accounts.models.membership import AGENCY_ROLES, COUNTRY_ROLES


class Command(BaseCommand):
    help = "Invite a person and print the link, which works once, for seven days. No e-mail is sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--country", default="", help="two letters, such as ZZ; for a country's roles")
        parser.add_argument("--agency", choices=Agency.Kind.values, default="")
        parser.add_argument("--organisation", default="", help="for a partner")

    def handle(self, *args: Any, **options: Any) -> None:
        _, token = self._invite(
            **{name: options[name] for name in ("email", "role", "agency", "organisation")},
            country=_country(options["country"], options["role"]),
        )
        self.stdout.write(invitation_link(token))

    def _invite(self, *, email: str, role: str, country: Country | None, agency: str, organisation: str) -> Any:
        if role in AGENCY_ROLES and not agency:
            raise CommandError(f"A {role} belongs to an agency: say --agency customs or --agency police.")
        if role == Role.PARTNER and not organisation:
            raise CommandError("A partner belongs to an organisation: name it with --organisation.")
        try:
            validate_email(email)
            return actions.invite(
                email=email, role=role, country=country, agency_kind=agency, organisation=organisation, by=None
            )
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        except actions.AddressTaken as error:
            raise CommandError(f"{email} already has an account.") from error
        except actions.AlreadyInvited as error:
            raise CommandError(f"{email} already has an open invitation.") from error


def _country(alpha2: str, role: str) -> Country | None:
    if role not in COUNTRY_ROLES:
        return None
    country = Country.objects.filter(alpha2=alpha2.upper()).first()
    if country is None:
        raise CommandError(f"A {role} belongs to a country: say --country with two letters of a WCO Member or ZZ.")
    return country
