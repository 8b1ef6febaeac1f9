"""Verifies every chain of the audit log, and that it agrees with what stands."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, ProgrammingError

from diagnostic.actions.audit_check import find_breaks, find_contradictions, find_lost, find_unlogged, read_heads
from diagnostic.models import Assessment, AuditChain

OUTSIDE = "acts outside any"
UNUSABLE = 2


class Command(BaseCommand):
    """Exit status 0 when the log is whole or there is nothing to verify; 1 with a line for each break; 2 for a file
    that cannot be used.

    A database that is there and cannot be read is no empty one: that is 1 too.
    """

    help = "Verify the hash chains of the audit log, and that they agree with what stands."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--keep-heads", type=Path, metavar="FILE", help="write the head of every whole chain to a new FILE"
        )
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="look for the heads that --keep-heads wrote to FILE"
        )

    def handle(self, *, keep_heads: Path | None, against: Path | None, **options: Any) -> None:
        kept = self._read(against) if against else {}
        try:
            chains = list(AuditChain.objects.select_related("assessment__country").order_by("pk"))
            unlogged = find_unlogged()
        except (OperationalError, ProgrammingError) as error:
            reason = str(error).strip().partition("\n")[0]
            self.stdout.write(f"There is no database to verify, or it has no log yet ({reason}).")
            return
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {error}") from error
        if not chains and not unlogged and not kept:
            self.stdout.write("The log has no entries yet.")
            return
        heads = read_heads()
        breaks = list(self._find(chains, unlogged, kept))
        for whose, words in breaks:
            self.stderr.write(f"{whose}: {words}")
        if breaks:
            sys.exit(1)
        if keep_heads:
            self._write(keep_heads, heads)
        entries = sum(head["length"] for head in heads.values())
        self.stdout.write(f"{len(chains)} chains with {entries} entries verified.")

    def _find(
        self, chains: list[AuditChain], unlogged: list[Any], kept: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Whose log is broken, and how."""
        for chain in chains:
            found = list(find_breaks(chain))
            if not found and chain.assessment_id and not chain.sealed_for:
                found = find_contradictions(chain.assessment_id)
            whose = _name(chain.assessment) if chain.assessment else OUTSIDE
            whose += f", sealed for {chain.sealed_for}" if chain.sealed_for else ""
            yield from ((whose, words) for words in found)
        for assessment in Assessment.objects.filter(pk__in=unlogged).select_related("country"):
            yield from ((_name(assessment), words) for words in find_contradictions(assessment.pk))
        for key, words in find_lost(kept):
            yield (f"assessment {key}" if key else OUTSIDE), words

    def _read(self, file: Path) -> dict[str, Any]:
        try:
            heads = json.loads(file.read_text(encoding="utf-8"))
            return {
                _key(key): {"length": int(head["length"]), "head": str(head["head"])} for key, head in heads.items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            self._refuse(f"{file} is no file that --keep-heads wrote.")

    def _write(self, file: Path, heads: Mapping[str, Any]) -> None:
        try:
            with file.open("x", encoding="utf-8") as written:
                written.write(json.dumps(heads, indent=1) + "\n")
        except OSError:
            self._refuse(f"{file} cannot be written, or is there already: name a new file.")

    def _refuse(self, words: str) -> Any:
        self.stderr.write(words)
        sys.exit(UNUSABLE)


def _key(text: str) -> str:
    """Whose head it is, as `key_of` a chain. Raises `ValueError`."""
    assessment, space, sealed_for = text.partition(" ")
    return f"{UUID(assessment)}{space}{sealed_for}" if text else ""


def _name(assessment: Assessment) -> str:
    return f"assessment {assessment.pk} ({assessment})"
