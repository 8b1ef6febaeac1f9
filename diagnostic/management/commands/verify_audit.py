"""Verifies the log and the answers: every hash chain, and their agreement with each other and the current rows."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseFault

from cpch.snapshot import snapshot
from diagnostic.actions import kept_heads
from diagnostic.actions.audit_check import find_breaks, find_contradictions
from diagnostic.actions.revision_check import CHUNK, find_answer_breaks
from diagnostic.models import Assessment, AuditChain, AuditEntry, ResponseRevision

OUTSIDE = "acts outside any"
BROKEN, UNREADABLE = 1, 2


class Command(BaseCommand):
    """Exit status 0 if everything verifies, or nothing was logged yet; 1 with a line for each finding; 2 if the
    database or a file could not be read or written, with a line that says why, and never 1 for that.

    Everything is read from one snapshot: it does not block writers, and does not see what they write meanwhile.
    """

    help = "Verify the hash chains of the log and of the answers, and that they agree with each other."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--keep-heads",
            type=Path,
            metavar="FILE",
            help="write the heads of all chains, if they verify, to a new FILE",
        )
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="look for the heads that --keep-heads wrote to FILE"
        )

    def handle(self, *, keep_heads: Path | None, against: Path | None, **options: Any) -> None:
        try:
            if against:
                for _line in kept_heads.read(against):
                    pass  # read the whole file before comparing anything
            with snapshot():
                self._verify(keep_heads, against)
        except kept_heads.Unusable as error:
            self._give_up(str(error))
        except DatabaseFault as error:
            reason = str(error).strip().partition("\n")[0]
            self._give_up(f"The database cannot be read, so this is no verdict: {reason}")
        except Exception as error:
            if options["traceback"]:
                raise
            self._give_up(f"Verifying stopped, so this is no verdict ({type(error).__name__}: {error}).")

    def _verify(self, keep_heads: Path | None, against: Path | None) -> None:
        is_broken = False
        for whose, words in self._find(against):
            self.stderr.write(f"{whose}: {words}")
            is_broken = True
        if is_broken:
            sys.exit(BROKEN)
        if keep_heads:
            kept_heads.write(keep_heads)
        entries = AuditEntry.objects.count()
        if not entries:
            self.stdout.write("The log has no entries yet.")
            return
        chains, revisions = AuditChain.objects.count(), ResponseRevision.objects.count()
        self.stdout.write(f"{chains} chains with {entries} entries and {revisions} revisions of answers verified.")

    def _find(self, against: Path | None) -> Iterator[tuple[str, str]]:
        """Everything that does not verify: its owner, and a sentence about the fault."""
        for chain in AuditChain.objects.filter(assessment=None):
            yield from ((OUTSIDE, words) for words in find_breaks(chain))
        for assessment in Assessment.objects.select_related("country").order_by("pk").iterator(CHUNK):
            name = f"assessment {assessment.pk} ({assessment})"
            yield from ((name, words) for words in _find_in(assessment))
        for key, words in kept_heads.find_lost(kept_heads.read(against)) if against else ():
            yield (f"assessment {key}" if key else OUTSIDE), words

    def _give_up(self, words: str) -> NoReturn:
        self.stderr.write(words)
        sys.exit(UNREADABLE)


def _find_in(assessment: Assessment) -> Iterator[str]:
    """Everything in `assessment` that does not verify; the log is compared with the rows only if it is intact."""
    is_whole = True
    for chain in AuditChain.objects.filter(assessment=assessment).order_by("sealed_for"):
        for words in find_breaks(chain):
            is_whole = False
            yield f"sealed for {chain.sealed_for}, {words}" if chain.sealed_for else words
    if is_whole:
        yield from find_contradictions(assessment)
    yield from find_answer_breaks(assessment)
