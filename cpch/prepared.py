"""Statements that are compiled once and asked many times.

To turn a queryset into SQL costs Django more than it costs the database to answer. The few reads that every request
makes, and what every save writes, are compiled by the first who asks and only asked again from then on
(docs/decisions.md, "Statements compiled once").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Expression, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)
Held = TypeVar("Held")
Statement = tuple[str, Sequence[Any]]


class Slot(Expression):
    """Stands for a value that comes with the asking; `field` says how the database writes such values."""

    def __init__(self, name: str, field: models.Field[Any, Any]):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class PreparedRead(Generic[Row]):
    """A queryset of rows with a `Slot` for each value that differs; it may join, annotate and leave columns out.

    `build` makes the queryset; it runs once for each connection.
    """

    def __init__(self, build: Callable[[], QuerySet[Row]]):
        self._compiled = _OfConnection(lambda connection: _Compiled(build(), connection))

    def get(self, **values: Any) -> Row:
        """The one row that is there with these values (1 query).

        Raises `DoesNotExist` or `MultipleObjectsReturned` of its model, and `TransactionManagementError` where rows
        are to be locked and no transaction is open.
        """
        compiled, connection = self._compiled.here()
        rows = compiled.ask(connection, values)
        if len(rows) == 1:
            return rows[0]
        model = compiled.model
        if rows:
            raise model.MultipleObjectsReturned(f"{len(rows)} {model.__name__} rows where one was asked for.")
        raise model.DoesNotExist(f"No {model.__name__} is there with {', '.join(values)} as asked.")

    def all(self, **values: Any) -> list[Row]:
        """Every row that is there with these values, in the queryset's order (1 query). Raises as `get` on locking."""
        compiled, connection = self._compiled.here()
        return compiled.ask(connection, values)


class PreparedUpdate:
    """An update of the rows of a queryset, with a `Slot` for each value of its filters that differs.

    `build` makes the queryset; `columns` are the fields to write, by the names that a row has them under. No filter may
    have the name of one of them.
    """

    def __init__(self, build: Callable[[], QuerySet[Any]], columns: Iterable[str]):
        self._compiled = _OfConnection(lambda connection: self._compile(build(), tuple(columns), connection))

    def run(self, **values: Any) -> int:
        """Write, and say how many rows were found (1 query)."""
        (statement, params), connection = self._compiled.here()
        with connection.cursor() as cursor:
            cursor.execute(statement, _filled(params, values, connection))
            written: int = cursor.rowcount
        return written

    def _compile(self, queryset: QuerySet[Any], columns: tuple[str, ...], connection: Any) -> Statement:
        query: Any = queryset.query.chain(UpdateQuery)
        fields = [field for field in queryset.model._meta.concrete_fields if field.attname in columns]
        query.add_update_values({field.name: Slot(field.attname, field) for field in fields})
        statement, params = query.get_compiler(connection=connection).as_sql()
        return statement, params


class PreparedInsert:
    """The insert of one row of `model`; the row's key is left to the database and is not told."""

    def __init__(self, model: type[models.Model]):
        self._fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self._compiled = _OfConnection(lambda connection: self._compile(model, connection))

    def run(self, **values: Any) -> None:
        """Insert one row (1 query); what is not given has the default of its field."""
        (statement, params), connection = self._compiled.here()
        given = {field.attname: field.get_default() for field in self._fields if field.attname not in values}
        with connection.cursor() as cursor:
            cursor.execute(statement, _filled(params, given | values, connection))

    def _compile(self, model: type[models.Model], connection: Any) -> Statement:
        row, query = model(), InsertQuery(model)
        for field in self._fields:
            setattr(row, field.attname, Slot(field.attname, field))
        query.insert_values(self._fields, [row], raw=True)
        ((statement, params),) = query.get_compiler(connection=connection).as_sql()
        return statement, params


class _OfConnection(Generic[Held]):
    """What was compiled for each connection."""

    def __init__(self, compile_for: Callable[[Any], Held]):
        self._compile_for = compile_for
        self._held: WeakKeyDictionary[Any, Held] = WeakKeyDictionary()

    def here(self) -> tuple[Held, Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        held = self._held.get(connection)
        if held is None:
            held = self._held[connection] = self._compile_for(connection)
        return held, connection


def _filled(params: Iterable[Any], values: Mapping[str, Any], connection: Any) -> list[Any]:
    """The parameters of a statement, with the value for each `Slot` as its field writes it."""
    return [
        param.field.get_db_prep_save(values[param.name], connection) if isinstance(param, Slot) else param
        for param in params
    ]


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
        with connection.cursor() as cursor:
            cursor.execute(self._statement, _filled(self._params, values, connection))
            found = cursor.fetchall()
        return [self._row(columns) for columns in self._apply(found, self._converters)]

    def _row(self, columns: Any) -> Row:
        row = self.model.from_db(DEFAULT_DB_ALIAS, self._names, columns[self._own])
        for related in self._related:
            related.populate(columns, row)
        for name, place in self._annotations:
            setattr(row, name, columns[place])
        return row
