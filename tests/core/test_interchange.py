"""Each fault of an interchange file, with its path; all at once, in the order of the file."""

# ruff: noqa: E501 (one case a line reads best)

import json

import pytest

from diagnostic.core.interchange import InterchangeError, parse_assessment

from .strategies import INSTRUMENT

ROOT = {
    "format": "cpch-assessment",
    "format_version": 1,
    "instrument": "cpch-2018",
    "instrument_version": "1.0",
    "country": "ZZ",
    "period": "2026",
}


def parse(data, voice="national"):
    return parse_assessment(data, INSTRUMENT, {"ZZ", "FR"}, voice)


def file(answers=None, **root):
    return json.dumps({**ROOT, "voices": {"national": answers or {}}, **root}).encode()


def faults(data, voice="national"):
    with pytest.raises(InterchangeError) as refused:
        parse(data, voice)
    return [fault.path for fault in refused.value.faults]


def at(*members):
    return [f"voices.national.{member}" for member in members]


@pytest.mark.parametrize("level", [0, 6, -1, 2.0, 1e0, True, "3", None, [], 10**40])
def test_a_level_is_a_json_integer_from_one_to_five(level):
    assert faults(file({"A.1": {"level": level}})) == at("A.1.level")


@pytest.mark.parametrize(
    ("answers", "paths"),
    [
        ({"A.99": {}}, ["A.99"]),
        ({"A.1": {"lvl": 1}}, ["A.1.lvl"]),
        ({"A.1": []}, ["A.1"]),
        ({"A.1": None}, ["A.1"]),
        ({"A.7.1": {"level": 1, "basis": "both"}}, ["A.7.1.level", "A.7.1.basis"]),
        ({"A.1": {"authority": {"customs": "own"}}}, ["A.1.authority"]),
        ({"A.1": {"areas": {"drugs": "both"}}}, ["A.1.areas"]),
        ({"A.1": {"topics": ["mandates"]}}, ["A.1.topics"]),
        ({"A.1": {"challenges": ["legal"]}}, ["A.1.challenges"]),
        ({"A.8": {"authority": {"customs": "sometimes", "army": "own"}}}, ["A.8.authority.customs", "A.8.authority.army"]),
        ({"A.5.2": {"areas": {"drugs": "nobody", "sand": "both"}}}, ["A.5.2.areas.drugs", "A.5.2.areas.sand"]),
        ({"A.15.2": {"topics": ["mandates", "mandates", "golf"]}}, ["A.15.2.topics[1]", "A.15.2.topics[2]"]),
        ({"A.1": {"status": "not_applicable", "reason": "no"}}, ["A.1.status"]),
        ({"A.9": {"status": "not_applicable"}}, ["A.9.reason"]),
        ({"A.9": {"status": "unknown", "reason": " \t"}}, ["A.9.reason"]),
        ({"A.9": {"level": 2, "status": "unknown", "reason": "?"}}, ["A.9.level"]),
        ({"A.9": {"status": "unknown", "reason": "?", "authority": {"customs": "own"}}}, ["A.9.authority"]),
        ({"A.1": {"reason": "because"}}, ["A.1.reason"]),
        ({"A.1": {"status": "perhaps", "reason": "because"}}, ["A.1.status"]),
        ({"A.1": {"basis": "oral"}}, ["A.1.basis"]),
        ({"A.9": {"status": "perhaps", "reason": "\u202a"}}, ["A.9.status", "A.9.reason"]),
        ({"A.5.2": {"areas": {"drugs": None, "drugs.x": "both"}}}, ["A.5.2.areas.drugs", "A.5.2.areas.drugs.x"]),
        ({"A.5.1": {"authority": {"": None, "customs": "zz"}}}, ["A.5.1.authority.", "A.5.1.authority.customs"]),
        ({"A.1": {"evidence": [{"reference": "7"}, {"title": " "}, "x"]}}, ["A.1.evidence[0].title", "A.1.evidence[1].title", "A.1.evidence[2]"]),
        ({"A.1": {"evidence": [{"title": "x", "page": 2}]}}, ["A.1.evidence[0].page"]),
        ({"A.1": {"narrative": "x" * 10_001}}, ["A.1.narrative"]),
        ({"A.1": {"narrative": "\u0000"}}, ["A.1.narrative"]),
        ({"A.1": {"narrative": "\u0085"}}, ["A.1.narrative"]),
        ({"A.1": {"narrative": "a\rb"}}, ["A.1.narrative"]),
        ({"A.1": {"narrative": "\u202d"}}, ["A.1.narrative"]),
        ({"A.1": {"narrative": "\ud800"}}, ["A.1.narrative"]),
        ({"A.1": {"narrative": 5}}, ["A.1.narrative"]),
    ],
)  # fmt: skip
def test_a_fault_is_named_where_it_stands(answers, paths):
    assert faults(file(answers)) == at(*paths)


