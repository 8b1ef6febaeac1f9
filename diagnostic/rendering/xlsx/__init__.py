"""The report, and the action plan, as a workbook. openpyxl is loaded when one is written."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import translation

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.report_follow_up import ActionLine


def render_xlsx(report: Report, language: str = "en") -> bytes:
    """`report` as a workbook in `language`: answers, results and plan with typed cells. The same data, the same bytes.

    What the report does not hold, because its edition leaves it out, is not in the workbook either.
    """
    from .book import write_workbook
    from .report import build_workbook

    with translation.override(language):
        held = build_workbook(report)
    return write_workbook(held, language)


def render_plan_xlsx(
    country: str, marking: str, planned: Iterable[tuple[ActionLine, Instrument]], language: str = "en"
) -> bytes:
    """The action plan of a country as a workbook in `language`: each action with the instrument that it rests on."""
    from .book import write_workbook
    from .plan import build_plan_workbook

    with translation.override(language):
        held = build_plan_workbook(country, marking, tuple(planned))
    return write_workbook(held, language)
