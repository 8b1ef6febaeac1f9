"""The files that the command writes: where they may stand, and whose answers they are of."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import ReportFacts
from diagnostic.core.result import score
from diagnostic.management.commands.assess import voice_of
from tests.factories import EXAMPLES, example

FILE = EXAMPLES / "two-voices.json"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"docx": "same", "xlsx": "same"}, "same: the same file is named twice\n"),
        ({"xlsx": "in.json"}, "in.json: the same file is named twice\n"),
        ({"pdf": "nowhere/out.pdf"}, "--pdf %(folder)s/nowhere/out.pdf: there is no such folder\n"),
        ({"xlsx": ""}, "%(folder)s: Is a directory\n"),
        ({"edition": "brief", "xlsx": "x"}, "--xlsx: there is no such file of the edition brief\n"),
    ],
)
def test_nothing_is_written_over_another_file_and_nothing_made_in_vain(
    tmp_path: Path, options: dict[str, str], said: str
) -> None:
    file = tmp_path / "in.json"
    file.write_bytes(FILE.read_bytes())
    named = {kind: name if kind == "edition" else tmp_path / name for kind, name in options.items()}
    printed, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as refused:
        call_command("assess", str(file), **named, stdout=printed, stderr=errors)
    assert refused.value.code == 2
    assert (printed.getvalue(), errors.getvalue()) == ("", said % {"folder": tmp_path})
    assert file.read_bytes() == FILE.read_bytes()
    assert list(tmp_path.iterdir()) == [file]


def test_an_agencys_own_report_is_scored_again_as_that_agencys(tmp_path: Path) -> None:
    report, printed, again = tmp_path / "customs.pdf", StringIO(), StringIO()
    call_command("assess", str(FILE), voice="customs", pdf=report, stdout=printed)
    call_command("assess", from_pdf=str(report), stdout=again)
    first, second = json.loads(printed.getvalue()), json.loads(again.getvalue())
    assert first["voice"] == second["voice"] == "customs"
    assert {name: value for name, value in second.items() if name != "agreement"} == {
        name: value for name, value in first.items() if name != "agreement"
    }


@pytest.mark.parametrize("told", [b"", b"[]", b"{", b"{}", b'{"voice": "army"}', b'{"voice": ["customs"]}'])
def test_a_result_that_says_nothing_of_its_voice_is_taken_as_national(told: bytes) -> None:
    assert voice_of(told) == "national"


def test_a_file_with_one_agency_beside_the_country_prints_that_agencys_answers(instrument: Instrument) -> None:
    data = example("two-voices")
    del data["voices"]["police"]
    filled = parse_assessment(json.dumps(data).encode(), instrument, {"ZZ"})
    result = score(instrument, filled.voices)
    report = build_report(instrument, result, filled.voices, ReportFacts(country="Example", period="2026"))
    voices = {line.code: [given.voice for given in line.voices] for line in report.answers}
    assert set(map(tuple, voices.values())) == {("customs",)}
    narrative = data["voices"]["customs"]["A.1"].get("narrative", "")
    assert next(line for line in report.answers if line.code == "A.1").voices[0].narrative == narrative
    assert report.comparison is None
