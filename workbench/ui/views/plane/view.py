"""The loss of a network over a plane through its parameters, with every lane's path and how true the picture is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QLabel, QSpinBox, QWidget

from workbench.engine.network.survey import PlaneFault, PlaneGrid, PlanePicture, PlaneRequest
from workbench.engine.objectives.between import smooth
from workbench.engine.objectives.landscape import Surface
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export import network_tables
from workbench.ui.plotting.heights import interpolated
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.traces import Trace, Traces
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.ground import Ground
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.legend import Legend, LegendOwner, diverged_words
from workbench.ui.views.shared.readout import Readout
from workbench.ui.words.text import grouped, readable

_KINDS = ("paths", "random", "ends")
_REDRAWN_EVERY = 0.04  # seconds, while it runs
_SPACING = 3.0  # pixels
_TRUE_WITHIN = 0.1  # a lane's loss is shown truly where the plane's differs by no more than this share


class PlaneView(View, LegendOwner):
    """Height map and contours of the plane, the feet of every lane's path, and how true its present point is shown."""

    key = "plane"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.ground = Ground(self.plot, prefers_log=True, unknown=True)
        self.traces, self.marks, self.start = Traces(), Marks(), Marks()
        for item in (self.traces, self.start, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.body.addWidget(self.plot, 1)
        self.note = QLabel(self)
        self.note.setObjectName("muted")
        self.note.setProperty("small", True)
        self.note.setWordWrap(True)
        self.note.setMargin(4)
        self.body.addWidget(self.note)
        self.legend = Legend(self.plot, owner=self)
        self._make_controls()
        self.readout = Readout(self.plot, self._read)
        self._surface: Surface | None = None
        self._painted: Any = None
        self._asked: Mapping[str, Any] = {}
        self._drawn_at = 0.0
        self._points = np.zeros((0, 2))

    def _make_controls(self) -> None:
        self.kind = QComboBox(self)
        self.kind.addItems([self.tr("through the paths"), self.tr("random directions"), self.tr("two lanes' ends")])
        self.kind.setToolTip(self.tr("How the plane is laid through the parameters"))
        self.kind.setAccessibleName(self.tr("Plane"))
        self.kind.setMaximumWidth(190)
        self.first = LaneChoice(
            self.tr("The lane around whose point, or through whose end, the plane is laid"), self.tr("First lane"), self
        )
        self.second = LaneChoice(
            self.tr("The other lane whose end the plane goes through"), self.tr("Second lane"), self
        )
        self.seed = QSpinBox(self)
        self.seed.setRange(0, 9999)
        self.seed.setPrefix(self.tr("seed "))
        self.seed.setToolTip(self.tr("Draws other random directions"))
        self.seed.setAccessibleName(self.tr("Seed of the directions"))
        self.seed.valueChanged.connect(self._on_choice)
        for choice in (self.kind, self.first, self.second):
            choice.activated.connect(self._on_choice)
            self.controls.addWidget(choice)
        self.controls.addWidget(self.seed)
        self.seed.hide()
        self.look = self.add_option_menu(self.tr("look"), self.tr("How the landscape is drawn"))

    def _on_choice(self, _value: int) -> None:
        self._ask()
        self.settings_changed()

    def demand(self) -> Mapping[str, Any]:
        if self.snapshot is None:
            return {"plane": PlaneRequest()}
        info, kind = self.snapshot.info, _KINDS[max(0, self.kind.currentIndex())]
        if _is_a_landscape(info):
            return {}
        runs = (0, 0) if kind == "paths" else (self.first.run(info), self.second.run(info) if kind == "ends" else 0)
        if kind == "paths" and info.has_several_networks:  # a plane is of one network: the picked lane's
            runs = (min(max(0, self.picked_lane), len(info.lanes) - 1) * info.starts, 0)
        return {"plane": PlaneRequest(kind, runs, self.seed.value() if kind == "random" else 0)}  # type: ignore[arg-type]

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)

    def empty_word(self, snapshot: Snapshot) -> str:
        if _is_a_landscape(snapshot.info):
            return self.tr("This objective is a landscape itself. With D > 2 a plane through its paths shows here.")
        self._list_lanes(snapshot)
        ends = _KINDS[max(0, self.kind.currentIndex())] == "ends"
        if ends and len(snapshot.info.lanes) < 2:
            return self.tr("A plane through two lanes' ends needs a second lane. Add one, or choose another plane.")
        info = snapshot.info
        networks = [info.lanes[choice.run(info) // info.starts].network for choice in (self.first, self.second)]
        if ends and networks[0] != networks[1]:
            return self.tr("These two lanes train networks that differ, and no plane holds both. Choose two of one.")
        picture = snapshot.extras.get("plane")
        if isinstance(picture, PlanePicture):
            return ""
        if picture is None and self.kind.currentIndex() == _KINDS.index("random"):
            return self.tr("The plane of random directions is on its way.")
        fault = picture.key if isinstance(picture, PlaneFault) else "still"
        return {
            "still": self.tr(
                "The plane is laid through the start and two lanes' ends. Press Space: it shows as soon as they move."
            )
            if ends
            else self.tr(
                "The plane is laid through the lanes' paths. Press Space: they show here as soon as they move."
            ),
            "line": self.tr(
                "The points chosen lie on a line, which lies in many planes. Choose two lanes whose ends differ."
            ),
            "diverged": self.tr(
                "Every lane has diverged: there is no path to lay a plane through. Smaller learning rates may help."
            ),
        }[fault]

    def _list_lanes(self, snapshot: Snapshot) -> None:
        many, kind = len(snapshot.info.lanes) > 1, _KINDS[max(0, self.kind.currentIndex())]
        fresh = self.second.count() < 2
        self.first.show_lanes(snapshot.info, wanted=kind != "paths")
        self.second.show_lanes(snapshot.info, wanted=kind == "ends")
        if fresh and many:
            self.second.setCurrentIndex(1)
        self.seed.setVisible(kind == "random")
        self._ask()

    # Drawing

    def draw(self, snapshot: Snapshot) -> None:
        picture = snapshot.extras.get("plane")
        self.ground.keep_place(self.options)
        now = time.monotonic()
        if not isinstance(picture, PlanePicture) or (snapshot.running and now - self._drawn_at < _REDRAWN_EVERY):
            return
        self._drawn_at = now
        self._draw_surface(picture.grid)
        self._draw_paths(snapshot, picture)
        self._name_axes(snapshot, picture)
        self._write_note(snapshot, picture)
        self.readout.refresh()

    def _draw_surface(self, grid: PlaneGrid) -> None:
        fresh = self._painted is not grid
        if fresh:
            self._painted, self._surface = grid, smooth(Surface(grid.u, grid.v, grid.losses))
        surface = self._surface
        if surface is None:
            return
        # of a part of the grid contour lines would be lines around the part
        shown = dict(self.options) | {"lines": self.options["lines"] and not np.isnan(grid.losses).any()}
        self.ground.show_surface(surface, shown, self.theme, fresh=fresh)
        self.plot.set_range((float(grid.u[0]), float(grid.u[-1])), (float(grid.v[0]), float(grid.v[-1])))

    def _draw_paths(self, snapshot: Snapshot, picture: PlanePicture) -> None:
        info = snapshot.info
        colors, symbols = self.lane_colors(info), lane_symbols(info)
        now = picture.coordinates(snapshot.theta)
        taken = picture.path_steps <= snapshot.step
        traces, ends = [], np.full((info.runs, 2), np.nan)
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        for run in range(info.runs):
            if snapshot.step < info.begins(run):
                continue
            rows = taken & (picture.path_steps >= info.begins(run))  # the way until there is its parent's
            path = np.concatenate([picture.paths[rows, run], now[run : run + 1]])
            inside = np.isfinite(path).all(axis=1)
            path = np.clip(path[: int(inside.argmin()) if not inside.all() else len(path)],
                           (4 * x0 - 3 * x1, 4 * y0 - 3 * y1), (4 * x1 - 3 * x0, 4 * y1 - 3 * y0))  # fmt: skip
            path = moving(path, (self.plot.width() / (x1 - x0), self.plot.height() / (y1 - y0)))
            if len(path):
                traces.append(Trace(path, path[:0], path[:0], colors[run // info.starts]))
            if x0 <= now[run, 0] <= x1 and y0 <= now[run, 1] <= y1:
                ends[run] = now[run]
        self.traces.set_traces(traces, self.theme)
        self._points = np.concatenate([np.zeros((0, 2)), *(trace.past for trace in traces)])
        lanes = [run // info.starts for run in range(info.runs)]
        self.marks.set_marks(ends, [colors[i] for i in lanes], [symbols[i] for i in lanes], self.theme.plot, 11)
        first = picture.paths[0, picture.runs]
        self.start.set_marks(first, [self.theme.text] * len(first), ["o"] * len(first), self.theme.plot, 8)
        entries = [
            (f"{lane.label}   {self._truth(snapshot, picture, i)}", colors[i], symbols[i])
            for i, lane in enumerate(info.lanes)
            if picture.runs[i * info.starts] and not self.named_beside
        ]
        self.legend.show_entries(entries, self.theme, alone=self.stands_alone, most=self._most_named)
        self._place_legend()

    @property
    def _most_named(self) -> int | None:
        """How many lanes are named: all, or none where nobody wants a legend."""
        return 0 if self.options["legend"] == "hidden" else None

    def _place_legend(self) -> None:
        """Put it where one wants it, or where it hides the least of the paths."""
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        points = (self._points - (x0, y1)) / (x1 - x0, y0 - y1) * (self.plot.box.width(), self.plot.box.height())
        self.legend.take_corner(str(self.options["legend"]), points)

    def legend_moved(self, corner: str) -> None:
        self.choose("legend", corner)

    def _truth(self, snapshot: Snapshot, picture: PlanePicture, lane: int) -> str:
        """What the loss of a lane's first run that goes on is, and what the plane shows where its point stands."""
        starts = snapshot.info.starts
        alive = snapshot.diverged_at[lane * starts : (lane + 1) * starts] < 0
        run = lane * starts + int(alive.argmax())
        if snapshot.step < snapshot.info.begins(run):
            return self.tr("from step {}").format(grouped(snapshot.info.begins(run)))
        if not alive.any():
            return diverged_words(snapshot, lane)
        loss, there = float(picture.loss[run]), float(picture.shown[run])
        mark = "≈" if abs(there - loss) <= _TRUE_WITHIN * max(abs(loss), 1e-12) else "≠"
        told = self.tr("true {} {} shown {}").format(readable(loss, 3), mark, readable(there, 3))
        return told if alive.all() else f"{told} {diverged_words(snapshot, lane)}"

    def _name_axes(self, snapshot: Snapshot, picture: PlanePicture) -> None:
        shares = picture.grid.explained
        kind, info = picture.request.kind, snapshot.info
        if kind == "ends":
            labels = [info.lanes[run // info.starts].label for run in picture.request.runs]
            names = [
                self.tr("towards the end of {}").format(labels[0]),
                self.tr("across, towards that of {}").format(labels[1]),
            ]
        elif kind == "random":
            names = [self.tr("first random direction"), self.tr("second random direction")]
        else:
            names = [self.tr("first main direction"), self.tr("second main direction")]
        for side, name, share in zip(("bottom", "left"), names, shares, strict=True):
            told = self.tr("{}, {} of the paths' variance").format(name, percent(share)) if np.isfinite(share) else name
            self.plot.set_label(side, told)

    def _write_note(self, snapshot: Snapshot, picture: PlanePicture) -> None:
        shares = picture.grid.explained
        said = []
        if np.isfinite(shares).all():
            said.append(
                (
                    self.tr("The plane holds {} of the variance of the paths in {} parameters.")
                    if snapshot.info.kind == "network"
                    else self.tr("The plane holds {} of the variance of the paths in {} dimensions.")
                ).format(percent(min(1.0, float(shares.sum()))), grouped(len(picture.grid.plane.center)))
            )
        others = [lane for i, lane in enumerate(snapshot.info.lanes) if not picture.runs[i * snapshot.info.starts]]
        if others:
            names = ", ".join(lane.label for lane in others[:3]) + (" …" if len(others) > 3 else "")
            said.insert(
                0, self.tr("Not here, since they train another network: {}. Pick one to see its.").format(names)
            )
        said.append(self.tr("Laid at step {}.").format(grouped(picture.grid.step)))
        if picture.known < 1.0:
            said.append(self.tr("{} of its losses are known.").format(f"{100 * picture.known:.0f} %"))
        text = " ".join(said)
        if text != self.note.text():
            self.note.setText(text)

    # Values under the cursor

    def _read(self, x: float, y: float) -> str:
        picture = self.snapshot.extras.get("plane") if self.snapshot is not None else None
        if self._surface is None or not isinstance(picture, PlanePicture):
            return ""
        value = interpolated(self._surface.finer or self._surface, x, y)
        said = self.tr("{} along, {} up").format(readable(x, 3), readable(y, 3))
        return said if value is None else self.tr("{}\nloss ≈ {}").format(said, readable(value))

    def finish(self) -> None:
        self.ground.finish()

    def rest(self) -> None:
        self.ground.rest()

    def least_picture(self) -> QSize:
        return self.legend.least_picture()

    def data_csv(self) -> Table:
        picture = self.snapshot.extras.get("plane") if self.snapshot is not None else None
        if self.snapshot is None or not isinstance(picture, PlanePicture):
            return bytes
        return partial(network_tables.plane_csv, self.snapshot, picture)


def _is_a_landscape(info: RaceInfo) -> bool:
    """Whether the race has a landscape itself, and no need of a plane through it."""
    return info.kind == "objective" and info.size <= 2


def percent(share: float) -> str:
    """A share as people read it: more digits only where they say something."""
    return f"{100 * share:.1f} %" if share < 0.9995 else "100 %"


def moving(path: NDArray[Any], pixels: tuple[float, float]) -> NDArray[Any]:
    """The points of a path (T, 2) that lie a few pixels from the one before them, and the last."""
    cells = np.rint(path * pixels / _SPACING)
    kept = np.any(cells[1:] != cells[:-1], axis=1)
    return path[np.concatenate([[True], kept[:-1], [True]])] if len(path) > 2 else path
