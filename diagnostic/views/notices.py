"""Telling people by e-mail that something was handed over to them; what it says is in rendering.notices."""

from __future__ import annotations

from typing import Any

from django.core.cache import caches
from django.db import transaction

from diagnostic.models import Assessment, Submission
from diagnostic.rendering.notices import NOTICES
from diagnostic.tasks import mail_notice

from .twice import TWICE


def tell_once(key: str, kind: str, *, about: Submission | Assessment, by: Any) -> None:
    """As `tell`, unless it was told under this `key` a moment ago: by the first of two presses on one button."""
    if caches["default"].add(f"told:{kind}:{key}", True, TWICE.total_seconds()):
        tell(kind, about=about, by=by)


def tell(kind: str, *, about: Submission | Assessment, by: Any, question: str = "", to: Any = None) -> None:
    """Queue the e-mails of one kind of hand-over once what was done is safe; `kind` is a key of `NOTICES`.

    `about` is the submission, or the assessment where it is a matter within its country; `to` is the one person,
    where it is for one.
    """
    if kind not in NOTICES:
        raise KeyError(kind)
    arguments: dict[str, Any] = {
        "kind": kind,
        "by_id": by.pk,
        "about_id": str(about.pk),
        "question": question,
        "to_id": to.pk if to else None,
    }
    transaction.on_commit(lambda: mail_notice.enqueue(**arguments))
