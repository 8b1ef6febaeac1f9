"""The outbox in tests: run the worker's task, and inspect the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from diagnostic.actions import wakes
from diagnostic.actions.audit import record
from diagnostic.actions.notices import NOTICES_OF
from diagnostic.models import AuditEntry, OutboxItem, Submission
from diagnostic.tasks import deliver_mail


def take_wakes() -> None:
    """Take the due wakes from the queue, as a worker does before it runs them."""
    for wake in DBTaskResult.objects.ready().filter(task_path=wakes.DELIVER_MAIL):
        wake.claim("tests")


def waiting_wakes() -> list[datetime | None]:
    """When the waiting wakes are due; None for at once."""
    rows = DBTaskResult.objects.filter(task_path=wakes.DELIVER_MAIL, status=TaskResultStatus.READY)
    return [None if row.run_after == get_date_max() else row.run_after for row in rows.order_by("run_after")]


def deliver() -> list[EmailMessage]:
    """Run the worker's task until nothing is due, and return the e-mails that it sent."""
    before = len(mail.outbox)
    deliver_mail.func()
    return list(mail.outbox[before:])


def told() -> list[str]:
    """Deliver, and return the addresses that were written to, sorted."""
    return sorted(message.to[0] for message in deliver())


def ordered() -> list[str]:
    """The kinds of all notices queued so far."""
    return list(OutboxItem.objects.order_by("pk").values_list("kind", flat=True))


def notify(kind: str, about: Any = None, by: Any = None, **detail: Any) -> set[str]:
    """Log an act that orders `kind`, of a submission or an assessment, deliver it, and return the addresses."""
    OutboxItem.objects.all().delete()
    record_order(kind, about, by, **detail)
    messages = deliver()
    assert all(len(message.to) == 1 for message in messages)
    return {message.to[0] for message in messages}


def record_order(kind: str, about: Any = None, by: Any = None, **detail: Any) -> AuditEntry:
    """Log an act that orders `kind`, with the detail that its own action gives; `kind` may be an act itself."""
    agency, _dash, rest = kind.partition("_")
    if agency in ("customs", "police"):
        kind, detail = rest, {"agency": agency, **detail}
    act = next((act for act, ordered in NOTICES_OF.items() if ordered == kind), kind)
    if isinstance(about, Submission):
        place = {"about": str(about.assessment_id)} if kind == "assigned" else {"number": about.number}
        chain = None if kind == "assigned" else about.assessment
        return record(act=act, by=by, assessment=chain, **place, **detail)
    return record(act=act, by=by, assessment=about, **detail)
