"""The drafts in Word: opened again with a library and with an office, they say what they are on every page."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from django.utils import translation

from diagnostic.core.drafting import Draft, build_draft
from diagnostic.core.drafting_kit import AGREEMENT, KINDS, TERMS, DraftKind
from diagnostic.core.editions import sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.responses import Evidence, Response
from diagnostic.drafting_kit import get_outline
from diagnostic.rendering.drafts_docx import render_draft

TYPED = (
    "مذكرة تفاهم بين الجمارك والشرطة MOU 2021/07",
    "Соглашение о сотрудничестве таможни и полиции",
    "海关与警方合作备忘录",
    '<w:p/>&amp;"]]>{% raise %} =cmd',
    "long " * 2000,
)
HOSTILE = "\n".join(TYPED)


@pytest.fixture(scope="module")
def make_draft(make_report: Callable[..., Report], instrument: Instrument) -> Callable[..., Draft]:
    def make(kind: DraftKind = AGREEMENT, name: str = "joint-session", **members: object) -> Draft:
        report = make_report(name, **members)
        return build_draft(get_outline(kind, instrument), report, sensitive_questions(instrument))

    return make


def opened(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def test_its_clauses_are_headings_that_number_themselves_in_order(make_draft: Callable[..., Draft]) -> None:
    for kind in KINDS:
        draft = make_draft(kind)
        paragraphs = opened(render_draft(draft)).paragraphs
        headings = [item.text for item in paragraphs if item.style.name == "Heading 1"]
        assert headings == [clause.name for clause in draft.clauses]
        document = opened(render_draft(draft))
        style = document.styles["Heading 1"].element
        assert style.xpath("w:pPr/w:numPr/w:numId/@w:val") == ["1"]
        assert document.part.numbering_part.element.xpath("w:abstractNum/w:lvl/w:lvlText/@w:val")[0] == "%1."


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_what_it_is_names_its_sources_and_carries_the_marking(
    make_draft: Callable[..., Draft], kind: DraftKind
) -> None:
    document = opened(render_draft(make_draft(kind, marking="TLP:RED")))
    for section in document.sections:
        assert not section.different_first_page_header_footer
        head, foot = ("\n".join(item.text for item in part.paragraphs) for part in (section.header, section.footer))
        for words in (head, foot):
            assert "Draft for lawyers. Not legal advice." in words
            assert "TLP:RED" in words
        assert "Customs–Police Cooperation Handbook" in foot
        assert "GK: drafting practice, unverified" in foot
        assert kind == TERMS or "read in part only" in foot
        codes = section.footer._element.xpath(".//w:instrText")
        assert [code.text.strip() for code in codes] == ["PAGE", "NUMPAGES"]


def test_what_was_typed_comes_back_from_the_file_as_it_was_typed(make_draft: Callable[..., Draft]) -> None:
    answer = Response(level=3, basis="both", narrative=HOSTILE, evidence=(Evidence(TYPED[3], TYPED[0]),))
    document = opened(render_draft(make_draft(answers={"A.1": answer})))
    typed = [item for item in document.paragraphs if item.style.name == "Typed"]
    for line in TYPED:
        assert line.rstrip() in [item.text for item in typed]
    arabic = next(item for item in typed if item.text == TYPED[0])
    assert arabic._p.xpath("w:pPr/w:bidi/@w:val") == ["1"]
    assert any(TYPED[3] in item.text for item in document.paragraphs if item.style.name == "Bullet")


def test_what_xml_cannot_hold_is_replaced_and_seen(make_draft: Callable[..., Draft]) -> None:
    answer = Response(level=3, narrative="a\x00b\x0bc\ud800d\uffffe")
    text = [item.text for item in opened(render_draft(make_draft(answers={"A.1": answer}))).paragraphs]
    assert "a\ufffdb\ufffdc\ufffdd\ufffde" in text


def test_the_handbooks_words_are_in_its_own_style_and_attributed(make_draft: Callable[..., Draft]) -> None:
    draft = make_draft()
    found = [item.text for item in opened(render_draft(draft)).paragraphs if item.style.name == "Handbook"]
    quoted = [line for clause in draft.clauses for line in clause.paragraphs if line.kind == "quoted" and line.handbook]
    assert found == [f"“{line.text}” (Handbook, section {line.handbook})" for line in quoted]
    assert len(found) > 20


def test_authority_and_areas_stand_in_tables_whose_head_repeats(make_draft: Callable[..., Draft]) -> None:
    tables = opened(render_draft(make_draft())).tables
    heads = [[cell.text for cell in table.rows[0].cells] for table in tables]
    assert ["Authority", "Customs", "Police"] in heads
    assert ["Area (A.5.2)", "Who may act"] in heads
    areas = tables[heads.index(["Area (A.5.2)", "Who may act"])]
    assert ["Cash smuggling", "The police alone"] in [[cell.text for cell in row.cells] for row in areas.rows]
    assert all(table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in tables)


def test_the_first_year_stands_quarter_by_quarter(make_draft: Callable[..., Draft]) -> None:
    document = opened(render_draft(make_draft(TERMS)))
    names = [item.text for item in document.paragraphs if item.style.name == "Heading 2"]
    assert names == ["First quarter", "Second quarter", "Third quarter", "Fourth quarter"]
    assert sum(table.rows[0].cells[0].text == "To take up" for table in document.tables) == 4


def test_the_same_draft_gives_the_same_bytes_and_names_no_time(make_draft: Callable[..., Draft]) -> None:
    content = render_draft(make_draft())
    assert content == render_draft(make_draft())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not re.search(rb"python-docx|<dcterms:", package.read("docProps/core.xml"))


def test_in_arabic_the_document_runs_from_the_right(make_draft: Callable[..., Draft]) -> None:
    with translation.override("ar"):
        document = opened(render_draft(make_draft()))
    assert document.styles["Normal"].element.xpath("w:pPr/w:bidi")
    assert all(table._tbl.xpath("w:tblPr/w:bidiVisual") for table in document.tables)


def test_an_office_opens_it_and_every_page_it_lays_out_says_what_it_is(
    make_draft: Callable[..., Draft], tmp_path: Path
) -> None:
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    assert office, "script/test installs LibreOffice"
    assert reader, "script/test installs the reader of PDF"
    path = tmp_path / "draft.docx"
    path.write_bytes(render_draft(make_draft(answers={"A.1": Response(level=3, narrative=HOSTILE)})))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    said = subprocess.run([reader, "-layout", str(tmp_path / "draft.pdf"), "-"], check=True, capture_output=True).stdout
    pages = said.decode().rstrip("\f").split("\f")
    assert len(pages) >= 10
    for number, page in enumerate(pages, start=1):
        assert page.count("Draft for lawyers. Not legal advice.") == 2
        assert page.count("TLP:AMBER") == 2
        assert f"Page {number} of {len(pages)}" in page
    assert "Signature: names, posts, date" in said.decode()


def test_the_web_process_does_not_load_what_writes_word() -> None:
    code = (
        "import django, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup(); "
        "import diagnostic.views.drafts; sys.exit('docx' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
