"""A worker killed at each step of a delivery, and another one that finishes after the lease has expired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from diagnostic.actions import leases
from diagnostic.actions.clock import replay
from diagnostic.mail import delivery
from diagnostic.mail.server import MailServer
from diagnostic.models import OutboxItem, OutboxRecipient
from diagnostic.tasks import deliver_mail
from tests import factories
from tests.mail.smtp import MailSink
from tests.outbox import record_order, take_wakes, waiting_wakes
from tests.views.discussing import make_taken

pytestmark = pytest.mark.django_db
STEPS = {
    "take": (leases, "take"),
    "load": (delivery, "_load_recipients"),
    "renew": (leases, "renew"),
    "send": (MailServer, "send"),
    "mark": (delivery, "_mark"),
    "finish": (delivery, "_finish"),
}
"""The steps of a delivery that others can see, by name: where each is looked up when it is called."""
MOST_CALLS = {"take": 2, "load": 1, "renew": 5, "send": 4, "mark": 4, "finish": 1}
"""How often each runs for an item with four recipients."""
KILLS = [
    (step, call, moment)
    for step, most in MOST_CALLS.items()
    for call in range(1, most + 1)
    for moment in ("at", "after")
]


class Killed(BaseException):
    """Stands for SIGKILL: nothing handles it, and what a `finally` would still do is undone by `Death`."""


class Death:
    """Kills the worker `moment` ("at" or "after") the given call of a step; from then on it does nothing more."""

    def __init__(self, call: int, moment: str) -> None:
        self.call, self.moment, self.calls, self.is_dead = call, moment, 0, False

    def around(self, real: Callable) -> Callable:
        def step(*args: Any, **more: Any) -> Any:
            self.calls += 1
            is_last = self.calls == self.call
            if is_last and self.moment == "at":
                self.die()
            result = real(*args, **more)
            if is_last:
                self.die()
            return result

        return step

    def unless_dead(self, real: Callable) -> Callable:
        return lambda *args: None if self.is_dead else real(*args)

    def die(self) -> None:
        self.is_dead = True
        raise Killed


@pytest.fixture
def item(people: factories.People) -> Iterator[OutboxItem]:
    """An item with four recipients; at the end each was told, twice at most."""
    taken = make_taken(people)
    OutboxItem.objects.all().delete()
    DBTaskResult.objects.all().delete()
    record_order("taken_up", taken, people.reviewer)
    return OutboxItem.objects.get()


@pytest.mark.parametrize(("step", "call", "moment"), KILLS)
def test_every_recipient_is_told_and_only_a_kill_before_the_mark_tells_one_twice(
    item: OutboxItem, sink: MailSink, monkeypatch: pytest.MonkeyPatch, step: str, call: int, moment: str
) -> None:
    where, name = STEPS[step]
    death = Death(call, moment)
    with monkeypatch.context() as patch:
        patch.setattr(leases, "release", death.unless_dead(leases.release))
        patch.setattr(where, name, death.around(getattr(where, name)))
        take_wakes()
        with pytest.raises(Killed):
            deliver_mail.func()
    assert not OutboxItem.outstanding().exists() or waiting_wakes()

    with replay(timezone.now() + leases.LASTS + timedelta(seconds=1)):
        deliver_mail.func()
    told = Counter(sink.addresses())
    twice = [address for address, times in told.items() if times > 1]
    was_between = (step, moment) in (("send", "after"), ("mark", "at"))
    assert (len(told), len(twice)) == (4, 1 if was_between else 0)
    ids = {message["Message-ID"] for _to, message in sink.taken}
    assert len(ids) == 4, "a repeated e-mail has the same Message-ID"
    item.refresh_from_db()
    assert item.done_at is not None
    assert not OutboxRecipient.objects.filter(told_at=None).exists()
