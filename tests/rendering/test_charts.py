"""The continuum and the strips: every rule of the picture, read from the drawing itself."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from diagnostic.rendering.charts import (
    Continuum,
    describe_continuum,
    draw_continuum,
    draw_pair,
    draw_print_pair,
    draw_print_pair_scale,
    draw_print_strip,
    draw_strip,
    draw_what_if,
)

SVG = "{http://www.w3.org/2000/svg}"
STEP = 208
INK = "#14202B"
STATED = Continuum(
    country="Example Country",
    period="2026",
    level_names=("Coexistence", "Communication", "Cooperation", "Coordination", "Collaboration"),
    level=2,
    working_level=2,
    index=Fraction(7, 3),
    lowest_level=2,
    highest_level=2,
    index_low=Fraction(7, 3),
    index_high=Fraction(7, 3),
    target_level=3,
    unmet=("A.1", "A.2.2"),
)
OPEN = replace(
    STATED,
    level=None,
    working_level=3,
    index=Fraction(89, 30),
    lowest_level=2,
    highest_level=3,
    index_low=Fraction(2),
    index_high=Fraction(4),
    target_level=4,
    unmet=("A.4.1",),
)


def draw(continuum: Continuum, layout: str = "wide", **options: object) -> ElementTree.Element:
    return ElementTree.fromstring(draw_continuum(continuum, layout, **options))  # type: ignore[arg-type]  # noqa: S314


def texts(drawing: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in drawing.iter(f"{SVG}text")]


def lines(drawing: ElementTree.Element, **look: str) -> list[dict[str, str]]:
    found = [node.attrib for node in drawing.iter(f"{SVG}line")]
    return [line for line in found if all(line.get(name.replace("_", "-")) == value for name, value in look.items())]


def flag(drawing: ElementTree.Element) -> dict[str, str]:
    (box,) = [node.attrib for node in drawing.iter(f"{SVG}rect") if node.get("width") in ("242", "200")]
    return box


def foot(drawing: ElementTree.Element) -> dict[str, str] | None:
    return next((node.attrib for node in drawing.iter(f"{SVG}circle") if node.get("r") == "7"), None)


def test_the_stated_level_has_a_thick_edge_and_a_solid_flag_at_the_index() -> None:
    drawing = draw(STATED)
    assert {"x1": "208", "x2": "416", "y1": "226", "y2": "226"}.items() <= lines(drawing, stroke_width="4")[0].items()
    assert flag(drawing)["fill"] == INK
    assert foot(drawing)["cx"] == "381.3"  # type: ignore[index]
    assert {"Example Country, 2026", "Level 2 Communication", "2.3"} <= set(texts(drawing))


def test_an_unmet_criterion_of_the_next_level_thickens_its_riser_and_is_named_on_its_step() -> None:
    drawing = draw(STATED)
    assert [line for line in lines(drawing, stroke_width="4") if line["x1"] == line["x2"] == "416"]
    assert "A.1, A.2.2 not yet met" in texts(drawing)
    assert not lines(draw(replace(STATED, unmet=())), x1="416", x2="416", stroke_width="4")


def test_a_criterion_that_holds_a_country_below_its_index_presses_the_flag_against_the_riser() -> None:
    drawing = draw(replace(STATED, index=Fraction(17, 5)))
    assert foot(drawing)["cx"] == "406"  # type: ignore[index]
    assert any(node.get("d", "").startswith("M603.2 ") for node in drawing.iter(f"{SVG}path"))


def test_a_level_that_is_not_stated_has_an_open_flag_without_foot_and_dashed_edges() -> None:
    drawing = draw(OPEN)
    assert flag(drawing)["fill"] == "#FFFFFF"
    assert foot(drawing) is None
    dashed = lines(drawing, stroke_dasharray="10 6")
    assert [(line["x1"], line["x2"]) for line in dashed] == [("208", "416"), ("416", "624"), ("416", "416")]
    assert "Level not stated yet: 2–3" in texts(drawing)
    assert {"2.0", "4.0"} <= set(texts(drawing))
    assert lines(drawing, stroke_opacity="0.28")


def test_a_provisional_level_keeps_its_solid_flag_and_dashes_the_other_steps_in_reach() -> None:
    drawing = draw(replace(STATED, lowest_level=1, highest_level=2, index_low=Fraction(1)))
    assert flag(drawing)["fill"] == INK
    assert [(line["x1"], line["x2"]) for line in lines(drawing, stroke_dasharray="10 6")] == [
        ("0", "208"),
        ("208", "208"),
    ]


def test_the_range_bar_is_drawn_only_where_low_and_high_differ() -> None:
    assert not lines(draw(STATED), stroke_opacity="0.28")


def test_without_any_counted_answer_there_is_no_diamond_and_everything_is_in_reach() -> None:
    nothing = replace(
        OPEN, index=None, index_low=Fraction(1), index_high=Fraction(5), lowest_level=1, highest_level=5, unmet=()
    )
    drawing = draw(nothing)
    assert not list(drawing.iter(f"{SVG}path"))
    assert len(lines(drawing, stroke_dasharray="10 6")) == 9


@pytest.mark.parametrize(("index", "side"), [(Fraction(3, 2), "higher"), (Fraction(5, 3), "lower")])
def test_the_flag_flies_towards_the_lower_steps_where_there_is_room(index: Fraction, side: str) -> None:
    drawing = draw(replace(STATED, level=1 if index < 2 and side == "higher" else 2, index=index, unmet=()))
    box, pole = flag(drawing), float(foot(drawing)["cx"])  # type: ignore[index]
    assert float(box["x"]) == pytest.approx(pole if side == "higher" else pole - 242, abs=0.11)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("target", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("layout", ["wide", "print", "cover"])
def test_flag_target_and_steps_never_cover_each_other_and_nothing_is_cut(level: int, target: int, layout: str) -> None:
    for tenth in range(-4, 5):
        continuum = replace(
            STATED,
            unmet=(),
            level=level,
            index=level + Fraction(max(tenth, 0 if level == 1 else -4), 10),
            target_level=target,
        )
        drawing = draw(continuum, layout)
        top, width = (float(part) for part in (drawing.attrib["viewBox"].split()[i] for i in (1, 2)))
        boxes = {
            name: {key: float(value) for key, value in box.items() if key in ("x", "y", "width", "height")}
            for name, box in (("flag", flag(drawing)), ("target", target_box(drawing)))
        }
        assert not overlap(boxes["flag"], boxes["target"])
        for box in boxes.values():
            assert box["y"] >= top
            assert box["x"] >= -0.1
            assert box["x"] + box["width"] <= width + 0.1
            for step in (node.attrib for node in drawing.iter(f"{SVG}rect") if node.get("height", "").isdigit()):
                if float(step["height"]) >= 120:
                    assert not overlap(box, {key: float(step[key]) for key in ("x", "y", "width", "height")})


def target_box(drawing: ElementTree.Element) -> dict[str, str]:
    (box,) = [node.attrib for node in drawing.iter(f"{SVG}rect") if node.get("stroke-dasharray") == "4 3"]
    return box


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["x"] < other["x"] + other["width"] - 0.1
        and other["x"] < one["x"] + one["width"] - 0.1
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def test_the_period_before_is_a_hollow_diamond_with_its_year() -> None:
    drawing = draw(replace(STATED, previous_period="2025", previous_index=Fraction(21, 10)))
    (hollow,) = [node for node in drawing.iter(f"{SVG}path") if node.get("fill") == "#FFFFFF"]
    assert hollow.get("d", "").startswith("M332.8 ")
    assert "2025" in texts(drawing)


def test_right_to_left_every_x_is_the_width_minus_x_and_no_text_is_mirrored() -> None:
    there, back = draw(STATED), draw(STATED, is_rtl=True)
    for one, other in zip(there.iter(f"{SVG}text"), back.iter(f"{SVG}text"), strict=True):
        assert float(one.attrib["x"]) + float(other.attrib["x"]) == pytest.approx(1040, abs=0.11)
        assert (one.text or "") == (other.text or "").strip("\u2067\u2069")
    assert "transform" not in draw_continuum(STATED, is_rtl=True)


def test_every_drawing_has_a_title_and_a_description_with_ids_of_its_own() -> None:
    page = f"<div>{draw_continuum(STATED, prefix='a')}{draw_continuum(STATED, 'narrow', prefix='b')}</div>"
    ids = re.findall(r' id="([^"]+)"', page)
    assert ids == ["a-t", "a-d", "b-t", "b-d"]
    assert describe_continuum(STATED) in page


def test_only_presentation_attributes_and_no_style_are_written() -> None:
    for layout in ("wide", "narrow", "print", "cover"):
        drawing = draw_continuum(STATED, layout)  # type: ignore[arg-type]
        assert "style=" not in drawing
        assert "<style" not in drawing
        assert "class=" not in drawing


def test_names_are_text_and_never_markup() -> None:
    drawing = draw_continuum(replace(STATED, country="<b>&x", period='"><script>'))
    assert "<b>" not in drawing
    assert "<script>" not in drawing
    ElementTree.fromstring(drawing)  # noqa: S314


def test_a_long_name_is_wrapped_and_kept_whole() -> None:
    name = "United Kingdom of Great Britain and Northern Ireland"
    for layout in ("wide", "narrow"):
        drawing = draw(replace(STATED, country=name), layout)
        assert " ".join([*texts(drawing)]).find("Northern") >= 0
        joined = " ".join(texts(drawing))
        assert f"{name}, 2026" in joined


def test_a_strip_places_score_questions_and_target_on_the_scale_of_the_continuum() -> None:
    strip = draw_strip(Fraction(5, 3), [(2, False), (1, False), (2, True)], 3)
    assert 'aria-hidden="true"' in strip
    assert 'x="23.33%" y="24"' in strip
    assert strip.count("<circle") == 3
    assert strip.count('stroke-dasharray="2 2"') == 1
    assert 'x1="50.00%" x2="50.00%"' in strip


def test_a_theme_without_a_score_has_no_diamond() -> None:
    assert "<path" not in draw_strip(None, [], None)


def test_a_printed_strip_says_its_figures_in_its_title() -> None:
    strip = draw_print_strip(Fraction(2), [(2, False)], 3, title="Risk: score 2.0; A.3.1: 2.")
    assert "<title>Risk: score 2.0; A.3.1: 2.</title>" in strip


def test_the_what_if_strip_shows_both_indexes_and_turns_round_right_to_left() -> None:
    assert 'x="36.67%"' in draw_what_if(Fraction(7, 3), Fraction(5, 2))
    assert 'x="63.33%"' in draw_what_if(Fraction(7, 3), Fraction(5, 2), is_rtl=True)


def test_a_pair_is_a_ring_for_customs_and_a_disc_for_the_police() -> None:
    pair = draw_pair(4, 1)
    assert 'cx="70.00%" cy="20" r="9" fill="#FFFFFF"' in pair
    assert 'cx="10.00%" cy="20" r="5.5" fill="#14202B"' in pair
    assert "aria-hidden" in pair


def test_a_printed_pair_says_its_levels_and_is_mirrored_right_to_left() -> None:
    pair = draw_print_pair(4, 1, title="Customs: 4; Police: 1")
    assert "<title>Customs: 4; Police: 1</title>" in pair
    assert '<circle cx="182" cy="13" r="7"' in pair
    assert '<circle cx="78" cy="13" r="7"' in draw_print_pair(4, 1, title="", is_rtl=True)
    assert draw_print_pair_scale().index(">1<") < draw_print_pair_scale().index(">5<")
