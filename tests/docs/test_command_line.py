"""What the README says to type does what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import load_command_class

ROOT = Path(__file__).parents[2]
BEGINNINGS = {".pdf": b"%PDF", ".docx": b"PK", ".xlsx": b"PK"}
OPTIONS = {f"--{suffix[1:]}" for suffix in BEGINNINGS}
TYPED = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
    if "manage.py assess" in line
]


def test_the_readme_shows_every_kind_of_file() -> None:
    assert set(re.findall(r"--(pdf|docx|xlsx) ", " ".join(TYPED))) == {"pdf", "docx", "xlsx"}


@pytest.mark.parametrize("line", TYPED)
def test_what_the_readme_says_to_type_writes_what_it_names(line: str, tmp_path: Path) -> None:
    python, *words = shlex.split(line)
    assert python == ".venv/bin/python"
    outputs = [tmp_path / word for before, word in pairwise(words) if before in OPTIONS]
    words = [str(tmp_path / word) if tmp_path / word in outputs else word for word in words]
    environment = {"CPCH_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.startswith(b"{")
    for path in outputs:
        assert path.read_bytes().startswith(BEGINNINGS[path.suffix])


def test_the_page_has_every_option_of_the_command() -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE))
    parser = load_command_class("diagnostic", "assess").create_parser("manage.py", "assess")
    own = {action.option_strings[0] for action in parser._actions if action.option_strings}
    inherited = {
        action.option_strings[0]
        for action in load_command_class("diagnostic", "check_instrument")
        .create_parser("manage.py", "check_instrument")
        ._actions
        if action.option_strings
    }
    assert told == own - inherited
