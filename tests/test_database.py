"""Shows which database the suite really ran on; CI reads it from the report."""

import os
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.db import connection

VENDORS = {"postgres": "postgresql", "postgresql": "postgresql", "sqlite": "sqlite", "": "sqlite"}


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_that_was_asked_for(record_property: Callable) -> None:
    asked = urlsplit(os.environ.get("DATABASE_URL", "")).scheme
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        (version,) = cursor.fetchone()
    record_property("database", connection.vendor)
    record_property("database-version", version)

    assert connection.vendor == VENDORS[asked]


@pytest.mark.django_db
def test_the_database_is_set_up_for_many_writers() -> None:
    if connection.vendor == "postgresql":
        assert connection.settings_dict["CONN_HEALTH_CHECKS"]
        return
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        foreign_keys = cursor.execute("PRAGMA foreign_keys").fetchone()[0]

    assert (journal, foreign_keys) == ("wal", 1)
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
