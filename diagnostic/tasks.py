"""Long work, done by the worker process: rendering, and e-mail. Views enqueue reports; the log of acts wakes mail."""

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
        logger.warning("Another worker took over the report file %s while it was being rendered here.", file)
    except DatabaseError:
        logger.exception("The report file %s could not be recorded in the database. It will be rendered again.", file)
    except Exception:
        logger.exception("The report file %s could not be rendered.", file)
        reports.fail_rendering(file=file)


@task(queue_name="mail")
def deliver_mail() -> None:
    """Deliver what is due in the outbox; the task itself carries nothing, it only wakes the worker."""
    deliver_due()
