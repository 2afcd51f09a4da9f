"""The values written on contour lines: legible wherever the lines are dense."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from workbench.engine.objectives.landscape import Surface
from workbench.ui.plotting.heights import heights
from workbench.ui.plotting.surfaces import ContourLines
from workbench.ui.style import theme as themes


@pytest.mark.parametrize("points", [8.0, 18.0])
@pytest.mark.parametrize("width", [90, 200, 700])
@pytest.mark.parametrize("steepness", [0.0, 0.3, 6.0])
def test_values_of_contour_lines_keep_a_distance(qtbot, points, width, steepness):
    """On straight walls in a narrow picture, with large text, no value touches another one, and some are there."""
    side = np.linspace(-1.0, 1.0, 49)
    x, y = np.meshgrid(side, side)
    surface = Surface(side, side, np.exp(1.5 * x + steepness * y))
    contours = ContourLines()
    contours.set_surface(surface, heights(surface, prefers_log=True), themes.LIGHT)
    image = QImage(width, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setFont(themes.font(points))
    painter.translate(width / 2, 150)
    painter.scale(width / 2, -150)
    placed = contours.placed(painter)
    world = painter.worldTransform()
    painter.end()
    boxes = [box.translated(world.map(point)) for point, _, box in placed]
    assert len(boxes) >= 2
    for one, other in itertools.combinations(boxes, 2):
        assert not one.adjusted(-2, -1, 2, 1).intersects(other)
