"""From the report's HTML to a tagged PDF, and the process that does it; a web process never imports this.

Run as a program it reads one order from standard input and writes the PDF to standard output: WeasyPrint and nothing
else in memory, no settings, no database. The same HTML, files and locked versions give the same bytes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

BASE = "https://static.invalid/"
"""The base of the report's addresses: a name that can never resolve. Below it stand the files handed over."""


class RefusedAddress(FatalURLFetchingError):
    """The document asked for something that was not handed over with it."""


class HandedOver(URLFetcher):
    """Gives the document the static files that came with it, from memory; reads no file and no network."""

    def __init__(self, files: Mapping[str, str]) -> None:
        super().__init__(allowed_protocols=())
        self._files = {f"{BASE}{path}": text for path, text in files.items()}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The text handed over for `url`. Raises `RefusedAddress`, which ends the rendering."""
        text = self._files.get(url)
        if text is None:
            raise RefusedAddress(f"a report may not read {url[:200]}")
        return URLFetcherResponse(url, text.encode("utf-8"), {"Content-Type": "text/css; charset=utf-8"})


def html_to_pdf(html: str, files: Mapping[str, str], identifier: str) -> bytes:
    """`html` as a tagged PDF (PDF/UA-1), with the static `files` it names, text by path.

    `identifier` becomes the PDF's own. Raises `RefusedAddress`.
    """
    document = HTML(string=html, base_url=BASE, url_fetcher=HandedOver(files))
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode("ascii")[:32])
    return pdf


def main() -> None:
    """Render the order on standard input: `{"html": …, "files": {path: text}, "identifier": …}`.

    The one argument says how far to stand back for other processes (nice).
    """
    os.nice(int(sys.argv[1]))
    sys.stdout.buffer.write(html_to_pdf(**json.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
