"""What the networks have learned, beside their data: curves, a decision map, or a page of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QComboBox, QGraphicsItem, QWidget

from workbench.engine.network.fit import Fit
from workbench.engine.snapshot import Snapshot
from workbench.ui import theme as themes
from workbench.ui.colors import parse
from workbench.ui.plotting import Curves, Plot, pen
from workbench.ui.views.base import View, lane_symbols
from workbench.ui.views.legend import Legend

#: Colours of classes: other than the lanes', whose meaning they must not borrow.
CLASS_COLORS = (
    "#3B6FB6",
    "#D08A2E",
    "#4C9A6A",
    "#B5557A",
    "#7A68B3",
    "#5A9DB5",
    "#A0803C",
    "#8C4A3B",
    "#6B7280",
    "#2F7F7F",
)
_SHOWN_POINTS = 1200


class FitView(View):
    """One input: the curve of every lane. Two: the regions of the lane one picks. Images: how that lane reads them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.image = pg.ImageItem()
        self.curves = Curves()
        self.train, self.test = pg.ScatterPlotItem(pxMode=True), pg.ScatterPlotItem(pxMode=True)
        self.pictures = PicturePage()
        self.image.setZValue(-50)
        for still in (self.train, self.test):  # many points that never move: painted once
            still.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.curves.setZValue(20)
        for item in (self.image, self.train, self.test, self.curves, self.pictures):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.body.addWidget(self.plot)
        self.legend = Legend(self.plot, low=True)
        self.lane = QComboBox(self)
        self.lane.setToolTip(self.tr("The lane whose network is shown"))
        self.lane.setAccessibleName(self.tr("Lane"))
        self.lane.setMaximumWidth(150)
        self.lane.activated.connect(self._on_lane_activated)
        self.controls.addWidget(self.lane)
        self._data: Any = None
        self._drawn: Any = None
        self._asked: Mapping[str, Any] = {}

    def _on_lane_activated(self, _index: int) -> None:
        self._ask()

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self._data = self._drawn = None

    def demand(self) -> Mapping[str, Any]:
        starts = 1 if self.snapshot is None else self.snapshot.info.starts
        return {"fit": (max(0, self.lane.currentIndex()) * starts,)}

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.kind != "network":
            return self.tr("An objective has no data. Choose a network, and what it learns shows here beside its data.")
        if snapshot.extras.get("fit", True) is None:
            return self.tr("These data have more than two inputs and are no images: there is no picture of the fit.")
        return ""

    def draw(self, snapshot: Snapshot) -> None:
        labels = [lane.label for lane in snapshot.info.lanes]
        if [self.lane.itemText(i) for i in range(self.lane.count())] != labels:
            chosen = self.lane.currentText()
            self.lane.clear()
            self.lane.addItems(labels)
            self.lane.setCurrentIndex(labels.index(chosen) if chosen in labels else 0)
        self._ask()  # the lane shown may have another place, or be gone
        fit = snapshot.extras.get("fit")
        if not isinstance(fit, Fit):
            return
        self.lane.setVisible(fit.kind != "curves" and len(labels) > 1)
        if self._data is not snapshot.info.data:
            self._data = snapshot.info.data
            self._draw_data(snapshot, fit)
        if self._drawn is not fit:
            self._drawn = fit
            self._draw_fit(snapshot, fit)
        entries = []
        if fit.kind == "curves":
            colors = self.lane_colors(snapshot.info)
            symbols = lane_symbols(snapshot.info)
            entries = [(lane.label, colors[i], symbols[i]) for i, lane in enumerate(snapshot.info.lanes)]
        self.legend.show_entries(entries, self.theme)

    def _draw_data(self, snapshot: Snapshot, fit: Fit) -> None:
        """The samples: training filled, test hollow."""
        data = snapshot.info.data
        pictures = fit.kind == "pictures"
        self.pictures.setVisible(pictures)
        self.image.setVisible(fit.kind == "map")
        self.curves.setVisible(fit.kind == "curves")
        for side in ("left", "bottom"):
            self.plot.plot_item.showAxis(side, not pictures)
        if data is None or pictures:
            self.train.setData([])
            self.test.setData([])
            return
        for item, x, y, filled in (
            (self.train, data.x_train, data.y_train, True), (self.test, data.x_test, data.y_test, False),
        ):  # fmt: skip
            x, y = x[:_SHOWN_POINTS], y[:_SHOWN_POINTS]
            if fit.kind == "curves":
                colors = [self.theme.muted] * len(x)
                points = np.column_stack([x[:, 0], y[:, 0] if y.ndim == 2 else y])
            else:
                colors = [_class_color(self.theme, int(c)) for c in y] if data.classes else [self.theme.muted] * len(x)
                points = x
            brush = [pg.mkBrush(c if filled else None) for c in colors]
            item.setData(
                x=points[:, 0], y=points[:, 1], brush=brush, size=5.5 if filled else 6,
                pen=[pg.mkPen(self.theme.plot if filled else c, width=0.8 if filled else 1.2) for c in colors],
            )  # fmt: skip
        self.plot.set_label("bottom", "x" if fit.kind == "curves" else "x₁")
        self.plot.set_label("left", "y" if fit.kind == "curves" else "x₂")

    def _draw_fit(self, snapshot: Snapshot, fit: Fit) -> None:
        if fit.kind == "curves":
            self._draw_curves(snapshot, fit)
        elif fit.kind == "map":
            self._draw_map(snapshot, fit)
        else:
            self.pictures.set_page(snapshot, fit, self.theme)
            self.plot.set_range((0.0, self.pictures.width), (0.0, self.pictures.height))
            self.plot.box.setAspectLocked(True)
            return
        self.plot.box.setAspectLocked(False)

    def _draw_curves(self, snapshot: Snapshot, fit: Fit) -> None:
        colors, starts = self.lane_colors(snapshot.info), snapshot.info.starts
        self.curves.set_lines(
            [(fit.x, fit.outputs[run, :, 0].astype(float), pen(colors[run // starts], 2.0))
             for run in range(snapshot.info.runs)]
        )  # fmt: skip
        data = snapshot.info.data
        if data is not None:
            y = np.concatenate([data.y_train.ravel(), data.y_test.ravel()])
            room = 0.12 * max(float(np.ptp(y)), 1e-9)
            self.plot.set_range((float(fit.x[0]), float(fit.x[-1])), (float(y.min() - room), float(y.max() + room)))

    def _draw_map(self, snapshot: Snapshot, fit: Fit) -> None:
        ground = np.array(parse(self.theme.plot))
        count = int(fit.outputs.max()) + 1
        classes = snapshot.info.data is not None and bool(snapshot.info.data.classes)
        if classes and fit.margin is not None:
            count = len(snapshot.info.data.classes) if snapshot.info.data is not None else count
            palette = np.array([parse(_class_color(self.theme, c)) for c in range(count)])
            sureness = np.clip((fit.margin - 1 / count) / (1 - 1 / count), 0.0, 1.0)[..., None]
            share = 0.08 + 0.42 * np.nan_to_num(sureness)
            rgb = ground * (1 - share) + palette[fit.outputs.astype(int)] * share
        else:
            values = np.nan_to_num(fit.outputs)
            t = (values - values.min()) / max(float(np.ptp(values)), 1e-12)
            rgb = self.theme.height_colors()[(255 * t).astype(int)] / 255.0
        self.image.setImage(np.ascontiguousarray((255 * rgb).astype(np.uint8)), levels=(0, 255))
        x, y = fit.x
        self.image.setRect(QRectF(x[0], y[0], x[-1] - x[0], y[-1] - y[0]))
        self.plot.set_range((float(x[0]), float(x[-1])), (float(y[0]), float(y[-1])))


class PicturePage(QGraphicsItem):
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

    def set_page(self, snapshot: Snapshot, fit: Fit, theme: themes.Theme) -> None:
        """Show the images of a fit with what was read."""
        data = snapshot.info.data
        if data is None or data.image is None or fit.truth is None:
            return
        self.prepareGeometryChange()
        if self._shown is not fit.x or theme is not self._theme:
            self._shown, self._theme = fit.x, theme
            ink, paper = np.array(parse(theme.text)), np.array(parse(theme.plot))
            highest = max(float(np.max(fit.x)), 1e-12)
            self._images = [_picture(row.reshape(data.image) / highest, ink, paper) for row in fit.x]
        self._captions = [
            (data.classes[int(read)], int(read) == int(true)) for read, true in zip(fit.outputs, fit.truth, strict=True)
        ]
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return QRectF(0, 0, self.width, self.height)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
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
    rgb = paper + (ink - paper) * np.clip(values, 0, 1)[..., None]
    pixels = np.dstack([(255 * rgb).astype(np.uint8), np.full(values.shape, 255, np.uint8)])
    pixels = np.ascontiguousarray(pixels)
    rows, columns = values.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()


def _class_color(theme: themes.Theme, number: int) -> str:
    return theme.lane(CLASS_COLORS[number % len(CLASS_COLORS)])
