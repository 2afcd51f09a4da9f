"""The loss over the plane of two parameters, with every lane's path on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from workbench.engine.objectives.landscape import Surface
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export import race_tables
from workbench.ui.plotting.curves import Curves
from workbench.ui.plotting.handle import Handle, HandleOwner
from workbench.ui.plotting.heights import interpolated
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.traces import Traces
from workbench.ui.style import theme as themes
from workbench.ui.views.landscape import curve as curves
from workbench.ui.views.landscape.ways import Ways
from workbench.ui.views.shared.base import Table, View, lane_symbols, run_lanes
from workbench.ui.views.shared.ground import Ground
from workbench.ui.views.shared.legend import MOST_ON_SCREEN, Legend
from workbench.ui.views.shared.readout import Readout
from workbench.ui.words.text import grouped, signed

_GRID = 192
_MARGIN = 0.08

Range = tuple[float, float]


class LandscapeView(View, HandleOwner):
    """Height map, contour lines with values, known minima, starts as handles, paths with their present points.

    A click places the (first) start, a drag of its ring moves it, the wheel zooms, a drag elsewhere pans.
    """

    key = "landscape"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.ground = Ground(self.plot)
        self.traces, self.curves, self.marks, self.stars = Traces(), Curves(), Marks(), Marks()
        self.stars.setZValue(20)
        for item in (self.stars, self.curves, self.traces, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.body.addWidget(self.plot)
        self.legend = Legend(self.plot)
        self._ways = Ways()
        self._handles: list[Handle] = []
        self._ground: Any = None
        self._wants_fresh = False  # levels and colours of the next surface
        self._demand: dict[str, Any] = {}
        self.whole = self.add_switch(
            self.tr("reset view"), self.tr("Show the whole landscape again after zooming (Home)")
        )
        self.whole.setCheckable(False)
        self.whole.setShortcut("Home")
        self.whole.clicked.connect(self._on_whole_clicked)
        self.look = self.add_option_menu(self.tr("look"), self.tr("How the landscape is drawn"))
        self.look.choices.addSeparator()
        fresh = self.look.choices.addAction(self.tr("levels for this part"))
        fresh.setToolTip(self.tr("Choose contour lines and colours anew for the part that is shown"))
        fresh.triggered.connect(self._on_fresh_triggered)
        self.plot.box.sigRangeChanged.connect(self._on_range_changed)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.readout = Readout(self.plot, self._read)

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)
        for handle in self._handles:
            handle.set_color(theme.text)

    def demand(self) -> Mapping[str, Any]:
        return {} if self.snapshot is None or self.empty_word(self.snapshot) else self._demand

    def has_what_it_demands(self, snapshot: Snapshot) -> bool:
        surface, wanted = snapshot.extras.get("surface"), self.demand().get("surface")
        if surface is not None and wanted is not None:  # one of another part of the plane may still be there
            ends = [surface.x[0], surface.x[-1], surface.y[0], surface.y[-1]]
            return bool(surface.finer is not None and np.allclose(ends, [*wanted[0], *wanted[1]]))
        return super().has_what_it_demands(snapshot)

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.size == 2 or (snapshot.info.size == 1 and snapshot.info.kind == "objective"):
            return ""
        if snapshot.info.kind == "objective":
            return self.tr(
                "{} dimensions are no plane: watch the loss and the gradients. With D = 2 the landscape shows here."
            ).format(grouped(snapshot.info.size))
        return self.tr(
            "This network has {} parameters: its loss is no surface over a plane. "
            "A network with one weight and one bias, such as the straight line, shows here."
        ).format(grouped(snapshot.info.size))

    def draw(self, snapshot: Snapshot) -> None:
        info = snapshot.info
        if info.size == 1:
            self._draw_curve(snapshot)
            return
        self.stars.setVisible(True)
        self.curves.set_lines([])
        ground = (info.kind, info.key, info.domain if info.kind == "objective" else None)
        if ground != self._ground:
            self._ground = ground
            self._show_whole(info)
        self._draw_ground(snapshot)
        names = ("x", "y") if info.kind == "objective" else (self.tr("weight w"), self.tr("bias b"))
        self.plot.set_label("bottom", names[0])
        self.plot.set_label("left", names[1])
        self._draw_paths(snapshot)
        self._draw_points(info)
        self.readout.refresh()

    def finish(self) -> None:
        self.ground.finish()

    def least_picture(self) -> QSize:
        return self.legend.least_picture()

    def data_csv(self) -> Table:
        snapshot = self.snapshot
        if snapshot is None or self.empty_word(snapshot):
            return bytes
        return partial(race_tables.landscape_csv, snapshot, self.ground.surface, snapshot.extras.get("curve"))

    # One dimension: the curve, and the ball on it

    def _draw_curve(self, snapshot: Snapshot) -> None:
        """The objective as a curve, every step of every run on it, the start as a handle that slides along x."""
        info, shown = snapshot.info, curves.interval(snapshot)
        self.ground.hide()
        self.stars.setVisible(True)
        if shown is None or info.points is None:
            return
        demand = {"curve": (shown, curves.POINTS), "next_step": ()}
        if demand != self._demand:
            self._demand, self._ground = demand, None
            self.demand_changed.emit()
        found = snapshot.extras.get("curve")
        if found is None:
            return
        curve = curves.Curve(found[0], np.asarray(found[1], np.float64))
        if self._ground is not found:  # another curve, or all of it is wanted again
            self._ground = found
            self.plot.set_range(shown, curve.heights())
        self.plot.set_label("bottom", "x")
        self.plot.set_label("left", "f(x)")
        self._draw_on_curve(snapshot, curve)
        at = np.column_stack([info.points[:, 0], curve.at(info.points[:, 0])])
        self._place_handles(at)
        minima = info.minima if info.minima is not None else np.zeros((0, 1))
        self._draw_stars(np.column_stack([minima[:, 0], curve.at(minima[:, 0])]))
        self.readout.refresh()

    def _draw_on_curve(self, snapshot: Snapshot, curve: curves.Curve) -> None:
        info = snapshot.info
        colors, symbols, lanes = self.lane_colors(info), lane_symbols(info), run_lanes(info)
        box, size = self.plot.box.viewRange(), (self.plot.box.width(), self.plot.box.height())
        ways = self._ways.trace(snapshot, colors, box, size, dots=bool(self.options["steps"]), upright="loss")
        ahead = curves.next_steps(snapshot, curve, snapshot.extras.get("next_step"), colors)
        self.traces.set_traces([*ways, *ahead], self.theme)
        self.curves.set_lines(
            [
                *curves.ground_lines(curve, info.minima, self.plot, self.theme),
                *curves.tangents(snapshot, curve, colors, self.plot, self.theme),
            ]
        )
        balls = np.column_stack([snapshot.theta[:, 0], np.where(snapshot.alive, snapshot.loss, np.nan)])
        self.marks.set_marks(
            balls, [colors[i] for i in lanes], [symbols[i] for i in lanes], self.theme.plot, 12,
            labels=self._numbers(info),
        )  # fmt: skip
        self._show_legend(snapshot, colors, symbols)

    # The still parts

    def _show_whole(self, info: RaceInfo) -> None:
        """Show the domain, widened to hold every start."""
        if info.domain is None:
            return
        ranges = []
        for axis in (0, 1):
            low, high = info.domain[axis]
            if info.points is not None:
                starts = info.points[:, axis]
                room = _MARGIN * (high - low)
                if starts.min() < low:
                    low = float(starts.min()) - room
                if starts.max() > high:
                    high = float(starts.max()) + room
            ranges.append((low, high))
        self.plot.set_range(ranges[0], ranges[1])
        self._ask_for_surface()

    def _ask_for_surface(self) -> None:
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        demand = {"surface": ((float(x0), float(x1)), (float(y0), float(y1)), _GRID)}
        if demand != self._demand:
            self._demand = demand
            self.demand_changed.emit()

    def _draw_ground(self, snapshot: Snapshot) -> None:
        self.plot.box.setAspectLocked(bool(self.options["equal_axes"]))
        surface = snapshot.extras.get("surface")
        if surface is not None:
            fresh = self._wants_fresh and self._is_of_view(surface)
            self.ground.show_surface(surface, self.options, self.theme, fresh=fresh)
            self._wants_fresh = self._wants_fresh and not fresh

    def _is_of_view(self, surface: Surface) -> bool:
        """Whether a surface is of the part that is shown, and not of the one before it."""
        wanted = self._demand.get("surface")
        ends = [surface.x[0], surface.x[-1], surface.y[0], surface.y[-1]]
        return wanted is not None and bool(np.allclose(ends, [*wanted[0], *wanted[1]]))

    # The moving parts

    def _draw_paths(self, snapshot: Snapshot) -> None:
        info = snapshot.info
        colors, symbols, lanes = self.lane_colors(info), lane_symbols(info), run_lanes(info)
        (x0, x1), (y0, y1) = box = self.plot.box.viewRange()
        size = (self.plot.box.width(), self.plot.box.height())
        self.traces.set_traces(
            self._ways.trace(snapshot, colors, box, size, dots=bool(self.options["steps"])), self.theme
        )
        now = snapshot.theta.astype(float)
        inside = (now[:, 0] >= x0) & (now[:, 0] <= x1) & (now[:, 1] >= y0) & (now[:, 1] <= y1)
        self.marks.set_marks(
            np.where(inside[:, None], now, np.nan),
            [colors[i] for i in lanes],
            [symbols[i] for i in lanes],
            self.theme.plot,
            11,
            labels=self._numbers(info),
        )
        self._show_legend(snapshot, colors, symbols)

    def _show_legend(self, snapshot: Snapshot, colors: list[str], symbols: list[str]) -> None:
        info, entries = snapshot.info, []
        for i, lane in enumerate(info.lanes):
            diverged = [int(d) for d in snapshot.diverged_at[i * info.starts : (i + 1) * info.starts] if d >= 0]
            label = lane.label
            if diverged:
                label += " " + self.tr("✕ diverged at step {}").format(min(diverged))
            entries.append((label, colors[i], symbols[i]))
        self.legend.show_entries(entries, self.theme, alone=self.stands_alone, most=MOST_ON_SCREEN)

    def _numbers(self, info: RaceInfo) -> list[str]:
        """The start of each run, where there are several."""
        return [str(run % info.starts + 1) for run in range(info.runs)] if info.starts > 1 else []

    def _draw_stars(self, minima: NDArray[Any]) -> None:
        self.stars.set_marks(minima, [self.theme.text] * len(minima), ["star"] * len(minima), self.theme.plot, 16)

    def _draw_points(self, info: RaceInfo) -> None:
        self._draw_stars(info.minima if info.minima is not None else np.zeros((0, 2)))
        self._place_handles(info.points if info.points is not None else np.zeros((0, 2)))

    def _place_handles(self, points: NDArray[Any]) -> None:
        """Put a ring at each starting point (S, 2)."""
        while len(self._handles) > len(points):
            self.plot.box.removeItem(self._handles.pop())
        while len(self._handles) < len(points):
            handle = Handle(self)
            handle.index = len(self._handles)
            handle.set_color(self.theme.text)
            handle.setToolTip(self.tr("A starting point: drag it, or click elsewhere to place it there"))
            self.plot.box.addItem(handle, ignoreBounds=True)
            self._handles.append(handle)
        for handle, (x, y) in zip(self._handles, points, strict=True):
            handle.setPos(float(x), float(y))

    # The mouse

    def drag_begins(self) -> None:
        self.drag_began.emit()

    def drag_ends(self, *, away: bool) -> None:
        self.drag_ended.emit(away)

    def handle_dragged(self, index: int, x: float, y: float) -> None:
        self.start_moved.emit(index, x, y)

    def _on_clicked(self, event: Any) -> None:
        info = None if self.snapshot is None else self.snapshot.info
        if info is None or info.points is None or event.button() != Qt.MouseButton.LeftButton or event.isAccepted():
            return
        if event.double() or not self.plot.box.sceneBoundingRect().contains(event.scenePos()):
            return
        point = self.plot.box.mapSceneToView(event.scenePos())
        run = self._ways.nearest(point.x(), point.y())
        if run is not None:  # a path is meant, not the ground beside it
            self.lane_picked.emit(run // info.starts)
            return
        # with several starts, the click takes the nearest one along
        here = np.array([point.x(), point.y()])[: info.points.shape[1]]
        nearest = int(np.argmin(((info.points - here) ** 2).sum(axis=1)))
        self.drag_began.emit()  # each click is a step of undo of its own
        self.start_moved.emit(nearest, point.x(), point.y())
        self.drag_ended.emit(True)

    def _on_whole_clicked(self) -> None:
        if self.snapshot is not None and not self.empty_word(self.snapshot):
            self._ground = None  # a curve shows all of itself when it is drawn
            self._wants_fresh = True
            self.settings_changed()

    def _on_fresh_triggered(self) -> None:
        self._wants_fresh = True
        self.settings_changed()

    def _on_range_changed(self) -> None:
        if self.snapshot is None or self.snapshot.info.size == 2:
            self._ask_for_surface()

    def _read(self, x: float, y: float) -> str:
        snapshot = self.snapshot
        if snapshot is None:
            return ""
        if snapshot.info.size == 1:
            return self._read_curve(snapshot, x, y)
        names = ("x", "y", "f") if snapshot.info.kind == "objective" else ("w", "b", "loss")
        run = self._ways.nearest(x, y)
        lines = [] if run is None else [self._name_of(snapshot, run)]
        lines.append(signed(f"{names[0]} = {x:.4g}   {names[1]} = {y:.4g}"))
        surface = self.ground.surface
        value = None if surface is None else interpolated(surface.finer or surface, x, y)
        if value is not None:
            lines.append(signed(f"{names[2]} ≈ {value:.4g}"))
        return "\n".join(lines)

    def _read_curve(self, snapshot: Snapshot, x: float, y: float) -> str:
        """f at that x, wherever the mouse is above or below it, with a dot on the curve."""
        found = snapshot.extras.get("curve")
        if found is None:
            return ""
        run = self._ways.nearest(x, y)
        lines = [] if run is None else [self._name_of(snapshot, run)]
        f = float(curves.Curve(found[0], np.asarray(found[1], np.float64)).at(x))
        self.readout.point_at(x, f)
        lines.append(signed(f"x = {x:.4g}   f = {f:.4g}") if np.isfinite(f) else signed(f"x = {x:.4g}"))
        return "\n".join(lines)

    def _name_of(self, snapshot: Snapshot, run: int) -> str:
        """The lane of a run, and its start where there are several."""
        info = snapshot.info
        label = info.lanes[run // info.starts].label
        return label if info.starts == 1 else self.tr("{}, start {}").format(label, run % info.starts + 1)
