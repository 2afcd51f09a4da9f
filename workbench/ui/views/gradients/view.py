"""How large gradients are: of every lane for an objective, of every layer of one lane for a network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.engine.race.ghosts import Ghost
from workbench.engine.race.medians import median
from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.thinning import Thinning
from workbench.ui.plotting.curves import Curves, Line, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.uprights import Foot, Uprights
from workbench.ui.style import theme as themes
from workbench.ui.views.gradients.bars import LayerBars
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.ghost_lines import ghost_entries, ghost_pen
from workbench.ui.views.shared.hint import Hint
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.layer_colors import layer_colors
from workbench.ui.views.shared.legend import Entry, Legend
from workbench.ui.views.shared.many import is_swarm
from workbench.ui.views.shared.picking import CurvePicker
from workbench.ui.views.shared.ranges import LOG_ENDLESS, LOG_ZERO, at_least, foot, is_below, log_range, step_range
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.shared.series import averaged, pale, parted, where_it_stands
from workbench.ui.views.shared.steps import step_lines
from workbench.ui.views.shared.swarm_spread import SwarmSpread
from workbench.ui.words.health import layer_name
from workbench.ui.words.text import grouped, readable


class GradientsView(View):
    """Lines over time on a logarithmic axis, and bars of the present value."""

    key = "gradients"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self._bars: LayerBars | None = None
        self.plot.show_grid()
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.plot.set_log("left", is_log=True)
        self.curves, self.marks, self.uprights, self.foot = Curves(), Marks(), Uprights(), Foot()
        self.ghosts = Curves()
        for item in (self.foot, self.uprights, self.ghosts, self.curves, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        self._row.addWidget(self.plot, 3)
        self.body.addLayout(self._row)
        self.lane = LaneChoice(self.tr("The lane whose layers are shown"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_lane_activated)
        self.controls.addWidget(self.lane)
        self.smooth = self.add_option("smooth")
        self.hint = Hint(self.plot)
        self.legend = Legend(self.plot)
        self.readout = Readout(self.plot, self._read)
        self.picker = CurvePicker(self.plot, self.curves, self._on_curve_picked)
        self._thinning, self._spread = Thinning(), SwarmSpread()
        self._lines_of: list[int] = []  # the column of the history that each line stands for
        self._named: list[Entry] = []
        self._pale_entries: list[Entry] = []
        self._history: NDArray[Any] = np.zeros((0, 0))
        self._names: list[str] = []

    def _on_lane_activated(self, _index: int) -> None:
        self.settings_changed()

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        if self._bars is not None:
            self._bars.set_theme(theme)
        self.readout.set_theme(theme)
        self.foot.set_theme(theme)

    @property
    def bars(self) -> LayerBars:
        """The bars of the layers, made when there first is a network."""
        if self._bars is None:
            self._bars = LayerBars(self)
            self._bars.set_theme(self.theme)
            self._row.addWidget(self._bars, 1)
            self.legend.go_with(self._bars)
        return self._bars

    def draw(self, snapshot: Snapshot) -> None:
        network = snapshot.info.kind == "network"
        if network or self._bars is not None:
            self.bars.setVisible(network)
        self.smooth.setVisible(snapshot.info.shakes)
        if network:
            self.lane.show_lanes(snapshot.info)
            names, colors, history, now, symbols = self._of_layers(snapshot)
        else:
            self.lane.hide()
            names, colors, history, now, symbols = self._of_lanes(snapshot)
        self._names = [layer_name(snapshot.info, i) for i in self._columns(snapshot)] if network else names
        self._history = history
        over = self._kept(snapshot, names, colors)
        ends = self._draw_lines(snapshot, history, now, colors, symbols, over=over)
        if network:
            self.bars.show_layers(names, _log10(now), colors, ends)
        self.plot.set_label("bottom", self.tr("step"))
        self.plot.set_label("left", self.tr("RMS gradient (log)") if network else self.tr("gradient norm (log)"))
        told = self._names
        if network and len(snapshot.info.lanes) > 1:
            told = [f"{self.lane.currentText()}: {name}" for name in told]
        entries = list(dict.fromkeys(zip(told, colors, symbols, strict=True)))  # of several starts of a lane one
        self._named = entries if network or not self.named_beside else []
        self._pale_entries = ghost_entries([ghost for ghost, _ in over], self.theme)
        self._show_legend(alone=self.stands_alone)
        self.hint.say("" if snapshot.step else self._idle_sentence(network=network), self.theme)
        self.readout.refresh()

    def _show_legend(self, *, alone: bool) -> None:
        """Name what is drawn; in the window stands beside it which lane is which, and not which run."""
        pale = self._pale_entries
        shown, under = ([*self._named, *pale], self.named_beside) if alone else (pale, bool(pale))
        self.legend.show_entries(shown, self.theme, alone=alone, most=len(pale), under=under)

    def _idle_sentence(self, *, network: bool) -> str:
        if network:
            return self.tr("Run or step to see the gradient of each layer.")
        return self.tr("Run or step to see the gradient of each lane.")

    def _of_layers(self, snapshot: Snapshot) -> tuple[Any, ...]:
        run, columns = self.lane.run(snapshot.info), self._columns(snapshot)
        names = list(snapshot.info.network_of(run).layers)
        colors = layer_colors(self.theme, len(names))
        symbols = [("o", "s", "t1", "d", "star", "h", "t", "p")[i % 8] for i in range(len(names))]
        history = snapshot.history.values["gradient_rms"][:, run, :]
        if len(columns) < history.shape[1]:
            history = history[:, columns]
        return names, colors, history, snapshot.gradient_rms[run, columns], symbols

    def _kept(self, snapshot: Snapshot, names: Sequence[str], colors: Sequence[str]) -> list[tuple[Ghost, Line]]:
        """Kept runs that are laid over: of an objective each, of a network the shown lane's, by these layers."""
        found: list[tuple[Ghost, Line]] = []
        lane, start = divmod(self.lane.run(snapshot.info), snapshot.info.starts)
        network = snapshot.info.kind == "network"
        for ghost in snapshot.overlays:
            steps, layers = ghost.steps.astype(float), ghost.gradient_rms
            if not network and ghost.gradient_norm is not None and layers is None:
                line = _known(steps, _log10(ghost.gradient_norm))
                found.append((ghost, (*line, ghost_pen(ghost, self.theme))))
            if (
                network
                and layers is not None
                and (ghost.index, ghost.start) == (snapshot.info.lanes[lane].index, start)
            ):
                for name, color in zip(names, colors, strict=True):
                    if name in ghost.layers:
                        heights = _log10(layers[:, ghost.layers.index(name)])
                        found.append((ghost, (*_known(steps, heights), ghost_pen(ghost, self.theme, color))))
        return found

    def _columns(self, snapshot: Snapshot) -> list[int]:
        """The places of the shown network's layers among all."""
        return snapshot.info.columns_of(self.lane.run(snapshot.info))

    def _of_lanes(self, snapshot: Snapshot) -> tuple[Any, ...]:
        info, starts = snapshot.info, snapshot.info.starts
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        now = np.where((snapshot.diverged_at >= 0), np.nan, snapshot.gradient_norm)
        if is_swarm(info):  # a line for each lane: the median of its starts
            rows = snapshot.history.values["gradient_norm"]
            key = (snapshot.generation, snapshot.history.token)
            middle = self._spread.of(snapshot.history.steps, rows, starts, key).middle
            return [lane.label for lane in info.lanes], colors, middle, median(now.reshape(-1, starts)), symbols
        lanes = [run // starts for run in range(info.runs)]
        names = [info.lanes[lane].label for lane in lanes]
        history = snapshot.history.values["gradient_norm"]
        return names, [colors[lane] for lane in lanes], history, now, [symbols[lane] for lane in lanes]

    def _draw_lines(
        self,
        snapshot: Snapshot,
        history: NDArray[Any],
        now: NDArray[Any],
        colors: list[str],
        symbols: list[str],
        *,
        over: Sequence[tuple[Ghost, Line]],
    ) -> tuple[float, float]:
        """Draw each column of history (T, K), its present value (K,) and kept runs; gives the ends of the axis."""
        found = self._polylines(snapshot, history)
        smooth = not self.smooth.isHidden() and bool(self.options["smooth"])
        past: list[tuple[int, Line]] = []
        future: list[tuple[int, Line]] = []
        for k, (x, y) in enumerate(found):
            made = pale(colors[k]) if smooth else pen(colors[k], 1.6)
            parts = parted(x, y, snapshot.step, float(now[k]))
            _add(past, future, k, parts, (made, pale(colors[k], 0.2 if smooth else 0.4)))
        if smooth:
            x, means = averaged(snapshot.history.steps.astype(float), history, max(8, self.plot.width() // 10))
            for k, color in enumerate(colors):
                fine = np.isfinite(means[:, k])
                xs, y = x[fine], means[fine, k]
                parts = parted(xs, y, snapshot.step, where_it_stands(xs, y, snapshot.step))
                _add(past, future, k, parts, (pen(color, 1.8), pale(color, 0.4)))
        ends = np.full((len(now), 2), np.nan)
        for k, (x, y, _) in past:  # of a column's lines the mean comes last
            fine = np.flatnonzero(np.isfinite(y))
            if len(fine):
                ends[k] = x[fine[-1]], y[fine[-1]]
        # a lane that has diverged has no value now: those that go on make the range
        going = np.isfinite(now) & (np.isfinite(history[-1]) if len(history) else True)
        kept = [line[1] for k, line in (*past, *future) if going[k] or not going.any()]
        low, high = log_range([*kept, *(y for _, (_, y, _) in over)])
        self.ghosts.set_lines([(x, at_least(y, (low, high)), made) for _, (x, y, made) in over])
        lines = [line for _, line in (*past, *future)]
        self._lines_of = [k for k, _ in (*past, *future)]
        self.curves.set_lines([(x, at_least(y, (low, high)), made) for x, y, made in lines])
        ends[:, 1] = at_least(ends[:, 1], (low, high))
        self.marks.set_marks(ends, colors, symbols, self.theme.plot, 8)
        last = max(snapshot.step, snapshot.recorded, *(int(ghost.steps[-1]) for ghost, _ in over))
        x_range = step_range(last, snapshot.info.limit, self.plot.box.width())
        below = any(is_below(y, (low, high)).any() for _, y, _ in lines)
        self.foot.show_below(foot((low, high)), x_range, (low, high)) if below else self.foot.hide()
        self.uprights.set_lines(step_lines(snapshot, np.asarray, self.theme), (low, high))
        self.plot.set_range(x_range, (low, high))
        return low, high

    def _polylines(self, snapshot: Snapshot, history: NDArray[Any]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """The points of each column's line: of what the record dropped only norms have kept their extremes."""
        found = snapshot.history
        network = snapshot.info.kind == "network"
        dropped = found.stride > 1 and not network and history.shape[1] == snapshot.info.runs
        low, high = (found.low["gradient_norm"], found.high["gradient_norm"]) if dropped else (None, None)
        key = (snapshot.generation, found.token, self.lane.currentIndex() if network else -1)
        steps = found.steps.astype(float)
        return self._thinning.polylines(steps, history, self.columns(self.plot), low=low, high=high, key=key)

    def _on_curve_picked(self, place: int) -> None:
        """A curve of an objective is a run's, one of a network a layer of the lane that is shown."""
        if self.snapshot is None:
            return
        info = self.snapshot.info
        line = self._lines_of[place] * (info.starts if is_swarm(info) else 1)
        run = self.lane.run(info) if info.kind == "network" else line
        self.lane_picked.emit(run // info.starts)

    def least_picture(self) -> QSize:
        self._show_legend(alone=True)  # a picture names the lanes, too
        least = self.legend.least_picture()
        self._show_legend(alone=self.stands_alone)
        alone = self._bars is None or self._bars.isHidden()
        return least if alone else QSize(round(least.width() * 4 / 3), least.height())

    def data_csv(self) -> Table:
        if self.snapshot is None:
            return bytes
        run = self.lane.run(self.snapshot.info) if self.snapshot.info.kind == "network" else None
        from workbench.export import race_tables

        return partial(race_tables.gradients_csv, self.snapshot, run)

    def _read(self, x: float, _y: float) -> str:
        snapshot = self.snapshot
        if snapshot is None or not len(snapshot.history.steps):
            return ""
        row = int(np.clip(round(x / snapshot.history.stride), 0, len(snapshot.history.steps) - 1))
        at = int(snapshot.history.steps[row])
        if row >= len(self._history):
            return ""
        values = self._history[row]
        said = [self.tr("step {}").format(grouped(at))]
        said += [
            f"{name}  {readable(v)}" if np.isfinite(v) else f"{name}  –"
            for name, v in zip(self._names, values, strict=True)
        ]
        return "\n".join(said[:14])


def _add(
    past: list[tuple[int, Line]],
    future: list[tuple[int, Line]],
    column: int,
    parts: tuple[tuple[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]],
    pens: tuple[QPen, QPen],
) -> None:
    """Add a line of a column: what was taken, and what is yet to come."""
    for into, (x, y), made in zip((past, future), parts, pens, strict=True):
        if len(x):
            into.append((column, (x, _log10(y), made)))


def _known(steps: Any, heights: Any) -> tuple[Any, Any]:
    """The points at which the gradient is known: of a kept run's first steps loss and path may be all that is."""
    known = ~np.isnan(heights)
    return steps[known], heights[known]


def _log10(values: Any) -> NDArray[Any]:
    """The logarithm, with a floor for zero; what is no number, or as large as numbers go, is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.maximum(np.log10(values), LOG_ZERO)
    return np.where(found >= LOG_ENDLESS, np.nan, found)
