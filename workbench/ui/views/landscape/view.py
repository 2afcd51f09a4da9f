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
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.handle import Handle, HandleOwner
from workbench.ui.plotting.heights import heights, interpolated
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.surfaces import ContourLines, HeightMap
from workbench.ui.style import theme as themes
from workbench.ui.views.landscape.paths import PathThinner
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.legend import MOST_ON_SCREEN, Legend
from workbench.ui.views.shared.readout import Readout
from workbench.ui.words.text import grouped

_GRID = 192
_CURVE_POINTS = 600
_TRACE = 60
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
        self.height_map, self.contours = HeightMap(), ContourLines()
        self.curves, self.marks, self.stars = Curves(), Marks(), Marks()
        self.stars.setZValue(20)
        for item in (self.height_map, self.contours, self.stars, self.curves, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.body.addWidget(self.plot)
        self.legend = Legend(self.plot)
        self._paths = PathThinner()
        self._handles: list[Handle] = []
        self._surface: Surface | None = None
        self._painted: tuple[Any, str] = (None, "")
        self._ground: Any = None
        self._demand: dict[str, Any] = {}
        self.whole = self.add_switch(
            self.tr("reset view"), self.tr("Show the whole landscape again after zooming (Home)")
        )
        self.whole.setCheckable(False)
        self.whole.setShortcut("Home")
        self.whole.clicked.connect(self._on_whole_clicked)
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
            return bool(
                np.allclose([surface.x[0], surface.x[-1], surface.y[0], surface.y[-1]], [*wanted[0], *wanted[1]])
            )
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
            self._draw_curve_world(snapshot)
            return
        for item in (self.height_map, self.contours, self.stars):
            item.setVisible(True)
        ground = (info.kind, info.key, info.domain if info.kind == "objective" else None)
        if ground != self._ground:
            self._ground = ground
            self._show_whole(info)
        surface = snapshot.extras.get("surface")
        if surface is not None and self._painted != (id(surface), self.theme.name):
            self._surface, self._painted = surface, (id(surface), self.theme.name)
            self._draw_surface(surface)
        names = ("x", "y") if info.kind == "objective" else (self.tr("weight w"), self.tr("bias b"))
        self.plot.set_label("bottom", names[0])
        self.plot.set_label("left", names[1])
        self._draw_paths(snapshot)
        self._draw_points(info)
        self.readout.refresh()

    def least_picture(self) -> QSize:
        return self.legend.least_picture()

    def data_csv(self) -> Table:
        snapshot = self.snapshot
        if snapshot is None or self.empty_word(snapshot):
            return bytes
        return partial(race_tables.landscape_csv, snapshot, self._surface, snapshot.extras.get("curve"))

    # One dimension: the curve, and the ball on it

    def _draw_curve_world(self, snapshot: Snapshot) -> None:
        """The objective as a curve, every run as a ball on it, the start as a handle that slides along x."""
        info = snapshot.info
        for item in (self.height_map, self.contours, self.stars):
            item.setVisible(False)
        if info.domain is None or info.points is None:
            return
        low, high = info.domain[0]
        room = _MARGIN * (high - low)
        low, high = min(low, float(info.points.min()) - room), max(high, float(info.points.max()) + room)
        demand = {"curve": ((low, high), _CURVE_POINTS)}
        if demand != self._demand:
            self._demand, self._ground = demand, None
            self.demand_changed.emit()
        curve = snapshot.extras.get("curve")
        if curve is None:
            return
        along, values = curve
        finite = values[np.isfinite(values)]
        bottom, top = (float(np.min(finite)), float(np.max(finite))) if len(finite) else (0.0, 1.0)
        span = (top - bottom) or 1.0
        self.plot.set_range((low, high), (bottom - 0.06 * span, top + 0.06 * span))
        self.plot.set_label("bottom", "x")
        self.plot.set_label("left", "f(x)")
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        lines = [(along, values.astype(float), pen(self.theme.contour, 1.6))]
        path, losses = snapshot.history.values.get("path"), snapshot.history.values["loss"]
        count = int(np.searchsorted(snapshot.history.steps, snapshot.step, side="right"))
        shown = slice(max(0, count - _TRACE), count)  # the last steps: a whole run would cover the curve
        if path is not None:
            for run in range(info.runs):
                x = np.append(path[shown, run, 0], snapshot.theta[run, 0])
                y = np.append(losses[shown, run], snapshot.loss[run])
                lines.append((x, y, pen(colors[run // info.starts], 1.0)))
        self.curves.set_lines(lines)
        balls = np.column_stack([snapshot.theta[:, 0], np.where(snapshot.alive, snapshot.loss, np.nan)])
        lanes = [run // info.starts for run in range(info.runs)]
        self.marks.set_marks(balls, [colors[i] for i in lanes], [symbols[i] for i in lanes], self.theme.plot, 12)
        self._show_legend(snapshot, colors, symbols)
        self._surface = None
        at = np.interp(info.points[:, 0], along, values)
        self._place_handles(np.column_stack([info.points[:, 0], at]))
        self.readout.refresh()

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

    def _draw_surface(self, surface: Surface) -> None:
        found = heights(surface)
        self.height_map.set_surface(surface, found.shade, self.theme)
        self.contours.set_surface(surface, found, self.theme)

    # The moving parts

    def _draw_paths(self, snapshot: Snapshot) -> None:
        info = snapshot.info
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        lines = []
        path = snapshot.history.values.get("path")
        if path is not None:
            count = int(np.searchsorted(snapshot.history.steps, snapshot.step, side="right"))
            (x0, x1), (y0, y1) = self.plot.box.viewRange()
            pixels = (self.plot.width() / (x1 - x0), self.plot.height() / (y1 - y0))
            key = (snapshot.generation, snapshot.history.token, pixels)
            for run, kept in enumerate(self._paths.thin(path, count, key)):
                # what left the picture far behind would make Qt's own arithmetic overflow
                x = np.clip(np.append(kept[:, 0], snapshot.theta[run, 0]), *_around(x0, x1))
                y = np.clip(np.append(kept[:, 1], snapshot.theta[run, 1]), *_around(y0, y1))
                lines.append((x, y, pen(colors[run // info.starts], 2.0)))
        self.curves.set_lines(lines)
        lanes = [run // info.starts for run in range(info.runs)]
        now = snapshot.theta.astype(float)
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        inside = (now[:, 0] >= x0) & (now[:, 0] <= x1) & (now[:, 1] >= y0) & (now[:, 1] <= y1)
        self.marks.set_marks(
            np.where(inside[:, None], now, np.nan),
            [colors[i] for i in lanes],
            [symbols[i] for i in lanes],
            self.theme.plot,
            11,
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

    def _draw_points(self, info: RaceInfo) -> None:
        minima = info.minima if info.minima is not None else np.zeros((0, 2))
        self.stars.set_marks(minima, [self.theme.text] * len(minima), ["star"] * len(minima), self.theme.plot, 16)
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
        # with several starts, the click takes the nearest one along
        here = np.array([point.x(), point.y()])[: info.points.shape[1]]
        nearest = int(np.argmin(((info.points - here) ** 2).sum(axis=1)))
        self.drag_began.emit()  # each click is a step of undo of its own
        self.start_moved.emit(nearest, point.x(), point.y())
        self.drag_ended.emit(True)

    def _on_whole_clicked(self) -> None:
        if self.snapshot is not None:
            self._show_whole(self.snapshot.info)

    def _on_range_changed(self) -> None:
        self._ask_for_surface()

    def _read(self, x: float, y: float) -> str:
        surface = self._surface
        if surface is None:
            return f"x = {x:.4g}   f = {y:.4g}" if self.snapshot is not None and self.snapshot.info.size == 1 else ""
        value = interpolated(surface, x, y)
        names = (
            ("x", "y", "f") if self.snapshot is None or self.snapshot.info.kind == "objective" else ("w", "b", "loss")
        )
        said = f"{names[0]} = {x:.4g}   {names[1]} = {y:.4g}"
        return said if value is None else f"{said}\n{names[2]} ≈ {value:.4g}"


def _around(low: float, high: float) -> Range:
    """A range with three times its width on either side."""
    return low - 3 * (high - low), high + 3 * (high - low)
