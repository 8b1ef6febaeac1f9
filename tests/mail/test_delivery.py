"""Delivery with a real mail server: at least once to each recipient, retried with pauses, given up after three days."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from diagnostic.actions import action_plan, leases, wakes
from diagnostic.actions.clock import replay
from diagnostic.core.action_plan import ActionDetails
from diagnostic.mail import delivery
from diagnostic.mail.letters import LETTERS
from diagnostic.models import AuditEntry, OutboxItem, OutboxRecipient
from diagnostic.tasks import deliver_mail
from tests import factories
from tests.mail.smtp import MailSink
from tests.outbox import record_order, take_wakes, waiting_wakes
from tests.views.discussing import make_taken

pytestmark = pytest.mark.django_db


def work(**later: float) -> None:
    """What the worker does when it is woken, that much later."""
    with replay(timezone.now() + timedelta(**later)):
        take_wakes()
        deliver_mail.func()


def order(kind: str = "password_changed", by: Any = None, about: Any = None, **detail: Any) -> OutboxItem:
    record_order(kind, about, by or factories.make_user(), **detail)
    return OutboxItem.objects.latest("pk")


def order_to_agencies(people: factories.People) -> OutboxItem:
    """One item with four recipients, and nothing else in the outbox."""
    taken = make_taken(people)
    OutboxItem.objects.all().delete()
    return order("taken_up", people.reviewer, taken)


def test_each_recipient_gets_one_e_mail_with_an_id_of_its_own(people: factories.People, sink: MailSink) -> None:
    item = order_to_agencies(people)
    work()
    agencies = (people.coordinator, people.police_coordinator, people.respondent, people.police_respondent)
    assert sink.addresses() == sorted(person.email for person in agencies)
    assert len({message["Message-ID"] for _to, message in sink.taken}) == 4
    assert sink.sessions == 1
    item.refresh_from_db()
    assert item.done_at is not None
    assert not OutboxRecipient.objects.filter(told_at=None).exists()
    work()
    assert len(sink.taken) == 4


def test_a_person_who_orders_many_e_mails_delays_only_their_own(sink: MailSink) -> None:
    busy, other = factories.make_user(), factories.make_user()
    for _number in range(5):
        order(by=busy)
    order(by=other)
    record_order("password_reset", email=other.email)
    work()
    assert [to for to, _message in sink.taken[:2]] == [other.email, other.email]
    assert [to for to, _message in sink.taken[2:]] == [busy.email] * 5


def test_an_act_that_is_rolled_back_orders_nothing() -> None:
    user = factories.make_user()
    with transaction.atomic():
        order(by=user)
        transaction.set_rollback(True)
    assert not OutboxItem.objects.exists()
    assert not AuditEntry.objects.exists()
    assert waiting_wakes() == []


def test_one_refused_address_holds_up_nobody_and_is_tried_again_alone(people: factories.People, sink: MailSink) -> None:
    item = order_to_agencies(people)
    sink.behaviour.refused = {people.coordinator.email}
    work()
    assert len(sink.taken) == 3
    item.refresh_from_db()
    assert (item.done_at, item.attempts) == (None, 1)
    refused = OutboxRecipient.objects.get(told_at=None)
    assert (refused.address, refused.refusal) == (people.coordinator.email, "550 5.1.1 No such mailbox")

    sink.behaviour.refused = set()
    work(hours=7)
    assert sink.addresses().count(people.coordinator.email) == 1
    assert len(sink.taken) == 4
    item.refresh_from_db()
    assert item.done_at is not None


def test_a_server_that_is_away_is_tried_once_a_wake_and_the_rest_waits(closed_port: int) -> None:
    first, second = order(), order()
    work()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attempts, second.attempts) == (1, 0)
    assert first.last_fault == "Connection refused"

    sink = MailSink(closed_port).start()
    try:
        work(minutes=6)
        assert len(sink.taken) == 2
    finally:
        sink.stop()


def test_a_server_that_stalls_ends_the_attempt(people: factories.People, sink: MailSink, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    item = order_to_agencies(people)
    sink.behaviour.stalls = True
    work()
    item.refresh_from_db()
    assert (sink.sessions, item.attempts) == (1, 1)
    assert "did not reply in time" in item.last_fault
    sink.behaviour.stalls = False
    settings.EMAIL_TIMEOUT = 20
    work(minutes=6)
    assert len(sink.taken) == 4


def test_a_slow_server_takes_everything(people: factories.People, sink: MailSink) -> None:
    order_to_agencies(people)
    sink.behaviour.seconds_an_answer = 0.05
    work()
    assert len(sink.taken) == 4


def test_a_connection_that_breaks_off_after_the_text_is_tried_again_with_the_same_id(sink: MailSink) -> None:
    user = factories.make_user()
    item = order(by=user)
    sink.behaviour.breaks_after_text = True
    work()
    item.refresh_from_db()
    assert (sink.taken, item.attempts, item.done_at) == ([], 1, None)
    recipient = OutboxRecipient.objects.get()
    assert recipient.told_at is None
    sink.behaviour.breaks_after_text = False
    work(minutes=6)
    [(to, message)] = sink.taken
    assert (to, message["Message-ID"]) == (user.email, f"<outbox.{item.pk}.{recipient.pk}@127.0.0.1>")


def test_an_e_mail_over_which_the_server_always_breaks_off_holds_up_no_other(
    people: factories.People, sink: MailSink
) -> None:
    order_to_agencies(people)
    # The first two of four, so that each takes an attempt of its own before the others have theirs.
    sink.behaviour.breaks_over = {people.coordinator.email, people.respondent.email}
    for minutes in (0, 6, 12):
        work(minutes=minutes)
    assert sink.addresses() == sorted([people.police_coordinator.email, people.police_respondent.email])
    untold = OutboxRecipient.objects.filter(told_at=None)
    assert {row.address for row in untold} == sink.behaviour.breaks_over
    assert all("closed the connection" in row.refusal for row in untold)


def test_a_server_that_ends_each_connection_after_one_e_mail_takes_all_in_one_attempt(
    people: factories.People, sink: MailSink
) -> None:
    item = order_to_agencies(people)
    sink.behaviour.most_a_session = 1
    work()
    item.refresh_from_db()
    assert (len(sink.taken), item.attempts) == (4, 0)
    assert item.done_at is not None


def test_a_server_that_refuses_the_sender_refuses_no_address(people: factories.People, sink: MailSink) -> None:
    item = order_to_agencies(people)
    sink.behaviour.refuses_the_sender = True
    work()
    item.refresh_from_db()
    assert (sink.sessions, item.attempts, item.last_fault) == (1, 1, "550 5.7.1 Sender not allowed")
    assert not OutboxRecipient.objects.exclude(refusal="").exists()


def test_pauses_grow_to_six_hours_for_a_refusal_and_to_five_minutes_for_a_server_that_is_away(
    people: factories.People, sink: MailSink
) -> None:
    item = order(by=people.coordinator)
    sink.behaviour.refused = {people.coordinator.email}
    start = timezone.now()
    after_refusals = pauses(item, start)
    assert (after_refusals[:3], max(after_refusals)) == ([30, 60, 120], 6 * 3600)
    OutboxItem.objects.update(attempts=0, next_try_at=start, given_up_at=None)
    sink.behaviour.refused = set()
    sink.stop()
    assert max(pauses(item, start)) == 300


def pauses(item: OutboxItem, at: Any) -> list[int]:
    """The pauses in seconds after each of fourteen attempts, each made when it is due."""
    found = []
    for _attempt in range(14):
        with replay(at):
            deliver_mail.func()
        item.refresh_from_db()
        found.append(round((item.next_try_at - at).total_seconds()))
        at = item.next_try_at
    return found


def test_after_three_days_it_is_given_up_and_the_log_names_number_address_and_kind(
    people: factories.People, sink: MailSink, caplog: pytest.LogCaptureFixture
) -> None:
    item = order_to_agencies(people)
    sink.behaviour.refused = {people.coordinator.email}
    work(days=2)
    item.refresh_from_db()
    assert item.given_up_at is None
    work(days=3, minutes=1)
    item.refresh_from_db()
    assert item.given_up_at is not None
    [line] = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert line == (
        f"E-mail {item.pk} (taken_up) to {people.coordinator.email} could not be delivered: 550 5.1.1 No such mailbox"
    )
    before = len(sink.taken)
    sink.behaviour.refused = set()
    work(days=4)
    assert len(sink.taken) == before


@pytest.mark.parametrize("fails", ["recipients", "words"])
def test_a_fault_of_ours_stops_no_other_item(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fails: str
) -> None:
    user = factories.make_user()
    faulty, sound = order("password_reset", by=None, email=user.email), order()
    if fails == "recipients":
        monkeypatch.setitem(LETTERS, "password_reset", lambda entry: entry.detail["nothing"])
    else:
        monkeypatch.setattr("cpch.accounts.letter.render_to_string", _fail_for("password_reset"))
    work()
    faulty.refresh_from_db()
    sound.refresh_from_db()
    assert (faulty.attempts, faulty.done_at) == (1, None)
    assert sound.done_at is not None
    assert "Traceback" in caplog.text
    work(days=3, minutes=1)
    faulty.refresh_from_db()
    assert faulty.given_up_at is not None


def _fail_for(name: str) -> Any:
    from cpch.accounts import letter

    real = letter.render_to_string

    def render(template: str, context: Any) -> str:
        if name in template:
            raise KeyError(template)
        return str(real(template, context))

    return render


def test_whoever_is_deactivated_between_two_attempts_gets_nothing(people: factories.People, sink: MailSink) -> None:
    item = order_to_agencies(people)
    sink.behaviour.refused = {people.coordinator.email}
    work()
    factories.deactivate(people.coordinator)
    sink.behaviour.refused = set()
    work(hours=7)
    assert people.coordinator.email not in sink.addresses()
    item.refresh_from_db()
    assert item.done_at is not None


def test_whoever_is_deactivated_while_others_are_written_to_gets_nothing(
    people: factories.People, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = order_to_agencies(people)
    real = delivery._mark

    def leave(recipient: OutboxRecipient, **values: Any) -> None:
        real(recipient, **values)
        if people.police_respondent.is_active:
            factories.deactivate(people.police_respondent)
            people.police_respondent.is_active = False

    monkeypatch.setattr(delivery, "_mark", leave)
    work()
    assert len(sink.taken) == 3
    assert people.police_respondent.email not in sink.addresses()
    item.refresh_from_db()
    assert item.done_at is not None


# Wakes


def test_the_wake_that_is_taken_leaves_one_for_later_while_anything_is_outstanding(closed_port: int) -> None:
    for _number in range(5):
        order()
    assert waiting_wakes() == [None] * 5
    work()
    [later] = waiting_wakes()
    assert later is not None
    assert later <= timezone.now() + wakes.PAUSE


def test_a_wake_is_left_for_the_time_of_a_retry_if_that_comes_first(closed_port: int) -> None:
    item = order()
    OutboxItem.objects.update(next_try_at=timezone.now() + timedelta(seconds=20))
    take_wakes()
    item.refresh_from_db()
    assert waiting_wakes() == [item.next_try_at]


def test_no_wake_waits_once_everything_is_delivered(sink: MailSink) -> None:
    order()
    work()
    DBTaskResult.objects.exclude(status=TaskResultStatus.RUNNING).update(run_after=get_date_max())
    work()
    assert waiting_wakes() == []


def test_an_item_that_another_worker_holds_is_left_to_it_until_its_lease_ends(sink: MailSink) -> None:
    item = order()
    held = leases.take(OutboxItem.outstanding())
    assert held == item
    work()
    assert sink.taken == []
    [later] = waiting_wakes()
    assert later <= held.leased_until
    work(seconds=leases.LASTS.total_seconds() + 1)
    assert len(sink.taken) == 1


def test_a_worker_that_lost_its_lease_sends_and_writes_nothing(
    people: factories.People, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = order_to_agencies(people)
    real = delivery._mark

    def lose(recipient: OutboxRecipient, **values: Any) -> None:
        real(recipient, **values)
        OutboxItem.objects.update(leased_by="another", leased_until=timezone.now() + leases.LASTS)

    monkeypatch.setattr(delivery, "_mark", lose)
    work()
    assert len(sink.taken) == 1
    item.refresh_from_db()
    assert (item.leased_by, item.attempts, item.done_at) == ("another", 0, None)


# Case 12


def test_reminders_outlive_a_mail_server_that_is_away(people: factories.People, closed_port: int) -> None:
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    details = ActionDetails("A joint patrol", "both", due_on=timezone.now().date())
    action_plan.add(assessment=assessment, details=details, by=people.coordinator)
    call_command("remind_of_actions", stdout=StringIO())
    work()
    sink = MailSink(closed_port).start()
    try:
        again = StringIO()
        call_command("remind_of_actions", stdout=again)
        assert "Actions reminded of: 0" in again.getvalue()
        work(minutes=6)
        assert sink.addresses() == sorted([people.coordinator.email, people.police_coordinator.email])
        work(minutes=12)
        assert len(sink.taken) == 2
    finally:
        sink.stop()
