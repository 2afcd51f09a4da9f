"""How the layers of one lane fare: what moves, what is dead, and where the gradient gets lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QWidget,
)

from workbench.engine.network.health import HealthReport
from workbench.engine.network.report import LayersReport
from workbench.engine.race.snapshot import Snapshot
from workbench.export import network_tables
from workbench.ui.plotting.axes import power_of_ten
from workbench.ui.plotting.plot import nice_upper
from workbench.ui.style import theme as themes
from workbench.ui.views.layers.heat import ColorStrip, HeatMap
from workbench.ui.views.layers.plots import FLOOR, HistogramPlot, RatioPlot, log10
from workbench.ui.views.layers.table import LayerTable
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.layer_colors import layer_colors
from workbench.ui.views.shared.option_controls import OptionChoice
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.shared.steps import step_lines
from workbench.ui.words.health import layer_name, run_label, summary
from workbench.ui.words.text import grouped, readable

#: seconds while it runs, and as many more for each layer: a curve of each is drawn
_REDRAWN_EVERY, _A_LAYER = 0.06, 0.006
_DECADES = 12.0  # colours span no more than this
_WARNINGS = 4
_HISTOGRAMS = ("weights", "activations", "gradients")

#: steps (T,), ratios and gradients (T, L)
_Rows = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


class LayersView(View):
    """Update ratios and gradients over time, activations now, and histograms of the layer one clicks."""

    key = "layers"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ratios, self.heat, self.strip = RatioPlot(self), HeatMap(self), ColorStrip(self)
        self._histograms: dict[str, HistogramPlot] = {}
        self.table = LayerTable(self)
        self.table.itemSelectionChanged.connect(self._on_layer_chosen)
        self.warnings = QLabel(self)
        self.warnings.setWordWrap(True)
        self.warnings.setMargin(6)
        self.warnings.setProperty("small", True)
        self.warnings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.warnings.setAccessibleName(self.tr("Warnings"))
        self._lay_out()
        self._make_controls()
        self.readouts = [Readout(self.ratios, self._read_ratios), Readout(self.heat, self._read_gradients)]
        self._levels: tuple[float, float] | None = None
        self._drawn_at = 0.0
        self._due: list[Callable[[Snapshot], None]] = []  # what is still to be drawn of this drawing
        self._report: LayersReport | None = None
        self._asked: Mapping[str, Any] = {}
        self._columns: list[int] = []
        self._rows: _Rows | None = None

    # Parts

    def _lay_out(self) -> None:
        heat = QHBoxLayout()
        heat.setSpacing(0)
        heat.addWidget(self.heat, 1)
        heat.addWidget(self.strip)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.table)
        self._plots = QHBoxLayout()
        self._plots.setSpacing(0)
        below.addLayout(self._plots, len(_HISTOGRAMS))
        self._beside = QWidget(self)  # as wide as the scale below it
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.ratios, 1)
        top.addWidget(self._beside)
        self.body.addLayout(top, 3)
        self.body.addLayout(heat, 3)
        self.body.addLayout(below, 3)
        self.body.addWidget(self.warnings)

    @property
    def histograms(self) -> dict[str, HistogramPlot]:
        """The plots of what is counted, made when there first is something: to make all plots at once takes a while."""
        if not self._histograms:
            titles = (self.tr("weights"), self.tr("activations"), self.tr("gradients"))
            for key, title in zip(_HISTOGRAMS, titles, strict=True):
                plot = self._histograms[key] = HistogramPlot(title, self)
                self.readouts.append(Readout(plot, plot.read))
                self.readouts[-1].set_theme(self.theme)
                plot.set_theme(self.theme)
                self._plots.addWidget(plot, 1)
        return self._histograms

    def _make_controls(self) -> None:
        self.lane = LaneChoice(self.tr("The lane whose layers are shown"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_choice)
        self.controls.addWidget(self.lane)
        self.window_steps = self.add_option("steps")
        if isinstance(self.window_steps, OptionChoice):
            last = self.tr("last {} steps")
            words = {key: last.format(grouped(int(key))) for key in ("200", "1000", "5000")}
            self.window_steps.offer({"all": self.tr("all steps"), **words})
        self.window_steps.setAccessibleName(self.tr("Steps shown"))
        self.lock = self.add_switch(
            self.tr("lock scale"), self.tr("Keep the colours' scale as it is, so that moments can be compared")
        )

    def _on_choice(self, _index: int) -> None:
        self._ask()
        self.settings_changed()

    def _on_layer_chosen(self) -> None:
        self._ask()
        self.settings_changed()

    # What the window calls

    def demand(self) -> Mapping[str, Any]:
        run = 0 if self.snapshot is None else self.lane.run(self.snapshot.info)
        return {"layers": (run, self._column(max(0, self.table.currentRow())))}

    def _column(self, layer: int) -> int:
        """The place among the race's layers of one of the layers shown."""
        return self._columns[layer] if layer < len(self._columns) else layer

    def begin_anew(self) -> None:
        self.lock.setChecked(False)

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def settings_changed(self) -> None:
        self._drawn_at = 0.0  # at once, also while it runs
        super().settings_changed()

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.kind != "network":
            return self.tr("An objective has no layers. Choose a network, and how its layers fare shows here.")
        return ""

    def retint(self, theme: themes.Theme) -> None:
        for plot in (self.ratios, self.heat, *self._histograms.values()):
            plot.set_theme(theme)
        for readout in self.readouts:
            readout.set_theme(theme)
        self.strip.fit()
        self._beside.setFixedWidth(self.strip.width())
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        for plot in (self.ratios, self.heat):  # one below the other, as wide as the longest number and a name need
            plot.axes["left"].setWidth(metrics.horizontalAdvance(power_of_ten(-10)) + metrics.height() + 20)
        self.table.fit()
        self.table.share_width(self.width())
        self._report, self._drawn_at = None, 0.0

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.table.share_width(self.width())

    def draw(self, snapshot: Snapshot) -> None:
        now = time.monotonic()
        at_once = not (snapshot.running and self._drawn_at)
        if at_once or now - self._drawn_at >= _REDRAWN_EVERY + _A_LAYER * len(self._columns):
            self._drawn_at = now
            self._due = [self._draw_ratios, self._draw_heat, self._draw_rest]
        # while it runs a part a frame: together they would take two frames of a network of thirty layers
        due, self._due = (self._due, []) if at_once else (self._due[:1], self._due[1:])
        for part in due:
            part(snapshot)

    def _draw_rest(self, snapshot: Snapshot) -> None:
        """What stands below the curves, and beside the mouse."""
        report = snapshot.extras.get("layers")
        if isinstance(report, LayersReport) and report is not self._report:
            self._report = report
            self._draw_report(snapshot, report)
        self._write_warnings(snapshot)
        for readout in self.readouts:
            readout.refresh()

    # Drawing

    def _list_layers(self, snapshot: Snapshot) -> None:
        info = snapshot.info
        self._columns = info.columns_of(self.lane.run(info))
        if not self.table.name_layers([layer_name(info, i) for i in self._columns]):
            return
        self.heat.name_layers([name.removeprefix("layer") if name != "output" else self.tr("out")
                               for name in info.network_of(self.lane.run(info)).layers])  # fmt: skip
        self._report = None
        for plot in self._histograms.values():
            plot.clear_histogram()

    def _draw_ratios(self, snapshot: Snapshot) -> None:
        self.lane.show_lanes(snapshot.info)
        self._list_layers(snapshot)
        self._ask()
        run, history = self.lane.run(snapshot.info), snapshot.history
        rows, (steps, _, _) = self._read_rows(snapshot)
        whole, key = rows, None
        if self.options["steps"] == "all":
            whole, key = slice(None), (snapshot.generation, history.token, run, tuple(self._columns))
        ratios = history.values["update_ratio"][whole, run][:, self._layers(snapshot)]
        self.ratios.show_ratios(
            history.steps[whole].astype(float), ratios, layer_colors(self.theme, ratios.shape[1]),
            self.table.currentRow(), columns=self.columns(self.ratios), now=snapshot.step, key=key,
        )  # fmt: skip
        self._show_steps(snapshot, self.ratios, float(steps[0]))

    def _draw_heat(self, snapshot: Snapshot) -> None:
        _, (steps, _, rms) = self._read_rows(snapshot)
        if not self.lock.isChecked() or self._levels is None:
            self._levels = _levels(rms)
        self.heat.show_gradients(steps, rms, self._levels)
        self.strip.show_levels(self._levels, self.theme, has_zero=not self.heat.zeros.is_empty)
        self._show_steps(snapshot, self.heat, float(steps[0]))

    def _layers(self, snapshot: Snapshot) -> slice | list[int]:
        """The places among the race's layers of those shown."""
        return slice(None) if len(self._columns) == len(snapshot.info.layers) else self._columns

    def _read_rows(self, snapshot: Snapshot) -> tuple[slice, _Rows]:
        """Which rows are shown in full, and their steps, ratios and gradients, which are kept for who asks for them."""
        run, history = self.lane.run(snapshot.info), snapshot.history
        count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
        window = 0 if self.options["steps"] == "all" else int(self.options["steps"])
        first = int(np.searchsorted(history.steps, snapshot.step - window)) if window else 0
        rows, layers = slice(min(first, max(0, count - 1)), count), self._layers(snapshot)
        ratios, rms = (history.values[name][rows, run][:, layers] for name in ("update_ratio", "gradient_rms"))
        self._rows = (history.steps[rows].astype(float), ratios, rms)
        return rows, self._rows

    def _show_steps(self, snapshot: Snapshot, plot: RatioPlot | HeatMap, first: float) -> None:
        """Let a plot reach over the steps shown, from the first on, with its lines at some of them."""
        window = self.options["steps"] != "all"
        limit, last = snapshot.info.limit, max(snapshot.step, snapshot.recorded, 10)
        right = float(limit) if limit is not None and last > limit / 3 else nice_upper(last)
        ends = (first, max(first + 1.0, float(snapshot.step))) if window else (0.0, right)
        plot.set_range(ends, None)
        found = [] if window else step_lines(snapshot, np.asarray, self.theme)
        plot.uprights.set_lines(found, tuple(plot.box.viewRange()[1]))

    def _draw_report(self, snapshot: Snapshot, report: LayersReport) -> None:
        found = report.statistics
        if report.run // snapshot.info.starts != self.lane.run(snapshot.info) // snapshot.info.starts:
            return  # of the lane that was shown before
        colors = layer_colors(self.theme, len(self._columns))
        self.table.show_statistics(found, report.run, self._columns)
        color = colors[self._columns.index(report.layer) if report.layer in self._columns else -1]
        for key, plot in self.histograms.items():
            plot.show_histogram(report.histograms[key], color)

    def _write_warnings(self, snapshot: Snapshot) -> None:
        info = snapshot.info
        health = snapshot.extras.get("health")  # none until somebody has looked at the layers
        said = summary(health, info) if isinstance(health, HealthReport) else []
        told = {w.run for w in health.now if w.key == "lost"} if isinstance(health, HealthReport) else set()
        for run in (run for run in np.flatnonzero(snapshot.diverged_at >= 0) if run not in told):
            layer, step = int(snapshot.diverged_layer[run]), int(snapshot.diverged_at[run])
            where = self.tr(" ({})").format(layer_name(info, layer)) if layer >= 0 else ""
            said.append(self.tr("{}: diverged at step {}{}.").format(run_label(info, int(run)), grouped(step), where))
        text = "\n".join(f"⚠ {s}" for s in said[:_WARNINGS])
        if len(said) > _WARNINGS:
            text += "\n" + self.tr("… and {} more").format(len(said) - _WARNINGS)
        if not text and isinstance(health, HealthReport) and self._report is not None:
            text = self.tr("✓ No layer vanishes, explodes, dies or saturates.")
        if text != self.warnings.text():
            self.warnings.setObjectName("fault" if said else "muted")
            self.warnings.setText(text)
            self.warnings.setToolTip("\n".join(said))
            self.warnings.style().polish(self.warnings)

    # Values under the cursor

    def _row_at(self, x: float) -> int | None:
        if self._rows is None or not len(self._rows[0]):
            return None
        steps = self._rows[0]
        return int(np.abs(steps - x).argmin()) if steps[0] <= x <= steps[-1] + (steps[-1] - steps[0]) * 0.02 else None

    def _read_ratios(self, x: float, _y: float) -> str:
        row = self._row_at(x)
        if row is None or self._rows is None or self.snapshot is None:
            return ""
        steps, ratios, _ = self._rows
        said = [self.tr("step {}").format(grouped(steps[row]))]
        names = [layer_name(self.snapshot.info, self._column(i)) for i in range(ratios.shape[1])]
        said += [
            f"{n}  {readable(v, 3)}" if np.isfinite(v) else f"{n}  –" for n, v in zip(names, ratios[row], strict=True)
        ]
        return "\n".join(said[:13])

    def _read_gradients(self, x: float, y: float) -> str:
        row = self._row_at(x)
        if row is None or self._rows is None or self.snapshot is None:
            return ""
        steps, _, rms = self._rows
        layer = rms.shape[1] - 1 - round(y)
        if not 0 <= layer < rms.shape[1]:
            return ""
        name, value = layer_name(self.snapshot.info, self._column(layer)), float(rms[row, layer])
        if value == 0.0:
            return self.tr("step {}\n{}: RMS gradient exactly 0").format(grouped(steps[row]), name)
        return self.tr("step {}\n{}: RMS gradient {}").format(grouped(steps[row]), name, readable(value, 3))

    def data_csv(self) -> Table:
        if self._rows is None or self.snapshot is None or self.empty_word(self.snapshot):
            return bytes
        report = self.snapshot.extras.get("layers")
        run = self.lane.run(self.snapshot.info)
        report = report if isinstance(report, LayersReport) else self._report
        return partial(network_tables.layers_csv, self.snapshot, run, self._rows, report)


def _levels(rms: NDArray[Any]) -> tuple[float, float]:
    """The whole powers of ten around gradients, at most twelve of them down from the largest."""
    found = log10(rms)
    finite = found[np.isfinite(found) & (found > FLOOR)]
    if not len(finite):
        return (-6.0, 0.0)
    high = float(np.ceil(finite.max()))
    low = max(float(np.floor(finite.min())), high - _DECADES)
    return (low, high) if high > low else (low - 1.0, high)
