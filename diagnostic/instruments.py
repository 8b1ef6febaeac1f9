"""Where an instrument comes from: the fixtures, or the rows of the database; each read once a process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models as orm

from diagnostic import models
from diagnostic.core.instrument import Instrument
from diagnostic.core.instrument_builder import build_instrument
from diagnostic.core.instrument_text import read_instrument

CURRENT = ("cpch-2018", "1.0")
_LOADED: dict[str, Instrument] = {}
"""The instruments that this process has read, by digest: the same digest is the same content, wherever it is from."""

NOUNS: dict[str, type[orm.Model]] = {
    "instrument": models.InstrumentVersion,
    "level": models.ContinuumLevel,
    "theme": models.Theme,
    "option": models.Option,
    "question": models.Question,
    "weakness": models.Weakness,
    "solution": models.Solution,
    "criterion": models.Criterion,
    "resource": models.Resource,
    "guidance": models.Guidance,
    "next_step": models.NextStep,
}


def read_yaml(path: Path) -> Any:
    """What a fixture file holds; libyaml's parser where it is there, for it is many times faster."""
    # The site has its instrument from the database and never comes here.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


def fixture_files(code: str) -> list[Path]:
    """The fixture files of the instrument `code`, in the order to load them."""
    return sorted((settings.BASE_DIR / "fixtures" / code).glob("*.yaml"))


@lru_cache
def instrument_from_fixtures(code: str = CURRENT[0]) -> Instrument:
    """The instrument `code` as its fixtures say, without a database. Raises `InstrumentError` where they are wrong."""
    rows: dict[str, list[dict[str, Any]]] = {noun: [] for noun in NOUNS}
    nouns = {model._meta.label_lower: noun for noun, model in NOUNS.items()}
    for path in fixture_files(code):
        for item in read_yaml(path):
            noun = nouns[item["model"]]
            rows[noun].append({**_defaults(NOUNS[noun]), **_by_code(NOUNS[noun], item["fields"])})
    return build_instrument(rows)


@lru_cache(maxsize=8)
def get_instrument(code: str, version: str) -> Instrument:
    """The instrument version as the database holds it; memory answers from the second time on.

    Raises `InstrumentVersion.DoesNotExist` where it is not loaded.
    """
    held = models.InstrumentVersion.objects.get(code=code, version=version)
    rows: dict[str, list[dict[str, Any]]] = {"instrument": [_row(held)]}
    for noun, model in NOUNS.items():
        if noun != "instrument":
            path = "instrument" if _has(model, "instrument") else "question__instrument"
            rows[noun] = [_row(row) for row in _with_named(model).filter(**{path: held})]
    instrument = build_instrument(rows)
    _LOADED[instrument.digest] = instrument
    return instrument


def instrument_submitted(submission: models.Submission) -> Instrument:
    """The instrument as it was when `submission` was made, whatever its rows hold now.

    Cached after the first call (1 query before). Raises `InstrumentTextChanged` if the stored text does not match the
    submission's digest.
    """
    digest = submission.instrument_id
    if digest not in _LOADED:
        kept = models.InstrumentText.objects.get(pk=digest)
        _LOADED[digest] = read_instrument(kept.content, digest)
    return _LOADED[digest]


def current_instrument() -> Instrument:
    """The version that a new assessment uses."""
    return get_instrument(*CURRENT)


def instrument_of(assessment: models.Assessment) -> Instrument:
    """The version that `assessment` was started with; memory answers from the second time on."""
    return get_instrument(*_name_of(assessment.instrument_id))


@lru_cache(maxsize=4096)
def instrument_at(pk: UUID) -> Instrument:
    """The version that the assessment `pk` was started with, which never changes; memory answers.

    Raises `Assessment.DoesNotExist`.
    """
    return instrument_of(models.Assessment.objects.only("instrument_id").get(pk=pk))


@lru_cache(maxsize=8)
def _name_of(key: int) -> tuple[str, str]:
    """Code and version of the instrument version with that key, which never change."""
    return models.InstrumentVersion.objects.get(pk=key).natural_key()


def _has(model: type[orm.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.fields)


def _named(model: type[orm.Model]) -> list[str]:
    return [field.name for field in model._meta.fields if field.is_relation and field.name != "instrument"]


def _with_named(model: type[orm.Model]) -> orm.QuerySet[Any]:
    names = _named(model)
    rows = model._default_manager.all()
    return rows.select_related(*names) if names else rows


def _row(row: orm.Model) -> dict[str, Any]:
    named = _named(type(row))
    return {
        field.name: getattr(row, field.name).code if field.name in named else getattr(row, field.name)
        for field in _own_fields(type(row))
    }


def _defaults(model: type[orm.Model]) -> dict[str, Any]:
    return {field.name: field.get_default() for field in _own_fields(model)}


def _by_code(model: type[orm.Model], fields: Mapping[str, Any]) -> dict[str, Any]:
    named = _named(model)
    return {name: value[-1] if name in named else value for name, value in fields.items()}


def _own_fields(model: type[orm.Model]) -> Iterable[Any]:
    return [field for field in model._meta.fields if not field.primary_key and field.name != "instrument"]
