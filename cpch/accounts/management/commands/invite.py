"""Invites an administrator from the command line, usually the first one, and prints the link."""

from __future__ import annotations

from argparse import SUPPRESS
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpch.accounts import actions
from cpch.accounts.address_field import AddressField
from cpch.accounts.mail import invitation_link
from cpch.accounts.models import Role


class Command(BaseCommand):
    help = (
        "Invite an administrator and print the link, which works once, for seven days. No e-mail is sent. Everyone "
        "else is invited on the site: coordinators by an administrator, their colleagues by coordinators."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the administrator signs in with")
        parser.add_argument("--role", default=Role.ADMINISTRATOR.value, help="administrator, and nothing else")
        # Removed options, which now print what to do instead.
        for former in ("--country", "--agency", "--organisation"):
            parser.add_argument(former, default="", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        email, role = options["email"], options["role"]
        if role != Role.ADMINISTRATOR or any(options[name] for name in ("country", "agency", "organisation")):
            raise CommandError(
                "The command line invites administrators only, and they belong to no country. Sign in as administrator "
                "and invite everyone else on the page “Countries and people”."
            )
        try:
            email = AddressField(max_length=254).clean(email)
            invitation = actions.invite(email=email, role=role, by=None)
        except ValidationError as error:
            raise CommandError(f"{email}: {' '.join(error.messages)}") from error
        except actions.AddressTaken as error:
            raise CommandError(f"{email} already has an account.") from error
        except actions.AlreadyInvited as error:
            raise CommandError(f"{email} already has an open invitation.") from error
        self.stdout.write(invitation_link(invitation))
