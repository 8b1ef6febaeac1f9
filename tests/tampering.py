"""Changes rows as somebody could who writes to the database past the product."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def overwrite(rows: QuerySet, **values: Any) -> int:
    """Change `rows`, even those that are only ever added to; returns how many."""
    return QuerySet(rows.model, query=rows.query.clone()).update(**values)
