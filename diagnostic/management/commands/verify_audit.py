"""Verifies every chain of the audit log."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, ProgrammingError

from diagnostic.actions.audit import find_breaks
from diagnostic.models import AuditChain


class Command(BaseCommand):
    """Exit status 0 when every chain is whole or there is nothing to verify; 1 with a line for each break.

    A database that is there and cannot be read is no empty one: that is 1 too.
    """

    help = "Verify the hash chains of the audit log."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        try:
            chains = list(AuditChain.objects.select_related("assessment__country").order_by("pk"))
        except (OperationalError, ProgrammingError) as error:
            reason = str(error).strip().partition("\n")[0]
            self.stdout.write(f"There is no database to verify, or it has no log yet ({reason}).")
            return
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {error}") from error
        if not chains:
            self.stdout.write("The log has no entries yet.")
            return
        breaks = [(chain, words) for chain in chains for words in find_breaks(chain)]
        for chain, words in breaks:
            self.stderr.write(f"{self._name(chain)}: {words}")
        entries = sum(chain.length for chain in chains)
        if breaks:
            sys.exit(1)
        self.stdout.write(f"{len(chains)} chains with {entries} entries verified.")

    def _name(self, chain: AuditChain) -> str:
        return f"assessment {chain.assessment_id} ({chain.assessment})" if chain.assessment else "acts outside any"
