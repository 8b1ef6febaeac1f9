"""Shows that the files of the instrument are checked as files, before their rows are put together."""

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from diagnostic.management.fixture_faults import fixture_faults

ROOT = Path(__file__).resolve().parent.parent
THEMES = "03-themes.yaml"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A copy of the fixtures in place of the project's own."""
    shutil.copytree(ROOT / "fixtures" / "cpch-2018", tmp_path / "fixtures" / "cpch-2018")
    settings.BASE_DIR = tmp_path
    return tmp_path / "fixtures" / "cpch-2018"


def test_the_files_as_they_are_have_no_fault(folder: Path) -> None:
    assert fixture_faults("cpch-2018", "1.0") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (THEMES, "fields:", "fields: [", "03-themes.yaml: not YAML: while parsing a flow sequence"),
        (THEMES, "  fields:", "  felds:", "03-themes.yaml: row 1: must have model and fields, and nothing else"),
        (THEMES, "diagnostic.theme", "diagnostic.them", "03-themes.yaml: row 1: unknown model diagnostic.them"),
        (THEMES, "    position: 1", "    position: 8\n    position: 1", "line 7: position is given twice"),
        (THEMES, "    name:", "    title:", "row 1: unknown field title"),
        (THEMES, "    handbook: IV.b, V.a\n", "", "row 1: handbook is missing"),
        (THEMES, "'1.0'", "'2.0'", "row 1: instrument must name its row by [cpch-2018, '1.0', …]"),
        ("01-instrument.yaml", "version: '1.0'", "version: '1.1'", "row 1: must be cpch-2018 1.0"),
    ],
)
def test_a_fault_of_a_file_is_named_with_its_place(folder: Path, file: str, old: str, new: str, said: str) -> None:
    text = (folder / file).read_text("utf-8")
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("check_instrument", stdout=StringIO())
    assert said in str(refused.value)


def test_a_file_that_holds_no_rows_is_named(folder: Path) -> None:
    (folder / THEMES).write_text("")
    assert fixture_faults("cpch-2018", "1.0") == ["03-themes.yaml: must hold a list of rows"]
