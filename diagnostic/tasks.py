"""Work that the worker process does: rendering, and e-mail. Views enqueue these, actions never do."""

from __future__ import annotations

import json

from django.conf import settings
from django.urls import reverse
from django_tasks import task

from cpch.accounts.mail import send_notice
from cpch.accounts.models import User
from diagnostic.actions import reports
from diagnostic.core.report_data import Report
from diagnostic.models import Assessment
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


@task()
def mail_comparison_opened(assessment_id: str, person_id: int) -> None:
    """Tell a person that the answers of both agencies are now compared; no answer stands in it."""
    assessment = Assessment.objects.select_related("country", "comparison_opened_by").get(pk=assessment_id)
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is not None:
        link = settings.BASE_URL + reverse("compare", kwargs={"pk": assessment.pk})
        send_notice("compare/email_opened", {"assessment": assessment, "link": link}, person)
