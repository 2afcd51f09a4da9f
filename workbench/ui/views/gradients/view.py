"""How large gradients are: of every lane for an objective, of every layer of one lane for a network."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.export import race_tables
from workbench.ui.plotting.curves import Curves, pen, thinned
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.hint import Hint
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.layer_colors import layer_colors
from workbench.ui.views.shared.legend import Legend
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.shared.series import LOG_ENDLESS, LOG_ZERO, at_least, averaged, log_range, pale, step_range
from workbench.ui.words.health import layer_name


class GradientsView(View):
    """Lines over time on a logarithmic axis, and bars of the present value."""

    key = "gradients"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self.bars = Plot(self), Plot(self)
        self.curves, self.marks = Curves(), Marks()
        self.plot.box.addItem(self.curves, ignoreBounds=True)
        self.plot.box.addItem(self.marks, ignoreBounds=True)
        self.bar_items = pg.BarGraphItem(x=[0], height=[0], width=0.7)
        self.bars.box.addItem(self.bar_items, ignoreBounds=True)
        for plot in (self.plot, self.bars):
            plot.box.setMouseEnabled(x=False, y=False)
            plot.set_log("left", is_log=True)
        self.bars.axes["left"].setStyle(showValues=False)
        self.bars.axes["bottom"].setStyle(tickLength=0)  # they would stand in the bars
        self.bars.setMinimumWidth(90)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.plot, 3)
        row.addWidget(self.bars, 1)
        self.body.addLayout(row)
        self.lane = LaneChoice(self.tr("The lane whose layers are shown"), self.tr("Lane"), self)
        self.lane.activated.connect(self._on_lane_activated)
        self.controls.addWidget(self.lane)
        self.smooth = self.add_switch(
            self.tr("smooth"),
            self.tr("Draw the mean over the steps of a few pixels; what single batches give stays behind it, pale"),
            checked=True,
        )
        self.hint = Hint(self.plot)
        self.legend = Legend(self.plot, beside=(self.bars,))
        self.readout = Readout(self.plot, self._read)

    def _on_lane_activated(self, _index: int) -> None:
        self.settings_changed()

    def retint(self, theme: themes.Theme) -> None:
        for plot in (self.plot, self.bars):
            plot.set_theme(theme)
        self.readout.set_theme(theme)

    def draw(self, snapshot: Snapshot) -> None:
        network = snapshot.info.kind == "network"
        self.bars.setVisible(network)
        self.smooth.setVisible(network and snapshot.info.steps_per_epoch > 1)
        if network:
            self.lane.show_lanes(snapshot.info)
            names, colors, history, now, symbols = self._of_layers(snapshot)
        else:
            self.lane.hide()
            names, colors, history, now, symbols = self._of_lanes(snapshot)
        self._names = [layer_name(snapshot.info, i) for i in range(len(names))] if network else names
        self._history = history
        low = self._draw_lines(snapshot, history, now, colors, symbols)
        if network:
            self._draw_bars(names, now, colors, low)
        self.plot.set_label("bottom", self.tr("step"))
        self.plot.set_label("left", self.tr("RMS gradient (log)") if network else self.tr("gradient norm (log)"))
        told = self._names
        if network and len(snapshot.info.lanes) > 1:
            told = [f"{self.lane.currentText()}: {name}" for name in told]
        entries = list(dict.fromkeys(zip(told, colors, symbols, strict=True)))  # of several starts of a lane one
        self.legend.show_entries(entries, self.theme, alone=self.stands_alone, most=0)
        self.hint.say("" if snapshot.step else self._idle_sentence(network=network), self.theme)
        self.readout.refresh()

    def _idle_sentence(self, *, network: bool) -> str:
        if network:
            return self.tr("Run or step to see the gradient of each layer.")
        return self.tr("Run or step to see the gradient of each lane.")

    def _of_layers(self, snapshot: Snapshot) -> tuple[Any, ...]:
        run = self.lane.run(snapshot.info)
        names = list(snapshot.info.layers)
        colors = layer_colors(self.theme, len(names))
        symbols = [("o", "s", "t1", "d", "star", "h", "t", "p")[i % 8] for i in range(len(names))]
        return names, colors, snapshot.history.values["gradient_rms"][:, run, :], snapshot.gradient_rms[run], symbols

    def _of_lanes(self, snapshot: Snapshot) -> tuple[Any, ...]:
        info, starts = snapshot.info, snapshot.info.starts
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        lanes = [run // starts for run in range(info.runs)]
        names = [info.lanes[lane].label for lane in lanes]
        now = np.where((snapshot.diverged_at >= 0), np.nan, snapshot.gradient_norm)
        history = snapshot.history.values["gradient_norm"]
        return names, [colors[lane] for lane in lanes], history, now, [symbols[lane] for lane in lanes]

    def _draw_lines(
        self, snapshot: Snapshot, history: NDArray[Any], now: NDArray[Any], colors: list[str], symbols: list[str]
    ) -> float:
        """Draw each column of history (T, K) and its present value (K,); gives the lower end of the axis."""
        count = int(np.searchsorted(snapshot.history.steps, snapshot.step, side="right"))
        steps = snapshot.history.steps[:count].astype(float)
        columns = max(40, min(300, self.plot.width() // 2))
        x, y = thinned(steps, history[:count], history[:count], columns)
        x, y = np.append(x, float(snapshot.step)), _log10(np.concatenate([y, now[None]]))
        smooth = not self.smooth.isHidden() and self.smooth.isChecked()
        lines, ends = [], np.full((len(now), 2), np.nan)
        if smooth:
            lines = [(x, y[:, k], pale(color)) for k, color in enumerate(colors)]
            x, y = averaged(steps, history[:count], columns // 5)
            y = _log10(y)
        for k, color in enumerate(colors):
            fine = np.flatnonzero(np.isfinite(y[:, k]))
            if len(fine):
                ends[k] = x[fine[-1]], y[fine[-1], k]
            lines.append((x, y[:, k], pen(color, 1.8 if smooth else 1.6)))
        # a lane that has diverged has no value now: those that go on make the range
        going = [y for i, (_, y, _) in enumerate(lines) if np.isfinite(now[i % len(now)])] or [y for _, y, _ in lines]
        low, high = log_range(np.concatenate(going))
        self.curves.set_lines([(x, at_least(y, (low, high)), made) for x, y, made in lines])
        ends[:, 1] = at_least(ends[:, 1], (low, high))
        self.marks.set_marks(ends, colors, symbols, self.theme.plot, 8)
        self.plot.set_range(step_range(snapshot.step, snapshot.info.limit, self.plot.box.width()), (low, high))
        self.bars.set_range(None, (low, high))
        return low

    def _draw_bars(self, names: list[str], now: NDArray[Any], colors: list[str], low: float) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            heights = np.nan_to_num(np.clip(np.log10(now), low, 12.0), nan=low, posinf=12.0, neginf=low) - low
        self.bar_items.setOpts(
            x=np.arange(len(names)), y0=low, height=heights, width=0.66,
            brushes=[pg.mkBrush(c) for c in colors], pens=[pg.mkPen(None)] * len(names),
        )  # fmt: skip
        short = [name.replace("layer", "") if name != "output" else self.tr("out") for name in names]
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        wide = max(metrics.horizontalAdvance(word) for word in short) + 2
        every = -(-len(names) * wide // max(self.bars.width() - 8, 1))  # of many narrow bars only some have room
        self.bars.axes["bottom"].setTicks([[(i, short[i]) for i in range(0, len(names), every)]])
        self.bars.set_range((-0.6, len(names) - 0.4), None)
        self.bars.set_label("bottom", self.tr("layer, now"))

    def least_picture(self) -> QSize:
        least = self.legend.least_picture()
        return least if self.bars.isHidden() else QSize(round(least.width() * 4 / 3), least.height())

    def data_csv(self) -> Table:
        if self.snapshot is None:
            return bytes
        run = self.lane.run(self.snapshot.info) if self.snapshot.info.kind == "network" else None
        return partial(race_tables.gradients_csv, self.snapshot, run)

    def _read(self, x: float, _y: float) -> str:
        snapshot = self.snapshot
        if snapshot is None or not len(snapshot.history.steps):
            return ""
        row = int(np.clip(round(x / snapshot.history.stride), 0, len(snapshot.history.steps) - 1))
        at = int(snapshot.history.steps[row])
        if at > snapshot.step or row >= len(self._history):
            return ""
        values = self._history[row]
        said = [self.tr("step {}").format(at)]
        said += [
            f"{name}  {v:.4g}" if np.isfinite(v) else f"{name}  –" for name, v in zip(self._names, values, strict=True)
        ]
        return "\n".join(said[:14])


def _log10(values: NDArray[Any]) -> NDArray[Any]:
    """The logarithm, with a floor for zero; what is no number, or as large as numbers go, is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.maximum(np.log10(values), LOG_ZERO)
    return np.where(found >= LOG_ENDLESS, np.nan, found)
