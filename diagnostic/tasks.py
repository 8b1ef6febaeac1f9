"""Background tasks of the workers: rendering and e-mail. Views queue reports; entries in the log queue e-mail."""

from __future__ import annotations

import json
import logging

from django.db import DatabaseError
from django_tasks import task

from diagnostic.actions import leases, reports
from diagnostic.core.report_data import Report
from diagnostic.mail.delivery import deliver_due
from diagnostic.models import ReportFile

logger = logging.getLogger(__name__)

POLITENESS = 10
"""How far a rendering stands back for the people who wait for a page (nice)."""


@task(queue_name="reports")
def render_reports() -> None:
    """Render the waiting report files one after the other, until none is free.

    A file whose rendering fails is marked as failed, with the reason in the process log, and the next one is rendered.
    Raises `DatabaseError` if the database fails; the remaining files then wait for the next wake.
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
        logger.warning("Another worker took over the report file %s while it was being rendered here.", file)
    except DatabaseError:
        logger.exception("The report file %s could not be recorded in the database. It will be rendered again.", file)
    except Exception:
        logger.exception("The report file %s could not be rendered.", file)
        reports.fail_rendering(file=file)


@task(queue_name="mail")
def deliver_mail() -> None:
    """Deliver the due e-mails of the outbox."""
    deliver_due()
