"""Kills the mail worker at random moments, and checks that no notice is lost.

.venv/bin/python tests/kills_mail.py              200 kills, on SQLite
.venv/bin/python tests/kills_mail.py --times 20   fewer

`DATABASE_URL` names another database, which must be empty. Acts queue notices while workers (`db_worker`, each in a
process of its own) are started and killed with SIGKILL; a mail server on this machine accepts their e-mails. A last
worker finishes the work. The exit status is 1 if a notice was not delivered, or one of a rolled-back act was. It takes
minutes and is not part of `.ci/run`.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.mail.smtp import MailSink  # noqa: E402

LONGEST_WAIT = 0.6
"""The longest time in seconds before a worker is killed; an attempt takes about as long."""
FINISHED_WITHIN = 120
SECONDS_AN_ANSWER = 0.01


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Acts:
    """Makes acts with notices, and knows whom each has to reach: {(mark in the e-mail, address)}."""

    def __init__(self) -> None:
        from tests import factories

        self.people = factories.make_people()
        self.colleague = factories.make_user("administrator", None, None)
        self.expected: set[tuple[str, str]] = set()
        self.number = 0

    def make(self) -> None:
        """One invitation, one proposal that three people are told of, and one invitation that is rolled back."""
        from django.db import transaction

        from cpch.accounts import actions, proposal_actions
        from tests import factories

        self.number += 1
        by = self.people.administrator
        invited, proposed = f"invited-{self.number}@example.org", f"proposed-{self.number}@example.org"
        # Somebody else each time, and elsewhere: a person makes 20 invitations a day, and proposals are told at home.
        maker = factories.make_user(country="FR")
        offer = {"role": "observer", "country": maker.membership.country, "by": maker}
        actions.invite(email=invited, **offer)
        proposal_actions.propose(
            email=proposed,
            full_name="Mei Sato",
            country=self.people.coordinator.membership.country,
            agency_kind="police",
            why="Named by the head of the agency.",
            by=by,
        )
        with transaction.atomic():
            actions.invite(email=f"rolled-back-{self.number}@example.org", **offer)
            transaction.set_rollback(True)
        told = (self.people.coordinator, self.people.police_coordinator, self.colleague)
        self.expected |= {(invited, invited)} | {(proposed, person.email) for person in told}


def run(times: int, seed: int = 1) -> int:
    """Kill the worker `times` times; returns the number of faults. Django is set up on an empty database."""
    chance = random.Random(seed)
    acts, faults = Acts(), 0
    with _sink() as sink:
        at_work = 0
        for number in range(1, times + 1):
            acts.make()
            worker, sessions = _start_worker(), sink.sessions
            _wait_until(lambda before=sessions: sink.sessions > before, 10)
            time.sleep(chance.uniform(0, LONGEST_WAIT))
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
            at_work += _is_delivery_begun()
            if number % 20 == 0:
                say(f"{number} kills, {at_work} with an item leased; {_count_outstanding()} notices wait.")
        worker = _start_worker()
        is_finished = _wait_until(lambda: not _count_outstanding(), FINISHED_WITHIN)
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        faults += not is_finished
        faults += _compare(acts.expected, sink)
    return faults


def _compare(expected: set[tuple[str, str]], sink: MailSink) -> int:
    """Print what was lost, repeated, or sent for a rolled-back act; return the number of faults."""
    marks = sorted({mark for mark, _to in expected}, key=len, reverse=True)
    taken = Counter()
    wrong = 0
    ids: dict[tuple[str, str], set[str]] = {}
    for to, message in sink.taken:
        body = str(message.get_payload(decode=True).decode())
        mark = next((mark for mark in marks if mark in body), "")
        wrong += "rolled-back" in to + body or (mark, to) not in expected
        taken[mark, to] += 1
        ids.setdefault((mark, to), set()).add(message["Message-ID"])
    lost = expected - set(taken)
    changed = sum(len(found) > 1 for found in ids.values())
    repeated = sum(times - 1 for times in taken.values())
    say(f"{len(expected)} e-mails were owed: {len(lost)} were lost, {wrong} were owed to nobody.")
    say(f"{repeated} were sent again, {changed} of them with another Message-ID.")
    return len(lost) + wrong + changed


@contextmanager
def _sink() -> Iterator[MailSink]:
    from django.conf import settings

    sink = MailSink(settings.EMAIL_PORT).start()
    sink.behaviour.seconds_an_answer = SECONDS_AN_ANSWER
    try:
        yield sink
    finally:
        sink.stop()


def _start_worker() -> int:
    """Start a worker as docs/running.md does, in a process of its own, and return its number."""
    from django.core.management import call_command
    from django.db import connections

    connections.close_all()
    worker = os.fork()
    if worker:
        return worker
    try:
        call_command("db_worker", queue_name="mail", interval=0.05, reload=False, startup_delay=False, verbosity=0)
    finally:
        os._exit(1)


def _wait_until(holds: Callable[[], Any], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False


def _count_outstanding() -> int:
    from diagnostic.models import OutboxItem

    return OutboxItem.outstanding().count()


def _is_delivery_begun() -> bool:
    from django.utils import timezone

    from diagnostic.models import OutboxItem

    return OutboxItem.outstanding().filter(leased_until__gt=timezone.now()).exists()


def _set_up(folder: str) -> None:
    """Django on the database that `DATABASE_URL` names or on a new one, with short leases and a mail server's port."""
    with MailSink() as probe:
        port = probe.port
    os.environ |= {
        "CPCH_DATA_DIR": folder,
        "CPCH_EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "cpch.settings",
    }
    import django

    django.setup()
    import logging

    from django.core.management import call_command

    from diagnostic.actions import leases, wakes
    from diagnostic.mail import delivery
    from tests import reference_data

    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    reference_data.load()
    leases.LASTS, leases.RENEWED_EVERY = timedelta(seconds=3), timedelta(seconds=1)
    wakes.PAUSE, delivery.FIRST_PAUSE = timedelta(seconds=2), timedelta(seconds=1)
    delivery.LONGEST_PAUSE_IF_AWAY = timedelta(seconds=2)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check that no notice is lost when workers are killed.")
    parser.add_argument("--times", type=int, default=200, help="how many workers to kill")
    parser.add_argument("--seed", type=int, default=1, help="for the random moments")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cpch-kills-") as folder:
        _set_up(folder)
        return 1 if run(given.times, given.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
