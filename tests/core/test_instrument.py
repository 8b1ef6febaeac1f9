"""The instrument in the fixtures: complete, valid, and exactly the version that its digest names."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from diagnostic.core.instrument_builder import InstrumentError, build_instrument
from diagnostic.instruments import get_instrument

from .strategies import INSTRUMENT

ROOT = Path(__file__).parents[2]
DIGEST = "5f9e4a558f81235e0df6d1c4e2ab09942a00d8a5ad8b84b6911b1dc49e6ea395"


def test_the_version_is_the_one_that_was_reviewed():
    assert INSTRUMENT.digest == DIGEST


@pytest.mark.django_db
def test_the_rows_of_the_database_make_the_same_instrument():
    get_instrument.cache_clear()
    assert get_instrument("cpch-2018", "1.0") == INSTRUMENT


def test_everything_the_handbook_prints_is_there():
    assert len(INSTRUMENT.questions) == 27
    assert len(INSTRUMENT.scored) == 21
    assert len(INSTRUMENT.themes) == 7
    assert len(INSTRUMENT.criteria) == 8
    assert sum(question.weakness is not None for question in INSTRUMENT.questions) == 18
    assert sum(question.solution is not None for question in INSTRUMENT.questions) == 7
    assert (len(INSTRUMENT.guidance), len(INSTRUMENT.next_steps), len(INSTRUMENT.resources)) == (13, 28, 61)


def rows():
    from diagnostic import instruments

    kept = {}

    def keep(found):
        kept.update(copy.deepcopy(found))
        return build_instrument(found)

    original = instruments.build_instrument
    instruments.build_instrument = keep
    try:
        instruments.instrument_from_fixtures.__wrapped__()
    finally:
        instruments.build_instrument = original
    return kept


def change(noun, code, fields):
    found = rows()
    row = next(row for row in found[noun] if row.get("code", row.get("question")) == code)
    row.update(fields)
    return found


@pytest.mark.parametrize(
    ("noun", "code", "fields", "words"),
    [
        ("question", "A.1", {"theme": "weather"}, "unknown theme weather"),
        ("question", "A.1", {"levels": {"1": "a", "2": "b"}}, "levels are not 1 to 5"),
        ("question", "A.1", {"levels": {str(n): " " for n in range(1, 6)}}, "has no statement"),
        ("question", "A.7.1", {"levels": {str(n): "x" for n in range(1, 6)}}, "descriptive question has no levels"),
        ("question", "A.3.2", {"asked_when": {"question": "A.0", "at_least": 2}}, "unknown question A.0"),
        ("question", "A.3.1", {"asked_when": {"question": "A.3.2", "at_least": 2}}, "leads back"),
        ("question", "A.5.2", {"asked_when": {"question": "A.5.1", "authority_in": ["x"]}}, "unknown authority x"),
        ("weakness", "A.1", {"when": {"level": {"present": [9]}}}, "unknown level, 9"),
        ("criterion", "C2-contact", {"question": "A.7.1"}, "not a scored question"),
        ("guidance", "G-A.1", {"resources": ["nothing"]}, "unknown resource nothing"),
        ("guidance", "G-A.1", {"lead": "nobody"}, "unknown lead"),
        ("next_step", "N-risk-3", {"to_level": 2}, "no next step to level 3"),
        ("resource", "mou", {"questions": ["A.77"]}, "unknown question A.77"),
        ("theme", "risk", {"code": "people"}, "theme people: given twice"),
        ("question", "A.1", {"levels": {"01": "a", **{str(n): "x" for n in range(2, 6)}}}, "levels are not 1 to 5"),
        ("question", "A.1", {"levels": {"1": None, **{str(n): "x" for n in range(2, 6)}}}, "has no statement"),
        ("question", "A.1", {"verbatim": " "}, "question A.1: verbatim is empty"),
        ("question", "A.1", {"position": 2}, "another stands at position 2"),
        ("question", "A.1", {"takes_areas": "yes"}, "not said by true or false"),
        ("question", "A.3.2", {"asked_when": {"question": "A.12", "at_least": 2}}, "A.12 does not always have a level"),
        ("question", "A.3.2", {"asked_when": {"question": "A.3.1", "at_least": 2, "at_most": 4}}, "more than question"),
        ("weakness", "A.1", {"question": "A.77"}, "weakness: unknown question A.77"),
        ("weakness", "A.1", {"question": "A.6"}, "weakness: question A.6 has two"),
        ("weakness", "A.1", {"when": {"level": {"present": [1], "partly": [2]}}}, "more than present and partial"),
        ("weakness", "A.1", {"when": {"level": {"present": [1], "partial": [1]}}}, "names the level 1 twice"),
        ("weakness", "A.1", {"when": {"authority": {"present": ["none"]}}}, "which its answer does not have"),
        ("solution", "A.1", {"question": "A.77"}, "solution: unknown question A.77"),
        ("solution", "A.1", {"question": "A.2.2"}, "neither a weakness nor levels"),
        ("solution", "A.6", {"at_levels": [1, 9]}, "the solution names levels that are not 1 to 5"),
        ("solution", "A.17", {"until_level": 0}, "the solution names levels that are not 1 to 5"),
        ("criterion", "C2-contact", {"question": "A.12"}, "A.12 may be not applicable"),
        ("criterion", "C2-contact", {"because": ""}, "because is empty"),
        ("option", "own", {"kind": "power"}, "unknown kind power"),
    ],
)
def test_a_fault_in_the_fixtures_is_named(noun, code, fields, words):
    with pytest.raises(InstrumentError, match=words):
        build_instrument(change(noun, code, fields))


def test_the_handbooks_words_are_quoted_as_they_are_printed():
    weakness = INSTRUMENT.by_code["A.4.1"].weakness
    assert weakness.text == "No communication. Duplication of control activity.."
    assert weakness.shown == "No communication. Duplication of control activity."


def test_every_member_of_the_wco_is_there_and_the_example():
    countries = [
        row["fields"]
        for row in yaml.safe_load((ROOT / "fixtures" / "countries.yaml").read_text("utf-8"))
        if row["model"] == "accounts.country"
    ]
    codes = [country["alpha2"] for country in countries]
    assert len(codes) == len(set(codes)) == 188
    assert "ZZ" in codes
    assert "TW" not in codes
    names = {country["alpha2"]: country["name"] for country in countries}
    assert (names["HK"], names["PS"]) == ("Hong Kong, China", "State of Palestine")


def test_the_core_knows_nothing_of_django():
    code = "import sys, pkgutil, importlib, diagnostic.core as core\n"
    code += "for item in pkgutil.iter_modules(core.__path__): importlib.import_module('diagnostic.core.' + item.name)\n"
    code += "print([name for name in sys.modules if name.split('.')[0] in ('django', 'cpch', 'weasyprint', 'yaml')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
