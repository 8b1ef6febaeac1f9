"""Refused attempts, logged outside every assessment, so that outsiders cannot write to a country's log."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from diagnostic.models import SourceHour

from .audit import record
from .clock import now

LISTED = 10
"""How many attempts of one network address are logged in an hour; one more entry stands for the rest."""


@transaction.atomic
def record_attempt(*, act: str, by: Any = None, source: str, **detail: Any) -> None:
    """Log one refused attempt in the site's log, which only administrators read (at most 6 queries).

    `source` is the network address it came from (`cpch.accounts.sources.source_of`). From the eleventh attempt in an
    hour, attempts are only counted (`SourceHour`), after one entry `attempts.more`.
    """
    moment = now()
    number = _count(source, moment.replace(minute=0, second=0, microsecond=0))
    if number <= LISTED:
        record(act=act, by=by, at=moment, source=source, **detail)
    elif number == LISTED + 1:
        record(act="attempts.more", at=moment, source=source)


def _count(source: str, hour: Any) -> int:
    """The number of this attempt in its hour; the row stays locked until the end of the transaction."""
    SourceHour.objects.get_or_create(source=source, hour=hour)
    SourceHour.objects.filter(source=source, hour=hour).update(number=F("number") + 1)
    return int(SourceHour.objects.values_list("number", flat=True).get(source=source, hour=hour))
