"""The report as one HTML document: from its data to what the template prints; how a PDF is made of it is in pdf."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation

from diagnostic.core.report_data import Report

from .report_page import build_report_page

STYLESHEET = "css/report.css"


def render_html(report: Report, language: str = "en") -> str:
    """The report in `language`, for the PDF; it names one stylesheet, and no other file."""
    with translation.override(language):
        return render_to_string(
            "report/report.html",
            {
                "page": build_report_page(report),
                "language": language,
                "is_rtl": translation.get_language_bidi(),
                "stylesheet": STYLESHEET,
            },
        )
