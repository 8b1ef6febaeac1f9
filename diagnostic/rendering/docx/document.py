"""From the report's HTML to a Word document: the parts put together. It is run by the process, never by the web."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element

from docx import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from weasyprint import HTML

from .drawings import Gallery
from .fields import PAGE, PAGES, field_runs
from .package import tidy
from .paragraphs import end_bookmark
from .pictures import draw_pictures
from .place import Place, classes_of
from .runs import content, pieces_of, text_run, write_runs
from .sections import TEXT_WIDTH, add_running, end_document
from .sheet import read_sheet
from .styles import write_font_table, write_styles
from .writer import LISTED_ID, Writer
from .xml import make

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
KEPT = frozenset({"styles", "settings", "fontTable"})
KEPT_OUTSIDE = frozenset({"officeDocument", "core-properties"})
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""
NUMBERS = {"number": PAGE, "total": PAGES}


def html_to_docx(html: str, files: Mapping[str, str], moment: str) -> bytes:
    """`html` as a Word document that looks as its style sheet, among the static `files`, prints it.

    `moment`, ISO 8601, is when it was made; "" where that is not known.
    """
    root: Element = HTML(string=UNPRINTABLE.sub("", html)).etree_element
    css = "\n".join(files.values())
    sheet = read_sheet(css, root)
    body_of_html = _only(root, "body")
    document: Any = Document()
    body = document.element.body
    for child in list(body):
        body.remove(child)
    gallery = Gallery(document.part)
    marking = next((name[4:] for name in classes_of(body_of_html) if name.startswith("tlp-")), "")
    language, is_rtl = root.get("lang", "en"), root.get("dir") == "rtl"
    _dress(document, language, marking, is_rtl=is_rtl)
    writer = Writer(draw_pictures(root, sheet, css), sheet, gallery, _contents(root))
    writer.write(body_of_html, Place(body, TEXT_WIDTH, is_rtl=is_rtl, starts_right=is_rtl))
    has_cover = any("cover" in classes_of(part) for part in body_of_html)
    if writer.count:
        end_bookmark(body[-1], LISTED_ID)
    references = _run_head_and_foot(document, body_of_html, has_cover=has_cover, is_rtl=is_rtl)
    end_document(body, references, has_cover=has_cover, is_rtl=is_rtl)
    _describe(document, root, language, moment)
    out = io.BytesIO()
    document.save(out)
    return tidy(out.getvalue(), write_font_table())


def _dress(document: Any, language: str, marking: str, *, is_rtl: bool) -> None:
    """Our styles instead of the library's, and none of the parts that its model document brings along."""
    document.part._styles_part._element = write_styles(language, marking, is_rtl=is_rtl)
    for parts, kept in ((document.part.rels, KEPT), (document.part.package.rels, KEPT_OUTSIDE)):
        for name in [name for name, relation in parts.items() if relation.reltype.rsplit("/", 1)[-1] not in kept]:
            del parts[name]


def _contents(root: Element) -> list[tuple[str, str]]:
    """Every heading of the first level behind the contents, with the name of its bookmark."""
    heads = [
        head
        for main in root.iter("main")
        for part in main
        if not any("contents" in classes_of(table) for table in part.iter("table"))
        for head in part.iter("h1")
    ]
    return [(" ".join("".join(head.itertext()).split()), f"_Toc{number:09}") for number, head in enumerate(heads, 1)]


def _run_head_and_foot(document: Any, body: Element, *, has_cover: bool, is_rtl: bool) -> str:
    """Write head and foot; the XML that names their parts. The cover's head has the marking alone."""
    label, number, marking = (_running(body, name) for name in ("running-head", "running-number", "running-tlp-top"))
    words = "".join(marking.itertext()).strip()
    references = []
    kinds = [("default", True)] + ([("first", False)] if has_cover else [])
    for kind, has_words in kinds:
        for side, source, style in (("header", label, "Header"), ("footer", number, "Footer")):
            part, relation = getattr(document.part, f"add_{side}_part")()
            for child in list(part.element):
                part.element.remove(child)
            runs = list(_running_runs(source)) if has_words else []
            add_running(part.element, style, runs, text_run(f"\u00a0{words}\u00a0", "Marking"), is_rtl=is_rtl)
            references.append(f'<w:{side}Reference w:type="{kind}" r:id="{relation}"/>')
    return f"<w:sectPr {NAMESPACES}>{''.join(references)}</w:sectPr>"


def _running(body: Element, name: str) -> Element:
    return next(element for element in body if name in classes_of(element))


def _running_runs(source: Element) -> Iterable[BaseOxmlElement]:
    for node in content(source):
        code = "" if isinstance(node, str) else NUMBERS.get(node.get("class", ""), "")
        if code:
            yield from field_runs(code)
            continue
        holder = make("w:p")
        write_runs(holder, pieces_of([node], {}, keeps_blanks=True), None)
        yield from list(holder)


def _describe(document: Any, root: Element, language: str, moment: str) -> None:
    about = {meta.get("name", ""): meta.get("content", "") for meta in root.iter("meta")}
    core = document.core_properties
    core.title = "".join(_only(root, "title").itertext())[:255]
    core.author = core.last_modified_by = about.get("author", "")[:255]
    core.subject = about.get("description", "")[:255]
    core.comments, core.keywords, core.language, core.revision = "", "", language, 1
    element = core._element
    for name in ("dcterms:created", "dcterms:modified"):
        for child in element.findall(qn(name)):
            element.remove(child)
    if moment:
        core.created = core.modified = datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)


def _only(root: Element, tag: str) -> Element:
    return next(iter(root.iter(tag)))
