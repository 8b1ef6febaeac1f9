"""The picture of a country's periods, read from the drawing itself."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from diagnostic.rendering.charts import draw_trace
from diagnostic.rendering.over_time import LAYOUTS, Point, describe, draw_over_time, drawn_count

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("Coexistence", "Communication", "Cooperation", "Coordination", "Collaboration")
POINTS = (
    Point("2023", 1, Fraction(3, 2)),
    Point("2024", None, None),
    Point("2025", 2, Fraction(5, 2)),
    Point("2026", 3, Fraction(3)),
)


def draw(points=POINTS, layout="wide", **options):
    return ElementTree.fromstring(draw_over_time(points, NAMES, layout, prefix="p", **options))  # noqa: S314


def texts(drawing):
    return {node.text: node for node in drawing.iter(f"{SVG}text")}


def diamonds(drawing):
    """Where the marks of the index stand, from left to right."""
    marks = [node.get("d").removeprefix("M").split("L")[0].split() for node in drawing.iter(f"{SVG}path")]
    return [(float(x), float(y) + 9) for x, y in marks]


def way(drawing):
    return [node for node in drawing.iter(f"{SVG}line") if node.get("stroke-width") == "1.5"]


def test_each_period_has_its_name_its_index_and_its_level():
    held = texts(draw())
    for words in ("2023", "2024", "2025", "2026", "1.5", "2.5", "3.0", "?"):
        assert words in held
    assert held["1 Coexistence"] is not None
    assert [name for name in held if name == "3 Cooperation"]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_higher_index_stands_higher_on_the_scale_of_the_continuum(layout):
    plan, marks = LAYOUTS[layout], diamonds(draw(layout=layout))
    heights = [height for _x, height in marks]
    assert heights == sorted(heights, reverse=True)
    assert len(marks) == 3, "A period without an index has no mark."
    # 3.0 stands in the middle of the third band, 2.5 on the edge of the second and the third.
    assert heights[2] == pytest.approx(12 + 2.5 * plan.band, abs=0.1)
    assert heights[1] == pytest.approx(12 + 3 * plan.band, abs=0.1)


def test_the_line_is_broken_where_a_period_has_no_index():
    assert len(way(draw())) == 1
    assert len(way(draw(POINTS[2:]))) == 1
    assert len(way(draw(POINTS[:1]))) == 0


def test_time_runs_from_the_right_where_words_do():
    assert [x for x, _y in diamonds(draw(is_rtl=True))] == [1040 - x for x, _y in diamonds(draw())]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_the_latest_periods_are_drawn_where_there_is_no_room_for_all(layout):
    many = [Point(str(year), 2, Fraction(2)) for year in range(2001, 2031)]
    held = texts(draw(many, layout))
    assert "2030" in held
    assert "2001" not in held
    assert len(diamonds(draw(many, layout))) == LAYOUTS[layout].most == drawn_count(30, layout)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_nothing_reaches_over_the_edge(layout):
    long = [Point("P" * 40, level, Fraction(level)) for level in (1, 2, 4, 5)]
    for drawing in (draw(long, layout), draw(long, layout, is_rtl=True)):
        width = LAYOUTS[layout].width
        for node in drawing.iter(f"{SVG}rect"):
            assert float(node.get("x")) >= 0
            assert float(node.get("x")) + float(node.get("width")) <= width


def test_it_says_in_words_what_it_shows():
    said = describe(POINTS, NAMES)
    assert "2023: level 1 Coexistence, index 1.5." in said
    assert "2024: level not stated, no index." in said
    drawing = draw()
    assert drawing.find(f"{SVG}title").text == "Level and index over the periods"
    assert drawing.find(f"{SVG}desc").text == said


def test_words_from_outside_are_only_words():
    assert "<script>" in texts(draw([Point("<script>", 2, Fraction(2))]))


def test_a_themes_earlier_scores_are_hollow_and_the_last_is_solid():
    def marks(*scores):
        return [node.get("fill") for node in ElementTree.fromstring(draw_trace(scores)).iter("path")]  # noqa: S314

    assert marks(Fraction(1), Fraction(2), Fraction(3)) == ["#FFFFFF", "#FFFFFF", "#14202B"]
    assert marks(Fraction(1), None) == ["#FFFFFF"], "The last period has no score."
    assert marks(None) == []
