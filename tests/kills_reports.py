"""Kills the report worker at random moments, and checks that each requested file is completed.

    python -m tests.kills_reports 60

uses a new SQLite file, or the empty database that DATABASE_URL names. It prints what it did, and ends with status 1
and one line for each fault.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LATEST_KILL = 4.0
"""Seconds from the start of the work to the latest kill: longer than a rendering takes."""
PATIENCE = 300.0
"""Seconds after the last kill for which an unfinished file is not yet stuck."""
KINDS = (("full", "xlsx"), ("brief", "docx"), ("brief", "pdf"))


def main(times: int) -> int:
    """Create a site, kill its worker `times` times, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="cpch-kills-") as folder:
        os.environ["CPCH_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.kills_settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("load_instrument", verbosity=0)
        faults = run(times)
    print("\n".join(faults) or "No fault was found.")
    return 1 if faults else 0


def run(times: int) -> list[str]:
    """Kill the worker of the site `times` times while it renders files; return the faults found."""
    from tests import factories

    people = factories.make_people()
    askers = [people.coordinator, people.police_coordinator, people.observer, people.reviewer]
    asked = Asked(factories.make_submission(people.coordinator), askers)
    faults, hits = [], 0
    for number in range(times):
        asked.request_some()
        hits += kill_while_working()
        if is_without_wake():
            faults.append(f"After kill {number + 1} files waited and no wake was queued.")
    done_at_kills = len(asked.ready())
    with Worker():
        faults += [f"{file} was not made." for file in asked.wait_for_all()]
    faults += asked.find_faults()
    print(
        f"{times} kills, {hits} while a file was being made; {len(asked.keys)} files requested, {done_at_kills} ready "
        "before the last worker began."
    )
    return faults


class Worker:
    """A report worker as in docs/running.md, once its first log line has appeared."""

    def __enter__(self) -> Worker:
        self.log = tempfile.TemporaryFile()
        options = ["--queue-name", "reports", "--no-reload", "--no-startup-delay", "--interval", "0.1"]
        self.process = subprocess.Popen([sys.executable, "manage.py", "db_worker", *options], cwd=ROOT, stderr=self.log)
        while b"Starting worker" not in self.said():
            assert self.process.poll() is None, self.said().decode()
            time.sleep(0.02)
        return self

    def said(self) -> bytes:
        return os.pread(self.log.fileno(), 1 << 20, 0)

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()


def kill_while_working() -> bool:
    """Start a worker and kill it at a random moment; return whether it was rendering a file."""
    from diagnostic.actions.leases import is_free
    from diagnostic.models import ReportFile

    before = set(ReportFile.outstanding().exclude(is_free()).values_list("leased_by", flat=True))
    with Worker():
        time.sleep(random.uniform(0, LATEST_KILL))
    held = set(ReportFile.outstanding().exclude(is_free()).values_list("leased_by", flat=True))
    return bool(held - before)


def is_without_wake() -> bool:
    """Whether files are waiting and no wake is queued."""
    from django_tasks_db.models import DBTaskResult

    from diagnostic.models import ReportFile

    return ReportFile.outstanding().exists() and not DBTaskResult.objects.filter(status="READY").exists()


class Asked:
    """The files that were requested of one submission."""

    def __init__(self, submission: Any, by: list[Any]) -> None:
        from tests.requested_reports import Requests

        self.requests = Requests(submission)
        self.by = by
        self.keys: list[int] = []

    def request_some(self) -> None:
        """Request a file of each kind for a random person, up to their limit."""
        from diagnostic.actions.reports import TooManyWaiting

        by = random.choice(self.by)
        for edition, kind in KINDS:
            try:
                self.keys.append(self.requests.request(by, edition, kind).pk)
            except TooManyWaiting:
                return

    def ready(self) -> list[Any]:
        from diagnostic.models import ReportFile

        return list(ReportFile.objects.filter(pk__in=self.keys, state=ReportFile.State.READY).defer("data"))

    def wait_for_all(self) -> list[Any]:
        """Wait until nothing is outstanding and every due wake has run; return the files that are not ready then."""
        from django_tasks_db.models import DBTaskResult

        from diagnostic.models import ReportFile

        deadline = time.monotonic() + PATIENCE
        while ReportFile.outstanding().exists() or DBTaskResult.objects.ready().filter(queue_name="reports").exists():
            if time.monotonic() > deadline:
                break
            time.sleep(0.2)
        return list(ReportFile.objects.exclude(state=ReportFile.State.READY).defer("data"))

    def find_faults(self) -> list[str]:
        """The faults of the ready files, and of what is left in the queue."""
        from django_tasks_db.models import DBTaskResult

        from diagnostic.actions.reports import FileDamaged, open_report

        faults, files = [], self.ready()
        if len({file.name for file in files}) != len(files):
            faults.append("Two rows name one file.")
        for file in files:
            try:
                open_report(file=file).close()
            except FileDamaged as error:
                faults.append(f"{file} {error.fault}.")
        later = DBTaskResult.objects.filter(status="READY", queue_name="reports").count()
        if later > 1:
            faults.append(f"{later} wakes are left in the queue.")
        return faults


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
