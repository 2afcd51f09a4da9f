"""Bars of the present gradient of each layer, up and down from that of the last one, where backpropagation begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.ranges import LOG_ZERO, at_least

_THIN = 0.006  # the share of the axis that a bar has at least, so that one is seen where there is no difference


class LayerBars(Plot):
    """log10 of the RMS gradient of each layer now: how many decades a layer has more or fewer than the last one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items = pg.BarGraphItem(x=[0], height=[0], width=0.66)
        self.base = pg.InfiniteLine(angle=0, movable=False)
        for item in (self.items, self.base):
            self.box.addItem(item, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self.set_log("left", is_log=True)
        self.axes["left"].setStyle(showValues=False)
        self.axes["bottom"].setStyle(tickLength=0)  # they would stand in the bars
        self.setMinimumWidth(90)
        self.setToolTip(
            self.tr("The RMS gradient of each layer now: decades above or below the last layer's, where it begins")
        )

    def set_theme(self, theme: themes.Theme) -> None:
        super().set_theme(theme)
        self.base.setPen(pg.mkPen(theme.muted, width=1))

    def show_layers(
        self, names: Sequence[str], now: NDArray[Any], colors: Sequence[str], ends: tuple[float, float]
    ) -> None:
        """Draw log10 of gradients (L,) on an axis with these ends; those of 0 stand at its lower end."""
        heights = at_least(np.nan_to_num(now, nan=LOG_ZERO, posinf=ends[1], neginf=LOG_ZERO), ends)
        base = self.base_of(heights)
        bars = heights - base
        least = _THIN * (ends[1] - ends[0])
        bars = np.where(np.abs(bars) < least, np.copysign(least, bars), bars)
        self.base.setPos(base)
        self.items.setOpts(
            x=np.arange(len(names)), y0=base, height=bars, width=0.66,
            brushes=[pg.mkBrush(c) for c in colors], pens=[pg.mkPen(None)] * len(names),
        )  # fmt: skip
        self.set_range((-0.6, len(names) - 0.4), ends)
        self._name(names)

    @staticmethod
    def base_of(heights: NDArray[Any]) -> float:
        """Where bars begin: at the last layer's gradient."""
        return float(heights[-1])

    def _name(self, names: Sequence[str]) -> None:
        out = self.tr("out")
        short = [name.replace("layer", "") if name != "output" else out for name in names]
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        wide = max(metrics.horizontalAdvance(word) for word in short) + 2
        every = -(-len(names) * wide // max(self.width() - 8, 1))  # of many narrow bars only some have room
        last = len(names) - 1
        self.axes["bottom"].setTicks([[(last - i, short[last - i]) for i in range(0, len(names), every)]])
        self.set_label("bottom", self.tr("layer, now (from the last)"))
