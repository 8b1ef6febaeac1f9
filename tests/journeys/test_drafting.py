"""From the result to the drafting kit, and a draft taken away, in a real browser."""

from __future__ import annotations

from typing import Any

import docx
import pytest
from django.urls import reverse

from tests import factories

from .axe import WIDTHS, find_faults

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_result_leads_to_a_draft_that_opens(open_as: Any, people: factories.People, tmp_path: Any) -> None:
    assessment = factories.fill(factories.start_assessment(people.coordinator, period="2026"), people.coordinator)
    page = open_as(people.coordinator)
    page.goto(reverse("result", args=[assessment.pk]))
    page.get_by_role("link", name="Drafting kit").click()
    page.wait_for_url("**/drafting/")
    assert find_faults(page, WIDTHS) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the draft (Word)").first.click()
    download.value.save_as(tmp_path / "draft.docx")
    assert docx.Document(str(tmp_path / "draft.docx")).paragraphs[0].text.startswith("Memorandum")
