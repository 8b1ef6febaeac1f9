"""The interchange file against anything: what is written is read back, and nothing breaks the parser."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostic.core.interchange import InterchangeError, parse_assessment, write_assessment

from .strategies import INSTRUMENT, files

COUNTRIES = {"ZZ", "FR"}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=12,
)
names = st.sampled_from(
    ["status", "level", "basis", "narrative", "reason", "authority", "areas", "topics", "challenges", "evidence", "x"]
)
nearly = st.fixed_dictionaries(
    {
        "format": st.just("cpch-assessment") | values,
        "format_version": st.just(1) | values,
        "instrument": st.just("cpch-2018"),
        "instrument_version": st.just("1.0") | values,
        "country": st.just("ZZ") | values,
        "period": st.just("2026") | values,
        "voices": st.fixed_dictionaries(
            {
                "national": st.dictionaries(
                    st.sampled_from([question.code for question in INSTRUMENT.questions]),
                    st.dictionaries(names, values, max_size=5) | values,
                    max_size=4,
                )
                | values
            }
        )
        | values,
    }
)


def parse(data):
    return parse_assessment(data, INSTRUMENT, COUNTRIES)


@given(files)
def test_what_is_written_is_read_back(file):
    assert parse(write_assessment(file, INSTRUMENT).encode()) == file


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(data):
    with_own_error(data)


@settings(max_examples=400)
@given(nearly)
def test_no_json_breaks_the_parser(value):
    with_own_error(json.dumps(value).encode())


@given(files, st.data())
def test_no_damaged_file_breaks_the_parser(file, data):
    text = write_assessment(file, INSTRUMENT)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    with_own_error((text[:start] + data.draw(st.text(max_size=6)) + text[end:]).encode("utf-8", "surrogatepass"))


def with_own_error(data):
    try:
        parse(data)
    except InterchangeError as error:
        assert error.faults
        assert all(str(fault).isprintable() for fault in error.faults)
