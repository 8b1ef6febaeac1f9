"""Countries and the instrument for tests: loaded from the fixtures once a run, and laid again after a flush."""

from __future__ import annotations

from django.core.management import call_command
from django.db import models as orm
from django.db import transaction

from cpch.accounts.models import Country, Region
from diagnostic.instruments import NOUNS, get_instrument

TABLES: tuple[type[orm.Model], ...] = (Region, Country, *NOUNS.values())
_rows: dict[type[orm.Model], list[orm.Model]] = {}


def load() -> None:
    """Load the fixtures as an installation does, and remember the rows."""
    call_command("load_instrument", verbosity=0)
    for table in TABLES:
        _rows[table] = list(table._default_manager.order_by("pk"))


def lay_again() -> None:
    """Put the remembered rows back where a flush took them; they keep their keys, so that memory stays true."""
    if Country.objects.exists():
        return
    with transaction.atomic():
        for table in TABLES:
            table._default_manager.bulk_create(_rows[table])
    get_instrument.cache_clear()
