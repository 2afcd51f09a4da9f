"""The plot of a fit: its map, curves or pictures under the samples, with their ranges and their legend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from workbench.engine.datasets import Split
from workbench.engine.network.fit import Fit
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.fit.dab import Points
from workbench.ui.views.fit.items import PicturePage, RegionMap
from workbench.ui.views.fit.samples import Samples, point_size
from workbench.ui.views.fit.scatter import Picture, axis_names, is_equal, plane, residual_range, value_range
from workbench.ui.views.shared.class_colors import class_color
from workbench.ui.views.shared.legend import DOT, RING, Entry

#: how far beyond the data one can paint, as a share of them
_ROOM_TO_PAINT = 0.25
_BEYOND = 0.02  # of what is visible, beyond it: as much more a map covers
_CROSS = 15  # pixels across the mark of a row that is predicted

Area = tuple[float, float, float, float]


class FitPlot(Plot):
    """Draws a fit as one of the pictures that `scatter.picture_of` knows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map, self.curves, self.pictures = RegionMap(), Curves(), PicturePage()
        self.samples = Samples()
        self.curves.setZValue(20)
        self.cross = pg.ScatterPlotItem(symbol="+", size=_CROSS, pxMode=True)
        self.cross.setZValue(40)
        for item in (self.map, *self.samples.items, self.curves, self.pictures, self.cross):
            self.box.addItem(item, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self._canvas: Area | None = None  # the plane while one paints: it stays
        self._ranged: Any = None
        self._filled: Area | None = None  # the plane that a map was last wanted of
        self._measured: Any = None  # the plot's size, and the widest its left axis was with it

    def set_theme(self, theme: themes.Theme) -> None:
        super().set_theme(theme)
        self.cross.setPen(pg.mkPen(theme.text, width=2))
        self.cross.setBrush(pg.mkBrush(theme.text))

    # Ranges

    def keep_canvas(self, data: Split | None) -> None:
        """Show the plane of these data with room to paint from now on, whatever comes; None lets it go."""
        self._canvas = None
        if data is not None and data.x_train.shape[1] == 2:
            x0, x1, y0, y1 = plane(data)
            dx, dy = _ROOM_TO_PAINT * (x1 - x0), _ROOM_TO_PAINT * (y1 - y0)
            self._canvas = (x0 - dx, x1 + dx, y0 - dy, y1 + dy)
        self.forget_ranges()

    def forget_ranges(self) -> None:
        """Set the ranges anew at the next time."""
        self._ranged = None

    def take_size(self) -> bool:
        """Let samples be as large as suits the plot; whether that is another size."""
        self._ranged = None
        self._steady()
        size = point_size(self.box.width(), self.box.height())
        changed = size != self.samples.size
        self.samples.size = size
        return changed

    def _steady(self) -> None:
        """Keep the left axis as wide as it was at its widest.

        With equal scales its width decides the range of its numbers, and these decide its width: without this it could
        go back and forth for ever.
        """
        axis, size = self.axes["left"], (self.width(), self.height(), self._canvas, id(self._theme))
        if self._measured is None or self._measured[0] != size:
            axis.setWidth(None)
            self._measured = size, axis.width()
        elif axis.width() < self._measured[1] - 0.5:
            axis.setWidth(self._measured[1])
        else:
            self._measured = size, axis.width()

    def area(self) -> Area | None:
        """The plane that a map shall cover: what is visible and a little more; None before it is known.

        It stays where it still covers that, so that a pixel more or less makes no other map.
        """
        if self._ranged is None or not self.isVisible():
            return self._filled
        (x0, x1), (y0, y1) = self.box.viewRange()
        dx, dy, last = _BEYOND * (x1 - x0), _BEYOND * (y1 - y0), self._filled
        if last is not None:
            covers = last[0] <= x0 and x1 <= last[1] and last[2] <= y0 and y1 <= last[3]
            close = last[1] - last[0] <= x1 - x0 + 4 * dx and last[3] - last[2] <= y1 - y0 + 4 * dy
            if covers and close:
                return last
        found = [float(f"{v:.6g}") for v in (x0 - dx, x1 + dx, y0 - dy, y1 + dy)]
        self._filled = found[0], found[1], found[2], found[3]
        return self._filled

    def set_ranges(self, picture: Picture, fit: Fit, data: Split) -> bool:
        """Show the range of a picture; whether it is another."""
        wanted = (picture, self._canvas, id(fit if picture == "residuals" else data))
        if self._ranged == wanted:
            return False
        self.set_equal(equal=picture == "pictures" or (picture == "map" and is_equal(data)))
        if picture == "map":
            x0, x1, y0, y1 = self._canvas or plane(data)
            self.set_range((x0, x1), (y0, y1))
        elif picture == "curves":
            self.set_range((float(fit.x[0]), float(fit.x[-1])), value_range(data))
        elif picture == "agreement":
            self.set_range(value_range(data), value_range(data))
        elif picture == "residuals":
            self.set_range(*residual_range(data, fit))
        else:
            self.set_range((0.0, self.pictures.width), (0.0, self.pictures.height))
        self._ranged = wanted
        return True

    def covered(self) -> NDArray[Any]:
        """Points of curves and samples in pixels of the plot (K, 2): a legend is to hide few of them."""
        curves = self.curves.given if self.curves.isVisible() else []
        points = np.concatenate([self.samples.places, *(np.column_stack([x, y]) for x, y, _ in curves)])
        (x0, x1), (y0, y1) = self.box.viewRange()
        return np.asarray((points - (x0, y1)) / (x1 - x0, y0 - y1) * (self.box.width(), self.box.height()))

    # What is drawn

    def show_data(
        self, data: Split, fit: Fit, picture: Picture, theme: themes.Theme, draft: Points | None, *, by_loss: bool
    ) -> None:
        """The samples, or a `draft` of points that are being painted, and what their axes are called."""
        pictures = picture == "pictures"
        self.pictures.setVisible(pictures)
        self.map.setVisible(picture == "map")
        self.curves.setVisible(picture in ("curves", "agreement", "residuals"))
        for side in ("left", "bottom"):
            self.show_axis(side, shown=not pictures)
        if pictures:
            self.samples.clear()
        elif draft is not None and picture == "map":
            self.samples.show_points(draft, theme)
        else:
            self.samples.show_data(data, fit, picture, theme, by_loss=by_loss)
            below, beside = axis_names(picture, data)
            self.set_label("bottom", below)
            self.set_label("left", beside)

    def show_fit(
        self, snapshot: Snapshot, fit: Fit, picture: Picture, theme: themes.Theme, *, colors: list[str], by_loss: bool
    ) -> None:
        """What the networks give; `colors` are the lanes'."""
        data = snapshot.info.data
        if data is None:
            return
        if picture == "curves":
            starts = snapshot.info.starts
            self.curves.set_lines(
                [(fit.x, fit.outputs[run, :, 0].astype(float), pen(colors[run // starts], 2.0))
                 for run in range(snapshot.info.runs)]
            )  # fmt: skip
        elif picture == "map":
            self.map.set_map(fit, len(data.classes), theme)
        elif picture == "pictures":
            self.pictures.set_page(snapshot, fit, theme, by_loss=by_loss)
        elif picture != "matrix":
            ends = np.array(value_range(data) if picture == "agreement" else residual_range(data, fit)[0])
            level = ends if picture == "agreement" else np.zeros(2)
            self.curves.set_lines([(ends, level, pen(theme.accent, 1.2))])


def legend_of_points(picture: Picture, data: Split, theme: themes.Theme) -> list[Entry]:
    """What the points of a picture are: the classes of a map, training and test samples."""
    if picture == "map" and data.classes:
        found: list[Entry] = [(name, class_color(theme, k), DOT) for k, name in enumerate(data.classes)]
    else:
        found = [(QCoreApplication.translate("FitView", "training sample"), theme.muted, DOT)]
    if len(data.x_test):
        found.append((QCoreApplication.translate("FitView", "test sample"), theme.muted, RING))
    return found
