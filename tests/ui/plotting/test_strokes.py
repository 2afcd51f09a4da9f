"""Wide lines made of thin ones look as Qt's own, cost little however they jump, and stay single lines in vectors."""

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF
from PySide6.QtSvg import QSvgGenerator

from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.strokes import AFFORDABLE, draw_polyline, offsets


def ink(ratio, draw):
    """How dark each pixel is, 0 to 1, after `draw(painter)` on a picture of 120 x 80 logical pixels."""
    image = QImage(round(120 * ratio), round(80 * ratio), QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return 1.0 - rows[:, : image.width()] / 255.0


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


def test_lines_that_jump_are_painted_thin_and_calm_ones_wide(qapp):
    """Where wide lines would take too long for a frame, they are thin; they get wide again only when they are calm."""
    x = np.linspace(10.0, 110.0, 2_000)
    jumping = np.where(np.arange(2_000) % 2, 70.0, 10.0)
    calm = 40.0 + np.sin(x / 10)
    curves = Curves()

    def drawn(y):
        curves.set_lines([(x, y, pen("black", 2.0))])
        return ink(1.0, lambda p: curves.paint(p, None))

    assert 4 * np.abs(np.diff(jumping)).sum() > AFFORDABLE
    wide = drawn(calm).sum()
    drawn(jumping)
    middling = np.where(np.arange(2_000) % 2, 44.0, 36.0)
    assert 0.4 * AFFORDABLE < 4 * np.abs(np.diff(middling)).sum() < AFFORDABLE
    assert curves.wide == [False]
    drawn(middling)
    assert curves.wide == [False]  # what is near the limit keeps its width
    assert drawn(calm).sum() == pytest.approx(wide)


@pytest.mark.parametrize(("ratio", "wide"), [(1.0, True), (2.0, False)])
def test_what_a_fine_screen_costs_is_counted(qapp, ratio, wide):
    """With two pixels of the device to one of the screen, 4 x 4 thin lines stand in place of 2 x 2, twice as long."""
    x = np.linspace(10.0, 110.0, 301)
    y = np.where(np.arange(301) % 2, 60.0, 20.0)
    length = np.abs(np.diff(y)).sum()
    assert 4 * length < AFFORDABLE
    assert 2 * 16 * length > AFFORDABLE
    curves = Curves()
    curves.set_lines([(x, y, pen("black", 2.0))])
    ink(ratio, lambda p: curves.paint(p, None))
    assert curves.wide == [wide]


def test_a_line_that_leaves_the_picture_far_behind_takes_no_width_from_the_others(qapp):
    """What is not painted costs nothing: a diverged lane leaves the others as wide as they are."""
    x = np.linspace(10.0, 110.0, 50)
    curves = Curves()
    curves.set_lines([(x, 40.0 + np.sin(x), pen("black", 2.0)), (x, 10.0 ** np.linspace(0, 29, 50), pen("black", 2.0))])
    ink(1.0, lambda p: curves.paint(p, None))
    assert curves.wide == [True, True]


def test_a_line_that_jumps_takes_no_width_from_a_calm_one(qapp):
    """Each has its share of the time."""
    x = np.linspace(10.0, 110.0, 2_000)
    jumping = np.where(np.arange(2_000) % 2, 70.0, 10.0)
    curves = Curves()
    curves.set_lines([(x, 40.0 + np.sin(x / 10), pen("black", 2.0)), (x, jumping, pen("black", 2.0))])
    ink(1.0, lambda p: curves.paint(p, None))
    assert curves.wide == [True, False]
