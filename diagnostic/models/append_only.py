"""Append-only rows: submissions, what was said about them afterwards, and the log."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

REFUSAL = "rows of this table are only ever added"


class AppendOnly(models.QuerySet):
    """Refuses to change or delete rows, including through `save` on an existing row."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    def _update(self, values: Any, *more: Any, **options: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    def delete(self) -> NoReturn:
        raise TypeError(REFUSAL)


class AppendedRow(models.Model):
    """A row that is written once.

    The base manager is the guarded one, because `save` writes through it.
    """

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        raise TypeError(REFUSAL)
