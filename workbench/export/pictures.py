"""Pictures of a view: PNG at any size, SVG and PDF as vectors. The view is painted, not photographed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QLayout, QScrollBar, QWidget

from workbench.export.formats import FORMATS

_DPI = 96
_UNSEEN = QSize(640, 480)
#: Points a pixel that lines have in pictures of vectors, which may be printed finer than any screen.
VECTOR_FINENESS = 4.0


def picture_bytes(widget: QWidget, kind: str, size: QSize | None = None) -> bytes:
    """The widget as it stands, as the content of a PNG, SVG or PDF file.

    `size` is that of the picture in pixels, by default the widget's own. Text keeps its share of the picture: a
    larger one is laid out as on screen and painted finer.

    Raises:
        ValueError: the format is none of `FORMATS`.
    """
    if kind not in FORMATS:
        raise ValueError(f"a picture can be one of {', '.join(FORMATS)}, got {kind}")
    if not FORMATS[kind].is_raster:
        return bytes(_painted(widget, size, partial(_vector, widget, kind), VECTOR_FINENESS))
    return image_bytes(picture_image(widget, size), kind)


def image_bytes(image: QImage, kind: str = "png", quality: int = -1) -> bytes:
    """An image as the content of a file; a PNG of a greater `quality`, to 100, takes less time and more room."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, kind.upper(), quality)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def picture_image(widget: QWidget, size: QSize | None = None) -> QImage:
    """The widget as it stands, in pixels; `size` as that of `picture_bytes`."""
    image: QImage = _painted(widget, size, partial(_raster, widget))
    return image


def is_prepared(widget: QWidget, size: QSize | None = None) -> bool:
    """Whether nothing that takes long stands before `picture_image`; if not, the widget begins it, beside events."""
    prepare = getattr(widget, "prepare_picture", None)
    return prepare is None or bool(_painted(widget, size, lambda *_: prepare()))


def _painted(widget: QWidget, size: QSize | None, made: Callable[..., Any], fineness: float = 0.0) -> Any:
    """What `made` gives of the widget, laid out for a picture: pixels have the `fineness` of their size."""
    shown = size_on_screen(widget)
    wanted = size or shown
    scale = max(1.0, wanted.width() / shown.width(), wanted.height() / shown.height()) if size else 1.0
    least = _least(widget)  # a smaller picture is painted coarser, so that nothing is left out
    scale = min(scale, wanted.width() / max(least.width(), 1), wanted.height() / max(least.height(), 1))
    size = QSize(round(wanted.width() / scale), round(wanted.height() / scale))
    with laid_out(widget, size, fineness or scale):
        return made() if fineness else made(wanted, scale)


@contextlib.contextmanager
def laid_out(widget: QWidget, size: QSize, fineness: float) -> Iterator[None]:
    """A widget in another size for a while, to be painted by itself: pixels have the `fineness` of their size."""
    before, alone = widget.size(), getattr(widget, "stand_alone", None)
    with _OnItsOwn(widget), _Scrolled(widget):
        widget.resize(size)
        try:
            _lay_out(widget)
            if alone is not None:
                vars(widget)["fineness"] = fineness
                alone(True)
            yield
        finally:
            widget.resize(before)
            if alone is not None:
                vars(widget)["fineness"] = 1.0
                alone(False)


def size_on_screen(widget: QWidget) -> QSize:
    """The widget's size, and at least what its picture needs; what was never shown has no size that says anything."""
    shown = widget.size() if widget.isVisible() else widget.size().expandedTo(_UNSEEN)
    return shown.expandedTo(_least(widget))


def _least(widget: QWidget) -> QSize:
    least = getattr(widget, "least_picture", None)
    return QSize(0, 0) if least is None else least()


def paint(widget: QWidget, painter: QPainter) -> None:
    """Paint the widget with all that is in it."""
    flags = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
    widget.render(painter, QPoint(), QRegion(), flags)


def _lay_out(widget: QWidget) -> None:
    """What was never seen gives its parts their sizes when it is painted: paint a pixel of it."""
    image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    flags = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
    painter = QPainter(image)
    widget.render(painter, QPoint(), QRegion(0, 0, 1, 1), flags)
    painter.end()


