"""Attempts that were refused: logged outside every assessment, so that no stranger writes into a country's log."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from diagnostic.models import SourceHour

from .audit import record
from .clock import now

LISTED = 10
"""How many attempts of one source address are logged in an hour; a single entry then says that more are counted."""


@transaction.atomic
def record_attempt(*, act: str, by: Any = None, source: str, **detail: Any) -> None:
    """Log one refused attempt in the chain that only administrators read (at most 6 queries).

    `source` is the network address it came from (`cpch.accounts.sources.source_of`). From the eleventh attempt of an
    hour on, attempts are only counted (`SourceHour`), after one entry `attempts.more`.
    """
    moment = now()
    number = _count(source, moment.replace(minute=0, second=0, microsecond=0))
    if number <= LISTED:
        record(act=act, by=by, at=moment, source=source, **detail)
    elif number == LISTED + 1:
        record(act="attempts.more", at=moment, source=source)


def _count(source: str, hour: Any) -> int:
    """The number of this attempt within its hour; the row stays locked until the end of the transaction."""
    SourceHour.objects.get_or_create(source=source, hour=hour)
    SourceHour.objects.filter(source=source, hour=hour).update(number=F("number") + 1)
    return int(SourceHour.objects.values_list("number", flat=True).get(source=source, hour=hour))
