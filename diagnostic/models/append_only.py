"""Rows that are only ever added: what was submitted, what was said about it afterwards, and the log."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

REFUSAL = "rows of this table are only ever added"


class AppendOnly(models.QuerySet):
    """Refuses to change or delete rows; `save` of a row that is there comes by here, too."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    def _update(self, values: Any, *more: Any, **options: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    def delete(self) -> NoReturn:
        raise TypeError(REFUSAL)


class AppendedRow(models.Model):
    """A row that is written once.

    The base manager is the guarded one, for `save` writes through it.
    """

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        raise TypeError(REFUSAL)
