"""The sharpness against the step, and the edge beyond which a rule's steps grow."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from workbench.engine.curvature.report import Curvature
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot, nice_upper
from workbench.ui.plotting.uprights import Uprights
from workbench.ui.style import theme as themes
from workbench.ui.views.curvature.page import told
from workbench.ui.views.shared.hint import Hint
from workbench.ui.views.shared.ranges import step_range
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.shared.steps import step_lines
from workbench.ui.words.regimes import edge_sign
from workbench.ui.words.text import grouped

_SPREAD = 60.0  # the largest over the smallest number from which on the axis is logarithmic
_ROOM = 0.08


class SharpnessPlot(Plot):
    """A line of the largest curvature, and a dashed one of the edge of stability."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines, self.marks, self.uprights = Curves(), Marks(), Uprights()
        for item in (self.uprights, self.lines, self.marks):
            self.box.addItem(item, ignoreBounds=True)
        self.edge_name = pg.TextItem(anchor=(0.0, 1.0))
        self.box.addItem(self.edge_name, ignoreBounds=True)
        self.show_grid()
        self.box.setMouseEnabled(x=False, y=False)
        self.hint = Hint(self)
        self.readout = Readout(self, self._read)
        self.set_label("bottom", self.tr("step"))
        self.setToolTip(
            self.tr("The largest curvature at the states that the race keeps; dashed: beyond it the rule's steps grow")
        )
        self._found: Curvature | None = None

    def set_theme(self, theme: themes.Theme) -> None:
        super().set_theme(theme)
        self.readout.set_theme(theme)

    def show_track(self, found: Curvature, snapshot: Snapshot, theme: themes.Theme, color: str, symbol: str) -> None:
        """Draw what is known of the run's sharpness."""
        self._found = found
        steps, sharpness, edges = found.steps.astype(float), found.sharpness, found.edges
        fine = np.isfinite(sharpness)
        known = np.concatenate([sharpness[fine], edges[np.isfinite(edges)]])
        is_log = _is_spread(known)
        self.set_log("left", is_log=is_log)
        with np.errstate(invalid="ignore", divide="ignore"):
            heights, edge = (np.log10(part) if is_log else part for part in (sharpness, edges))
        fine &= np.isfinite(heights)  # where all curvatures are 0 or below, a logarithmic axis has a gap
        past = steps <= snapshot.step
        lines = [(steps[fine & past], heights[fine & past], pen(color, 1.8))]
        if (fine & ~past).any():
            ahead = fine & (steps >= (steps[fine & past][-1] if (fine & past).any() else 0))
            lines.append((steps[ahead], heights[ahead], pen(theme.line, 1.2)))
        has_edge = np.isfinite(edge)
        if has_edge.any():
            across = np.append(steps[has_edge], max(float(snapshot.recorded), float(steps[has_edge][-1])))
            level = np.append(edge[has_edge], edge[has_edge][-1])
            lines.append((*_stairs(across, level), pen(theme.error, 1.4, Qt.PenStyle.DashLine)))
        self.lines.set_lines([line for line in lines if len(line[0])])
        ends = self._ends(np.log10(known[known > 0]) if is_log else known, is_log=is_log)
        x_range = step_range(max(snapshot.step, snapshot.recorded), snapshot.info.limit, self.box.width())
        self.set_range(x_range, ends)
        self.set_label("left", self.tr("sharpness λmax (log)") if is_log else self.tr("sharpness λmax"))
        self._mark_now(found, snapshot, theme, (color, symbol), is_log=is_log)
        self._name_edge(found, theme, edge[has_edge], ends)
        self.uprights.set_lines(step_lines(snapshot, np.asarray, theme), ends)
        few = len(steps) < 2 and snapshot.recorded == 0
        self.hint.say(self.tr("Run or step to see the sharpness against the step.") if few else "", theme)
        self.readout.refresh()

    @staticmethod
    def _ends(known: NDArray[np.float64], *, is_log: bool) -> tuple[float, float]:
        if not len(known):
            return (0.0, 1.0)
        low, high = float(known.min()), float(known.max())
        if is_log:
            room = _ROOM * max(high - low, 0.5)
            return (low - room, high + room)
        return (min(0.0, 1.1 * low), nice_upper(1.05 * high) if high > 0 else 1.0)

    def _mark_now(
        self, found: Curvature, snapshot: Snapshot, theme: themes.Theme, mark: tuple[str, str], *, is_log: bool
    ) -> None:
        at = np.zeros((0, 2))
        if found.spectrum is not None and (found.spectrum.sharpness > 0 or not is_log):
            y = np.log10(found.spectrum.sharpness) if is_log else found.spectrum.sharpness
            at = np.array([[float(found.spectrum.step), y]])
        self.marks.set_marks(at, [mark[0]] * len(at), [mark[1]] * len(at), theme.plot, 9)

    def _name_edge(
        self, found: Curvature, theme: themes.Theme, edge: NDArray[np.float64], ends: tuple[float, float]
    ) -> None:
        shown = found.law is not None and len(edge) > 0
        self.edge_name.setVisible(shown)
        if found.law is None or not shown:
            return
        self.edge_name.setText(edge_sign(found.law))
        self.edge_name.setColor(theme.error)
        self.edge_name.fill = pg.mkBrush(theme.plot)  # the curve may cross it
        self.edge_name.setFont(themes.font(themes.SMALL_POINTS))
        high = float(edge[0]) > ends[0] + 0.9 * (ends[1] - ends[0])
        self.edge_name.setAnchor((0.0, 0.0 if high else 1.0))
        self.edge_name.setPos(0.0, float(edge[0]))  # where the sharpness most often is far below it

    def _read(self, x: float, _y: float) -> str:
        found = self._found
        if found is None or not len(found.steps):
            return ""
        at = int(np.abs(found.steps - x).argmin())
        if not np.isfinite(found.sharpness[at]):
            return ""
        lines = [self.tr("step {}").format(grouped(int(found.steps[at])))]
        lines.append(self.tr("λmax = {}").format(told(float(found.sharpness[at]))))
        if np.isfinite(found.edges[at]):
            lines.append(self.tr("edge {}").format(told(float(found.edges[at]))))
        return "\n".join(lines)


def _is_spread(known: NDArray[np.float64]) -> bool:
    """Whether a linear axis would show of these numbers little more than the largest.

    Some may be 0 or below, as on a hilltop, if they are small beside it.
    """
    above = known[known > 0]
    if not len(above) or above.max() <= _SPREAD * above.min():
        return False
    return bool(above.max() > _SPREAD * -known.min())


def _stairs(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A line that keeps its height until it changes, at the point where it does."""
    turns = np.flatnonzero(np.diff(y) != 0) + 1
    across = np.insert(x, turns, x[turns])
    return across, np.insert(y, turns, y[turns - 1])
