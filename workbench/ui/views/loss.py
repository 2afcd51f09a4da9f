"""The loss of every lane against the step, test loss dashed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from workbench.engine.snapshot import Snapshot
from workbench.ui import theme as themes
from workbench.ui.plotting import Bands, Curves, Marks, Plot, nice_upper, pen, thinned
from workbench.ui.views.base import View, lane_symbols
from workbench.ui.views.readout import Readout

_FEW_POINTS = 200
_LOWEST = 1e-300
#: with fewer starts than this, a band goes from the least to the largest loss
_QUARTILES_FROM = 5

Line = tuple[NDArray[Any], NDArray[Any], QPen]


@dataclass(frozen=True, slots=True)
class Spread:
    """Lines with their bands: x (N,), the others (N, K). A line of a single run is its own band."""

    x: NDArray[Any]
    middle: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]


def spread(x: NDArray[Any], y: NDArray[Any], group: int) -> Spread:
    """The median of every `group` columns of y (N, R), between its quartiles; between its extremes where they are few.

    A run that is no number any more counts as the worst one: the median goes on while half of the runs do.
    """
    ranked = np.sort(y.reshape(len(y), -1, group), axis=2)  # what is no number comes last
    middle = 0.5 * (ranked[:, :, (group - 1) // 2] + ranked[:, :, group // 2])
    skipped = (group - 1) // 4 if group >= _QUARTILES_FROM else 0
    low, high = ranked[:, :, skipped], ranked[:, :, group - 1 - skipped]
    return Spread(x, middle, low, np.where(np.isnan(high), np.fmax.reduce(ranked, axis=2), high))


def averaged(x: NDArray[Any], y: NDArray[Any], columns: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The means of x (T,) and y (T, K) over stretches of a width that only doubles, `columns` or fewer."""
    if len(x) <= columns:
        return x, y
    width = 1 << int(np.ceil(np.log2(len(x) / columns)))
    edges = np.arange(0, len(x), width)
    sizes = np.diff(np.append(edges, len(x)))
    means = np.add.reduceat(y, edges, axis=0) / sizes[:, None]
    return np.append(np.add.reduceat(x, edges) / sizes, x[-1]), np.concatenate([means, means[-1:]])


