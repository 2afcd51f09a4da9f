"""Contour lines: those that there are, with their own values, legible wherever they are dense."""

from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter, QTransform

from workbench.engine.objectives import objectives
from workbench.engine.objectives.landscape import Surface, _Finer, surface
from workbench.engine.objectives.levels import Level, scale_of
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.ui.plotting.contour_labels import Label, without_labels
from workbench.ui.plotting.contours import ContourFinder, ContourLines, is_inside, simplified
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes


def found(surface, levels):
    finder = ContourFinder(surface, levels)
    while not finder.work(1.0):
        pass
    return finder.contours


@pytest.mark.parametrize("points", [8.0, 18.0])
@pytest.mark.parametrize("width", [90, 200, 700])
@pytest.mark.parametrize("steepness", [0.0, 0.3, 6.0])
def test_values_of_contour_lines_keep_a_distance(qtbot, points, width, steepness):
    """On straight walls in a narrow picture, with large text, no value touches another one, and some are there."""
    side = np.linspace(-1.0, 1.0, 49)
    x, y = np.meshgrid(side, side)
    surface = Surface(side, side, np.exp(1.5 * x + steepness * y))
    contours = ContourLines()
    contours.set_contours(found(surface, scale_of(surface.values).levels), surface, themes.LIGHT)
    image = QImage(width, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setFont(themes.font(points))
    painter.translate(width / 2, 150)
    painter.scale(width / 2, -150)
    placed = contours.placed(painter)
    painter.end()
    assert placed
    for one, other in itertools.combinations(placed, 2):
        assert not one.bounds.adjusted(-2, -1, 2, 1).intersects(other.bounds)


def test_a_line_has_a_gap_where_its_value_stands_and_nowhere_else(qtbot):
    """Of a straight slope, what is left of a line ends at its label's box, and begins again behind it."""
    side = np.linspace(0.0, 1.0, 201)
    x, _ = np.meshgrid(side, side)
    surface = Surface(side, side, x)
    contours = ContourLines()
    contours.set_contours(found(surface, [Level(0.5, "0.5", strong=False)]), surface, themes.LIGHT)
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.scale(400, 400)
    (label,) = contours.placed(painter)
    painter.end()
    line = np.column_stack([np.full(801, 200.0), np.linspace(0.0, 400.0, 801)])
    left = without_labels(line, [label])
    ends = left[np.isfinite(left[:, 0]), 1]
    assert ends[ends < label.y].max() == pytest.approx(label.y - label.width / 2, abs=1e-9)
    assert ends[ends > label.y].min() == pytest.approx(label.y + label.width / 2, abs=1e-9)


def test_no_value_is_cut_off_at_the_border_of_what_is_seen(qtbot):
    """The surface reaches beyond the plot, and is moved: every value stands inside of it as a whole."""
    side = np.linspace(-1.0, 1.0, 101)
    x, y = np.meshgrid(side, side)
    surface = Surface(side, side, 3 * x + y)
    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    contours = ContourLines()
    plot.box.addItem(contours, ignoreBounds=True)
    contours.set_contours(found(surface, scale_of(surface.values).levels), surface, themes.LIGHT)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    for shift in (0.0, 0.03, 0.4):
        plot.set_range((-0.5 + shift, 0.5 + shift), (-0.4, 0.4))
        plot.grab()
        painter = QPainter(image)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        painter.setWorldTransform(contours.sceneTransform())
        labels = contours._kept_labels(painter)
        painter.end()
        assert labels
        seen = plot.box.mapRectToScene(plot.box.boundingRect())
        assert all(seen.contains(label.bounds) for label in labels)


@pytest.mark.parametrize("angle", [0.0, 35.0, -88.0])
@pytest.mark.parametrize("far", [3.0, 40.0, 400.0])
def test_no_line_runs_through_a_value_however_few_points_it_has(angle, far):
    """Lines of long segments all across a label: nothing is left inside its box, and all of what is outside."""
    label = Label("12", 200.0, 150.0, angle, 30.0, 12.0)
    rng = np.random.default_rng(5)
    middles = np.array([200.0, 150.0]) + rng.uniform(-10.0, 10.0, (60, 2))
    ways = far * np.column_stack([np.cos(turns := rng.uniform(0.0, np.pi, 60)), np.sin(turns)])
    gap = np.full((60, 2), np.nan)
    lines = np.stack([middles - ways, middles + ways, gap], axis=1).reshape(-1, 2)
    left = without_labels(lines, [label])

    def samples(points):
        shares = np.linspace(0.0, 1.0, 401)[None, :, None]
        found = points[:-1, None] + shares * (points[1:] - points[:-1])[:, None]
        return found[np.isfinite(found).all(axis=(1, 2))].reshape(-1, 2)

    def inside(points, room):
        place = QTransform().translate(label.x, label.y).rotate(label.angle).inverted()[0]
        turned = np.array([place.map(x, y) for x, y in points.tolist()]).reshape(-1, 2)
        return (np.abs(turned) < np.array([label.width, label.height]) / 2 - room).all(axis=1)

    def length(points):
        along = np.hypot(*np.diff(points, axis=0).T)
        return along[np.isfinite(along)].sum()

    assert inside(samples(lines), 0.0).any()
    assert not inside(samples(left), 1e-6).any()
    outside = sum(
        2 * far / 400 * np.count_nonzero(~inside(samples(np.array([m - w, m + w])), 0.0))
        for m, w in zip(middles[:12], ways[:12], strict=True)
    )
    few = without_labels(lines[: 3 * 12], [label])
    assert length(few) == pytest.approx(outside, abs=12 * 2 * far / 100)


def test_a_line_without_the_points_that_it_needs_not_is_the_same_line():
    """Of a circle of 400 pixels nothing is off by half a pixel, and most points are gone."""
    turn = np.linspace(0.0, 2 * np.pi, 2401)
    circle = 400.0 * np.column_stack([np.cos(turn), np.sin(turn)])
    kept = simplified(circle)
    assert len(kept) < 0.3 * len(circle)
    middles = (kept[1:] + kept[:-1]) / 2
    assert np.abs(np.hypot(*middles.T) - 400.0).max() < 0.5


def test_inside_is_what_a_ray_says():
    """Of an L, as by eye."""
    corner = np.array([[0, 0], [4, 0], [4, 1], [1, 1], [1, 4], [0, 4], [0, 0]], float)
    assert is_inside(corner, 0.5, 3.0)
    assert is_inside(corner, 3.0, 0.5)
    assert not is_inside(corner, 3.0, 3.0)


def shown(key):
    """An objective's problem with the surface that the landscape shows of it, its finer grid included."""
    objective = objectives.get(key)()
    problem = ObjectiveProblem(objective, [objective.start_for(2)])
    coarse = surface(problem, *objective.domain[:2])
    finer = None
    work = _Finer(problem, coarse)
    while finer is None:
        finer = work.work(1.0)
    return problem, coarse, finer


def extremum_in(problem, box, cell):
    """A local minimum or maximum (2,) of a grid four times finer inside a box, None where there is none."""
    (x0, y0), (x1, y1) = box
    x = np.arange(x0, x1 + cell[0] / 4, cell[0] / 4)
    y = np.arange(y0, y1 + cell[1] / 4, cell[1] / 4)
    every = max(1, int(np.sqrt(len(x) * len(y)) // 1500))  # of a line around half the picture, a coarser grid will do
    x, y = x[::every], y[::every]
    values = np.vstack([problem.losses(np.column_stack([x, np.full(len(x), height)])) for height in y])
    inner = values[1:-1, 1:-1]
    around = [values[1 + j : values.shape[0] - 1 + j, 1 + i : values.shape[1] - 1 + i]
              for j in (-1, 0, 1) for i in (-1, 0, 1) if (j, i) != (0, 0)]  # fmt: skip
    extreme = np.logical_and.reduce([inner <= a for a in around]) | np.logical_and.reduce([inner >= a for a in around])
    j, i = np.nonzero(extreme)
    return np.array([x[1 + i[0]], y[1 + j[0]]]) if len(j) else None


PLANE = [entry.key for entry in objectives if entry().dimensions[0] <= 2 <= entry().dimensions[1]]


@pytest.mark.slow
@pytest.mark.parametrize("key", PLANE)
def test_no_closed_line_runs_around_a_place_that_is_no_extremum(key):
    """On a grid four times finer, each closed line of the picture holds a minimum or a maximum."""
    problem, coarse, finer = shown(key)
    cell = np.array([finer.x[1] - finer.x[0], finer.y[1] - finer.y[0]])
    closed = [
        (piece.min(axis=0) - cell, piece.max(axis=0) + cell, contour.level.label)
        for contour in found(finer, scale_of(coarse.values).levels)
        for piece in contour.pieces
        if len(piece) > 2 and (piece[0] == piece[-1]).all()
    ]
    extrema = np.zeros((0, 2))
    for low, high, label in sorted(closed, key=lambda box: float(np.prod(box[1] - box[0]))):
        if ((extrema > low) & (extrema < high)).all(axis=1).any():
            continue  # that of a line inside of this one
        with np.errstate(all="ignore"):
            there = extremum_in(problem, (low, high), cell)
        assert there is not None, (label, (low + high) / 2)
        extrema = np.vstack([extrema, there])


def test_the_banana_valley_has_no_islands():
    """Every closed line of Rosenbrock's function runs around its one minimum, at (1, 1)."""
    _, coarse, finer = shown("rosenbrock")
    levels = scale_of(coarse.values).levels
    raw = Surface(finer.x, finer.y, finer.values)
    closed = [p for c in found(finer, levels) for p in c.pieces if len(p) > 2 and (p[0] == p[-1]).all()]
    unasked = [p for c in found(raw, levels) for p in c.pieces if len(p) > 2 and (p[0] == p[-1]).all()]
    assert closed
    assert all(is_inside(piece, 1.0, 1.0) for piece in closed)
    assert len(unasked) > len(closed), "without asking the function itself there are islands: the test means something"


def test_a_level_is_its_label_on_the_lines_too():
    """Along each line of a plane surface the surface has the value that is written on it."""
    side = np.linspace(-3.0, 5.0, 65)
    x, y = np.meshgrid(side, side)
    surface = Surface(side, side, 2.0 * x + 3.0 * y)
    for contour in found(surface, scale_of(surface.values).levels):
        value = float(Decimal(contour.level.label.replace("−", "-")))
        points = contour.points[~np.isnan(contour.points[:, 0])]
        assert np.allclose(points @ (2.0, 3.0), value, atol=1e-9)
