"""Reads that are compiled once and asked many times.

To turn a queryset into SQL costs Django more than it costs the database to answer. The few reads that every request
makes are compiled by the first who asks and only asked again from then on (docs/decisions.md, "Reads compiled once").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import QuerySet, Value
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)


class Slot(Value):
    """Stands in a filter for a value that comes with the asking; `field` says how the database writes such values."""

    def __init__(self, name: str, field: models.Field[Any, Any]):
        super().__init__(None, output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class PreparedRead(Generic[Row]):
    """A queryset of rows with a `Slot` for each value that differs; it may join, annotate and leave columns out.

    `build` makes the queryset; it runs once for each connection.
    """

    def __init__(self, build: Callable[[], QuerySet[Row]]):
        self._build = build
        self._compiled: WeakKeyDictionary[Any, _Compiled[Row]] = WeakKeyDictionary()

    def get(self, **values: Any) -> Row:
        """The one row that is there with these values (1 query).

        Raises `DoesNotExist` or `MultipleObjectsReturned` of its model, and `TransactionManagementError` where rows
        are to be locked and no transaction is open.
        """
        compiled, connection = self._compiled_here()
        rows = compiled.ask(connection, values)
        if len(rows) == 1:
            return rows[0]
        model = compiled.model
        if rows:
            raise model.MultipleObjectsReturned(f"{len(rows)} {model.__name__} rows where one was asked for.")
        raise model.DoesNotExist(f"No {model.__name__} is there with {', '.join(values)} as asked.")

    def all(self, **values: Any) -> list[Row]:
        """Every row that is there with these values, in the queryset's order (1 query). Raises as `get` on locking."""
        compiled, connection = self._compiled_here()
        return compiled.ask(connection, values)

    def _compiled_here(self) -> tuple[_Compiled[Row], Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        compiled = self._compiled.get(connection)
        if compiled is None:
            compiled = self._compiled[connection] = _Compiled(self._build(), connection)
        return compiled, connection


class _Compiled(Generic[Row]):
    """The statement of a queryset for one connection, and how its columns become rows."""

    def __init__(self, queryset: QuerySet[Row], connection: Any):
        compiler = queryset.query.get_compiler(connection=connection)
        self._statement, self._params = compiler.as_sql()
        self._is_locking = queryset.query.select_for_update
        self._apply = compiler.apply_converters
        self._converters = compiler.get_converters([column[0] for column in compiler.select])
        self.model: type[Row] = compiler.klass_info["model"]
        places = compiler.klass_info["select_fields"]
        self._own = slice(places[0], places[-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._own]]
        self._annotations = compiler.annotation_col_map.items()
        self._related = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)

    def ask(self, connection: Any, values: dict[str, Any]) -> list[Row]:
        if self._is_locking and connection.get_autocommit():
            raise TransactionManagementError("Rows can only be locked inside a transaction.")
        params = [
            param.field.get_db_prep_value(values[param.name], connection) if isinstance(param, Slot) else param
            for param in self._params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, params)
            found = cursor.fetchall()
        return [self._row(columns) for columns in self._apply(found, self._converters)]

    def _row(self, columns: Any) -> Row:
        row = self.model.from_db(DEFAULT_DB_ALIAS, self._names, columns[self._own])
        for related in self._related:
            related.populate(columns, row)
        for name, place in self._annotations:
            setattr(row, name, columns[place])
        return row