class LossView(View):
    """Curves thinned to the pixels, whose extremes survive the thinning; both axes linear or logarithmic.

    Several starts of a lane of networks are one line, their median, with a band from quartile to quartile.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.bands, self.curves, self.marks = Bands(), Curves(), Marks()
        self.plot.box.addItem(self.bands, ignoreBounds=True)
        self.plot.box.addItem(self.curves, ignoreBounds=True)
        self.plot.box.addItem(self.marks, ignoreBounds=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.body.addWidget(self.plot)
        self.log_x = self.add_switch(self.tr("log x"), self.tr("Show the step on a logarithmic axis"))
        self.log_y = self.add_switch(self.tr("log y"), self.tr("Show the loss on a logarithmic axis"), checked=True)
        self.readout = Readout(self.plot, self._read)

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)

    def draw(self, snapshot: Snapshot) -> None:
        log_x, log_y = self.log_x.isChecked(), self.log_y.isChecked()
        found = self._spreads(snapshot, log_x=log_x, log_y=log_y)
        info = snapshot.info
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        width = 1.6 if len(found.x) < _FEW_POINTS else 1.0
        group = info.runs // found.middle.shape[1]  # runs to a line: all starts of a lane, or one
        owners = [line * group // info.starts for line in range(found.middle.shape[1])]
        self.curves.set_lines(
            [(found.x, found.middle[:, i], pen(colors[lane], width)) for i, lane in enumerate(owners)]
            + self._test_lines(snapshot, colors, log_x=log_x, log_y=log_y, group=group)
        )
        self.bands.set_bands(
            [(found.x, found.low[:, i], found.high[:, i], colors[lane]) for i, lane in enumerate(owners)]
            if group > 1 else []
        )  # fmt: skip
        ends = np.full((len(owners), 2), np.nan)
        for i in range(len(owners)):
            fine = np.flatnonzero(np.isfinite(found.middle[:, i]))
            if len(fine):
                ends[i] = found.x[fine[-1]], found.middle[fine[-1], i]
        self.marks.set_marks(
            ends, [colors[lane] for lane in owners], [symbols[lane] for lane in owners], self.theme.plot, 8
        )
        self.plot.set_log("bottom", is_log=log_x)
        self.plot.set_log("left", is_log=log_y)
        self.plot.set_label("bottom", self.tr("step (log)") if log_x else self.tr("step"))
        self.plot.set_label("left", self.tr("loss (log)") if log_y else self.tr("loss"))
        self._set_ranges(snapshot, found, log_x=log_x, log_y=log_y)
        self.readout.refresh()

    def _spreads(self, snapshot: Snapshot, *, log_x: bool, log_y: bool) -> Spread:
        """Every line up to the present step: a run each, or the median of each lane of a network with its band."""
        if snapshot.info.kind == "network" and snapshot.info.starts > 1:
            return self._medians(snapshot, log_x=log_x, log_y=log_y)
        history = snapshot.history
        columns = max(40, min(300, self.plot.width() // 2))
        count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
        steps = history.steps[:count].astype(float)
        # a diverged run's last row is as large as numbers go: its curve ends, and its mark stands, just before
        x, y = thinned(steps, history.low["loss"][:count], history.high["loss"][:count], columns)
        now = np.where(snapshot.diverged_at >= 0, np.nan, snapshot.loss)
        x = _scaled(np.append(x, float(snapshot.step)), log_x, 1.0)
        y = _scaled(np.concatenate([y, now[None]]), log_y, 0.0)
        y[np.abs(y) >= (30.0 if log_y else 1e30)] = np.nan
        return Spread(x, y, y, y)

    def _medians(self, snapshot: Snapshot, *, log_x: bool, log_y: bool) -> Spread:
        """The median of each lane's starts with its band, of losses averaged over the steps of a few pixels.

        Batches make single losses jump by more than starts differ; what a band should tell is how the starts differ.
        """
        info, history = snapshot.info, snapshot.history
        columns = max(30, min(150, self.plot.width() // 4))
        count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
        y = _scaled(history.values["loss"][:count], log_y, 0.0)
        y = np.where(np.abs(y) >= (30.0 if log_y else 1e30), np.nan, y)
        x, y = averaged(history.steps[:count].astype(float), y, columns)
        return spread(_scaled(x, log_x, 1.0), y, info.starts)

    def _test_lines(self, snapshot: Snapshot, colors: list[str], *, log_x: bool, log_y: bool, group: int) -> list[Line]:
        found = snapshot.evaluations
        if found is None or "test_loss" not in found.values:
            return []
        steps = found.steps * snapshot.evaluate_every
        count = int(np.searchsorted(steps, snapshot.step, side="right"))
        stride = max(1, count // 300)
        x = _scaled(steps[:count:stride].astype(float), log_x, 1.0)
        style = Qt.PenStyle.DashLine
        y = _scaled(found.values["test_loss"][:count:stride], log_y, 0.0)
        if group > 1:
            y = spread(x, y, group).middle
        lines = y.shape[1]
        return [(x, y[:, i], pen(colors[i * len(colors) // lines], 1.0, style)) for i in range(lines)]

    def _set_ranges(self, snapshot: Snapshot, found: Spread, *, log_x: bool, log_y: bool) -> None:
        last = max(snapshot.step, 10)
        limit = snapshot.info.limit
        # the axis ends at the run's own end where that is near, else at a round number that need not move each frame
        right = float(limit) if limit is not None and last > limit / 3 else nice_upper(last)
        end = float(np.log10(right + 1.0)) if log_x else right
        x_range = (0.0, 1.015 * end)  # room for the marks at the end
        # what flies off to infinity must not press the others flat: the runs that go on make the range
        alive = snapshot.alive if snapshot.alive.any() else np.ones_like(snapshot.alive)
        shown = alive.reshape(found.middle.shape[1], -1).any(axis=1)
        ys = [edge[:, shown].ravel() for edge in (found.low, found.high)]
        values = [y[np.isfinite(y) & (np.abs(y) < 1e6 if not log_y else True)] for y in ys]
        joined = np.concatenate(values) if values else np.zeros(0)
        if not len(joined):
            return
        if log_y:
            low, high = max(float(np.min(joined)), -30.0), min(float(np.max(joined)), 12.0)
            y_range = (float(np.floor(low * 2) / 2 - 0.1), float(np.ceil(high * 2) / 2 + 0.1))
        else:
            low, high = float(np.min(joined)), float(np.max(joined))
            bottom = 0.0 if low >= 0 else -nice_upper(-low)
            y_range = (bottom - 0.02 * (nice_upper(high) - bottom), nice_upper(high) if high > 0 else 0.0)
        self.plot.set_range(x_range, y_range)

    def _read(self, x: float, _y: float) -> str:
        """The loss of every lane at the step under the cursor."""
        snapshot = self.snapshot
        if snapshot is None or not len(snapshot.history.steps):
            return ""
        step = 10.0**x - 1.0 if self.log_x.isChecked() else x
        row = int(np.clip(round(step / snapshot.history.stride), 0, len(snapshot.history.steps) - 1))
        at = int(snapshot.history.steps[row])
        if at > snapshot.step:
            return ""
        values = snapshot.history.values["loss"][row]
        lines = [QCoreApplication.translate("LossView", "step {}").format(at)]
        for lane, info in enumerate(snapshot.info.lanes[:12]):
            value = float(np.median(values[lane * snapshot.info.starts : (lane + 1) * snapshot.info.starts]))
            lines.append(f"{info.label}  {value:.4g}" if np.isfinite(value) else f"{info.label}  –")
        return "\n".join(lines)


def _scaled(values: NDArray[Any], is_log: bool, shift: float) -> NDArray[Any]:
    """log10 of values + shift where asked for; steps are shifted by one so that step 0 has a place."""
    if not is_log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest = _LOWEST if shift == 0.0 else 0.0
        return np.asarray(np.log10(np.maximum(values + shift, lowest)))
