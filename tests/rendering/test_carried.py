"""A report carries its own data: what each edition holds of it, and the command that scores it again."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from diagnostic.core.editions import sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import AssessmentFile, parse_assessment, write_assessment
from diagnostic.core.json_reader import MAX_BYTES
from diagnostic.core.report import build_report
from diagnostic.core.report_data import ReportFacts
from diagnostic.core.report_files import DATA_FILE, RESULT_FILE
from diagnostic.core.responses import Response
from diagnostic.core.result import score
from diagnostic.rendering.carried import carried_files
from diagnostic.rendering.pdf import data as pdf_data
from diagnostic.rendering.pdf.data import Unreadable, read_pdf_data
from diagnostic.rendering.pdf.document import html_to_pdf
from tests.rendering.cases import CASES, SECRET, partners_of, report_of, typical
from tests.rendering.conftest import EXAMPLES

ROOT = Path(__file__).parents[2]
Printed = Callable[[str], tuple[str, bytes]]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def assess(*arguments: str, data: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {"CPCH_DATA_DIR": str(data), "PATH": ""}
    command = [sys.executable, "manage.py", "assess", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=given, capture_output=True, check=False)


def carrying(text: str, name: str = DATA_FILE) -> bytes:
    """A small PDF that carries `text`."""
    given = {
        "name": name,
        "text": text,
        "description": "",
        "relationship": "Source",
        "date": "2026-01-01T00:00:00+00:00",
    }
    return html_to_pdf('<html lang="en"><title>x</title><p>x', {}, "0" * 32, [given])


def told(pdf: bytes) -> Iterator[str]:
    """Every text that is in the PDF in any way: decoded streams, strings of its objects, and the words of its pages."""
    reader = read(pdf)
    for number in range(1, int(reader.trailer["/Size"])):
        found = reader.get_object(number)
        if isinstance(found, StreamObject):
            yield found.get_data().decode("latin-1")
            yield found.get_data().decode("utf-8", "replace")
        yield from strings(found)
    yield from strings(reader.trailer["/Info"])
    for sheet in reader.pages:
        yield re.sub(r"\s", "", sheet.extract_text())


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, TextStringObject):
        yield str(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_the_full_edition_holds_every_voice_as_an_export_does(instrument: Instrument) -> None:
    report = CASES["typical"](instrument)
    filled = parse_assessment(report.data_file.encode(), instrument, {"ZZ"})
    voices = {voice: typical(instrument)[voice] for voice in ("national", "customs", "police")}
    assert dict(filled.voices) == voices
    assert report.data_file == write_assessment(AssessmentFile("ZZ", "2026", "Self-assessment", 4, voices), instrument)
    assert json.loads(report.result_file)["level"] == report.level


def test_an_agencys_own_report_holds_no_other_voice(instrument: Instrument) -> None:
    voices = typical(instrument)
    result = score(instrument, voices, "police", 4)
    facts = ReportFacts(country="Example Country", period="2026", alpha2="ZZ")
    report = build_report(instrument, result, voices, facts, is_target_chosen=True)
    filled = parse_assessment(report.data_file.encode(), instrument, {"ZZ"}, "police")
    assert list(filled.voices) == ["police"]
    again = score(instrument, filled.voices, "police", filled.target_level)
    assert (again.level, again.place, again.range) == (result.level, result.place, result.range)


def test_a_report_without_its_countrys_code_carries_nothing(instrument: Instrument) -> None:
    facts = ReportFacts(country="Example Country", period="2026")
    report = build_report(instrument, score(instrument, {"national": {}}), {"national": {}}, facts)
    assert (report.data_file, report.result_file) == ("", "")
    assert carried_files(report, "en") == []


def test_the_files_are_associated_with_what_they_are_and_always_the_same_dates(printed: Printed) -> None:
    pdf = read(printed("typical")[1])
    root = pdf.trailer["/Root"]
    held = {item["/UF"]: item for item in root["/AF"]}
    assert len(root["/AF"]) == 2
    assert {name: item["/AFRelationship"] for name, item in held.items()} == {
        DATA_FILE: "/Source",
        RESULT_FILE: "/Data",
    }
    assert [str(name) for name in root["/Names"]["/EmbeddedFiles"]["/Names"][::2]] == [DATA_FILE, RESULT_FILE]
    for item in held.values():
        assert item["/Desc"]
        assert item["/F"] == item["/UF"]
        stream = item["/EF"]["/F"]
        assert stream["/Subtype"] == "/application/json"
        assert stream["/Params"]["/ModDate"] == stream["/Params"]["/CreationDate"] == "D:20260312094000Z"
        assert stream["/Params"]["/Size"] == len(stream.get_data())


def test_no_byte_of_what_is_sensitive_is_in_the_partners_file(printed: Printed) -> None:
    full, partners = printed("typical")[1], printed("partners")[1]
    assert sum(SECRET in text for text in told(full)) >= 4
    assert [text for text in told(partners) if SECRET in text] == []


def test_the_partners_data_lack_the_sensitive_answers_and_what_tells_them(instrument: Instrument) -> None:
    full = CASES["typical"](instrument)
    edition = partners_of(full, instrument)
    hidden = sensitive_questions(instrument)
    filled = parse_assessment(edition.data_file.encode(), instrument, {"ZZ"})
    whole = parse_assessment(full.data_file.encode(), instrument, {"ZZ"})
    for voice, answers in whole.voices.items():
        assert filled.voices[voice] == {code: answer for code, answer in answers.items() if code not in hidden}
    result, all_of_it = json.loads(edition.result_file), json.loads(full.result_file)
    assert list(result) == list(all_of_it)
    for name in ("level", "index_level", "self_rating"):
        assert result[name] == all_of_it[name]
    assert result["index"] == {"exact": "27/10", "shown": "2.7"}
    assert [theme["score"]["shown"] for theme in result["themes"]] == [
        theme["score"]["shown"] for theme in all_of_it["themes"]
    ]
    assert result["coverage"] == dict.fromkeys(all_of_it["coverage"], 0) | {"scored": 18, "answered": 18}
    assert any(f'{code}"' in full.result_file for code in hidden)
    for code in hidden:
        assert f'{code}"' not in edition.result_file
        assert f'"{code}"' not in edition.data_file
    assert {item["id"] for item in all_of_it["criteria"]} - {item["id"] for item in result["criteria"]} == {
        item.id for item in full.criteria if item.question in hidden
    }
    assert result["agreement"]["compared"] == all_of_it["agreement"]["compared"] - 2
    assert "A.9, A.10 and A.11" in carried_files(edition, "en")[0]["description"]
    assert "A.9, A.10 and A.11" in carried_files(edition, "en")[1]["description"]


def test_no_byte_of_the_partners_data_changes_with_an_agencys_sensitive_answer(instrument: Instrument) -> None:
    voices = typical(instrument)
    voices["customs"]["A.9"] = Response(level=5, narrative="Another.")
    full, other = CASES["typical"](instrument), report_of(instrument, voices)
    assert full.data_file != other.data_file
    assert full.result_file != other.result_file
    mine, theirs = partners_of(full, instrument), partners_of(other, instrument)
    assert (mine.data_file, mine.result_file) == (theirs.data_file, theirs.result_file)


@pytest.mark.parametrize("name", ["joint-session", "two-voices"])
def test_the_command_gives_a_report_its_result_again(name: str, tmp_path: Path) -> None:
    file, pdf = str(EXAMPLES / f"{name}.json"), str(tmp_path / "report.pdf")
    first = assess(file, "--pdf", pdf, data=tmp_path)
    again = assess("--from-pdf", pdf, data=tmp_path)
    assert (again.returncode, again.stderr) == (0, b"")
    assert again.stdout == first.stdout != b""


def test_the_command_says_where_a_report_shows_another_result(printed: Printed, tmp_path: Path) -> None:
    done = assess("--from-pdf", "-", data=tmp_path, given=printed("partners")[1])
    assert done.returncode == 0
    assert json.loads(done.stdout)["coverage"]["blank"] >= 2
    assert done.stderr.decode() == "$: the report itself shows another result than its answers give\n"
    full = assess("--from-pdf", "-", data=tmp_path, given=printed("typical")[1])
    assert (full.returncode, full.stderr) == (0, b"")


def test_the_command_names_the_faults_of_what_a_report_carries(tmp_path: Path) -> None:
    done = assess("--from-pdf", "-", data=tmp_path, given=carrying('{"format": "other"}'))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines()[:2] == ['format: must be "cpch-assessment"', "format_version: is required"]
    other = assess("--from-pdf", "-", data=tmp_path, given=b"{}")
    assert (other.returncode, other.stdout) == (2, b"")
    assert other.stderr == b"$: the file is not a PDF\n"


def test_exactly_one_file_is_read(tmp_path: Path) -> None:
    for arguments in ((), ("x.json", "--from-pdf", "x.pdf")):
        done = assess(*arguments, data=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: b"", "not a PDF"),
        (lambda: b"PK\x03\x04" + bytes(2000), "not a PDF"),
        (lambda: b"%PDF-1.7\n" + bytes(5000), "cannot be read"),
        (lambda: carrying("{}")[:3000], "cannot be read"),
        (lambda: carrying("{}", "other.json"), "carries no assessment"),
        (lambda: html_to_pdf('<html lang="en"><title>x</title><p>x', {}, "0" * 32), "carries no assessment"),
        (lambda: b"%PDF-1.7" + bytes(pdf_data.MOST_BYTES), "33,554,440 bytes; at most 33,554,432"),
        (lambda: encrypted(), "cannot be read"),
        (lambda: swollen(), "cannot be read"),
        (lambda: looped(), "carries no assessment|cannot be read"),
    ],
    ids=["empty", "archive", "zeros", "cut", "other", "none", "large", "encrypted", "bomb", "loop"],
)
def test_what_carries_no_data_is_refused_with_one_reason(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_pdf_data(make())


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(carrying("{}")))
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def swollen() -> bytes:
    """A file of a few KB that would be 400 MB when it is unpacked."""
    writer = PdfWriter(clone_from=io.BytesIO(carrying("{}")))
    held = writer.root_object["/AF"][0]["/EF"]["/F"]
    packer = zlib.compressobj(9)
    held._data = b"".join(packer.compress(bytes(1_000_000)) for _ in range(400)) + packer.flush()
    held[NameObject("/Filter")] = NameObject("/FlateDecode")
    return written(writer)


def looped() -> bytes:
    """A catalog whose names, pages and earlier version are itself."""
    return (
        b"%PDF-1.4\n1 0 obj <</Type /Catalog /Names 1 0 R /EmbeddedFiles 1 0 R /Pages 1 0 R>> endobj\n"
        b"trailer <</Root 1 0 R /Size 2 /Prev 9>>\nstartxref\n9\n%%EOF"
    )


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_a_file_that_another_program_wrote_anew_still_gives_its_data() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(carrying('{"its": "data"}')))
    files = writer.root_object["/Names"]["/EmbeddedFiles"]
    leaf = writer._add_object(DictionaryObject({NameObject("/Names"): files.pop("/Names")}))
    branch = writer._add_object(DictionaryObject({NameObject("/Kids"): ArrayObject([leaf])}))
    files[NameObject("/Kids")] = ArrayObject([branch])
    assert read_pdf_data(written(writer)) == (b'{"its": "data"}', b"")
    writer.get_object(branch)["/Kids"].append(branch)
    with pytest.raises(Unreadable, match="cannot be read"):
        read_pdf_data(written(writer))


def test_data_over_its_size_has_the_same_fault_as_a_file(tmp_path: Path) -> None:
    done = assess("--from-pdf", "-", data=tmp_path, given=carrying(" " * (MAX_BYTES + 7)))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"$: the file has more than 2,097,152 bytes (2 MiB)\n"
