"""What moves over a landscape: every lane's path with its present points, or the tails of a swarm, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.traces import Trace, Traces
from workbench.ui.style.theme import Theme
from workbench.ui.views.landscape.names import lane_entries, place_legend, start_numbers
from workbench.ui.views.landscape.ways import Ways
from workbench.ui.views.shared.base import lane_symbols, run_lanes
from workbench.ui.views.shared.legend import Legend, LegendOwner
from workbench.ui.views.shared.many import is_swarm

if TYPE_CHECKING:  # loaded with the first swarm
    from workbench.ui.views.landscape.swarm import SwarmScene


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How runs are drawn.

    Attributes:
        colors: the lanes' colours.
        dots: whether steps that are some pixels apart have a dot each.
        corner: where the names stand, "hidden" for nowhere.
        alone: whether the picture stands alone, and has a strip for many names.
        signs: other points (K, 2) that the names are to keep clear of.
        named: whether the lanes' names stand in the picture at all, and not beside it.
    """

    colors: list[str]
    theme: Theme
    dots: bool
    corner: str
    alone: bool
    signs: Sequence[NDArray[Any]]
    named: bool


class RunScene:
    """Draws the runs of a snapshot over a plane or on a curve, and knows which one is near a point."""

    def __init__(self, plot: Plot, owner: LegendOwner) -> None:
        """The view puts `traces` and `marks` among the items of its plot, in their place."""
        self._plot = plot
        self.traces, self.marks = Traces(), Marks()
        self.legend = Legend(plot, owner=owner)
        self._ways = Ways()
        self._swarm: SwarmScene | None = None
        self._is_swarm = False

    @property
    def swarm(self) -> SwarmScene:
        """What draws very many runs, made when there first are."""
        if self._swarm is None:
            from workbench.ui.views.landscape.swarm import SwarmScene

            self._swarm = SwarmScene(self._plot)
        return self._swarm

    def draw_on_plane(self, snapshot: Snapshot, look: Look) -> None:
        """Draw paths over the part of the plane that is shown, and a mark where each run in it stands."""
        (x0, x1), (y0, y1) = box = self._plot.box.viewRange()
        if self._draw_swarm(snapshot, look):
            return
        ways = self._ways.trace(snapshot, look.colors, box, self._size, dots=look.dots)
        self.traces.set_traces(ways, look.theme)
        now = snapshot.theta.astype(float)
        inside = (now[:, 0] >= x0) & (now[:, 0] <= x1) & (now[:, 1] >= y0) & (now[:, 1] <= y1)
        self._mark(snapshot, np.where(inside[:, None], now, np.nan), 11, look)

    def draw_on_curve(self, snapshot: Snapshot, ends: Sequence[Trace], look: Look) -> None:
        """Draw every step of every run on a curve, with the ends of the next ones, and a ball where each stands."""
        if self._draw_swarm(snapshot, look, upright="loss"):
            return
        box = self._plot.box.viewRange()
        ways = self._ways.trace(snapshot, look.colors, box, self._size, dots=look.dots, upright="loss")
        self.traces.set_traces([*ends, *ways], look.theme, halo=False)  # it would hide the curve
        balls = np.column_stack([snapshot.theta[:, 0], np.where(snapshot.alive, snapshot.loss, np.nan)])
        self._mark(snapshot, balls, 12, look)

    def moment(self, x: float, y: float) -> tuple[int, int] | None:
        """The run and the step of the drawn point near a place; None where none is."""
        return self.swarm.moment(x, y) if self._is_swarm else self._ways.moment(x, y)

    def at(self, x: float, y: float) -> int | None:
        """The run whose past is near a place; None where none is."""
        if not self._is_swarm:
            return self._ways.nearest(x, y)
        found = self.swarm.moment(x, y)
        return None if found is None else found[0]

    @property
    def _size(self) -> tuple[float, float]:
        return self._plot.box.width(), self._plot.box.height()

    def _mark(self, snapshot: Snapshot, points: NDArray[Any], size: int, look: Look) -> None:
        """Put each run's sign where it stands, and the lanes' names in a corner."""
        symbols, lanes = lane_symbols(snapshot.info), run_lanes(snapshot.info)
        colors, signs = [look.colors[lane] for lane in lanes], [symbols[lane] for lane in lanes]
        numbers = start_numbers(snapshot.info)
        self.marks.set_marks(points, colors, signs, look.theme.plot, size, labels=numbers)
        self._show_legend(snapshot, symbols, look)

    def _draw_swarm(self, snapshot: Snapshot, look: Look, *, upright: str = "") -> bool:
        """Draw the tails of very many runs, and nothing of each by itself; False where the starts are few."""
        self._is_swarm = is_swarm(snapshot.info)
        if not self._is_swarm:
            if self._swarm is not None:
                self._swarm.clear()
            return False
        self._ways.clear()
        self.traces.set_traces([], look.theme)
        self.marks.set_marks(np.zeros((0, 2)), [], [], look.theme.plot)
        self.swarm.draw(snapshot, look.colors, look.theme, upright=upright)
        self._show_legend(snapshot, lane_symbols(snapshot.info), look)
        return True

    def _show_legend(self, snapshot: Snapshot, symbols: list[str], look: Look) -> None:
        most = 0 if look.corner == "hidden" else None
        entries = lane_entries(snapshot, look.colors, symbols, look.theme) if look.named else []
        self.legend.show_entries(entries, look.theme, alone=look.alone, most=most)
        paths = [self._ways.points] if self._swarm is None else [self._ways.points, self._swarm.points]
        place_legend(self.legend, self._plot, look.corner, paths, look.signs)
