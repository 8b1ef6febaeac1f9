"""At-least-once delivery of the outbox: due items are leased, sent, and only then marked as delivered.

A killed process leaves an expiring lease and a scheduled wake (`actions.wakes`), so that another one continues. A
recipient gets an e-mail twice only if the process is killed between the mail server's reply and the mark; both e-mails
then have the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Count, F, QuerySet, Window

from cpch.accounts.letter import Letter
from diagnostic.actions import leases
from diagnostic.actions.clock import now
from diagnostic.models import OutboxItem, OutboxRecipient

from .letters import LETTERS
from .server import BrokenOff, MailServer, Refused, Unreachable

logger = logging.getLogger(__name__)

TRIED_FOR = timedelta(days=3)
FIRST_PAUSE = timedelta(seconds=30)
"""The pause after the first attempt; each further pause is twice as long, up to the longest of its kind."""
LONGEST_PAUSE_IF_AWAY = timedelta(minutes=5)
LONGEST_PAUSE_IF_REFUSED = timedelta(hours=6)


class _Unprepared(Exception):
    """Recipients or facts of an item could not be worked out."""


def deliver_due() -> None:
    """Deliver due items until none is left or the mail server cannot be reached; the rest waits for the next wake."""
    while (item := leases.take(_due())) is not None:
        with leases.renewed(item):
            try:
                is_reached = _deliver(item)
            except leases.LeaseLost:
                continue
        if not is_reached:
            break


def _due() -> QuerySet[OutboxItem]:
    """What is due, first of whoever has the fewest due: a person who orders hundreds of e-mails delays only their own.

    What nobody signed in orders, such as password resets, counts as of one person.
    """
    due = OutboxItem.outstanding().filter(next_try_at__lte=now())
    waiting = due.annotate(of_the_same=Window(Count("pk"), partition_by=F("entry__by")))
    return waiting.order_by("of_the_same", "next_try_at", "pk")


def _deliver(item: OutboxItem) -> bool:
    """Make one attempt at `item`; return whether the mail server could be reached. Raises `LeaseLost`.

    Recipients are worked out again before each e-mail: a slow server may take minutes for the previous one, and people
    who leave meanwhile get nothing.
    """
    tried: set[str] = set()
    try:
        with MailServer() as server:
            while waiting := [pair for pair in _load_waiting(item) if pair[0].to not in tried]:
                letter, recipient = waiting[0]
                tried.add(letter.to)
                _tell(item, letter, recipient, server)
            is_finished = not _load_waiting(item)
    except _Unprepared as fault:
        _try_later(item, str(fault), LONGEST_PAUSE_IF_REFUSED)
        return True
    except Unreachable as fault:
        _try_later(item, str(fault), LONGEST_PAUSE_IF_AWAY)
        return False
    if is_finished:
        _finish(item)
    else:
        _try_later(item, "", LONGEST_PAUSE_IF_REFUSED)
    return True


def _load_waiting(item: OutboxItem) -> list[tuple[Letter, OutboxRecipient]]:
    """The e-mails still to be sent, each with its recipient; last those that failed before, as they may fail again.

    So an e-mail over which the server always ends the connection holds up no other. Raises `_Unprepared`.
    """
    try:
        letters = LETTERS[item.kind](item.entry)
        rows = _load_recipients(item, letters)
    except Exception as fault:
        # An error of the site must not stop the other items.
        logger.exception("E-mail %d (%s) could not be prepared", item.pk, item.kind)
        raise _Unprepared(_name(fault)) from fault
    waiting = [(letter, rows[letter.to]) for letter in letters if rows[letter.to].told_at is None]
    return sorted(waiting, key=lambda pair: bool(pair[1].refusal))


def _load_recipients(item: OutboxItem, letters: Sequence[Letter]) -> dict[str, OutboxRecipient]:
    """The rows of the current recipients, by address; those of former ones are kept if they were told (3 queries)."""
    addresses = [letter.to for letter in letters]
    item.recipients.filter(told_at=None).exclude(address__in=addresses).delete()
    rows = [OutboxRecipient(item=item, person=letter.person, address=letter.to) for letter in letters]
    OutboxRecipient.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.address: row for row in item.recipients.filter(address__in=addresses)}


def _tell(item: OutboxItem, letter: Letter, recipient: OutboxRecipient, server: MailServer) -> None:
    """Send one e-mail and mark its recipient as told, or why not. Raises `LeaseLost`, `Unreachable`."""
    leases.renew(item)
    try:
        server.send(_message(letter, recipient))
    except Refused as refusal:
        _mark(recipient, refusal=str(refusal))
    except BrokenOff as fault:
        _mark(recipient, refusal=str(fault))
        raise
    except Unreachable:
        raise
    except Exception as fault:
        logger.exception("E-mail %d (%s) could not be composed", item.pk, item.kind)
        _mark(recipient, refusal=_name(fault))
    else:
        _mark(recipient, told_at=now(), refusal="")


def _message(letter: Letter, recipient: OutboxRecipient) -> EmailMessage:
    """The e-mail; its Message-ID is the same for every attempt to this recipient."""
    subject, body = letter.write()
    host = urlsplit(settings.BASE_URL).hostname
    headers = {"Message-ID": f"<outbox.{recipient.item_id}.{recipient.pk}@{host}>"}
    return EmailMessage(subject, body, None, [letter.to], headers=headers)


def _mark(recipient: OutboxRecipient, **values: object) -> None:
    OutboxRecipient.objects.filter(pk=recipient.pk).update(**values)


def _finish(item: OutboxItem) -> None:
    leases.renew(item)
    OutboxItem.objects.filter(pk=item.pk).update(done_at=now(), last_fault="")


def _try_later(item: OutboxItem, fault: str, longest_pause: timedelta) -> None:
    """Count the attempt and schedule the next one; after `TRIED_FOR`, give up. Raises `LeaseLost`."""
    leases.renew(item)
    at, until = now(), item.made_at + TRIED_FOR
    pause = min(FIRST_PAUSE * 2 ** min(item.attempts, 20), longest_pause)
    values = {"attempts": item.attempts + 1, "last_fault": fault, "next_try_at": min(at + pause, max(at, until))}
    if at >= until:
        values["given_up_at"] = at
        _log_given_up(item, fault)
    OutboxItem.objects.filter(pk=item.pk).update(**values)


def _log_given_up(item: OutboxItem, fault: str) -> None:
    untold = item.recipients.filter(told_at=None)
    for address, refusal in untold.values_list("address", "refusal") or [("an unknown address", "")]:
        logger.error("E-mail %d (%s) to %s could not be delivered: %s", item.pk, item.kind, address, refusal or fault)


def _name(fault: Exception) -> str:
    return f"Internal error: {type(fault).__name__}"
