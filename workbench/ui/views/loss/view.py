"""The loss of every lane against the step, test loss dashed; in its place accuracy, learning rate or time a step."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QComboBox, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import Bands, Curves, pen, thinned
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot, nice_upper
from workbench.ui.style import theme as themes
from workbench.ui.views.loss.rates import rate_lines, rate_range, rates_csv, read_rates
from workbench.ui.views.loss.scales import scaled, without_endless
from workbench.ui.views.loss.series import Line, Pace, accuracy_lines, evaluated, tested_lines
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.hint import Hint
from workbench.ui.views.shared.legend import Legend
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.shared.series import (
    at_least,
    averaged,
    log_range,
    pale,
    spread,
    step_range,
)


class LossView(View):
    """Curves thinned to the pixels, whose extremes survive the thinning; both axes linear or logarithmic.

    Several starts of a lane of networks are one line, their median, with a band from quartile to quartile. Losses of
    batches jump: their mean over some steps goes before them.
    """

    key = "loss"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.bands, self.curves, self.marks = Bands(), Curves(), Marks()
        self.plot.box.addItem(self.bands, ignoreBounds=True)
        self.plot.box.addItem(self.curves, ignoreBounds=True)
        self.plot.box.addItem(self.marks, ignoreBounds=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.body.addWidget(self.plot)
        self.quantity = QComboBox(self)
        self.quantity.setToolTip(self.tr("What is shown against the step"))
        self.quantity.setAccessibleName(self.tr("Quantity"))
        self.quantity.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.quantity.activated.connect(self._on_quantity_activated)
        self.controls.addWidget(self.quantity)
        self.log_x, self.log_y, self.smooth = (self.add_option(name) for name in ("log_x", "log_y", "smooth"))
        self.hint = Hint(self.plot)
        self.legend = Legend(self.plot)
        self.readout = Readout(self.plot, self._read)
        self._pace = Pace()

    def _on_quantity_activated(self, _index: int) -> None:
        self.settings_changed()

    def _list_quantities(self, snapshot: Snapshot) -> str:
        """Offer what the race has, and give the one chosen."""
        offered = {
            "loss": self.tr("loss"), "accuracy": self.tr("accuracy"), "rate": self.tr("learning rate"),
            "time": self.tr("time a step"),
        }  # fmt: skip
        if "accuracy" not in snapshot.info.metrics:
            del offered["accuracy"]
        if [self.quantity.itemData(i) for i in range(self.quantity.count())] != list(offered):
            chosen = self.quantity.currentData()
            self.quantity.clear()
            for key, text in offered.items():
                self.quantity.addItem(text, key)
            self.quantity.setCurrentIndex(max(0, self.quantity.findData(chosen)))
        return str(self.quantity.currentData())

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)

    def draw(self, snapshot: Snapshot) -> None:
        info, shown = snapshot.info, self._list_quantities(snapshot)
        self._pace.add(snapshot)
        self.log_y.setEnabled(shown != "accuracy")
        self.smooth.setVisible(shown == "loss" and info.steps_per_epoch > 1 and info.starts == 1)
        log_x, log_y = bool(self.options["log_x"]), self._is_log(shown, snapshot)
        lines, ends, ranges = self._lines_in_ranges(shown, snapshot, log_x=log_x, log_y=log_y)
        self.curves.set_lines(lines)
        banded = shown == "loss" and info.kind == "network" and info.starts > 1
        self.bands.setVisible(banded)
        if not banded:
            self.bands.set_bands([])
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        lanes = [run // info.starts for run in range(info.runs)]
        self.marks.set_marks(
            ends, [colors[lane] for lane in lanes], [symbols[lane] for lane in lanes], self.theme.plot, 8
        )
        self._say_axes(shown, log_x=log_x, log_y=log_y)
        self.plot.set_range(*ranges)
        self.hint.say(self._hint_for(shown, snapshot, drawn=bool(lines)), self.theme)
        names = [lane.label for lane in info.lanes]
        entries = list(zip(names, colors, symbols, strict=True))
        self.legend.show_entries(entries, self.theme, alone=self.stands_alone, most=0)
        self.readout.refresh()

    def _is_log(self, shown: str, snapshot: Snapshot) -> bool:
        """Whether the upright axis is to be logarithmic, and can be."""
        log_y = bool(self.options["log_y"]) and shown != "accuracy"
        if shown == "loss":
            # a loss that falls below zero has no logarithm: it is shown as it is, and the axis says so
            low = snapshot.history.low["loss"]
            log_y = log_y and not ((low < 0).any() or (snapshot.loss < 0).any())
        return log_y

    def _lines_in_ranges(
        self, shown: str, snapshot: Snapshot, *, log_x: bool, log_y: bool
    ) -> tuple[list[Line], NDArray[Any], tuple[tuple[float, float], tuple[float, float]]]:
        """The lines of a quantity, where each one ends (R, 2), and the ranges that show them."""
        if shown == "accuracy":
            lines, ends = self._accuracy_lines(snapshot, log_x=log_x)
        elif shown == "rate":
            lines, ends = self._rate_lines(snapshot, log_x=log_x, log_y=log_y)
        elif shown == "time":
            lines, ends = self._time_lines(snapshot, log_x=log_x, log_y=log_y)
        else:
            lines, ends = self._lines(snapshot, log_x=log_x, log_y=log_y)
        ranges = self._ranges(snapshot, lines, log_x=log_x, log_y=log_y)
        if shown == "accuracy":
            ranges = (ranges[0], (-2.0, 103.0))
        elif shown == "rate":
            ranges = (ranges[0], rate_range(lines, is_log=log_y))
        elif log_y:
            lines = [(x, at_least(y, ranges[1]), made) for x, y, made in lines]
            ends[:, 1] = at_least(ends[:, 1], ranges[1])
        return lines, ends, ranges

    def _say_axes(self, shown: str, *, log_x: bool, log_y: bool) -> None:
        self.plot.set_log("bottom", is_log=log_x)
        self.plot.set_log("left", is_log=log_y)
        self.plot.set_label("bottom", self.tr("step (log)") if log_x else self.tr("step"))
        titles = {
            "loss": self.tr("loss") if log_y else self._linear_label(),
            "accuracy": self.tr("accuracy, %"),
            "rate": self.tr("learning rate"),
            "time": self.tr("time a step, ms"),
        }
        self.plot.set_label("left", self.tr("{} (log)").format(titles[shown]) if log_y else titles[shown])

    def _hint_for(self, shown: str, snapshot: Snapshot, *, drawn: bool) -> str:
        """What would fill the plot, where there is no line in it yet."""
        if shown == "time":
            if len(self._pace.line(snapshot.step)[0]) > 1:
                return ""
            return self.tr("The time of a step is measured while the race runs and this plot is seen. Press Space.")
        if shown == "rate" and not drawn:
            return self.tr("These rules find step sizes of their own: they have no learning rate to show.")
        if snapshot.step:
            return ""
        return {
            "loss": self.tr("Run or step to see the loss of each lane."),
            "accuracy": self.tr("Run or step to see the accuracy of each lane."),
            "rate": self.tr("Run or step to see the learning rate of each lane."),
        }[shown]

    def _linear_label(self) -> str:
        return self.tr("loss (not all positive: linear)") if bool(self.options["log_y"]) else self.tr("loss")

    def _accuracy_lines(self, snapshot: Snapshot, *, log_x: bool) -> tuple[list[Line], NDArray[Any]]:
        lines, ends = accuracy_lines(snapshot, self.lane_colors(snapshot.info))
        ends[:, 0] = scaled(ends[:, 0], log_x, 1.0)
        return [(scaled(x, log_x, 1.0), y, made) for x, y, made in lines], ends

    def _rate_lines(self, snapshot: Snapshot, *, log_x: bool, log_y: bool) -> tuple[list[Line], NDArray[Any]]:
        most = max(100, self.plot.width())
        lines, ends = rate_lines(snapshot, self.lane_colors(snapshot.info), most, log_x=log_x, log_y=log_y)
        ends[:, 0] = scaled(ends[:, 0], log_x, 1.0)
        return [(scaled(x, log_x, 1.0), y, made) for x, y, made in lines], ends

    def least_picture(self) -> QSize:
        return self.legend.least_picture()

    def data_csv(self) -> Table | None:
        """The learning rates while they are shown; what else there is stands in the history."""
        if self.snapshot is None or self.quantity.currentData() != "rate":
            return None
        return partial(rates_csv, self.snapshot)

    def _time_lines(self, snapshot: Snapshot, *, log_x: bool, log_y: bool) -> tuple[list[Line], NDArray[Any]]:
        """One line: lanes step together."""
        steps, times = self._pace.line(snapshot.step)
        none = np.full((snapshot.info.runs, 2), np.nan)
        return [(scaled(steps, log_x, 1.0), scaled(times, log_y, 0.0), pen(self.theme.text, 1.4))], none

    def _lines(self, snapshot: Snapshot, *, log_x: bool, log_y: bool) -> tuple[list[Line], NDArray[Any]]:
        """Every run's curve up to the present step, and where each one ends (R, 2)."""
        info, history = snapshot.info, snapshot.history
        if info.kind == "network" and info.starts > 1:
            return self._median_lines(snapshot, log_x=log_x, log_y=log_y)
        columns = max(40, min(300, self.plot.width() // 2))
        count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
        steps = history.steps[:count].astype(float)
        # a diverged run's last row is as large as numbers go: its curve ends, and its mark stands, just before
        x, y = thinned(steps, history.low["loss"][:count], history.high["loss"][:count], columns)
        now = np.where(snapshot.diverged_at >= 0, np.nan, snapshot.loss)
        x = scaled(np.append(x, float(snapshot.step)), log_x, 1.0)
        y = scaled(np.concatenate([y, now[None]]), log_y, 0.0)
        y = without_endless(y, is_log=log_y)
        colors = self.lane_colors(info)
        smooth = not self.smooth.isHidden() and bool(self.options["smooth"])
        pens = [pale(color) if smooth else pen(color, 1.6) for color in colors]
        lines: list[Line] = [(x, y[:, run], pens[run // info.starts]) for run in range(info.runs)]
        if smooth:
            losses = history.values["loss"][:count]
            x, y = averaged(steps, np.where(np.abs(losses) >= 1e30, np.nan, losses), columns // 5)
            y = scaled(y, log_y, 0.0)
            x = scaled(x, log_x, 1.0)
            lines += [(x, y[:, run], pen(colors[run], 1.8)) for run in range(info.runs)]
        ends = np.full((info.runs, 2), np.nan)
        for run in range(info.runs):
            fine = np.flatnonzero(np.isfinite(y[:, run]))
            if len(fine):
                ends[run] = x[fine[-1]], y[fine[-1], run]
        lines += tested_lines(snapshot, colors, log_x=log_x, log_y=log_y)
        return lines, ends

    def _median_lines(self, snapshot: Snapshot, *, log_x: bool, log_y: bool) -> tuple[list[Line], NDArray[Any]]:
        """The median of each lane's starts with its band, of losses averaged over the steps of a few pixels.

        Batches make single losses jump by more than starts differ; what a band should tell is how the starts differ.
        """
        info, history = snapshot.info, snapshot.history
        columns = max(30, min(150, self.plot.width() // 4))
        count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
        y = scaled(history.values["loss"][:count], log_y, 0.0)
        y = without_endless(y, is_log=log_y)
        x, y = averaged(history.steps[:count].astype(float), y, columns)
        found = spread(scaled(x, log_x, 1.0), y, info.starts)
        colors = self.lane_colors(info)
        lanes = range(len(info.lanes))
        self.bands.set_bands([(found.x, found.low[:, i], found.high[:, i], colors[i]) for i in lanes])
        lines: list[Line] = [(found.x, found.middle[:, i], pen(colors[i], 1.6)) for i in lanes]
        ends = np.full((info.runs, 2), np.nan)
        for i in lanes:
            fine = np.flatnonzero(np.isfinite(found.middle[:, i]))
            if len(fine):
                ends[i * info.starts] = found.x[fine[-1]], found.middle[fine[-1], i]
        lines += tested_lines(snapshot, colors, log_x=log_x, log_y=log_y)
        return lines, ends

    def _ranges(
        self, snapshot: Snapshot, lines: list[Line], *, log_x: bool, log_y: bool
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        x_range = step_range(snapshot.step, snapshot.info.limit, self.plot.box.width(), is_log=log_x)
        # what flies off to infinity must not press the others flat: the runs that go on make the range
        alive = snapshot.alive if snapshot.alive.any() else np.ones_like(snapshot.alive)
        if snapshot.info.starts > 1 and snapshot.info.kind == "network":  # a line a lane
            alive = np.asarray(alive.reshape(-1, snapshot.info.starts).any(axis=1))
        ys = [y for i, (_, y, _) in enumerate(lines) if alive[i % len(alive)]]
        values = [y[np.isfinite(y) & (np.abs(y) < 1e6 if not log_y else True)] for y in ys]
        joined = np.concatenate(values) if values else np.zeros(0)
        if log_y:
            y_range = log_range(joined)
        elif not len(joined):
            y_range = (0.0, 1.0)
        else:
            low, high = float(np.min(joined)), float(np.max(joined))
            bottom = 0.0 if low >= 0 else -nice_upper(-low)
            y_range = (bottom - 0.02 * (nice_upper(high) - bottom), nice_upper(high) if high > 0 else 0.0)
        return x_range, y_range

    def _read(self, x: float, _y: float) -> str:
        """The loss of every lane at the step under the cursor."""
        snapshot = self.snapshot
        if snapshot is None or not len(snapshot.history.steps):
            return ""
        step = 10.0**x - 1.0 if bool(self.options["log_x"]) else x
        row = int(np.clip(round(step / snapshot.history.stride), 0, len(snapshot.history.steps) - 1))
        at = int(snapshot.history.steps[row])
        if at > snapshot.step:
            return ""
        shown = self.quantity.currentData()
        if shown == "rate":
            return read_rates(snapshot, step)
        if shown == "time":
            found = self._pace.at(step, snapshot.step)
            return "" if found is None else self.tr("step {}: {:.3g} ms").format(at, found)
        if shown == "accuracy":
            return self._read_accuracy(snapshot, step)
        values = snapshot.history.values["loss"][row]
        lines = [QCoreApplication.translate("LossView", "step {}").format(at)]
        for lane, info in enumerate(snapshot.info.lanes[:12]):
            value = float(np.median(values[lane * snapshot.info.starts : (lane + 1) * snapshot.info.starts]))
            lines.append(f"{info.label}  {value:.4g}" if np.isfinite(value) else f"{info.label}  –")
        return "\n".join(lines)

    def _read_accuracy(self, snapshot: Snapshot, step: float) -> str:
        """Accuracy on the training and on the test set at the evaluation nearest to a step."""
        steps, train = evaluated(snapshot, "accuracy")
        _, test = evaluated(snapshot, "test_accuracy")
        if not len(steps):
            return ""
        row = int(np.abs(steps - step).argmin())
        said = [self.tr("step {}, training / test").format(int(steps[row]))]
        for lane, info in enumerate(snapshot.info.lanes[:12]):
            run = lane * snapshot.info.starts
            values = [f"{100 * float(part[row, run]):.1f} %" for part in (train, test) if len(part)]
            said.append(f"{info.label}  " + " / ".join(values))
        return "\n".join(said)
