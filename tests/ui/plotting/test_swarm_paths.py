"""Tails of very many runs: what is written into the pixels, and what the mouse finds."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from workbench.ui.plotting.swarm_paths import SwarmPaths

RED, BLUE = "#ff0000", "#0000ff"


def _paths(points, of=(0,), colors=(RED, BLUE)):
    item = SwarmPaths()
    item.set_runs(np.asarray(points, float), np.asarray(of), colors)
    return item


def _alpha(pixels):
    return (pixels >> 24).astype(int)


def test_a_tail_fades_towards_its_beginning_and_its_head_is_opaque():
    tail = [[(5.0 + 10 * k, 20.0)] for k in range(6)]
    item = _paths(tail)
    row = _alpha(item.picture(item._points, 80, 40))[20, 5:56]
    assert (row > 0).all(), "the line has no gap"
    assert row[-1] == 255
    middles = row[5:50:10]
    assert (np.diff(middles) > 0).all()


def test_colours_are_those_of_the_lanes_and_the_newest_lies_on_top():
    item = _paths([[(10.0, 10.0), (30.0, 10.0)]], of=(0, 1))
    pixels = item.picture(item._points, 40, 20)
    assert pixels[10, 10] == 0xFFFF0000
    assert pixels[10, 30] == 0xFF0000FF
    crossing = _paths([[(0.0, 10.0), (20.0, 0.0)], [(20.0, 10.0), (20.0, 20.0)]], of=(0, 1))
    assert crossing.picture(crossing._points, 40, 30)[10, 20] == 0xFFFF0000


def test_what_lies_outside_or_is_no_number_is_left_out():
    nan = float("nan")
    points = [[(-1e20, 5.0), (nan, nan), (500.0, 5.0)], [(1e20, 1e20), (nan, nan), (600.0, -70.0)]]
    item = _paths(points, of=(0, 0, 1))
    assert not item.picture(item._points, 40, 20).any()
    assert item.nearest(0.0, 0.0, np.ones(2), 10.0) is None


@pytest.mark.filterwarnings("error")
def test_a_fork_that_has_not_begun_draws_nothing():
    nan = float("nan")
    item = _paths([[(nan, nan), (10.0, 10.0)], [(nan, nan), (12.0, 10.0)]], of=(1, 0))
    pixels = item.picture(item._points, 40, 20)
    assert not ((pixels & 0xFF) == 255).any(), "nothing blue"
    assert item.boundingRect().contains(11.0, 10.0)


def test_the_mouse_finds_the_nearest_point():
    item = _paths([[(0.0, 0.0), (10.0, 0.0)], [(0.0, 5.0), (10.0, 5.0)]], of=(0, 1))
    assert item.nearest(9.8, 4.9, np.ones(2), 1.0) == (1, 1)
    assert item.nearest(0.1, 0.0, np.ones(2), 1.0) == (0, 0)
    assert item.nearest(5.0, 2.5, np.ones(2), 1.0) is None
    assert item.nearest(5.0, 2.5, np.full(2, 0.01), 1.0) is not None


def test_in_a_picture_for_a_file_the_tails_are_lines(qapp):
    item = _paths([[(5.0 + 3 * k, 20.0)] for k in range(12)])
    image = QImage(60, 40, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    item.paint(painter, None)
    painter.end()
    seen = [image.pixelColor(x, y).green() for x in range(5, 40) for y in (19, 20)]
    assert min(seen) < 150
    assert image.pixelColor(20, 5) == QColor("white")


def test_no_runs_are_nothing(qapp):
    item = _paths(np.zeros((0, 0, 2)), of=())
    assert item.runs == 0
    assert len(item.heads) == 0
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    item.paint(painter, None)
    painter.end()


def test_pixels_are_those_that_dots_written_one_by_one_leave():
    """Oldest first, lane after lane as the runs stand; then a dot of nine pixels where each run is."""
    random = np.random.default_rng(3)
    ways = random.uniform(-1.0, 1.0, (5, 7, 2))
    ways *= 12.0 / np.abs(ways).max(axis=2, keepdims=True)  # all lines are as long: each has its dots
    points = (np.cumsum(ways, axis=0) + random.uniform(5.0, 35.0, (7, 2))).astype(np.float32)
    item = _paths(points, of=[0, 1, 0, 1, 1, 0, 0])
    found = item.picture(item._points, 40, 30).copy()
    lengths = np.abs(np.diff(points, axis=0)).max(axis=2)
    dots = item._dots(*np.moveaxis(np.diff(points, axis=0), 2, 0))
    assert 1 < dots <= int(np.ceil(lengths.max()))
    seen = np.zeros((30, 40), np.uint32)
    rgb = (0xFF0000, 0x0000FF)

    def write(x, y, color):
        if 0 <= int(x) < 40 and 0 <= int(y) < 30 and x > -1 and y > -1:
            seen[int(y), int(x)] = color

    shares = np.linspace(0.08, 0.8, 4)
    for age in range(4):
        alpha = round(255 * shares[age])
        for dot in range(dots):
            for run in range(7):
                begin, end = points[age, run], points[age + 1, run]
                x, y = begin + np.float32(dot / dots) * (end - begin)
                tint = rgb[item._of[run]]
                level = round(shares[age] * 255)
                write(x, y, (alpha << 24) | (level << 16 if tint == rgb[0] else level))
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            for run in range(7):
                write(points[-1, run, 0] + dx, points[-1, run, 1] + dy, 0xFF000000 | rgb[item._of[run]])
    assert (found != seen).sum() <= 2, "but for rounding at a pixel's edge"
    again = item.picture(item._points[:1], 40, 30)
    assert (again != found).any(), "the room is used again, and nothing of the picture before is left"
    assert np.count_nonzero(again) <= 9 * 7


def test_tails_have_no_gaps_though_most_runs_are_gone():
    """What has diverged, or has not begun, says nothing of how near to each other the dots of the others lie."""
    nan = float("nan")
    tail = [[(5.0 + 12 * k, 20.0)] + [(nan, nan)] * 19 for k in range(5)]
    item = _paths(tail, of=[0] * 20)
    assert (_alpha(item.picture(item._points, 80, 40))[20, 5:53] > 0).all()


def test_a_long_line_has_no_gap_though_most_are_short():
    """A first step across the picture is a line as the others are, also where it begins or ends far outside."""
    far = [(3.0, 5.0), (290.0, 5.0)], [(-4000.0, 20.0), (150.0, 20.0)], [(40.0, -1e6), (40.0, 90.0)]
    runs = [*far, *([(10.0 + k, 60.0), (11.0 + k, 60.0)] for k in range(40))]
    alpha = _alpha(_paths(np.moveaxis(np.array(runs), 0, 1), of=[0] * 43).picture(
        np.moveaxis(np.array(runs, np.float32), 0, 1), 300, 100))  # fmt: skip
    assert (alpha[5, 3:291] > 0).all()
    assert (alpha[20, :151] > 0).all()
    assert (alpha[:91, 40] > 0).all()
