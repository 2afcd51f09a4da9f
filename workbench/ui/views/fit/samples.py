"""The samples in the plot of a fit: points that grow with it, and on demand with their losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from workbench.engine.datasets.base import Split
from workbench.engine.network.fit import Fit
from workbench.ui.plotting.kept_pixels import StillItem, StillScatter
from workbench.ui.style import theme as themes
from workbench.ui.style.theme import Theme
from workbench.ui.views.fit.dab import Points
from workbench.ui.views.fit.scatter import Picture, sample_places
from workbench.ui.views.shared.class_colors import class_color
from workbench.ui.words.text import readable

_LEAST_SIZE, _LARGEST_SIZE, _SHARE = 5.5, 12.0, 95.0
#: how much larger than others the sample of the largest loss is, and how many losses are written
_BY_LOSS, _WRITTEN = 3.0, 10


def point_size(width: float, height: float) -> float:
    """Pixels across of a sample in a plot of this size."""
    return float(np.clip(min(width, height) / _SHARE, _LEAST_SIZE, _LARGEST_SIZE))


class Samples:
    """Three items of a plot: training samples filled, test samples hollow, and the largest losses written."""

    def __init__(self) -> None:
        self._train, self._test, self._losses = StillScatter(pxMode=True), StillScatter(pxMode=True), LossNumbers()
        self.items = self._train, self._test, self._losses
        self.size = _LEAST_SIZE

    @property
    def places(self) -> NDArray[Any]:
        """Where samples are shown (K, 2)."""
        return np.concatenate([np.column_stack(item.getData()).reshape(-1, 2) for item in (self._train, self._test)])

    def clear(self) -> None:
        """Show none."""
        for item in (self._train, self._test):
            item.setData([])
        self._losses.show_losses(np.empty((0, 2)), np.empty(0), themes.LIGHT)

    def show_points(self, points: Points, theme: Theme) -> None:
        """Show points that are being painted, as training samples."""
        drawn = np.array(points, dtype=float).reshape(-1, 3)
        colors = [class_color(theme, int(c)) for c in drawn[:, 2]]
        self._scatter(self._train, drawn[:, :2], colors, theme, np.full(len(drawn), self.size))
        self._test.setData([])
        self._losses.show_losses(np.empty((0, 2)), np.empty(0), theme)

    def show_data(self, data: Split, fit: Fit, picture: Picture, theme: Theme, *, by_loss: bool) -> None:
        """Show the first samples of both sets where a picture has them; `by_loss` the larger, the larger their loss."""
        losses = [judged.losses if judged is not None else np.empty(0) for judged in (fit.train, fit.test)]
        largest = max((float(np.nan_to_num(own, posinf=0.0).max(initial=0.0)) for own in losses), default=0.0)
        all_places, all_losses = [], []
        for item, own, filled in ((self._train, losses[0], True), (self._test, losses[1], False)):
            places = sample_places(data, fit, picture, tested=not filled)
            y = (data.y_train if filled else data.y_test)[: len(places)]
            many = bool(data.classes) and picture == "map"
            colors = [class_color(theme, int(c)) for c in y] if many else [theme.muted] * len(places)
            sizes = np.full(len(places), self.size)
            if by_loss and largest > 0 and len(own) == len(places):
                share = np.nan_to_num(own / largest, nan=1.0, posinf=1.0)
                sizes = self.size * (0.6 + _BY_LOSS * np.sqrt(np.clip(share, 0.0, 1.0)))  # the area goes with the loss
                all_places.append(places)
                all_losses.append(own)
            self._scatter(item, places, colors, theme, sizes, filled=filled)
        places = np.concatenate(all_places) if all_places else np.empty((0, 2))
        self._losses.show_losses(places, np.concatenate(all_losses) if all_losses else np.empty(0), theme)

    @staticmethod
    def _scatter(
        item: Any, places: NDArray[Any], colors: list[str], theme: Theme, sizes: NDArray[Any], *, filled: bool = True
    ) -> None:
        # one of a kind: pyqtgraph keeps a picture of each brush, pen and size that it meets
        brushes = {c: pg.mkBrush(c if filled else None) for c in set(colors)}
        pens = {c: pg.mkPen(theme.plot if filled else c, width=0.8 if filled else 1.2) for c in brushes}
        item.setData(
            x=places[:, 0], y=places[:, 1], size=np.round(2 * (sizes + 0.5 * (not filled))) / 2,
            brush=[brushes[c] for c in colors], pen=[pens[c] for c in colors],
        )  # fmt: skip


class LossNumbers(StillItem):
    """The largest losses as numbers beside their samples."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[QPointF, str]] = []
        self._theme, self._area = themes.LIGHT, QRectF()
        self.setZValue(30)

    def show_losses(self, places: NDArray[Any], losses: NDArray[Any], theme: Theme) -> None:
        """Write the largest of these losses (N,) at their places (N, 2)."""
        order = np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")[:_WRITTEN]
        rows = [(QPointF(float(places[k, 0]), float(places[k, 1])), readable(float(losses[k]), 3)) for k in order]
        if not rows and not self._rows:
            return
        self.prepareGeometryChange()
        self._rows, self._theme = rows, theme
        finite = places[np.isfinite(places).all(axis=1)]
        if len(finite):
            (x0, y0), (x1, y1) = finite.min(axis=0), finite.max(axis=0)
            self._area = QRectF(x0, y0, max(x1 - x0, 1e-9), max(y1 - y0, 1e-9))
        self.changed()

    @property
    def texts(self) -> list[str]:
        """What is written, the largest first."""
        return [text for _, text in self._rows]

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        wide, high = self._area.width(), self._area.height()
        return self._area.adjusted(-wide, -high, wide, high)  # the numbers stand beside the samples

    def draw(self, painter: QPainter) -> None:
        world = painter.worldTransform()
        painter.setFont(themes.font(themes.SMALL_POINTS))
        painter.save()
        painter.resetTransform()
        taken: list[QRectF] = []
        for place, text in self._rows:  # the largest first: where there is no room for another, it goes
            at = world.map(place) + QPointF(9, -5)
            halo = QColor(self._theme.plot)
            halo.setAlphaF(0.75)
            metrics = painter.fontMetrics()
            ground = QRectF(
                at.x() - 2, at.y() - metrics.ascent(), metrics.horizontalAdvance(text) + 4, metrics.height()
            )
            if any(ground.intersects(other) for other in taken):
                continue
            taken.append(ground)
            painter.fillRect(ground, halo)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(at, text)
        painter.restore()
