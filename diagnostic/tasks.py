"""Long work, done by the worker process: rendering, and e-mail. Views enqueue these, actions never do."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from socket import gaierror

from django.conf import settings
from django.db import DatabaseError
from django_tasks import task

from cpch.accounts.language import language_of
from cpch.accounts.mail import send
from cpch.accounts.models import User
from diagnostic.actions import leases, reports
from diagnostic.core.report_data import Report
from diagnostic.models import ReportFile
from diagnostic.rendering.notices import NOTICES, load_about, recipients_of, write_notice
from diagnostic.rendering.reminders import coordinators_of, load_reminders, write_reminder

logger = logging.getLogger(__name__)

POLITENESS = 10
"""How far a rendering stands back for the people who wait for a page (nice)."""


@task(queue_name="reports")
def render_reports() -> None:
    """Render the report files that wait, one after the other, until there is none that no other worker renders.

    A file whose rendering fails is marked as failed, with the reason in the process log; the others are still rendered.
    Raises `DatabaseError` if the database takes nothing: what is left then waits for the next wake.
    """
    while file := reports.begin_rendering():
        with leases.renewed(file):
            _render(file)


def _render(file: ReportFile) -> None:
    # Only the process that renders needs what makes the print; a web process starts sooner without.
    from diagnostic.rendering.report_file import render_file

    try:
        report = Report.from_json(json.loads(file.data))
        content = render_file(report, file.format, file.language, politeness=POLITENESS)
        reports.finish_rendering(file=file, content=content)
    except leases.LeaseLost:
        logger.warning("The report file %s was taken up by another worker while it was rendered here.", file)
    except DatabaseError:
        logger.exception("The report file %s could not be noted in the database. It is rendered again.", file)
    except Exception:
        logger.exception("The report file %s could not be rendered.", file)
        reports.fail_rendering(file=file)


@task(queue_name="mail")
def mail_notice(kind: str, about_id: str, by_id: int, question: str = "", to_id: int | None = None) -> None:
    """Tell everyone concerned of one hand-over, each in an e-mail of their own and in their own language.

    Where the mail server does not take one, the others are still sent. Raises its last `OSError` then, and at once
    where it cannot be reached: every further try would cost all its patience, and other work waits.
    """
    notice = NOTICES[kind]
    by = User.objects.get(pk=by_id)
    about = load_about(notice, about_id)
    context = write_notice(notice, about, by, question, settings.BASE_URL)
    _send_each("notices/email", context, recipients_of(notice, about, by, to_id))


@task(queue_name="mail")
def mail_reminders(reminder_ids: list[int]) -> None:
    """Remind the coordinators of one country of its actions that are due, each in their own language.

    Where the mail server does not take one, the others are still sent. Raises its last `OSError` then.
    """
    reminders = load_reminders(reminder_ids)
    country = reminders[0].action.country
    _send_each("reminders/email", write_reminder(country, reminders, settings.BASE_URL), coordinators_of(country))


def _send_each(template: str, context: dict[str, object], people: Iterable[User]) -> None:
    failed: OSError | None = None
    for person in people:
        try:
            send(template, context, person.email, language_of(person))
        except (TimeoutError, ConnectionError, gaierror):
            raise
        except OSError as error:
            failed = error
    if failed:
        raise failed
