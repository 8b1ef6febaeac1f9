"""The three example files give their results, members in the same order, from the core and from the command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from diagnostic.core.interchange import parse_assessment
from diagnostic.core.result import score
from diagnostic.core.result_file import result_to_json

from .strategies import INSTRUMENT

EXAMPLES = Path(__file__).parent / "examples"
ROOT = Path(__file__).parents[2]
NAMES = ("blank", "joint-session", "two-voices")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_gives_its_result(name):
    file = parse_assessment((EXAMPLES / f"{name}.json").read_bytes(), INSTRUMENT, {"ZZ"})
    result = score(INSTRUMENT, file.voices, "national", file.target_level)
    found = result_to_json(result, INSTRUMENT, file.country, file.period)
    assert json.dumps(found, indent=1) == (EXAMPLES / f"{name}.result.json").read_text(encoding="utf-8").rstrip()


def test_the_command_scores_a_file_without_a_database(tmp_path):
    done = run_assess(str(EXAMPLES / "joint-session.json"), data=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((EXAMPLES / "joint-session.result.json").read_text("utf-8"))
    assert not (tmp_path / "db.sqlite3").exists()


def test_the_command_scores_another_voice_from_standard_input(tmp_path):
    data = (EXAMPLES / "two-voices.json").read_bytes()
    done = run_assess("-", "--voice", "police", data=tmp_path, given=data)
    assert json.loads(done.stdout)["voice"] == "police"


def test_the_command_names_every_fault_and_gives_no_result(tmp_path):
    done = run_assess("-", data=tmp_path, given=b'{"format": "cpch-assessment", "x": NaN, "period": ""}')
    assert done.returncode == 2
    assert done.stdout == b""
    lines = done.stderr.decode().splitlines()
    assert lines == [
        "x: unknown key",
        "period: is required",
        "format_version: is required",
        "instrument: is required",
        "instrument_version: is required",
        "country: is required",
        "voices: is required",
    ]


def test_the_result_is_printed_whatever_the_encoding_of_the_terminal(tmp_path):
    data = json.loads((EXAMPLES / "blank.json").read_bytes()) | {"period": "2026–27 مسقط"}
    done = run_assess("-", data=tmp_path, given=json.dumps(data).encode(), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["period"] == "2026–27 مسقط"


def test_a_file_that_cannot_be_read_is_named_in_one_line(tmp_path):
    for name, why in (("none.json", "No such file or directory"), (".", "Is a directory")):
        done = run_assess(str(tmp_path / name), data=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.decode() == f"{tmp_path / name}: {why}\n"


def run_assess(*arguments, data, given=None, **environment):
    environment |= {"CPCH_DATA_DIR": str(data), "PATH": ""}
    command = [sys.executable, "manage.py", "assess", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=given, capture_output=True, check=False)
