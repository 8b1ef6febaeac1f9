"""Renders the form of one national answer for the script that saves it; the page around it is in compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from diagnostic.forms.agreement import ProposalForm
from diagnostic.models import Assessment
from diagnostic.models import Response as Row
from diagnostic.queries import to_response

from .answer_saving import typed_at
from .answer_sections import conflict_of
from .compare_page import load_compare_page


def draw_proposal(assessment: Assessment, reader: Any, code: str, data: Mapping[str, Any] | None = None) -> str:
    """The fields with the current answer, or with the posted, unsaved `data` (at most 4 queries)."""
    page = load_compare_page(assessment, reader)
    pair = page.by_code[code]
    item = page.view(pair, code, page.make_form(pair, data))
    return render_to_string(
        "compare/_answering.html", {"page": page, "item": item, "form": item.form, "parts": item.parts}
    )


def draw_proposal_conflict(assessment: Assessment, reader: Any, form: ProposalForm, row: Row) -> str:
    """The two conflicting texts to choose between, in place of the fields (at most 4 queries)."""
    page = load_compare_page(assessment, reader)
    item = page.view(page.by_code[form.question.code])
    conflict = conflict_of(form, row, to_response(row), typed_at(form.data))
    return render_to_string("compare/_answering.html", {"page": page, "item": item, **conflict})
