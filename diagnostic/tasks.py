"""Long work, done by the worker process: rendering, and e-mail. Views enqueue reports; the log of acts wakes mail."""

from __future__ import annotations

import json

from django_tasks import task

from diagnostic.actions import reports
from diagnostic.core.report_data import Report
from diagnostic.mail.delivery import deliver_due

POLITENESS = 10
"""How far a rendering stands back for the people who wait for a page (nice)."""


@task(queue_name="reports")
def render_report(report_file_id: int) -> None:
    """Render one report file. Where another worker has it already, or it is done, nothing happens.

    However it ends, short of a process that is killed, the file says so, and who waits for it is not kept waiting.
    """
    # Only the process that renders needs what makes the print; a web process starts sooner without.
    from diagnostic.rendering.report_file import render_file

    try:
        file = reports.begin_rendering(file_id=report_file_id)
        if file is None:
            return
        report = Report.from_json(json.loads(file.data))
        content = render_file(report, file.format, file.language, politeness=POLITENESS)
        reports.finish_rendering(file=file, content=content)
    except BaseException:
        reports.fail_rendering(file_id=report_file_id)
        raise


@task(queue_name="mail")
def deliver_mail() -> None:
    """Deliver what is due in the outbox; the task itself carries nothing, it only wakes the worker."""
    deliver_due()
