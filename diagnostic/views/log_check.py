"""What a page of a log says about its hashes: the entries shown are checked each time, the whole log on request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cpch.accounts.models import User
from diagnostic.actions.audit_check import find_breaks, has_its_hash
from diagnostic.models import AuditChain, AuditEntry


@dataclass(frozen=True, slots=True)
class LogCheck:
    """The result, a sentence for each fault; `total` is how many entries the chains have."""

    is_whole: bool
    total: int
    breaks: list[str]


def check_log(request: HttpRequest, shown: Iterable[AuditEntry], chains: Iterable[AuditChain]) -> LogCheck:
    """Check the entries `shown` by their own hashes (no query), or with `check` in the address all of `chains`.

    Only the whole check finds a missing entry, and one that does not follow the one before it (1 query a chain, 2 if it
    grows meanwhile).
    """
    held = list(chains)
    is_whole = "check" in request.GET
    breaks = [words for chain in held for words in find_breaks(chain)] if is_whole else _find_changed(shown)
    return LogCheck(is_whole, sum(chain.length for chain in held), breaks)


def list_actors(entries: Iterable[AuditEntry]) -> list[User]:
    """Whose acts the entries are, for telling apart those whose names look alike (no query)."""
    return list({entry.by_id: entry.by for entry in entries if entry.by is not None}.values())


def _find_changed(entries: Iterable[AuditEntry]) -> list[str]:
    return [
        _("entry %(number)s was changed") % {"number": entry.number} for entry in entries if not has_its_hash(entry)
    ]
