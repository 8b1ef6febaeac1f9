"""Long work, done by the worker process: rendering, and e-mail. Views enqueue these, actions never do."""

from __future__ import annotations

import json

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django_tasks import task

from cpch.accounts.mail import send
from cpch.accounts.models import User
from diagnostic.actions import reports
from diagnostic.core.report_data import Report
from diagnostic.models import Assessment, Submission
from diagnostic.rendering.notices import NOTICES, recipients_of, write_notice

POLITENESS = 10
"""How far a rendering stands back for the people who wait for a page (nice)."""


@task()
def render_report(report_file_id: int) -> None:
    """Render one report file. Where another worker has it already, or it is done, nothing happens."""
    # Only the process that renders needs what makes the print; a web process starts sooner without.
    from diagnostic.rendering.process import render_pdf

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
        context = {"person": person, "assessment": assessment, "link": link}
        send("compare/email_opened", context, person.email)


@task()
def mail_notice(kind: str, submission_id: str, by_id: int, question: str = "", to_id: int | None = None) -> None:
    """Tell everyone concerned of one hand-over, each in an e-mail of their own.

    Where the mail server does not take one, the others are still sent. Raises its last `OSError` then.
    """
    notice = NOTICES[kind]
    by = User.objects.get(pk=by_id)
    about = Submission.objects.select_related("assessment__country").defer("snapshot").get(pk=submission_id)
    failed: OSError | None = None
    # The site speaks one language; a person's own comes with the second one.
    with translation.override(settings.LANGUAGE_CODE):
        context = write_notice(notice, about, by, question, settings.BASE_URL)
        for person in recipients_of(notice, about, by, to_id):
            try:
                send("notices/email", context, person.email)
            except OSError as error:
                failed = error
    if failed:
        raise failed
