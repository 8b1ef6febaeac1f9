"""What a report comes as: which editions there are, and which kinds of file."""

from __future__ import annotations

FULL = "full"
PARTNERS = "partners"
BRIEF = "brief"
EDITIONS: tuple[str, ...] = (FULL, PARTNERS, BRIEF)
"""All of it; without what reveals covert capability (product.md); and the two pages that stand alone."""

PDF = "pdf"
DOCX = "docx"
XLSX = "xlsx"
FORMATS: tuple[str, ...] = (PDF, DOCX, XLSX)

FORMATS_OF: dict[str, tuple[str, ...]] = {FULL: FORMATS, PARTNERS: FORMATS, BRIEF: (PDF, DOCX)}
"""What each edition comes as; of two pages there is no workbook."""
