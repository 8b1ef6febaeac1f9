"""The command as an auditor runs it: its exit status, and every command shown in docs/auditing.md."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from diagnostic.models import Submission
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs" / "auditing.md").read_text(), re.DOTALL | re.MULTILINE)


def run(folder: Path, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `command`, as written in the documentation, in `folder` and on a separate site."""
    words = [
        {".venv/bin/python": sys.executable, "manage.py": str(ROOT / "manage.py")}.get(w, w)
        for w in shlex.split(command)
    ]
    known = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        words, cwd=folder, env=known | {"CPCH_DATA_DIR": str(folder)} | variables, capture_output=True, text=True
    )


def address_of_the_tests_database() -> str:
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(held['NAME']))}"
    who = quote(held["USER"]) + (f":{quote(held['PASSWORD'])}" if held["PASSWORD"] else "")
    return f"postgres://{who}@{held['HOST']}:{held['PORT'] or 5432}/{held['NAME']}"


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"DATABASE_URL": "postgres://postgres@127.0.0.1:5999/x"}, "127.0.0.1"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL has a value that cannot be used"),
        ({"CPCH_ENV": "production"}, "is not set"),
        ({}, "no such table"),
    ],
)
def test_what_cannot_be_read_is_no_verdict(tmp_path: Path, variables: dict[str, str], reason: str) -> None:
    done = run(tmp_path, ".venv/bin/python manage.py verify_audit", **variables)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert reason in done.stderr


@pytest.mark.django_db(transaction=True)
def test_every_command_that_the_page_shows_does_what_it_says(tmp_path: Path) -> None:
    people = factories.make_people()
    submission = factories.make_submission(people.coordinator)
    (tmp_path / "snapshot.json").write_bytes(Submission.objects.get().snapshot.encode())
    shutil.copy(factories.EXAMPLES / "joint-session.json", tmp_path / "FILE.json")
    # tests/rendering makes and reads PDF reports.
    commands = [line for block in SHOWN for line in block.splitlines() if "--from-pdf" not in line]
    said = {}
    for command in commands:
        done = run(tmp_path, command, DATABASE_URL=address_of_the_tests_database())
        assert done.returncode == 0, f"{command}: {done.stderr}"
        said[command.removeprefix(".venv/bin/python manage.py ").split()[0]] = done.stdout
    assert len(commands) == 5
    assert "revisions of answers verified" in said["verify_audit"]
    assert said["sha256sum"].split()[0] == submission.digest

    with connection.cursor() as cursor:
        cursor.execute("UPDATE diagnostic_response SET level = 5 WHERE question = 'A.1'")
    done = run(tmp_path, commands[0], DATABASE_URL=address_of_the_tests_database())
    assert (done.returncode, done.stdout) == (1, "")
    assert "A.1 of national: the answer is not what its last revision says" in done.stderr