def _raster(widget: QWidget, size: QSize, scale: float) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(widget.palette().window().color())
    painter = QPainter(image)
    paint(widget, painter)
    painter.end()
    return image


def _svg(widget: QWidget, buffer: QBuffer) -> QSvgGenerator:
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(widget.size())
    device.setViewBox(widget.rect())
    device.setResolution(_DPI)
    return device


def _pdf(widget: QWidget, buffer: QBuffer) -> QPdfWriter:
    device = QPdfWriter(buffer)
    device.setResolution(_DPI)
    device.setPageSize(QPageSize(QSizeF(widget.width() * 0.75, widget.height() * 0.75), QPageSize.Unit.Point))
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    return device


#: what vectors of each format are painted on
_DEVICES: Mapping[str, Callable[[QWidget, QBuffer], Any]] = {"svg": _svg, "pdf": _pdf}


def _vector(widget: QWidget, kind: str) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = _DEVICES[kind](widget, buffer)
    painter = QPainter(device)
    with Uncached(widget):
        paint(widget, painter)
    painter.end()
    del device
    buffer.close()
    if kind != "svg":
        return bytes(content.data())
    from workbench.export.svg_parts import with_outlines  # loaded with the first one

    return with_outlines(bytes(content.data()))


def plot_areas(widget: QWidget) -> list[QRectF]:
    """The areas of the plots that a widget shows, in its pixels; none of one that shows none."""
    view = widget.parentWidget()
    if not isinstance(view, pg.GraphicsView) or view.viewport() is not widget:
        return []
    boxes = [item for item in view.scene().items() if isinstance(item, pg.ViewBox) and item.isVisible()]
    return [QRectF(view.mapFromScene(box.sceneBoundingRect()).boundingRect()) for box in boxes]


class _OnItsOwn:
    """Keeps the layouts around a widget from giving it their size before it is painted."""

    def __init__(self, widget: QWidget) -> None:
        # with their widgets: one of Qt's own goes from Python's memory once nobody has it, and its layout with it
        self._layouts: list[tuple[QWidget, QLayout]] = []
        parent = widget.parentWidget()
        while parent is not None:
            layout = parent.layout()
            if layout is not None and layout.isEnabled():
                self._layouts.append((parent, layout))
            parent = parent.parentWidget()

    def __enter__(self) -> None:
        for _widget, layout in self._layouts:
            layout.setEnabled(False)

    def __exit__(self, *_: object) -> None:
        for _widget, layout in self._layouts:
            layout.setEnabled(True)


class _Scrolled:
    """Leaves what can be scrolled where the person left it: in a large picture there is nothing to scroll."""

    def __init__(self, widget: QWidget) -> None:
        self._bars = [(bar, bar.value()) for bar in widget.findChildren(QScrollBar)]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        for bar, value in self._bars:
            bar.setValue(value)


class Uncached:
    """Painting without caches, which are pixels: lines shall stay lines in a vector picture.

    Those are Qt's own, of items and of the ground below them, and pyqtgraph's of symbols: one image of all of them, of
    which a picture as SVG would hold the whole for each point.
    """

    def __init__(self, widget: QWidget) -> None:
        views = [widget] if isinstance(widget, pg.GraphicsView) else widget.findChildren(pg.GraphicsView)
        self._items = [(item, item.cacheMode()) for view in views for item in view.scene().items()]
        self._points = [item for item, _ in self._items if isinstance(item, pg.ScatterPlotItem)]
        self._grounds = [(view, view.cacheMode()) for view in views]

    def __enter__(self) -> None:
        for view, _ in self._grounds:
            view.setCacheMode(view.CacheModeFlag.CacheNone)
        for item, _ in self._items:
            item.setCacheMode(item.CacheMode.NoCache)
        for points in self._points:
            points.opts["useCache"] = False

    def __exit__(self, *_: object) -> None:
        for view, mode in self._grounds:
            view.setCacheMode(mode)
        for item, mode in self._items:
            item.setCacheMode(mode)
        for points in self._points:
            points.opts["useCache"] = True
