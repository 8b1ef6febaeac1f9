"""Long work, done by the worker process: rendering. Views enqueue these, actions never do."""

from __future__ import annotations

import json

from django_tasks import task

from diagnostic.actions import reports
from diagnostic.core.report_data import Report
from diagnostic.rendering.process import render_pdf

POLITENESS = 10
"""How far a rendering stands back for the people who wait for a page (nice)."""


@task()
def render_report(report_file_id: int) -> None:
    """Render one report file. Where another worker has it already, or it is done, nothing happens."""
    file = reports.begin_rendering(file_id=report_file_id)
    if file is None:
        return
    try:
        content = render_pdf(Report.from_json(json.loads(file.data)), file.language, politeness=POLITENESS)
        reports.finish_rendering(file=file, content=content)
    except Exception:
        reports.fail_rendering(file=file)
        raise
