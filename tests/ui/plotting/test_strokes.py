"""Wide lines made of thin ones look as Qt's own, and stay single lines in vectors."""

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from tests.ui.plotting.ink import ink
from workbench.ui.plotting.curves import pen
from workbench.ui.plotting.strokes import draw_polyline, for_picture, offsets


def line(angle):
    """A line of 60 pixels through the middle."""
    away = QPointF(30 * np.cos(angle), 30 * np.sin(angle))
    return QPolygonF([QPointF(60, 40) - away, QPointF(60, 40), QPointF(60, 40) + away])


@pytest.mark.parametrize("ratio", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("width", [1.6, 2.0, 2.4])
@pytest.mark.parametrize("degrees", [0, 20, 45, 70, 90])
def test_a_wide_line_has_the_ink_of_its_width(qapp, ratio, width, degrees):
    """Ink over length is the width in pixels of the screen, whatever the direction and however fine the screen."""
    drawn = ink(ratio, lambda p: draw_polyline(p, line(np.radians(degrees)), pen("black", width)))
    found = drawn.sum() / (60.0 * ratio**2)
    assert width * 0.85 < found < width * 1.45 + 0.1


@pytest.mark.parametrize("width", [1.6, 2.0, 3.2, 6.4])
def test_there_are_no_gaps_between_the_thin_lines(qapp, width):
    """Neighbours stand at most a pixel apart, which is the width of each."""
    places = sorted({x for x, _ in offsets(width)})
    assert max(np.diff(places)) <= 1.0 + 1e-12
    assert places[-1] - places[0] + 1.0 == pytest.approx(width)


def test_a_picture_of_vectors_has_one_line_of_the_true_width(qapp):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    painter = QPainter(device)
    draw_polyline(painter, line(0.3), pen("black", 2.0))
    painter.end()
    text = bytes(buffer.data().data()).decode()
    assert text.count("<polyline") == 1
    assert 'stroke-width="2"' in text


def test_the_place_of_what_is_drawn_next_is_unchanged(qapp):
    """The painter's transform is put back."""

    def draw(painter):
        painter.translate(5, 7)
        before = painter.worldTransform()
        draw_polyline(painter, line(0.0), pen("black", 2.0))
        assert painter.worldTransform() == before

    ink(1.0, draw)


@pytest.mark.parametrize("style", [Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine])
@pytest.mark.parametrize("alpha", [255, 80])
@pytest.mark.parametrize("shaking", [0.0, 3.0, 25.0])
def test_a_line_of_a_fine_picture_looks_as_it_would_outlined_as_a_whole(qapp, shaking, alpha, style):
    random = np.random.default_rng(0)
    heights = 50 + 20 * np.sin(np.linspace(0, 9, 150)) + shaking * random.standard_normal(150)
    long = QPolygonF([QPointF(x, y) for x, y in zip(np.linspace(5, 195, 150), heights, strict=True)])
    color = QColor("#c02020")
    color.setAlpha(alpha)
    drawn_with = pen("black", 1.6, style)
    drawn_with = QPen(drawn_with)
    drawn_with.setColor(color)

    def whole(painter):
        painter.setPen(for_picture(drawn_with, 2.0))
        painter.drawPolyline(long)

    expected = painted(whole)
    found = painted(lambda painter: draw_polyline(painter, long, drawn_with))
    assert expected.min() < 200  # there is a line
    differing = np.abs(found - expected).max(axis=2) > 48
    assert differing.sum() < 0.01 * (expected.min(axis=2) < 250).sum()


class Canvas(QWidget):
    """A widget of 200 by 100 pixels that paints what it is told."""

    def __init__(self, draw):
        super().__init__()
        self.draw = draw
        self.resize(200, 100)

    def paintEvent(self, event):  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter)
        painter.end()


def painted(draw):
    """The colours (H, W, 3) of a widget's picture that is twice as fine as the widget."""
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    Canvas(draw).render(image)
    return np.frombuffer(image.constBits(), np.uint8).reshape(200, 400, 4)[:, :, :3].astype(int)
