"""What a figure is to be: pages in every unit, grids, and what cannot be."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from workbench.export.figure_plan import PRESETS, FigurePlan, Paper, letter, plan_of, size_of


@pytest.mark.parametrize(
    ("paper", "inches", "pixels", "points"),
    [
        (Paper(254.0, 127.0, "mm", 8.0, 100), (10.0, 5.0), (1000, 500), (720.0, 360.0)),
        (Paper(3.5, 2.0, "in", 8.0, 300), (3.5, 2.0), (1050, 600), (252.0, 144.0)),
        (Paper(1601.0, 901.0, "px", 8.0, 144), (1601 / 144, 901 / 144), (1601, 901), (800.5, 450.5)),
    ],
)
def test_a_page_is_as_large_in_every_unit(paper, inches, pixels, points):
    assert paper.inches == pytest.approx(inches)
    assert paper.pixels == pixels
    assert paper.points == pytest.approx(points)
    assert size_of(paper.written()) == (paper.width, paper.height, paper.unit)
    # text of 8 points on it is text of 10 in the layout: all is larger by the same factor
    across, down = paper.layout(10.0)
    assert across == pytest.approx(inches[0] * 96 * 10 / 8)
    assert across / down == pytest.approx(paper.width / paper.height)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("174x120mm", (174.0, 120.0, "mm")), (" 3.5 × 2.25 in ", (3.5, 2.25, "in")), ("1600x900", None),
        ("1600x900cm", None), ("-3x4in", None), ("1e3x4in", None), ("9" * 40 + "x1mm", None), ("nanxnanmm", None),
        ("x", None), ("", None),
    ],
)  # fmt: skip
def test_sizes_are_read_with_their_unit(text, found):
    assert size_of(text) == found


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"width": 1e9, "unit": "px"}, "sides must be from 120 to 60000 px"),
        ({"width": 5.0}, "sides must be from 10.16 to 5080 mm"),
        ({"width": float("nan")}, "sides must be"),
        ({"dpi": 10**9}, "resolution must be from 36 to 2400"),
        ({"font": 0.0}, "text must be from 3 to 144 points"),
        ({"font": float("nan")}, "text must be"),
        ({"width": 4000.0, "height": 4000.0}, "pixels, and a picture has at most"),
        ({"width": 4000.0, "height": 100.0, "font": 3.0, "dpi": 36}, "too small for a page of 4000x100mm"),
    ],
)
def test_a_page_that_cannot_be_is_refused_in_a_sentence(changed, said):
    assert said in replace(Paper(), **changed).fault("png")


def test_vectors_may_be_larger_than_pixels():
    paper = Paper(1000.0, 1000.0, "mm", 12.0, 600)
    assert "pixels" in paper.fault("png")
    assert paper.fault("pdf") == ""
    assert all(not preset.paper.fault("png") for preset in PRESETS.values())


def test_a_grid_has_room_for_all_views():
    keys = tuple("abcdefghij")
    assert [FigurePlan(keys[:n]).grid for n in (1, 2, 3, 5, 10)] == [(1, 1), (1, 2), (2, 2), (2, 3), (3, 4)]
    assert FigurePlan(keys[:3], rows=1).grid == (1, 3)
    assert FigurePlan(keys[:3], columns=1).grid == (3, 1)
    assert FigurePlan(keys[:3], rows=1, columns=2).fault("svg") == "a grid of 1x2 has no room for 3 views"
    assert FigurePlan(("a", "b", "a")).fault("svg") == 'it can show the view "a" only once'
    assert FigurePlan(()).fault("svg") == "it can show from 1 to 16 views, got 0"
    assert "at most" in FigurePlan(keys[:1], rows=99, columns=1).fault("svg")
    assert "200 characters" in FigurePlan(keys[:1], title="x" * 201).fault("svg")
    assert "2000 characters" in FigurePlan(keys[:1], caption="x" * 3000).fault("svg")
    assert [letter(i) for i in (0, 1, 15)] == ["(a)", "(b)", "(p)"]


def test_a_plan_says_itself_and_is_read_back():
    plan = FigurePlan(("loss", "race"), Paper(3.0, 2.0, "in"), rows=2, title="η", caption="", letters=False)
    assert plan_of(asdict(plan)) == plan
