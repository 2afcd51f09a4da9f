"""A landscape in space: where points stand, what hides what, and that both ways of painting it are one picture."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from workbench.engine.objectives.landscape import Surface
from workbench.engine.objectives.levels import scale_of
from workbench.ui.plotting import block_item
from workbench.ui.plotting.block import block, height_of, painted, quads
from workbench.ui.plotting.block_frame import Axis, BlockFrame, even_ticks
from workbench.ui.plotting.rays import NOTHING, SIDE_X, SIDE_Y, Seen, cast, heights_at, open_view, visible
from workbench.ui.plotting.space import HIGHEST, LOWEST, TALL, Camera, Sight
from workbench.ui.style import theme as themes

SIDE = 257
PLACE = np.linspace(-1.0, 1.0, SIDE)
TURNS = [(-37.0, 36.0), (20.0, 12.0), (135.0, 60.0), (-100.0, 25.0), (0.0, 30.0), (90.0, 45.0)]


def hills(x, y):
    """A smooth function over the foot, from 0 to `TALL`."""
    return TALL * (0.5 + 0.25 * np.cos(3.1 * x + 0.4) * np.cos(2.7 * y) + 0.25 * np.sin(2.0 * x * y))


GRID = hills(*np.meshgrid(PLACE, PLACE)).astype(np.float32)


def looked(turn, tilt, size=(400, 300)):
    sight = Sight(*size, Camera(turn, tilt), (10, 10, 10, 10))
    return sight, cast(GRID, sight, 1.0, slice(0, size[0]), 600)


def test_from_above_it_is_a_map_with_x_to_the_right_and_y_upwards():
    sight = Sight(200.0, 100.0, Camera(0.0, 90.0))
    places = sight.project(np.array([[0.0, 0.0, 0.3], [1.0, 0.0, 0.9], [0.0, 1.0, 0.0], [-1.0, -1.0, 0.5]]))
    unit = sight.scale
    np.testing.assert_allclose(places[:, :2] - places[0, :2], [[0, 0], [unit, 0], [0, unit], [-unit, -unit]], atol=1e-9)


def test_a_turn_of_a_quarter_brings_y_to_the_right():
    sight = Sight(200.0, 200.0, Camera(90.0, 30.0))
    a, b, c = sight.project(np.array([[0.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.5]]))
    np.testing.assert_allclose(b[:2] - a[:2], [0.5 * sight.scale, 0.0], atol=1e-9)
    np.testing.assert_allclose(c[:2] - a[:2], [0.0, 0.5 * sight.scale * np.cos(np.pi / 6)], atol=1e-9)


@pytest.mark.parametrize(("turn", "tilt"), TURNS)
def test_all_of_the_block_is_in_the_picture(turn, tilt):
    sight = Sight(300.0, 200.0, Camera(turn, tilt), (20.0, 10.0, 5.0, 3.0))
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (0, TALL)], np.float64)
    places = sight.project(corners)
    assert (places[:, 0] >= 20.0 - 1e-9).all()
    assert (places[:, 0] <= 290.0 + 1e-9).all()
    assert (places[:, 1] >= 5.0 - 1e-9).all()
    assert (places[:, 1] <= 197.0 + 1e-9).all()


@pytest.mark.parametrize(("turn", "tilt"), TURNS)
def test_what_hides_a_point_is_found_as_by_going_from_it_to_the_eye(turn, tilt):
    """Against the function itself, along the way from each point; points that are just grazed may go either way."""
    sight, seen = looked(turn, tilt)
    rng = np.random.default_rng(5)
    foot = rng.uniform(-0.99, 0.99, (800, 2))
    points = np.column_stack([foot, hills(*foot.T)])
    away = np.linspace(0.0, 3.0, 1500)[:, None, None] * sight.towards()
    way = points + away
    inside = (np.abs(way[..., :2]) <= 1.0).all(axis=2)
    over = np.where(inside, way[..., 2] - hills(way[..., 0], way[..., 1]), np.inf)
    over[:5] = np.inf  # the point itself
    hidden = over.min(axis=0) < -0.03
    free = (over / np.linspace(1e-9, 3.0, 1500)[:, None]).min(axis=0) > 0.08
    found = visible(sight.project(points), seen)
    assert free.sum() > 150
    assert found[free].mean() > 0.97  # a pixel beside a ridge shows the ridge
    assert np.count_nonzero(found[hidden]) <= 0.01 * len(hidden)
    assert hidden.any() or tilt > 20


@pytest.mark.parametrize(("turn", "tilt"), TURNS)
@pytest.mark.parametrize("finely", [True, False])
def test_each_pixel_shows_the_point_that_stands_there(turn, tilt, finely):
    """What a pixel says it shows is projected into that pixel; sides and sky are where there is no surface."""
    sight = Sight(300, 240, Camera(turn, tilt), (10, 10, 10, 10))
    seen = cast(GRID, sight, 1.0, slice(0, 300), 500, finely=finely)
    columns, rows = np.nonzero(seen.index >= 0)
    j, i = np.divmod(seen.index[columns, rows], SIDE)
    places = sight.project(np.column_stack([PLACE[i], PLACE[j], GRID[j, i].astype(np.float64)]))
    assert np.abs(places[:, 0] - (columns + 0.5)).max() < 2.0
    off = np.abs(places[:, 1] - (rows + 0.5))
    assert np.quantile(off, 0.99) < (2.0 if finely else 3.0)
    assert set(np.unique(seen.index[seen.index < 0])) <= {NOTHING, SIDE_X, SIDE_Y}
    assert np.isinf(seen.away[seen.index == NOTHING]).all()


@pytest.mark.parametrize(("turn", "tilt"), TURNS[:4])
@pytest.mark.parametrize("lines", [True, False])
def test_pixels_and_flat_pieces_are_one_picture(qapp, turn, tilt, lines):
    """The picture found column by column, against flat pieces painted from back to front by Qt."""
    surface = Surface(PLACE, PLACE, GRID.astype(np.float64))
    made = block(
        surface, scale_of(surface.values, "linear"), themes.LIGHT, palette="sea", shading=True, lines=lines,
        heights="linear",
    )  # fmt: skip
    sight = Sight(360, 280, Camera(turn, tilt), (10, 10, 10, 10))
    seen = cast(made.z, sight, 1.0, slice(0, 360), 600)
    pixels = painted(made, seen).T[::-1]
    image = QImage(360, 280, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    for corners, color in zip((found := quads(made, sight)).corners, found.colors, strict=True):
        shade = QColor.fromRgba(int(color))
        painter.setPen(shade)
        painter.setBrush(shade)
        painter.drawConvexPolygon(QPolygonF([QPointF(x, 280 - y) for x, y in corners.tolist()]))
    painter.end()
    other = np.frombuffer(image.constBits(), np.uint32).reshape(280, 360)

    def channels(picture):
        return np.stack([(picture >> shift) & 255 for shift in (24, 16, 8, 0)]).astype(int)

    apart = np.abs(channels(pixels) - channels(other)).max(axis=0)
    assert (pixels != 0).mean() > 0.2
    assert (apart <= 12).mean() > (0.93 if lines else 0.97)
    assert bool(len(found.lines)) == lines
    if lines:  # each stroke lies on its own piece
        low, high = found.corners[found.on].min(axis=1), found.corners[found.on].max(axis=1)
        assert (found.lines >= low[:, None] - 1e-6).all()
        assert (found.lines <= high[:, None] + 1e-6).all()


@pytest.mark.parametrize(("turn", "tilt"), TURNS[:3])
def test_no_contour_line_stands_on_the_cliff_to_what_is_unknown(turn, tilt):
    """Walls stay plain, of pixels and of pieces: where a plane is being filled in, or beside the log of a negative."""
    x, y = np.meshgrid(PLACE, PLACE)
    known = x + 0.4 * np.sin(4.0 * y) < 0.2
    surface = Surface(PLACE, PLACE, np.where(known, hills(x, y) + 1.0, np.nan))
    sight = Sight(360, 280, Camera(turn, tilt), (10, 10, 10, 10))
    made = {
        lines: block(surface, scale_of(surface.values, "linear"), themes.LIGHT, palette="sea", shading=True,
                     lines=lines, heights="linear")
        for lines in (True, False)
    }  # fmt: skip
    seen = cast(made[True].z, sight, 1.0, slice(0, 360), 600)
    drawn = painted(made[True], seen) != painted(made[False], seen)
    assert drawn.any()
    side = len(made[True].z)
    j, i = np.divmod(seen.index[drawn & (seen.index >= 0)], side)
    at = np.rint(np.stack([j, i]) * (SIDE - 1) / (side - 1)).astype(int)
    near = np.array(
        [
            known[np.clip(at[0] + a, 0, SIDE - 1), np.clip(at[1] + b, 0, SIDE - 1)]
            for a in (-2, 0, 2)
            for b in (-2, 0, 2)
        ]
    )
    assert near.any(axis=0).all(), "every line stands on what is known, or at its very edge"
    assert near.all(axis=0).mean() > 0.9
    found = quads(made[True], sight)
    assert np.isfinite(found.lines).all()
    assert len(found.lines)


def test_columns_found_apart_are_those_found_at_once():
    sight, whole = looked(-37.0, 36.0)
    parts = [cast(GRID, sight, 1.0, slice(first, first + 80), 600) for first in range(0, 400, 80)]
    np.testing.assert_array_equal(np.concatenate([part.index for part in parts]), whole.index)


def test_heights_follow_the_scale():
    """By the logarithm where the scale is one; as they are elsewhere; by rank where that is asked for."""
    values = np.exp(np.linspace(0.0, 12.0, 400)).reshape(20, 20)
    log = height_of(values, scale_of(values, "log"), "log")
    np.testing.assert_allclose(np.diff(log.ravel()[20:-20], n=2), 0.0, atol=1e-9)
    line = np.linspace(0.0, 1.0, 400).reshape(20, 20) ** 2
    plain = height_of(line, scale_of(line, "linear"), "linear")
    np.testing.assert_allclose(plain, np.clip(line / scale_of(line, "linear").top, 0, 1), atol=1e-9)
    assert plain.ravel()[200] == pytest.approx(0.25, abs=0.02)
    assert height_of(line, scale_of(line, "rank"), "rank").ravel()[200] == pytest.approx(0.5, abs=0.12)
    assert (height_of(np.ones((4, 4)), scale_of(np.ones((4, 4))), "auto") == 0.0).all()


def test_between_the_points_heights_are_in_proportion_and_beside_the_foot_there_are_none():
    grid = np.array([[0.0, 1.0], [2.0, 3.0]], np.float32)
    found = heights_at(grid, np.array([[-1.0, -1.0], [1.0, -1.0], [0.0, 0.0], [0.5, -1.0], [1.2, 0.0], [np.nan, 0.0]]))
    np.testing.assert_allclose(found, [0.0, 1.0, 1.5, 0.75, np.nan, np.nan])


def test_the_first_look_is_into_the_valley_and_not_at_the_wall_before_it():
    """A wall along y = -1 hides what is behind it from cameras in front of it: one looks from another side."""
    x, y = np.meshgrid(PLACE, PLACE)
    wall = (TALL * np.where(y < -0.6, 1.0, 0.0) + 0.0 * x).astype(np.float32)
    camera = open_view(wall, np.array([[0.0, -0.4]]))
    sight = Sight(200, 200, camera)
    seen = cast(wall, sight, 1.0, slice(0, 200), 400)
    assert visible(sight.project(np.array([[0.0, -0.4, 0.0]])), seen).all()
    assert open_view(np.zeros_like(wall), np.zeros((0, 2))) == Camera()


def test_the_camera_stays_above_the_ground_and_keeps_what_is_under_the_mouse():
    assert Camera().turned(0.0, 500.0).tilt == HIGHEST
    assert Camera().turned(0.0, -500.0).tilt == LOWEST
    assert Camera(turn=170.0).turned(20.0, 0.0).turn == pytest.approx(-170.0)
    point = np.array([[0.3, -0.2, 0.4]])
    before = Sight(400.0, 300.0, Camera(10.0, 40.0))
    at = before.project(point)[0, :2]
    after = Sight(400.0, 300.0, before.camera.zoomed(1.7, (float(at[0]) - 200.0, float(at[1]) - 150.0)))
    # all points keep their places relative to the one under the mouse, enlarged
    moved = after.project(np.array([[0.8, 0.1, 0.0]]))[0, :2] - after.project(point)[0, :2]
    was = before.project(np.array([[0.8, 0.1, 0.0]]))[0, :2] - at
    np.testing.assert_allclose(moved, 1.7 * was, rtol=1e-9)
    np.testing.assert_allclose(after.project(point)[0, :2], at, atol=1e-6)


def test_ticks_are_round_and_in_their_places():
    assert even_ticks(-1.0, 1.0, 4) == ((0.0, "−1"), (0.25, "−0.5"), (0.5, "0"), (0.75, "0.5"), (1.0, "1"))
    assert even_ticks(0.0, float("inf")) == ()
    assert even_ticks(2.0, 2.0) == ()


class Notebook(QPainter):
    """A painter that notes where which text stands."""

    def __init__(self, image):
        super().__init__(image)
        self.texts = []

    def drawText(self, box, flags, text):  # noqa: N802 - Qt's name
        self.texts.append((text, box))


@pytest.mark.parametrize("turn", range(-170, 190, 20))
def test_numbers_of_two_axes_keep_apart_where_they_meet(qapp, turn):
    image = QImage(500, 500, QImage.Format.Format_ARGB32)
    frame, painter = BlockFrame(before=True), Notebook(image)
    axes = [Axis(name, even_ticks(-4.0, 4.0)) for name in ("x", "y")]
    upright = Axis("f", even_ticks(0.0, 1.0))
    frame.show_frame(Sight(500, 500, Camera(turn, 36.0), (60, 24, 34, 14)), (*axes, upright), themes.LIGHT)
    frame.paint(painter, None)
    painter.end()
    numbers = [box for text, box in painter.texts if text not in ("x", "y", "f")]
    assert len(numbers) >= 8
    for i, box in enumerate(numbers):
        assert not any(box.adjusted(-5, 0, 5, 0).intersects(other) for other in numbers[:i])


@pytest.mark.parametrize("turn", range(-170, 190, 20))
def test_the_name_of_an_axis_stands_on_none_of_its_numbers(qapp, turn):
    """Long names are moved into a narrow picture, and numbers as -600000 reach far; the upright one's tops its edge."""
    image = QImage(360, 500, QImage.Format.Format_ARGB32)
    frame, painter = BlockFrame(before=True), Notebook(image)
    names = "the first main direction", "the second main direction", "loss (log)"
    ends = (-600000.0, 200000.0), (-50000.0, 200000.0), (0.0, 1.0)
    axes = [Axis(name, even_ticks(*pair)) for name, pair in zip(names, ends, strict=True)]
    frame.show_frame(Sight(360, 500, Camera(turn, 36.0), (60, 24, 34, 14)), axes, themes.LIGHT)
    frame.paint(painter, None)
    painter.end()
    for at, (text, box) in enumerate(painter.texts):
        if text in names:
            others = [other for i, (_, other) in enumerate(painter.texts) if i != at]
            assert not any(box.adjusted(-2, 0, 2, 0).intersects(other) for other in others)


