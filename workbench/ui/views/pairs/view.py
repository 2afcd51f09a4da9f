"""The errors of a memory's pairs: along the steps as strips, and now as a profile over the pairs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.engine.objectives.pairs import PairErrors
from workbench.engine.race.snapshot import Snapshot
from workbench.export import curvature_tables
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.pairs.strips import Scale, Strips, log10
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.hint import Hint
from workbench.ui.views.shared.legend import Legend
from workbench.ui.views.shared.ranges import at_least, step_range
from workbench.ui.views.shared.readout import Readout
from workbench.ui.words.text import grouped, readable

_REDRAWN_EVERY = 0.1  # seconds, while it runs
_LOWEST = -6.0  # log10 of an error below which a pair is known


class PairsView(View):
    """Strips of colours by lane and pair, and beside them the present error over the pairs, a line a lane."""

    key = "pairs"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strips, self.scale, self.profile = Strips(self), Scale(self), Plot(self)
        self.profile.box.setMouseEnabled(x=False, y=False)
        self.profile.show_grid()
        self.profile.set_log("left", is_log=True)
        self.profile.set_label("bottom", self.tr("pair, from frequent to rare"))
        self.profile.set_label("left", self.tr("error now (log)"))
        self.profile.setToolTip(
            self.tr("How far each lane is from giving each pair: level where all are learned alike")
        )
        self.lines, self.marks = Curves(), Marks()
        for item in (self.lines, self.marks):
            self.profile.box.addItem(item, ignoreBounds=True)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.strips, 3)
        row.addWidget(self.scale)
        row.addWidget(self.profile, 2)
        self.body.addLayout(row)
        self.hint = Hint(self.strips)
        self.legend = Legend(self.profile)
        self.readouts = (Readout(self.strips, self._read_strips), Readout(self.profile, self._read_profile))
        self._found: PairErrors | None = None
        self._drawn: tuple[Any, ...] = ()
        self._drawn_at = 0.0

    def demand(self) -> Mapping[str, Any]:
        return {"pairs": ()}

    def settings_changed(self) -> None:
        self._drawn_at, self._drawn = 0.0, ()
        super().settings_changed()

    def retint(self, theme: themes.Theme) -> None:
        for plot in (self.strips, self.profile):
            plot.set_theme(theme)
        for readout in self.readouts:
            readout.set_theme(theme)
        self.scale.set_theme(theme)
        self._drawn = ()

    def empty_word(self, snapshot: Snapshot) -> str:
        if not snapshot.info.pairs:
            return self.tr("This objective has no pairs. The associative memory has, and their errors show here.")
        if self._of(snapshot) is None:
            return self.tr("The errors of the pairs are being computed.")
        return ""

    @staticmethod
    def _of(snapshot: Snapshot) -> PairErrors | None:
        found = snapshot.extras.get("pairs")
        if not isinstance(found, PairErrors) or found.now.shape != (snapshot.info.runs, len(snapshot.info.pairs)):
            return None
        return found

    def draw(self, snapshot: Snapshot) -> None:
        found, now = self._of(snapshot), time.monotonic()
        if found is None or (snapshot.running and now - self._drawn_at < _REDRAWN_EVERY):
            return
        info = snapshot.info
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        labels = [lane.label for lane in info.lanes]
        drawn = (found, self.theme.name, tuple(colors), tuple(labels), snapshot.recorded, self.size())
        if drawn == self._drawn:
            return
        self._drawn, self._drawn_at, self._found = drawn, now, found
        runs = np.arange(len(info.lanes)) * info.starts  # of several starts the first
        right = step_range(max(snapshot.step, snapshot.recorded), info.limit, self.strips.box.width())[1]
        self.strips.show_errors(found.steps, found.errors[:, runs], list(zip(labels, colors, strict=True)), right)
        self._draw_profile(found.now[runs], colors, symbols)
        entries = list(zip(labels, colors, symbols, strict=True))
        self.legend.show_entries(entries, self.theme, alone=True, most=None)
        self.hint.say(
            self.tr("Run or step to see which pairs are learned.") if snapshot.recorded < 1 else "", self.theme
        )
        for readout in self.readouts:
            readout.refresh()

    def _draw_profile(self, errors: Any, colors: list[str], symbols: list[str]) -> None:
        heights = log10(errors)
        fine = heights[np.isfinite(heights) & (heights >= _LOWEST)]
        top = float(fine.max()) if len(fine) else 0.0
        ends = (max(_LOWEST, min(-2.0, float(fine.min()) if len(fine) else _LOWEST)) - 0.3, max(top, 0.0) + 0.3)
        at = np.arange(1, errors.shape[1] + 1, dtype=float)
        shown = [at_least(row, ends) for row in heights]
        self.lines.set_lines([(at, row, pen(color, 1.6)) for row, color in zip(shown, colors, strict=True)])
        points = np.concatenate([np.column_stack([at, row]) for row in shown])
        each = len(at)
        self.marks.set_marks(
            points,
            [color for color in colors for _ in range(each)],
            [symbol for symbol in symbols for _ in range(each)],
            self.theme.plot,
            8,
        )
        self.profile.axes["bottom"].setTicks([[(float(i), str(int(i))) for i in at]])
        self.profile.set_range((0.6, errors.shape[1] + 0.4), ends)

    def least_picture(self) -> QSize:
        return QSize(720, 420)

    def data_csv(self) -> Table:
        found = None if self.snapshot is None else self._of(self.snapshot)
        if self.snapshot is None or found is None:
            return bytes
        return partial(curvature_tables.pairs_csv, self.snapshot, found)

    # Under the mouse

    def _read_strips(self, x: float, y: float) -> str:
        row, found, snapshot = self.strips.row_at(y), self._found, self.snapshot
        if row is None or found is None or snapshot is None or not 0 <= x <= float(found.steps[-1]):
            return ""
        lane, pair = row
        t = max(0, int(np.searchsorted(found.steps, x, side="right")) - 1)
        error = float(found.errors[t, lane * snapshot.info.starts, pair])
        where = self.tr("step {}: pair {}").format(grouped(int(found.steps[t])), pair + 1)
        return f"{snapshot.info.lanes[lane].label}\n{where}\n" + self.tr("error {}").format(readable(error))

    def _read_profile(self, x: float, _y: float) -> str:
        found, snapshot = self._found, self.snapshot
        if found is None or snapshot is None:
            return ""
        info, pair = snapshot.info, int(np.clip(round(x), 1, len(snapshot.info.pairs)))
        lines = [self.tr("pair {}").format(pair)]
        for place, lane in enumerate(info.lanes):
            error = float(found.now[place * info.starts, pair - 1])
            lines.append(f"{lane.label}  {readable(error)}")
        return "\n".join(lines[:14])
