"""The samples in the plot of a fit: where they stand, and which one is under the cursor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from workbench.engine.datasets.base import Split
from workbench.engine.network.fit import SAMPLES, Fit
from workbench.ui.plotting.kept_pixels import StillScatter
from workbench.ui.style.theme import Theme
from workbench.ui.views.fit.dab import Points
from workbench.ui.views.shared.class_colors import class_color

_NEAR = 9.0  # pixels from the cursor to a sample that is meant


class Samples:
    """Two items of a plot: training samples filled, test samples hollow."""

    def __init__(self) -> None:
        self.items = self._train, self._test = StillScatter(pxMode=True), StillScatter(pxMode=True)

    def clear(self) -> None:
        """Show none."""
        for item in self.items:
            item.setData([])

    def show_points(self, points: Points, theme: Theme) -> None:
        """Show points that are being painted, as training samples."""
        drawn = np.array(points, dtype=float).reshape(-1, 3)
        _scatter(self._train, drawn[:, :2], [class_color(theme, int(c)) for c in drawn[:, 2]], theme, filled=True)
        self._test.setData([])

    def show_data(self, data: Split, fit: Fit, theme: Theme) -> None:
        """Show the first samples of both sets where the fit has them."""
        for item, filled in ((self._train, True), (self._test, False)):
            places = sample_places(data, fit, tested=not filled)
            y = (data.y_train if filled else data.y_test)[: len(places)]
            many = bool(data.classes) and fit.kind == "map"
            colors = [class_color(theme, int(c)) for c in y] if many else [theme.muted] * len(places)
            _scatter(item, places, colors, theme, filled=filled)


def _scatter(item: Any, places: NDArray[Any], colors: list[str], theme: Theme, *, filled: bool) -> None:
    # one of a kind: pyqtgraph keeps a picture of each brush and pen it meets, and a point each would be as many
    brushes = {c: pg.mkBrush(c if filled else None) for c in set(colors)}
    pens = {c: pg.mkPen(theme.plot if filled else c, width=0.8 if filled else 1.2) for c in brushes}
    item.setData(
        x=places[:, 0], y=places[:, 1], size=5.5 if filled else 6,
        brush=[brushes[c] for c in colors], pen=[pens[c] for c in colors],
    )  # fmt: skip


def sample_places(data: Split, fit: Fit, *, tested: bool) -> NDArray[Any]:
    """Where the first samples of a set stand in the plot (N, 2)."""
    if fit.kind in ("pictures", "matrix"):
        return np.empty((0, 2))
    x, y = (data.x_test, data.y_test) if tested else (data.x_train, data.y_train)
    x, y = data.unscaled(x[:SAMPLES]), data.unscaled_values(y[:SAMPLES])
    judged = fit.test if tested else fit.train
    if fit.kind == "agreement":
        return np.column_stack([y[:, 0], judged.values[:, 0]]) if judged is not None and len(y) else np.empty((0, 2))
    return np.column_stack([x[:, 0], y[:, 0]]) if fit.kind == "curves" else x


def nearest_sample(
    data: Split, fit: Fit, at: tuple[float, float], pixel: tuple[float, float]
) -> tuple[str, int] | None:
    """The sample next to a point, `train` or `test` and its place; None where none is near. `pixel`: its size."""
    best, nearest = _NEAR, None
    for source in ("train", "test"):
        places = sample_places(data, fit, tested=source == "test")
        if len(places):
            away = np.hypot((places[:, 0] - at[0]) / pixel[0], (places[:, 1] - at[1]) / pixel[1])
            index = int(np.argmin(away))
            if away[index] < best:
                best, nearest = float(away[index]), (source, index)
    return nearest
