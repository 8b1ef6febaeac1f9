"""The report: what its making takes beside plain WeasyPrint, its size, and what it leaves to the pages meanwhile."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

from pypdf import PdfReader

from .client import Answer, Reader, Unmeasurable, hold, sound
from .effort import Effort
from .figures import Figure, at_most, ratio_at_most
from .laid import Laid, Served
from .processes import Ran, run, worker
from .rounds import by_turns, median_ratio, medians

MOST_CPU_RATIO = 1.0
MOST_PEAK_MB = 120
MOST_LONG_PEAK_MB = 200
MOST_PAGE_RATIO = 1.1
MOST_SIZE_KB = 200
MOST_SERVED_MS = 50
MOST_THEME_RATIO = 2.5
MOST_RENDERING_SECONDS = 180
READY_REQUESTS = 50


def measure_rendering(laid: Laid, folder: Path, effort: Effort) -> list[Figure]:
    """Our process that renders, and one that gives the same HTML to plain WeasyPrint, by turns."""
    given = laid.inside("order")
    first, voices, long = (
        measure_one(laid, folder, effort, *case)
        for case in (
            ("The demonstration's longest report", given["order"], MOST_PEAK_MB),
            ("A full report of two voices", given["voices"], MOST_LONG_PEAK_MB),
            ("A long report of two voices", given["long"], MOST_LONG_PEAK_MB),
        )
    )
    own, other = (case.seconds / case.pages for case in (long, voices))
    return [
        *first.figures,
        at_most("The demonstration's longest report, size", first.size / 1e3, MOST_SIZE_KB, "KB"),
        prints_without_bootstrap(given["order"]),
        *voices.figures,
        *long.figures,
        ratio_at_most(
            f"Processor time a page, {long.pages} pages beside {voices.pages}",
            f"{own * 1000:.0f} ms",
            f"{other * 1000:.0f} ms",
            own / other,
            MOST_PAGE_RATIO,
        ),
    ]


@dataclass(frozen=True)
class Rendered:
    """One report: what was measured, its pages, its bytes, and the seconds of the processor that it took."""

    figures: list[Figure]
    pages: int
    size: int
    seconds: float


def measure_one(
    laid: Laid, folder: Path, effort: Effort, name: str, order: dict[str, object], most_peak_mb: float
) -> Rendered:
    """One report, tagged and archival with all that it carries, beside plain WeasyPrint with its HTML."""
    data = json.dumps(order).encode()
    plain = write_plain(order, folder)

    def ours() -> Ran:
        return run(["-m", "diagnostic.rendering.pdf", "0"], laid.variables, given=data)

    def beside() -> Ran:
        return run(["-m", "bench.plain_weasyprint", *plain, "--auto"], {})

    pairs = by_turns(ours, beside, effort.renders)
    seconds = [(own.cpu_seconds, other.cpu_seconds) for own, other in pairs]
    own, other = medians(seconds)
    pdf = pairs[0][0].output
    pages = pages_of(pdf)
    said = f"{name}, {pages} pages"
    ratio = median_ratio(seconds)
    figures = [
        ratio_at_most(f"{said}, processor time", f"{own:.2f} s", f"{other:.2f} s plain", ratio, MOST_CPU_RATIO),
        at_most(f"{said}, peak memory", max(ran.peak_bytes for ran, _other in pairs) / 1e6, most_peak_mb, "MB"),
    ]
    return Rendered(figures, pages, len(pdf), own)


def write_plain(order: dict[str, object], folder: Path) -> list[str]:
    """The order's HTML and its one stylesheet as files, for a process that knows nothing of the site."""
    html, css = folder / "report.html", folder / "report.css"
    html.write_text(str(order["html"]), encoding="utf-8")
    files = order["files"]
    assert isinstance(files, dict)
    css.write_text("\n".join(files.values()), encoding="utf-8")
    return [str(html), str(css)]


def pages_of(pdf: bytes) -> int:
    """How many pages the PDF has."""
    return len(PdfReader(BytesIO(pdf)).pages)


def prints_without_bootstrap(order: dict[str, object]) -> Figure:
    """Whether anything that the report reads is, or brings in, Bootstrap's sheet."""
    files = order["files"]
    assert isinstance(files, dict)
    named = [*files, *re.findall(r'<link[^>]*href="([^"]*)"', str(order["html"])), *files.values()]
    has_it = any("bootstrap" in text.lower() or "@import" in text for text in named)
    return Figure("Bootstrap's sheet in print", "yes" if has_it else "no", limit="no", is_met=not has_it)


def measure_serving(served: Served, effort: Effort) -> list[Figure]:
    """The theme page while several reports are made, and a report that is ready."""
    reader, path = served.coordinator, served.laid.site["theme"]
    reports = served.laid.site["reports"][: effort.reports]

    def theme() -> Answer:
        return reader.get(path)

    idle = sound(hold([theme], effort.idle_seconds)).seconds
    with worker(served.laid.variables):
        for page, _file in reports:
            answer = reader.post(page, {})
            if answer.status != 302:
                raise Unmeasurable(f"a report could not be asked for: {answer.status}")
        busy = until_ready(reader, [file for _page, file in reports], theme)
    ready = [reader.get(reports[0][1]).seconds for _number in range(READY_REQUESTS)]
    own, other = median(busy), median(idle)
    return [
        ratio_at_most(
            f"Theme page while {len(reports)} reports are made, median",
            f"{own * 1000:.1f} ms",
            f"{other * 1000:.1f} ms idle",
            own / other,
            MOST_THEME_RATIO,
        ),
        at_most("A report that is ready, from storage, median", median(ready) * 1000, MOST_SERVED_MS, "ms", 1),
    ]


def until_ready(reader: Reader, files: list[str], theme: Callable[[], Answer]) -> list[float]:
    """How long each theme page took from when the reports were asked for until the last was there."""
    ends = time.monotonic() + MOST_RENDERING_SECONDS
    seconds: list[float] = []
    waiting = list(files)
    while waiting:
        if time.monotonic() > ends:
            raise Unmeasurable(f"{len(waiting)} reports were not ready after {MOST_RENDERING_SECONDS} s")
        seconds += sound(hold([theme], 1)).seconds
        waiting = [file for file in waiting if reader.get(file).status != 200]
    return seconds
