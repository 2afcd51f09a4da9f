"""The pictures of a fit: regions, pages of images, confusions of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.engine.network.fit import Confusion, Fit
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.views.shared.class_colors import class_regions, image_of, value_heights
from workbench.ui.words.text import counted, grouped, readable

_CENTER = int(Qt.AlignmentFlag.AlignCenter)


def map_image(fit: Fit, classes: int, theme: themes.Theme) -> QImage:
    """The map of a fit, its lowest row first: classes in their colours, the surer the stronger; values as heights."""
    if classes and fit.fine is not None:
        return image_of(class_regions(fit.fine.classes, fit.fine.margin, classes, theme))
    if classes and fit.margin is not None:
        return image_of(class_regions(fit.outputs, fit.margin, classes, theme))
    return image_of(value_heights(fit.outputs, theme))


class RegionMap(QGraphicsItem):
    """The regions of a fit as one smooth picture."""

    def __init__(self) -> None:
        super().__init__()
        self._image, self._rect = QImage(), QRectF()
        self.setZValue(-50)

    def set_map(self, fit: Fit, classes: int, theme: themes.Theme) -> None:
        """Show the map of a fit."""
        self.prepareGeometryChange()
        self._image = map_image(fit, classes, theme)
        x, y = fit.x
        count = self._image.width()
        # pixels are centred on the points of the grid
        half = (x[-1] - x[0]) / (count - 1) / 2, (y[-1] - y[0]) / (count - 1) / 2
        self._rect = QRectF(x[0] - half[0], y[0] - half[1], x[-1] - x[0] + 2 * half[0], y[-1] - y[0] + 2 * half[1])
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._rect, self._image)


class PicturePage(StillItem):
    """Samples that are images, each with the class read from it; what was read wrong is framed and named."""

    columns = 9
    cell_width, cell_height = 1.25, 1.55

    def __init__(self) -> None:
        super().__init__()
        self._images: list[QImage] = []
        self._captions: list[tuple[str, bool]] = []
        self._theme = themes.LIGHT
        self._shown: NDArray[Any] | None = None
        self.setVisible(False)

    @property
    def rows(self) -> int:
        return max(1, -(-len(self._images) // self.columns))

    @property
    def width(self) -> float:
        return self.columns * self.cell_width

    @property
    def height(self) -> float:
        return self.rows * self.cell_height

    def set_page(self, snapshot: Snapshot, fit: Fit, theme: themes.Theme, *, by_loss: bool = False) -> None:
        """Show the images of a fit with what was read; `by_loss` with the loss of each."""
        data = snapshot.info.data
        if data is None or data.image is None or fit.truth is None:
            return
        captions = [
            (data.classes[int(read)], int(read) == int(true)) for read, true in zip(fit.outputs, fit.truth, strict=True)
        ]
        judged = fit.test if len(data.x_test) else fit.train
        if by_loss and judged is not None and fit.order is not None:
            losses = [float(judged.losses[k]) if k < len(judged.losses) else None for k in fit.order.tolist()]
            captions = [
                (f"{text}  {readable(loss, 2)}" if loss is not None else text, right)
                for (text, right), loss in zip(captions, losses, strict=True)
            ]
        same = theme is self._theme and self._shown is not None and np.array_equal(self._shown, fit.x)
        if same and captions == self._captions:
            return  # nothing to paint again: the page stays as it is while the race runs
        self.prepareGeometryChange()
        if not same:
            self._shown, self._theme = fit.x, theme
            ink, paper = np.array(parse(theme.text)), np.array(parse(theme.plot))
            highest = max(float(np.max(fit.x)), 1e-12)
            self._images = [_picture(row.reshape(data.image) / highest, ink, paper) for row in fit.x]
        self._captions = captions
        self.changed()

    def index_at(self, x: float, y: float) -> int:
        """The place of the image at a point of the page, -1 where there is none."""
        column, row = int(x // self.cell_width), int((self.height - y) // self.cell_height)
        index = row * self.columns + column
        return index if 0 <= column < self.columns and 0 <= index < len(self._images) else -1

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return QRectF(0, 0, self.width, self.height)

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        scale = painter.worldTransform()
        across, down = abs(scale.m11()) or 1.0, abs(scale.m22()) or 1.0
        size = across  # pixels of one image; the page keeps its aspect
        for i, (image, (caption, right)) in enumerate(zip(self._images, self._captions, strict=True)):
            column, row = i % self.columns, i // self.columns
            painter.save()
            # from here on in pixels, y downwards, the image's top left corner at the origin
            painter.translate(column * self.cell_width + 0.12, self.height - row * self.cell_height - 0.05)
            painter.scale(1.0 / across, -1.0 / down)
            place = QRectF(0, 0, size, size)
            painter.drawImage(place, image)
            painter.setPen(QColor(self._theme.muted if right else self._theme.error))
            if not right:
                painter.drawRect(place.adjusted(-1.5, -1.5, 1.5, 1.5))
            below = QRectF(-8, size + 1, size + 16, 0.42 * size)
            painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), caption if right else f"✕ {caption}")
            painter.restore()


def _picture(values: NDArray[Any], ink: NDArray[Any], paper: NDArray[Any]) -> QImage:
    return image_of(paper + (ink - paper) * np.clip(values, 0, 1)[..., None])


class ConfusionMatrix(QWidget):
    """How often each class was taken for each: true classes by row, classes read by column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Confusion | None = None
        self._classes: tuple[str, ...] = ()
        self._theme = themes.LIGHT
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Confusion matrix"))

    def show_confusion(self, found: Confusion, classes: tuple[str, ...], theme: themes.Theme) -> None:
        """Show the confusion of a run."""
        if found is not self._found or theme is not self._theme:
            self._found, self._classes, self._theme = found, classes, theme
            right, total = int(np.trace(found.counts)), int(found.counts.sum())
            told = self.tr("Read right: {} of {}")
            self.setAccessibleDescription(told.format(grouped(right), grouped(total)))
            self.update()

    def _measures(self) -> tuple[float, float, float]:
        """Left and top edge of the matrix, and the side of a cell."""
        metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS))
        widest = max((metrics.horizontalAdvance(name) for name in self._classes), default=10.0)
        left = min(widest, 0.25 * self.width()) + 2.2 * metrics.height()
        top = 4.4 * metrics.height()
        count = max(1, len(self._classes))
        side = min((self.width() - left - 16) / count, (self.height() - top - 16) / count)
        return left + (self.width() - left - 16 - side * count) / 2, top, max(side, 1.0)

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.plot))
        if self._found is not None:
            self._paint(painter, self._found)
        painter.end()

    def _paint(self, painter: QPainter, found: Confusion) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        self._paint_words(painter, found)
        rows = found.counts.sum(axis=1)
        for i in range(len(self._classes)):
            self._paint_names(painter, i)
            self._paint_row(painter, i, found.counts[i], rows[i])
        left, top, side = self._measures()
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawRect(QRectF(left, top, side * len(self._classes), side * len(self._classes)))

    def _paint_words(self, painter: QPainter, found: Confusion) -> None:
        """What the whole says, and what stands along its sides."""
        metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS))
        left, top, side = self._measures()
        across, line = side * len(self._classes), metrics.height()
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QRectF(0, 4, self.width(), line + 2), _CENTER, self._caption(found))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(left, top - 2.4 * line, across, line + 2), _CENTER, self.tr("read as"))
        painter.save()
        painter.translate(left - 4, top + across / 2)
        painter.rotate(-90)
        widest = max(metrics.horizontalAdvance(self._cut(name, metrics)) for name in self._classes)
        painter.drawText(QRectF(-60, -widest - line - 8, 120, line + 2), _CENTER, self.tr("true class"))
        painter.restore()

    def _paint_names(self, painter: QPainter, i: int) -> None:
        """A class, beside its row and over its column."""
        metrics, name = QFontMetricsF(themes.font(themes.SMALL_POINTS)), self._classes[i]
        left, top, side = self._measures()
        line, flags = metrics.height(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(0, top + i * side, left - 6, side), int(flags), self._cut(name, metrics))
        above = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(side - 2, 12))
        painter.drawText(QRectF(left + i * side, top - 1.2 * line, side, line), _CENTER, above)

    def _paint_row(self, painter: QPainter, i: int, counts: NDArray[Any], total: int) -> None:
        """The counts of a class, each on a ground as strong as its share of the row."""
        theme = self._theme
        left, top, side = self._measures()
        has_room = side > 0.9 * QFontMetricsF(themes.font(themes.SMALL_POINTS)).height()
        ground, good, bad = (np.array(parse(c)) for c in (theme.plot, theme.accent, theme.error))
        for j, n in enumerate(counts.tolist()):
            share = n / total if total else 0.0
            rgb = ground + ((good if i == j else bad) - ground) * (0.75 * share**0.5 if n else 0.0)
            cell = QRectF(left + j * side, top + i * side, side, side).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.fillRect(cell, QColor.fromRgbF(*[float(v) for v in rgb]))
            if n and has_room:
                painter.setPen(QColor(theme.text))
                painter.drawText(cell, _CENTER, str(n))

    def _cut(self, name: str, metrics: QFontMetricsF) -> str:
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, 0.25 * self.width())

    def _caption(self, found: Confusion) -> str:
        right, total = int(np.trace(found.counts)), max(1, int(found.counts.sum()))
        if found.tested:
            samples = counted(total, self.tr("{} test sample"), self.tr("{} test samples"))
        else:
            samples = counted(total, self.tr("{} training sample"), self.tr("{} training samples"))
        return self.tr("{} of {} read right: {} %").format(grouped(right), samples, f"{100 * right / total:.2f}")

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        left, top, side = self._measures()
        place: QPointF = event.position()
        j, i = int((place.x() - left) // side), int((place.y() - top) // side)
        count = len(self._classes)
        if self._found is None or not (0 <= i < count and 0 <= j < count):
            self.setToolTip("")
            return
        n, all_of = int(self._found.counts[i, j]), int(self._found.counts[i].sum())
        samples = counted(all_of, self.tr("{} sample"), self.tr("{} samples"))
        told = self.tr("Of class {}, {} of {} read as {}")
        self.setToolTip(told.format(self._classes[i], grouped(n), samples, self._classes[j]))
