"""Telling people by e-mail that something was handed over to them; what it says is in rendering.notices."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from diagnostic.models import Assessment, Submission
from diagnostic.rendering.notices import NOTICES
from diagnostic.tasks import mail_notice


def tell(
    kind: str,
    *,
    by: Any,
    assessment: Assessment | None = None,
    submission: Submission | None = None,
    question: str = "",
    to: Any = None,
) -> None:
    """Queue the e-mails of one kind of hand-over once what was done is safe; `kind` is a key of `NOTICES`.

    Either `submission` or `assessment` says what it is about; `to` is the one person, where it is for one.
    """
    if kind not in NOTICES:
        raise KeyError(kind)
    assessment_id = submission.assessment_id if submission else assessment.pk if assessment else ""
    arguments: dict[str, Any] = {
        "kind": kind,
        "assessment_id": str(assessment_id),
        "by_id": by.pk,
        "submission_id": str(submission.pk) if submission else "",
        "question": question,
        "to_id": to.pk if to else None,
    }
    transaction.on_commit(lambda: mail_notice.enqueue(**arguments))
