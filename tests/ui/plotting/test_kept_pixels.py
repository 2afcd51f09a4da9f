"""What stands still is painted once, and always as if it were painted anew."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QWidget

from tests.experiments import example
from tests.ui.conftest import rest
from workbench.ui.plotting.kept_pixels import StillItem


class Disc(StillItem):
    """Counts how often it is painted."""

    def __init__(self):
        super().__init__()
        self.drawn = 0

    def boundingRect(self):  # noqa: N802 - Qt's name
        return QRectF(0, 0, 10, 10)

    def draw(self, painter):
        self.drawn += 1
        painter.setBrush(QColor("#3060c0"))
        painter.drawEllipse(self.boundingRect())


@pytest.fixture
def disc(qapp):
    return Disc()


@pytest.fixture
def viewport(qapp):
    widget = QWidget()
    widget.resize(60, 60)
    yield widget
    widget.deleteLater()


def painted(item, viewport, zoom=2.0, x=5.0, device_zoom=1.0):
    image = QImage(120, 120, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    if device_zoom != 1.0:  # as an exported picture is enlarged
        painter.setViewport(0, 0, round(120 * device_zoom), round(120 * device_zoom))
        painter.setWindow(0, 0, 120, 120)
    painter.translate(x, 5)
    painter.scale(zoom, zoom)
    item.paint(painter, None, viewport)
    painter.end()
    return image


def directly(item, **where):
    return painted(item, None, **where)


def test_it_is_painted_once_until_it_or_the_range_changes(disc, viewport):
    first = painted(disc, viewport)
    assert painted(disc, viewport) == first == directly(disc)
    assert disc.drawn == 2  # once kept, once directly
    moved = painted(disc, viewport, x=9.0)
    assert disc.drawn == 3
    assert moved == directly(disc, x=9.0)
    assert painted(disc, viewport, zoom=3.0) == directly(disc, zoom=3.0)
    disc.drawn = 0
    painted(disc, viewport, zoom=3.0)
    assert disc.drawn == 0
    disc.changed()
    painted(disc, viewport, zoom=3.0)
    assert disc.drawn == 1


def test_an_enlarged_picture_is_not_made_of_the_viewports_pixels(disc, viewport):
    painted(disc, viewport)
    assert painted(disc, viewport, device_zoom=2.0) == directly(disc, device_zoom=2.0)


def test_a_vector_picture_has_lines(disc, viewport, tmp_path):
    painted(disc, viewport)
    generator = QSvgGenerator()
    generator.setFileName(str(tmp_path / "disc.svg"))
    painter = QPainter(generator)
    disc.paint(painter, None, viewport)
    painter.end()
    text = (tmp_path / "disc.svg").read_text()
    assert "<image" not in text
    assert "<path" in text or "<circle" in text or "<ellipse" in text


def pixels(view):
    image = view.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    content = np.frombuffer(image.constBits(), np.uint8)
    return content.reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()].copy()


def test_another_objective_leaves_nothing_of_the_one_before_it(open_window, qtbot):
    """The height map, its contours and the range change together, again and again."""
    window = open_window(example("first_descent"))
    view = window.views["landscape"]
    for name in ("banana_race", "first_descent", "banana_race"):
        window.document.open(example(name), None)
        rest(qtbot, window)
        qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot))
        window.clock.refresh()
        qtbot.waitUntil(lambda: view.ground.is_whole)
        for _ in range(3):
            QApplication.processEvents()
            window.grab()
        shown = pixels(view)
        view.ground.height_map.changed()
        view.ground.contours.changed()
        assert np.array_equal(shown, pixels(view)), name
