"""Runs the process that makes a PDF, from a worker or the command line; nothing heavy is loaded on this side."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.contrib.staticfiles import finders

from diagnostic.core.report_data import Report

from .html import STYLESHEET, render_html

MOST_SECONDS = 600


class RenderingFailed(RuntimeError):
    """The process ended without a PDF; the message is the last line that it wrote."""


class Renderer:
    """One process that makes one PDF. It gets ready while the caller still puts the report together.

    `politeness` says how far it stands back for other processes (nice, 0 to 19).
    """

    def __init__(self, politeness: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "diagnostic.rendering.pdf", str(politeness)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def render(self, report: Report, language: str = "en") -> bytes:
        """`report` as a tagged PDF. Raises `RenderingFailed`."""
        order = {"html": render_html(report, language), "files": read_static_files(), "identifier": report.digest}
        try:
            pdf, words = self.process.communicate(json.dumps(order).encode("ascii"), timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise RenderingFailed(f"not done after {MOST_SECONDS} seconds") from error
        if self.process.returncode or not pdf.startswith(b"%PDF"):
            lines = words.decode("utf-8", "replace").strip().splitlines()
            raise RenderingFailed(lines[-1] if lines else f"exit status {self.process.returncode}")
        return pdf


def render_pdf(report: Report, language: str = "en", *, politeness: int = 0) -> bytes:
    """`report` as a tagged PDF, made in a process of its own. Needs no database. Raises `RenderingFailed`."""
    with Renderer(politeness) as renderer:
        return renderer.render(report, language)


def read_static_files() -> dict[str, str]:
    """The static files that the report's HTML names, text by path."""
    found = finders.find(STYLESHEET)
    if not isinstance(found, str):
        raise RenderingFailed(f"{STYLESHEET} is not among the static files")
    return {STYLESHEET: Path(found).read_text(encoding="utf-8")}
