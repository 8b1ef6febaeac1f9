"""What can be wrong with the files of an instrument before their rows are even put together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from diagnostic.instruments import NOUNS, fixture_files

MODELS = {model._meta.label_lower: model for model in NOUNS.values()}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def fixture_faults(code: str, version: str) -> list[str]:
    """Every fault of the fixture files of that version, each with its file; empty where they can be read as meant."""
    return [f"{path.name}: {fault}" for path in fixture_files(code) for fault in _file_faults(path, code, version)]


def _file_faults(path: Path, code: str, version: str) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=LOADER)
        rows = yaml.load(text, Loader=LOADER)
    except (yaml.YAMLError, ValueError) as error:
        yield "not YAML: " + " ".join(str(error).split())
        return
    if not isinstance(rows, list):
        yield "must hold a list of rows"
        return
    yield from _keys_twice(root)
    for place, row in enumerate(rows, start=1):
        for fault in _row_faults(row, code, version):
            yield f"row {place}: {fault}"


def _keys_twice(node: Any) -> Iterator[str]:
    """Keys given twice in one mapping, of which YAML would take the last in silence."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"line {key.start_mark.line + 1}: {key.value} is given twice"
            seen.add(key.value)
            yield from _keys_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _keys_twice(item)


def _row_faults(row: Any, code: str, version: str) -> Iterator[str]:
    if not isinstance(row, dict) or set(row) != {"model", "fields"} or not isinstance(row["fields"], dict):
        yield "must have model and fields, and nothing else"
        return
    model = MODELS.get(row["model"])
    if model is None:
        yield f"unknown model {row['model']}"
        return
    fields = {field.name: field for field in model._meta.fields if not field.primary_key}
    for name, value in row["fields"].items():
        if name not in fields:
            yield f"unknown field {name}"
        elif fields[name].is_relation and (not isinstance(value, list) or value[:2] != [code, version]):
            yield f"{name} must name its row by [{code}, '{version}', …]"
    yield from (
        f"{name} is missing" for name, field in fields.items() if not field.has_default() and name not in row["fields"]
    )
    if row["model"] == "diagnostic.instrumentversion":
        held = (row["fields"].get("code"), row["fields"].get("version"))
        if held != (code, version):
            yield f"must be {code} {version}"
