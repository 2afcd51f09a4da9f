"""The local quadratic over the landscape: rings of equal height of the point's own second derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.experiments import experiment
from workbench.engine.curvature.spectrum import Spectrum
from workbench.ui.style import theme as themes
from workbench.ui.views.landscape.bend import quadratic_lines

LANES = """
format = 1
[problem]
kind = "objective"
objective = "himmelblau"
start = [3.4, 1.6]
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.001
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.003
[view.landscape]
curvature = "{}"
"""
#: by hand at (3, 2): [[12 x² + 4 y − 42, 4 (x + y)], [4 (x + y), 12 y² + 4 x − 26]]
AT_MINIMUM = np.array([[74.0, 20.0], [20.0, 34.0]])


def made(matrix, point=(0.0, 0.0)):
    values, vectors = np.linalg.eigh(np.asarray(matrix, float))
    return Spectrum(0, np.array(point), values[::-1].copy(), vectors.T[::-1].copy(), float(values[0]), True, True)


def bent(x, y):
    return np.array([[12 * x * x + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 12 * y * y + 4 * x - 26]])


@pytest.mark.parametrize(
    "matrix", [[[20.0, 0.0], [0.0, 1.0]], AT_MINIMUM, [[-3.0, 1.0], [1.0, -2.0]], [[2.0, 1.0], [1.0, -1.0]]],
    ids=["bowl", "turned", "top", "saddle"],
)  # fmt: skip
def test_along_each_ring_the_quadratic_has_one_height(matrix):
    lines = quadratic_lines(made(matrix, (1.0, -2.0)), np.array([2.0, 1.0]), themes.LIGHT)
    *rings, first, second = lines
    assert len(rings) == (12 if np.linalg.det(matrix) < 0 else 3)
    for x, y, _ in rings:
        d = np.column_stack([x - 1.0, y + 2.0])
        heights = np.einsum("ki,ij,kj->k", d, np.asarray(matrix), d)
        np.testing.assert_allclose(heights, heights[0], rtol=1e-9)
    for x, y, _ in (first, second):  # the axes are eigenvectors
        axis = np.array([x[1] - x[0], y[1] - y[0]])
        along = np.asarray(matrix) @ axis
        assert abs(along[0] * axis[1] - along[1] * axis[0]) < 1e-9 * np.linalg.norm(along) * np.linalg.norm(axis)


def test_rings_of_a_bowl_stay_within_the_room_and_a_flat_direction_is_no_ring_without_end():
    for matrix in (AT_MINIMUM, [[1.0, 0.0], [0.0, 0.0]], [[5.0, 0.0], [0.0, 1e-12]]):
        for x, y, _ in quadratic_lines(made(matrix), np.array([2.0, 1.0]), themes.LIGHT):
            assert np.abs(x).max() <= 2.0 + 1e-9
            assert np.abs(y).max() <= 1.0 + 1e-9
    assert quadratic_lines(made(np.zeros((2, 2))), np.array([1.0, 1.0]), themes.LIGHT) == []


def test_it_stands_at_the_picked_lane_and_follows_it(open_window, settled, qtbot):
    window = open_window(experiment(LANES.format("lane")))
    view = window.views["landscape"]
    window.worker.seek(3)
    settled(window, 3)

    def at(lane):
        spectrum = view.bend._spectrum
        return spectrum is not None and spectrum.step == 3 and np.allclose(spectrum.point, window.snapshot.theta[lane])

    qtbot.waitUntil(lambda: at(0), timeout=20_000)
    right = np.linalg.eigvalsh(bent(*window.snapshot.theta[0]))[::-1]
    np.testing.assert_allclose(view.bend._spectrum.values, right, rtol=1e-9)
    assert len(view.bend.lines.given) == 5
    view.pick_lane(1)
    qtbot.waitUntil(lambda: at(1), timeout=20_000)
    view.choose("curvature", "off")
    assert view.bend.lines.given == ()
    assert "curvature" not in view.demand()


def test_it_stands_under_the_mouse_and_goes_with_it(open_window, qtbot):
    window = open_window(experiment(LANES.format("cursor")))
    view = window.views["landscape"]
    assert "curvature" not in view.demand()  # the mouse is elsewhere
    scene = view.plot.box.mapViewToScene(QPointF(3.0, 2.0))
    view.plot.scene().sigMouseMoved.emit(scene)
    qtbot.waitUntil(lambda: view.bend._spectrum is not None, timeout=20_000)
    spectrum = view.bend._spectrum
    np.testing.assert_allclose(spectrum.point, [3.0, 2.0], atol=1e-9)
    np.testing.assert_allclose(spectrum.values, np.linalg.eigvalsh(AT_MINIMUM)[::-1], rtol=1e-9)
    assert view.bend.words() == ["curvatures 82.28, 25.72"]
    assert "curvatures 82.28, 25.72" in view._read(3.0, 2.0)


def test_without_the_option_nothing_is_asked_for(open_window):
    window = open_window(experiment(LANES.format("off")))
    assert "curvature" not in window.views["landscape"].demand()