def test_points_outside_of_the_picture_are_not_hidden():
    seen = Seen(np.zeros((4, 4), np.intp), np.zeros((4, 4), np.float32), 1.0)
    points = np.array([[-5.0, 1.0, 9.0], [1.0, 1.0, 9.0], [1.0, 1.0, 0.0], [1.0, 99.0, 9.0]])
    assert visible(points, seen).tolist() == [True, False, True, True]


@pytest.mark.parametrize(("seconds", "least", "most"), [(0.02, 50_000, 60_000), (0.001, 180_000, 200_000)])
def test_a_block_is_turned_as_coarsely_as_the_machine_needs(qapp, monkeypatch, seconds, least, most):
    """Where finding a picture takes long it has fewer points; where there is time again, as many as before."""
    clock = itertools.count()
    monkeypatch.setattr(block_item.time, "thread_time", lambda: seconds * next(clock))
    heights = np.random.default_rng(0).uniform(0, 1, (16, 16))
    grid = np.linspace(-1, 1, 16)
    made = block(
        Surface(grid, grid, heights),
        scale_of(heights, "linear"),
        themes.LIGHT,
        palette="sea",
        shading=True,
        lines=True,
        heights="linear",
    )
    painter = block_item.BlockPainter()
    painter._coarse_points = 200_000.0 if seconds > 0.01 else 50_000.0
    for turn in range(40):
        painter.look(made, Sight(800, 600, Camera(turn=float(turn))))
    assert painter.seen is not None
    assert least <= painter.seen.away.size <= most
    painter.finish()
    assert painter.seen.away.size > 1_000_000, "at rest it is as fine as ever"
    painter.rest()
