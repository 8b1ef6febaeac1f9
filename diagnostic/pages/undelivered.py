"""Undelivered e-mail, and e-mail that is being retried, for administrators: addresses and kinds, never a country."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from diagnostic.actions.clock import now
from diagnostic.models import OutboxItem, OutboxRecipient
from diagnostic.wording.notices import KINDS

LONG = timedelta(minutes=10)
"""A wait in which a mail worker takes up whatever is due, many times over."""


@dataclass(frozen=True, slots=True)
class UndeliveredRow:
    """One item; `addresses` are the outstanding ones, each with its last refusal, "" if the server was away."""

    number: int
    kind: str
    since: datetime
    attempts: int
    addresses: tuple[tuple[str, str], ...]
    fault: str


def given_up() -> QuerySet[OutboxItem]:
    """The items that could not be delivered, newest first."""
    return _with_recipients(OutboxItem.objects.filter(given_up_at__isnull=False).order_by("-given_up_at", "-pk"))


def still_tried() -> QuerySet[OutboxItem]:
    """The items that failed at least once, or have waited for `LONG` without an attempt, oldest first.

    The latter show that no mail worker is running, or that the mail server has been away since.
    """
    late = Q(attempts__gt=0) | Q(made_at__lte=now() - LONG)
    return _with_recipients(OutboxItem.outstanding().filter(late).order_by("made_at", "pk"))


def build_rows(items: Iterable[OutboxItem]) -> list[UndeliveredRow]:
    """The rows of `items` from `given_up` or `still_tried` (0 queries)."""
    return [
        UndeliveredRow(
            number=item.pk,
            kind=str(KINDS[item.kind]),
            since=item.entry.at,
            attempts=item.attempts,
            addresses=tuple((row.address, row.refusal) for row in item.untold),
            fault=item.last_fault,
        )
        for item in items
    ]


def _with_recipients(items: QuerySet[OutboxItem]) -> QuerySet[OutboxItem]:
    untold = OutboxRecipient.objects.filter(told_at=None).order_by("address")
    return items.select_related("entry").prefetch_related(Prefetch("recipients", queryset=untold, to_attr="untold"))
