"""Shows what the settings make of the environment: safe with nothing set, and in production a named fault."""

import os
import runpy
import stat
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cpch.environment import generated_key

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "CPCH_ENV": "production",
    "CPCH_SECRET_KEY": "a key for the tests alone, as long as a real one must be",
    "CPCH_ALLOWED_HOSTS": "cpch.example.org",
    "CPCH_BASE_URL": "https://cpch.example.org",
    "CPCH_EMAIL_URL": "smtp+tls://cpch:s%40fe@mail.example.org",
    "CPCH_EMAIL_FROM": "cpch@example.org",
    "DATABASE_URL": "postgres://cpch:p%2Fw@db.example.org:6432/cpch?sslmode=require",
}
NONSENSE = [
    ("CPCH_ENV", "prod"),
    ("CPCH_SECRET_KEY", "short"),
    ("CPCH_SECRET_KEY", "x" * 60),
    ("CPCH_ALLOWED_HOSTS", "*"),
    ("CPCH_ALLOWED_HOSTS", "https://cpch.example.org"),
    ("CPCH_ALLOWED_HOSTS", ","),
    ("CPCH_BASE_URL", "cpch.example.org"),
    ("CPCH_BASE_URL", "https://cpch.example.org/path"),
    ("CPCH_BASE_URL", "https://"),
    ("CPCH_EMAIL_URL", "mail.example.org"),
    ("CPCH_EMAIL_URL", "smtp://"),
    ("CPCH_EMAIL_FROM", "nobody"),
    ("DATABASE_URL", "mysql://db/cpch"),
    ("DATABASE_URL", "postgres://db.example.org"),
    ("DATABASE_URL", "postgres://db.example.org:port/cpch"),
    ("DATABASE_URL", "sqlite://"),
    ("CPCH_ALLOWED_HOSTS", "[zz:]"),
    ("CPCH_BASE_URL", "https://user:word@cpch.example.org"),
    ("CPCH_BASE_URL", "https://cpch.example.org?x=1"),
    ("CPCH_BASE_URL", "https://cpch example.org"),
    ("CPCH_EMAIL_URL", "smtp://mail.example.org:0"),
    ("CPCH_EMAIL_URL", "smtp://mail.example.org/path"),
    ("CPCH_EMAIL_URL", "smtp://mail example"),
    ("CPCH_EMAIL_FROM", "cpch@"),
    ("CPCH_EMAIL_FROM", "CPCH cpch@example.org>"),
    ("DATABASE_URL", "sqlite:////nowhere/at/all/db.sqlite3"),
    ("DATABASE_URL", "sqlite:////tmp"),
    ("DATABASE_URL", "sqlite://host/tmp/db.sqlite3"),
    ("DATABASE_URL", "postgres://db.example.org/cpch?sslmod=require"),
    ("DATABASE_URL", "postgres://db.example.org/cpch?sslmode=perhaps"),
    ("CPCH_PROXY_COUNT", "-1"),
    ("CPCH_SECOND_FACTOR", "reviewers"),
    ("CPCH_PROXY_COUNT", "2000"),
    ("CPCH_DEBUG", "maybe"),
]
PRODUCTION_NONSENSE = [
    ("CPCH_BASE_URL", "http://cpch.example.org"),
    ("CPCH_BASE_URL", "https://other.example.org"),
    ("CPCH_EMAIL_URL", "console:"),
    ("CPCH_DEBUG", "1"),
    ("CPCH_HSTS_SECONDS", "a year"),
]


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def read(**variables: str) -> dict[str, Any]:
        for name in [name for name in os.environ if name.startswith("CPCH_") or name == "DATABASE_URL"]:
            monkeypatch.delenv(name)
        for name, value in ({"CPCH_DATA_DIR": str(tmp_path / "data")} | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "cpch" / "settings.py"))

    return read


