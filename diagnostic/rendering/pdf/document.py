"""From the report's HTML to an archival, tagged PDF; a web process never imports this.

The same HTML, files and locked versions give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import resources

import pydyf
from weasyprint import HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .archive import UNCLEAR_END, compress_streams, name_attachments_once, name_both_standards
from .compact import drop
from .structure import Structure

BASE = "https://static.invalid/"
"""The base of the report's addresses: a name that can never resolve. Below it stand the files handed over."""
COLOURS = "srgb-of-the-report"
"""What the colour profile is called; under WeasyPrint's own name its file would be opened and left open."""
MOST_WRITINGS = 4
"""How often a PDF is written anew where the end of a stream is unclear; once in some hundred files one is."""


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


class Finisher:
    """The last touch on a PDF before it is written; `spare` objects that nothing refers to give it other bytes."""

    def __init__(self, structure: Structure, spare: int) -> None:
        self.structure = structure
        self.spare = spare

    def __call__(self, document: Document, pdf: pydyf.PDF) -> None:
        emptied = self.structure.put_right(pdf)
        name_both_standards(pdf)
        name_attachments_once(pdf)
        drop(pdf, emptied)
        for _ in range(self.spare):
            pdf.add_object(pydyf.Dictionary())
        compress_streams(pdf)


def html_to_pdf(
    html: str, files: Mapping[str, str], identifier: str, attachments: Iterable[Mapping[str, str]] = ()
) -> bytes:
    """`html` as PDF/A-3a and PDF/UA-1 in one, with the static `files` it names, text by path.

    `identifier` becomes the PDF's own. `attachments` are what it carries: name, text, description, relationship (how it
    stands to the document, ISO 32000-2 7.11.3), and date (ISO 8601). Raises `RefusedAddress`.
    """
    fetcher = HandedOver(files)
    page = HTML(string=html, base_url=BASE, url_fetcher=fetcher)
    document = page.render(color_profiles={COLOURS: load_colours()}, output_intent=COLOURS)
    carried = list(attachments)
    for spare in range(MOST_WRITINGS):
        structure = Structure()
        with structure.watched():
            pdf: bytes = document.write_pdf(
                finisher=Finisher(structure, spare),
                pdf_variant="pdf/a-3a",
                output_intent=COLOURS,
                pdf_identifier=identifier.encode("ascii")[:32],
                attachments=[attach(fetcher, **given) for given in carried],
            )
        if UNCLEAR_END not in pdf:
            break
    return pdf


def load_colours() -> ColorProfile:
    """The profile of the colours on a page (sRGB), which comes with WeasyPrint."""
    with (resources.files("weasyprint.pdf") / "sRGB2014.icc").open("rb") as source:
        return ColorProfile(source, "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


def attach(fetcher: HandedOver, name: str, text: str, description: str, relationship: str, date: str) -> Attachment:
    """One file to be carried; it has the one `date`, for the same data gives the same bytes."""
    at = datetime.fromisoformat(date).astimezone(UTC)
    return Attachment(
        string=text,
        url_fetcher=fetcher,
        name=name,
        description=description,
        relationship=relationship,
        created=at,
        modified=at,
    )
