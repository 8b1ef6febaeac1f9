"""Verifies each agency's acts before the comparison: the rows against the sealed log, and the frozen answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from diagnostic.models import Assessment, AuditEntry, Declaration, OpeningRequest

from .revision_check import CHUNK

DECLARED, TAKEN_BACK = "comparison.declare", "comparison.undeclare"
ASKED, NO_LONGER_ASKED = "comparison.ask", "comparison.unask"


class AgencyLog:
    """Follows the sealed entries of one agency in order, and compares them with its rows.

    Holds one row of each kind in memory, however often the agency declared or asked.
    """

    def __init__(self, assessment: Assessment, agency: str):
        self.assessment, self.agency = assessment, agency
        self.declarations = self._rows(Declaration)
        self.requests = self._rows(OpeningRequest)
        self.declaration: Declaration | None = None
        self.declared: AuditEntry | None = None
        """The entry of the declaration that stands."""
        self.request: OpeningRequest | None = None
        self.are_declarations_right = self.are_requests_right = True

    def _rows(self, model: Any) -> Iterator[Any]:
        return iter(model.objects.filter(assessment=self.assessment, agency=self.agency).order_by("pk").iterator(CHUNK))

    def follow(self, entry: AuditEntry) -> None:
        """Process the next `entry` (1 query for the first of each kind)."""
        if entry.act == DECLARED:
            self.declaration, self.declared = next(self.declarations, None), entry
            self.are_declarations_right &= self._is_declared_by(entry)
        elif entry.act == TAKEN_BACK:
            self.declaration = self.declared = None
        elif entry.act == ASKED:
            self.request = next(self.requests, None)
            self.are_requests_right &= self._is_asked_by(entry)
        elif entry.act == NO_LONGER_ASKED:
            self.are_requests_right &= self.request is not None and self.request.taken_back_at == entry.at
            self.request = None

    def _is_declared_by(self, entry: AuditEntry) -> bool:
        row = self.declaration
        return (
            row is not None
            and entry.detail.get("agency") == self.agency
            and (row.declared_by_id, row.declared_at) == (entry.by_id, entry.at)
        )

    def _is_asked_by(self, entry: AuditEntry) -> bool:
        row = self.request
        logged = (entry.detail.get("reason"), entry.by_id, entry.at)
        return (
            row is not None
            and entry.detail.get("agency") == self.agency
            and (row.reason, row.requested_by_id, row.requested_at) == logged
        )

    def end(self) -> Iterator[str]:
        """Checks that need the whole log, a sentence for each fault (at most 2 queries)."""
        stands = getattr(self.assessment, f"{self.agency}_declaration_id")
        is_named = stands == (self.declaration.pk if self.declaration else None)
        if not is_named or not self.are_declarations_right or next(self.declarations, None) is not None:
            yield f"the declarations of {self.agency} are not the ones that were logged"
        is_standing = self.request is None or self.request.taken_back_at is None
        if not is_standing or not self.are_requests_right or next(self.requests, None) is not None:
            yield f"the requests of {self.agency} to open the comparison are not the ones that were logged"
