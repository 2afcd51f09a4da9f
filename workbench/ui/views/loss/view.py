"""The loss of every lane against the step, test loss dashed; in its place what follows from it, rates, times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from workbench.engine.race.ghosts import Ghost
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import Bands, Curves, Line, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.uprights import Foot, Uprights
from workbench.ui.style import theme as themes
from workbench.ui.views.loss.key import key_entries
from workbench.ui.views.loss.lines import (
    CourseLines,
    Drawing,
    Evaluated,
    draw_accuracies,
    draw_means,
    draw_medians,
    draw_runs,
    draw_spread,
    draw_tested,
)
from workbench.ui.views.loss.pace import Pace
from workbench.ui.views.loss.quantities import COURSES, Course, Courses, ghost_course, offered
from workbench.ui.views.loss.rates import draw_rates, rate_range, read_rates
from workbench.ui.views.loss.reading import read_accuracy, read_course
from workbench.ui.views.loss.scales import Scale, scale_for
from workbench.ui.views.shared.base import Table, View, lane_symbols, run_lanes
from workbench.ui.views.shared.ghost_lines import ghost_entries, ghost_pen
from workbench.ui.views.shared.hint import Hint
from workbench.ui.views.shared.legend import Entry, Legend
from workbench.ui.views.shared.many import is_swarm
from workbench.ui.views.shared.moments import Moments
from workbench.ui.views.shared.option_controls import OptionChoice
from workbench.ui.views.shared.picking import CurvePicker
from workbench.ui.views.shared.ranges import LOG_ZERO, at_least, foot, is_below, linear_range, log_range, step_range
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.shared.series import Spread
from workbench.ui.views.shared.steps import said_of_changes, step_lines
from workbench.ui.views.shared.swarm_spread import SwarmSpread, every_so_many
from workbench.ui.words.moments import moment_words

_ACCURACIES = (-2.0, 103.0)
_NEAR = 5.0  # pixels within which the mouse is on an upright line


class LossView(View):
    """Curves of points of the record alone, thinned to the pixels; both axes linear or logarithmic.

    What is recorded beyond the present step stands there pale, and makes the axes with the rest. Several starts of a
    lane of networks are one line, their median, with a band from quartile to quartile. Losses that shake stand behind
    their mean over some steps.
    """

    key = "loss"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.plot.show_grid()
        self.bands, self.bands_ahead, self.curves, self.ghosts = Bands(), Bands(), Curves(), Curves()
        self.marks, self.best, self.uprights, self.foot = Marks(), Marks(), Uprights(), Foot()
        below = (self.foot, self.bands, self.bands_ahead, self.uprights, self.ghosts)
        for item in (*below, self.curves, self.best, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.note = QLabel(self)
        self.note.setObjectName("muted")
        self.note.setProperty("small", True)
        self.note.setWordWrap(True)
        self.note.setMargin(2)
        self.note.hide()
        self.body.addWidget(self.note)
        self.body.addWidget(self.plot)
        self.quantity, self.log_x, self.log_y, self.smooth = (
            self.add_option(name) for name in ("quantity", "log_x", "log_y", "smooth")
        )
        self.dismissal = self.add_dismissal()
        self.hint = Hint(self.plot)
        self.legend = Legend(self.plot)
        self.readout = Readout(self.plot, self._read, self._on_mouse_left)
        self.picker = CurvePicker(self.plot, self.curves, self._on_curve_picked)
        self.moments = Moments(self, self.plot, self._moment)
        self._pace, self._courses, self._evaluated = Pace(), Courses(), Evaluated()
        self._curves, self._spread = CourseLines(), SwarmSpread()
        self._course: Course | None = None
        self._signs: list[Entry] = []
        self._lanes_named: list[Entry] = []
        #: what is drawn
        self.drawing = Drawing(Scale(log_x=False, log_y=False), np.zeros((0, 2)))

    # What is shown

    def shown(self, snapshot: Snapshot) -> str:
        """The quantity asked for, or the loss where the race does not have it."""
        found = offered(snapshot)
        if isinstance(self.quantity, OptionChoice):
            self.quantity.offer(found)
        wanted = str(self.options["quantity"])
        shown = wanted if wanted in found else "loss"
        self.quantity.show_value(shown)
        return shown

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)
        self.foot.set_theme(theme)

    def draw(self, snapshot: Snapshot) -> None:
        info, shown = snapshot.info, self.shown(snapshot)
        self._pace.add(snapshot)
        self._course = self._courses.of(shown, snapshot) if shown in COURSES else None
        self.log_y.setEnabled(shown != "accuracy")
        self.smooth.setVisible(self._can_be_smooth(snapshot, shown))
        self.drawing = drawing = self._drawn(shown, snapshot)
        pale = self._pale(snapshot, shown)
        x_range, y_range = self._ranges(shown, snapshot, pale)
        scale, colors, symbols, lanes = drawing.scale, self.lane_colors(info), lane_symbols(info), run_lanes(info)
        lines, ends = drawing.lines, drawing.ends
        below = scale.log_y and any(is_below(y, y_range).any() for _, y, _ in lines)
        zero = below and any((y <= LOG_ZERO).any() for _, y, _ in lines)
        if scale.log_y:
            lines = [(x, at_least(y, y_range), made) for x, y, made in lines]
            ends[:, 1] = at_least(ends[:, 1], y_range)
        self.curves.set_lines(lines)
        self.ghosts.set_lines([(x, at_least(y, y_range) if scale.log_y else y, made) for _, (x, y, made) in pale])
        # of two coordinates the landscape has the same button, and here the title needs the room
        self.dismissal.setVisible(bool(pale) and snapshot.info.size > 2)
        self.bands.set_bands(drawing.bands)
        self.bands_ahead.set_bands(drawing.bands_ahead, 0.1)
        self.marks.set_marks(ends, [colors[i] for i in lanes], [symbols[i] for i in lanes], self.theme.plot, 8)
        self._mark_best(colors)
        self.foot.show_below(foot(y_range), x_range, y_range) if below else self.foot.hide()
        self.uprights.set_lines(step_lines(snapshot, scale.x, self.theme), y_range)
        self._say_axes(shown, snapshot)
        self.plot.set_range(x_range, y_range)
        self.hint.say(self._hint_for(shown, snapshot, drawn=bool(lines)), self.theme)
        self._write_legend(snapshot, shown, [ghost for ghost, _ in pale], below=below, zero=zero)
        self.readout.refresh()

    def _pale(self, snapshot: Snapshot, shown: str) -> list[tuple[Ghost, Line]]:
        """What runs were before edits replaced them, and kept ones, of quantities that follow from the loss alone."""
        scale, drawn = self.drawing.scale, []
        for ghost in snapshot.pale:
            values = ghost_course(ghost, shown, snapshot)
            if values is not None:
                line = (scale.x(ghost.steps.astype(float)), scale.y(values), ghost_pen(ghost, self.theme))
                drawn.append((ghost, line))
        return drawn

    def _can_be_smooth(self, snapshot: Snapshot, shown: str) -> bool:
        return shown in ("loss", "gap") and snapshot.info.shakes and not self._is_banded(snapshot, shown)

    @staticmethod
    def _is_banded(snapshot: Snapshot, shown: str) -> bool:
        info = snapshot.info
        return shown in COURSES and ((info.kind == "network" and info.starts > 1) or is_swarm(info))

    def _mark_best(self, colors: list[str]) -> None:
        found, starts = self.drawing.best, self.snapshot.info.starts if self.snapshot is not None else 1
        points = np.array([[x, y] for _, x, y in found]).reshape(-1, 2)
        tints = [colors[run // starts] for run, _, _ in found]
        self.best.set_marks(points, tints, ["o"] * len(found), self.theme.plot, 9, hollow=True)

    def _write_legend(self, snapshot: Snapshot, shown: str, pale: Sequence[Ghost], *, below: bool, zero: bool) -> None:
        info = snapshot.info
        self._signs = key_entries(
            snapshot, self.drawing, self.theme,
            smooth=self._is_smooth(), accuracy=shown == "accuracy", below=below, zero=zero,
        )  # fmt: skip
        self._signs += ghost_entries(pale, self.theme)
        names = (lane.label for lane in info.lanes)
        self._lanes_named = list(zip(names, self.lane_colors(info), lane_symbols(info), strict=True))
        self._show_legend(alone=self.stands_alone)

    def _show_legend(self, *, alone: bool) -> None:
        """Say what the signs of the picture mean; which lane is which stands beside it in the window."""
        entries = [*self._lanes_named, *self._signs] if alone and not self.named_beside else self._signs
        self.legend.show_entries(entries, self.theme, alone=alone, under=not alone or self.named_beside)

    # Lines and axes

    def _is_smooth(self) -> bool:
        return not self.smooth.isHidden() and bool(self.options["smooth"])

    def _drawn(self, shown: str, snapshot: Snapshot) -> Drawing:
        """All lines of a quantity, on the scale that they are told apart on."""
        log_x, log_y = bool(self.options["log_x"]), bool(self.options["log_y"]) and shown != "accuracy"
        colors, columns = self.lane_colors(snapshot.info), self.columns(self.plot)
        none = np.full((snapshot.info.runs, 2), np.nan)
        if self._course is not None:
            return self._drawn_course(snapshot, self._course, none, log_x=log_x, log_y=log_y)
        drawing = Drawing(Scale(log_x, log_y), none)
        if shown == "accuracy":
            for name in ("accuracy", "test_accuracy"):
                lines = self._evaluated.polylines(snapshot, name, columns, is_log=log_x)
                draw_accuracies(drawing, snapshot, lines, colors, test=name != "accuracy")
        elif shown == "rate":
            draw_rates(drawing, snapshot, colors, columns)
        else:  # one line: lanes step together
            taken, later = self._pace.line(snapshot.step), (np.zeros(0), np.zeros(0))
            drawing.add(-1, (taken, later), pen(self.theme.text, 1.4), None)
        return drawing

    def _drawn_course(
        self, snapshot: Snapshot, course: Course, none: NDArray[np.float64], *, log_x: bool, log_y: bool
    ) -> Drawing:
        columns, colors = self.columns(self.plot), self.lane_colors(snapshot.info)
        if is_swarm(snapshot.info) and snapshot.info.kind == "objective":
            steps = snapshot.history.steps.astype(float)
            rows = self._spread.of(steps, course.values, snapshot.info.starts, course.key)
            drawing = Drawing(scale_for([rows.low, rows.middle], log_x=log_x, log_y=log_y), none)
            y = drawing.scale.y
            scaled = Spread(rows.x, y(rows.middle), y(rows.low), y(rows.high))
            draw_spread(drawing, snapshot, every_so_many(scaled, columns // 2), colors)
        elif self._is_banded(snapshot, "loss"):
            drawing = Drawing(scale_for([course.values, course.now], log_x=log_x, log_y=log_y), none)
            draw_medians(drawing, snapshot, course, colors, max(30, min(150, self.plot.width() // 4)))
        else:
            smooth, begun = self._is_smooth(), self._courses.begun(course, snapshot) if log_x else None
            found = self._curves.of(snapshot, course, begun, columns)
            heights = [y for _, y in found] + [course.now]
            drawing = Drawing(scale_for(heights, log_x=log_x, log_y=log_y), none)
            draw_runs(drawing, snapshot, course, found, colors, smooth=smooth)
            if smooth:
                draw_means(drawing, snapshot, course, colors, max(40, min(300, self.plot.width() // 2)) // 5)
        if course.test is not None:
            tested = self._evaluated.polylines(snapshot, "test_loss", columns, is_log=log_x)
            above = [(run, (x, y - course.test)) for run, (x, y) in tested]
            draw_tested(drawing, snapshot, above, colors)
        return drawing

    def _ranges(
        self, shown: str, snapshot: Snapshot, pale: Sequence[tuple[Ghost, Line]]
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """The ends of both axes. They are those of the whole record, so that they stay while one scrubs.

        Kept runs that are laid over have their room, too.
        """
        drawing, info = self.drawing, snapshot.info
        over = [(ghost, line) for ghost, line in pale if ghost.of]
        last = max(snapshot.step, snapshot.recorded, *(int(ghost.steps[-1]) for ghost, _ in over))
        x_range = step_range(last, info.limit, self.plot.box.width(), is_log=drawing.scale.log_x)
        if shown == "accuracy":
            return x_range, _ACCURACIES
        if shown == "rate":
            return x_range, rate_range(drawing.lines, is_log=drawing.scale.log_y)
        # what flies off to infinity must not press the others flat: the runs that go on make the range
        going = self._going(snapshot)
        heights: dict[int, list[NDArray[np.float64]]] = {}
        for run, (_, y, _) in (*drawing.past, *drawing.future):
            if run < 0 or going[run]:
                heights.setdefault(run, []).append(y)
        lines = [np.concatenate(parts) for parts in heights.values()]
        lines += [edge for band in drawing.bands for edge in band[1:3]]
        lines += [y for _, (_, y, _) in over]
        return x_range, log_range(lines) if drawing.scale.log_y else linear_range(lines)

    def _going(self, snapshot: Snapshot) -> NDArray[np.bool_]:
        """Which runs (R,) do not diverge as far as is recorded; of starts in one line all, where one goes on."""
        going = snapshot.alive.copy()
        if self._course is not None and len(self._course.values):
            going &= np.isfinite(self._course.values[-1])
        if self.drawing.bands:
            starts = snapshot.info.starts
            going = np.repeat(going.reshape(-1, starts).any(axis=1), starts)
        return going if going.any() else np.ones_like(going)

    # Words

    def _say_axes(self, shown: str, snapshot: Snapshot) -> None:
        scale = self.drawing.scale
        self.plot.set_log("bottom", is_log=scale.log_x)
        self.plot.set_log("left", is_log=scale.log_y)
        self.plot.set_label("bottom", self.tr("step (log)") if scale.log_x else self.tr("step"))
        titles = {
            "accuracy": self.tr("accuracy, %"),
            "rate": self.tr("learning rate"),
            "time": self.tr("time a step, ms"),
        }
        title = self._course.title if self._course is not None else titles[shown]
        self.plot.set_label("left", scale.named(title))
        self._say_why(snapshot)

    def _say_why(self, snapshot: Snapshot) -> None:
        """Say above the plot why an axis is not logarithmic, and what would be."""
        why = self.drawing.scale.reason(offered(snapshot)["gap"])
        if why != self.note.text() or bool(why) == self.note.isHidden():
            self.note.setText(why)
            self.note.setVisible(bool(why))

    def _hint_for(self, shown: str, snapshot: Snapshot, *, drawn: bool) -> str:
        """What would fill the plot, where there is no line in it yet."""
        if shown == "time":
            if len(self._pace.line(snapshot.step)[0]) > 1:
                return ""
            return self.tr("The time of a step is measured while the race runs and this plot is seen. Press Space.")
        if shown == "rate" and not drawn:
            return self.tr("These rules find step sizes of their own: they have no learning rate to show.")
        if snapshot.step or snapshot.recorded > 0:
            return ""
        return {
            "accuracy": self.tr("Run or step to see the accuracy of each lane."),
            "rate": self.tr("Run or step to see the learning rate of each lane."),
        }.get(shown, self.tr("Run or step to see the loss of each lane."))

    def least_picture(self) -> QSize:
        self._show_legend(alone=True)  # a picture names the lanes, too
        least = self.legend.least_picture()
        self._show_legend(alone=self.stands_alone)
        return least

    def data_csv(self) -> Table | None:
        """What is shown in place of the loss; the loss itself, and what else there is, stands in the history."""
        if self.snapshot is None:
            return None
        from workbench.export import race_tables

        shown = self.shown(self.snapshot)
        if shown == "rate":
            return partial(race_tables.rates_csv, self.snapshot)
        if self._course is not None and shown != "loss":
            return partial(race_tables.course_csv, self.snapshot, self._course.values, shown)
        return None

    def _on_curve_picked(self, place: int) -> None:
        run = self.drawing.runs[place]
        if run >= 0 and self.snapshot is not None:
            self.lane_picked.emit(run // self.snapshot.info.starts)

    def _moment(self, x: float, y: float) -> tuple[int, int] | None:
        """The run and the step of the curve under the mouse; else the step alone, where it is recorded."""
        snapshot = self.snapshot
        if snapshot is None or not snapshot.recorded:
            return None
        step = round(10.0**x - 1.0 if self.drawing.scale.log_x else x)
        place = self.curves.nearest(x, y, self.plot.box.viewPixelSize())
        run = -1 if place is None else self.drawing.runs[place]
        first = snapshot.info.begins(run) if run >= 0 else 0
        rows = snapshot.history.steps
        near = int(rows[int(np.abs(rows - step).argmin())]) if len(rows) else step  # what is shown stands in rows
        return run, max(first, min(near, snapshot.recorded))

    def demand(self) -> Mapping[str, Any]:
        return self.moments.demand

    def _on_mouse_left(self) -> None:
        self.moments.leave()

    def _read(self, x: float, y: float) -> str:
        """What every lane has at the step under the cursor, and what is known of the curve there."""
        snapshot = self.snapshot
        if snapshot is None or not len(snapshot.history.steps):
            return ""
        pointed = self._moment(x, y)
        self.moments.hover(pointed)
        step = 10.0**x - 1.0 if self.drawing.scale.log_x else x
        row = int(np.clip(round(step / snapshot.history.stride), 0, len(snapshot.history.steps) - 1))
        shown = self.shown(snapshot)
        if self._course is not None:
            near = _NEAR * float(self.plot.box.viewPixelSize()[0])
            changed = said_of_changes(snapshot, self.drawing.scale.x, x, near)
            of_run = [] if pointed is None or pointed[0] < 0 else ["", *moment_words(snapshot, *pointed)]
            return "\n".join([read_course(snapshot, self._course, row), *of_run, *changed])
        at = int(snapshot.history.steps[row])
        if at > snapshot.step and shown != "accuracy":
            return ""
        if shown == "rate":
            return read_rates(snapshot, step)
        if shown == "time":
            found = self._pace.at(step, snapshot.step)
            return "" if found is None else self.tr("step {}: {:.3g} ms").format(at, found)
        return read_accuracy(snapshot, step)