def test_with_nothing_set_everything_stays_on_this_machine(settings_with: Callable, tmp_path: Path) -> None:
    settings = settings_with()

    assert settings["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert settings["DEBUG"] is False
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "data" / "db.sqlite3")
    assert settings["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_a_key_is_made_once_for_its_owner_alone(settings_with: Callable, tmp_path: Path) -> None:
    first, second = settings_with(), settings_with()
    key_file = tmp_path / "data" / "secret-key"

    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] == second["SECRET_KEY"] == key_file.read_text()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPool(16) as pool:
        keys = pool.map(generated_key, [tmp_path / "secret-key"] * 64)

    assert len(set(keys)) == 1
    assert keys[0]
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_production_is_read_as_it_is_set(settings_with: Callable) -> None:
    settings = settings_with(**PRODUCTION, CPCH_PROXY_COUNT="1")
    database = settings["DATABASES"]["default"]

    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.org", "6432", "cpch")
    assert (database["USER"], database["PASSWORD"]) == ("cpch", "p/w")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example.org", 587)
    assert (settings["EMAIL_HOST_PASSWORD"], settings["EMAIL_USE_TLS"]) == ("s@fe", True)
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_a_second_factor_is_asked_of_the_secretariat_in_production_unless_it_is_said_otherwise(
    settings_with: Callable,
) -> None:
    assert settings_with()["SECOND_FACTOR_REQUIRED_OF"] == "nobody"
    assert settings_with(**PRODUCTION)["SECOND_FACTOR_REQUIRED_OF"] == "secretariat"
    for said in ("nobody", "everyone"):
        assert settings_with(**PRODUCTION, CPCH_SECOND_FACTOR=said)["SECOND_FACTOR_REQUIRED_OF"] == said


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"CPCH_ENV"}))
def test_production_stops_without_a_variable_and_says_what_to_set(settings_with: Callable, name: str) -> None:
    variables = {key: value for key, value in PRODUCTION.items() if key != name}

    with pytest.raises(ImproperlyConfigured, match=rf"^{name} is not set: set it to .+\.$"):
        settings_with(**variables)


@pytest.mark.parametrize(("name", "value"), NONSENSE + PRODUCTION_NONSENSE)
def test_production_stops_at_nonsense(settings_with: Callable, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} has a value that .+: set it to .+\.$"):
        settings_with(**PRODUCTION | {name: value})


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_nonsense_stops_everywhere(settings_with: Callable, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{name} "):
        settings_with(**{name: value})


def test_the_value_of_a_faulty_variable_is_not_shown(settings_with: Callable) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        settings_with(**PRODUCTION | {"DATABASE_URL": "postgers://cpch:hunter2@db/cpch"})

    assert "hunter2" not in str(error.value)


def test_a_data_folder_that_cannot_be_made_is_named(settings_with: Callable, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ImproperlyConfigured, match=r"^CPCH_DATA_DIR names a folder that cannot be written"):
        settings_with(CPCH_DATA_DIR=str(tmp_path / "file" / "data"))


def test_a_data_folder_that_cannot_be_written_is_named(
    settings_with: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it can is asked of the system, which says yes to root whatever the folder's mode."""
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)

    with pytest.raises(ImproperlyConfigured, match=r"^CPCH_DATA_DIR names a folder that cannot be written"):
        settings_with(CPCH_DATA_DIR=str(tmp_path))


@pytest.mark.parametrize("sender", ["cpch@example.org", "CPCH <cpch@example.org>", "Самооценка <cpch@example.org>"])
def test_a_sender_may_have_a_name(settings_with: Callable, sender: str) -> None:
    assert settings_with(**PRODUCTION | {"CPCH_EMAIL_FROM": sender})["DEFAULT_FROM_EMAIL"] == sender


def test_a_faulty_start_prints_one_line_and_no_traceback() -> None:
    variables = {key: value for key, value in PRODUCTION.items() if key != "DATABASE_URL"}
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | variables
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.splitlines() == [
        "DATABASE_URL is not set: set it to an address such as postgres://user:password@host:5432/name."
    ]