@pytest.mark.parametrize(
    ("root", "path"),
    [
        ({"format": "x"}, "format"),
        ({"format_version": 2}, "format_version"),
        ({"format_version": True}, "format_version"),
        ({"format_version": 1.0}, "format_version"),
        ({"instrument": "cpch-2030"}, "instrument"),
        ({"instrument_version": "2.0"}, "instrument_version"),
        ({"country": "XX"}, "country"),
        ({"country": "zz"}, "country"),
        ({"period": 2026}, "period"),
        ({"period": " "}, "period"),
        ({"title": None}, "title"),
        ({"target_level": 0}, "target_level"),
        ({"target_level": None}, "target_level"),
        ({"extra": 1}, "extra"),
        ({"voices": []}, "voices"),
        ({"voices": {}}, "voices.national"),
        ({"voices": {"national": {}, "navy": {}}}, "voices.navy"),
        ({"voices": {"national": {}, "customs": {"A.8": {"authority": {"police": "own"}}}}}, "voices.customs.A.8.authority.police"),
    ],
)  # fmt: skip
def test_a_fault_of_the_frame_is_named(root, path):
    assert faults(file(**root)) == [path]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe{}",
        b"{}" + b" " * (2 * 1024 * 1024),
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)
def test_a_fault_of_the_file_as_a_whole_has_the_path_of_the_root(data):
    assert faults(data) == ["$"]


def test_exactly_two_mebibytes_are_read():
    data = file()
    assert parse(data + b" " * (2 * 1024 * 1024 - len(data))).period == "2026"


def test_a_key_given_twice_is_a_fault_at_every_depth():
    text = file({"A.8": {"level": 1, "authority": {"customs": "own"}}}).decode()
    text = text.replace('"level": 1', '"level": 1, "level": 2')
    text = text.replace('"customs": "own"', '"customs": "own", "customs": "none"')
    text = text.replace('"period": "2026"', '"period": "2026", "period": "2026"')
    assert faults(text.encode()) == ["period", "voices.national.A.8.level", "voices.national.A.8.authority.customs"]


@pytest.mark.parametrize("member", ["narrative", "reason", "basis", "status", "evidence", "topics", "areas"])
def test_a_constant_that_json_does_not_have_is_a_fault_in_any_member(member):
    assert faults(file({"A.1": {member: 1}}).replace(b"1}}}", b"NaN}}}")) == at(f"A.1.{member}")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number_is_a_fault(constant):
    assert faults(file({"A.1": {"level": 1}}).replace(b"1}}}", constant.encode() + b"}}}")) == at("A.1.level")


def test_all_faults_come_at_once_in_the_order_of_the_file():
    answers = {
        "A.12": {"reason": "x", "level": 9},
        "A.1": {"narrative": 1, "status": "no"},
        "B.1": {},
    }
    data = json.dumps({"title": 1, "voices": {"national": answers}, "country": "?"}).encode()
    assert faults(data) == [
        "title",
        *at("A.12.reason", "A.12.level", "A.1.narrative", "A.1.status", "B.1"),
        "country",
        "format",
        "format_version",
        "instrument",
        "instrument_version",
        "period",
    ]


def test_marks_and_isolates_are_accepted_and_empty_members_are_blank():
    answers = {
        "A.1": {"narrative": "\u200f\u2067abc\u2069\tx\ny"},
        "A.2.1": {"narrative": "", "evidence": [], "reason": ""},
        "A.17": {"challenges": []},
    }
    national = parse(file(answers)).voices["national"]
    assert not national["A.1"].is_blank
    assert national["A.2.1"].is_blank
    assert national["A.17"].is_blank


def test_a_reason_of_blanks_is_no_answer():
    assert parse(file({"A.14.2": {"reason": " "}})).voices["national"]["A.14.2"].is_blank


def test_a_hostile_file_is_refused_without_comparing_everything_with_everything():
    areas = {f"x{number}": None for number in range(20_000)}
    answers = {"A.5.2": {"areas": areas}, "A.17": {"challenges": ["legal"] * 60_000}}
    assert len(faults(file(answers))) == 20_000 + 59_999


def test_another_voice_is_required_where_it_is_scored():
    assert faults(file(), "police") == ["voices.police"]
