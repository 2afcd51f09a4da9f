"""Figures: a widget painted on a page of a given size, as PNG, SVG or PDF, with words on what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from workbench.export.about import About
from workbench.export.figure_plan import POINTS, Paper
from workbench.export.pdf_parts import finished_pdf
from workbench.export.pictures import VECTOR_FINENESS, Uncached, laid_out, paint, plot_areas
from workbench.export.svg_parts import Drawing, whole_svg

_INCH = 0.0254  # metres


class Sheet:
    """A page: its size as asked for, and that of the layout, whose text is as large as in a window.

    Everything on it is smaller or larger by one factor, so that its text has the size asked for: lines, symbols and
    gaps go with the text.
    """

    def __init__(self, paper: Paper, base: float, ground: str) -> None:
        """`base` are the points of ordinary text in the layout; `ground` is the page's colour."""
        self.paper, self.ground = paper, QColor(ground)
        self.width, self.height = paper.layout(base)

    @property
    def layout(self) -> QSize:
        """The size of the widget: whole pixels, less than one smaller than the page."""
        return QSize(int(self.width), int(self.height))

    def content(self, widget: QWidget, kind: str, about: About) -> bytes:
        """The widget on this page as the content of a file."""
        across, _ = self.paper.pixels
        fineness = VECTOR_FINENESS if kind in _VECTORS else across / self.width
        with laid_out(widget, self.layout, fineness):
            return _VECTORS[kind](self, widget, about) if kind in _VECTORS else _raster(self, widget, about, kind)

    def image(self, widget: QWidget, across: int, down: int) -> QImage:
        """The widget on this page in pixels, which must have its shape."""
        with laid_out(widget, self.layout, across / self.width):
            return self.painted(widget, across, down)

    def painted(self, widget: QWidget, across: int, down: int) -> QImage:
        """The widget as it is laid out, in pixels."""
        image = QImage(across, down, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(across / self.width)
        image.fill(self.ground)
        painter = QPainter(image)
        paint(widget, painter)
        painter.end()
        return image

    def fill(self, painter: QPainter) -> None:
        """The page's ground, also where the layout is a fraction of a pixel smaller."""
        painter.fillRect(QRectF(0.0, 0.0, self.width, self.height), self.ground)


def _raster(sheet: Sheet, widget: QWidget, about: About, kind: str) -> bytes:
    image = sheet.painted(widget, *sheet.paper.pixels)
    image.setDevicePixelRatio(1.0)
    per_meter = round(sheet.paper.dpi / _INCH)
    image.setDotsPerMeterX(per_meter)
    image.setDotsPerMeterY(per_meter)
    for key, text in (("Title", about.title), ("Software", about.program), ("Description", about.experiment)):
        image.setText(key, text)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, kind.upper())  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _svg(sheet: Sheet, widget: QWidget, about: About) -> bytes:
    paper = sheet.paper
    size = (f"{paper.width:.10g}{paper.unit}", f"{paper.height:.10g}{paper.unit}")
    with Uncached(widget):
        drawings = list(_drawings(widget, QPoint(), widget.rect()))
    return whole_svg(drawings, about, ground=sheet.ground.name(), size=size, box=(sheet.width, sheet.height))


def _drawings(widget: QWidget, place: QPoint, seen: QRect) -> Iterator[Drawing]:
    """What a widget draws, then what those in it do, each by itself: below what lies above it.

    In SVG 1.1 Qt loses count of what is clipped to what, and in SVG Tiny it clips nothing: that is done here.
    """
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(widget.size())
    device.setResolution(96)
    painter = QPainter(device)
    QWidget.render(widget, painter, QPoint(), QRegion(), QWidget.RenderFlag(0))  # a view of graphics has another one
    painter.end()
    buffer.close()
    clip = (float(seen.x()), float(seen.y()), float(seen.width()), float(seen.height()))
    areas = tuple((area.x(), area.y(), area.width(), area.height()) for area in plot_areas(widget))
    yield Drawing(bytes(content.data()), (float(place.x()), float(place.y())), clip, areas)
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            there = place + child.pos()
            inner = seen.intersected(QRect(there, child.size()))
            if not inner.isEmpty():
                yield from _drawings(child, there, inner)


def _pdf(sheet: Sheet, widget: QWidget, about: About) -> bytes:
    across, down = sheet.paper.points
    whole = QSizeF(int(across) + 1, int(down) + 1)  # Qt's pages are whole points: what is more is cut off in the end
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QPdfWriter(buffer)
    # as many dots an inch as the layout has pixels, or nearly: lines of so many pixels are so many dots
    dots = max(1, round(sheet.width / across * POINTS))
    device.setResolution(dots)
    device.setPageSize(QPageSize(whole, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    device.setPageOrientation(QPageLayout.Orientation.Portrait)
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    scale = across / sheet.width * dots / POINTS
    painter.translate(0.0, (whole.height() - down) * dots / POINTS)
    painter.scale(scale, scale)
    sheet.fill(painter)
    with Uncached(widget):
        paint(widget, painter)
    painter.end()
    del device
    buffer.close()
    words = {"Title": about.title, "Creator": about.program, "Experiment": about.experiment}
    return finished_pdf(bytes(content.data()), (across, down), words)


_VECTORS: Mapping[str, Callable[[Sheet, QWidget, About], bytes]] = {"svg": _svg, "pdf": _pdf}
