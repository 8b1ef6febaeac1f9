"""Shows that what the documentation names exists: commands, variables, files, libraries."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def commands_in(page: Path) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    quoted = re.findall(r"`((?:\S+=\S+ )*(?:script|\.ci|\.venv)/[^`]+)`", page.read_text())
    return [line for block in blocks for line in block.splitlines()] + quoted


def words_in(command: str) -> list[str]:
    return [word for word in command.split() if not re.match(r"[A-Z_]+=", word)]


def test_the_readme_has_the_two_commands_that_do_everything() -> None:
    commands = commands_in(ROOT / "README.md")

    assert commands[:2] == ["script/server", "script/test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    for command in commands_in(page):
        words = words_in(command)
        if words[0].startswith(("script/", ".ci/")):
            assert os.access(ROOT / words[0], os.X_OK), f"{page.name}: {command}"
        if "manage.py" in words:
            assert words[words.index("manage.py") + 1] in get_commands(), f"{page.name}: {command}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    source = "".join((ROOT / "cpch" / name).read_text() for name in ("settings.py", "environment.py"))
    source += (ROOT / "script" / "lib" / "serve.py").read_text()
    read = set(re.findall(r'"((?:CPCH_[A-Z_]+)|DATABASE_URL)"', source))
    documented = set(re.findall(r"`((?:CPCH_[A-Z_]+)|DATABASE_URL)`", (ROOT / "docs" / "running.md").read_text()))

    assert documented == read


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    decisions = (ROOT / "docs" / "decisions.md").read_text().lower()

    assert [entry for entry in named if re.split(r"[\[<>=]", entry)[0].lower() not in decisions] == []
