"""Takes the second factor off a person from the command line, above all off the only administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpch.accounts import security_actions
from cpch.accounts.addresses import address_key
from cpch.accounts.models import Membership


class Command(BaseCommand):
    help = "Take the second factor off a person who lost it; they are told by e-mail, and the log keeps the reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")
        parser.add_argument("--reason", required=True, help="why, in a sentence, for the log and the person")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Membership.objects.filter(user__address_key=address_key(options["email"])).first()
        if person is None:
            raise CommandError(f"{options['email']} has no account.")
        try:
            security_actions.take_off(person=person, reason=options["reason"], by=None)
        except security_actions.ActionRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{options['email']} now signs in with the password alone.")
