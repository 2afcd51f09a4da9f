"""The loss over two parameters as a surface in space, with every lane's path on it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from workbench.engine.network.survey import PlanePicture, PlaneRequest
from workbench.engine.objectives.between import smooth
from workbench.engine.objectives.landscape import Surface
from workbench.engine.objectives.levels import Scale, scale_of
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export import network_tables, race_tables
from workbench.ui.plotting.block import Block, block, height_of
from workbench.ui.plotting.block_frame import Axis, BlockFrame, even_ticks, room_beside
from workbench.ui.plotting.block_item import BlockItem, BlockPainter, TurnOwner
from workbench.ui.plotting.color_bar import ColorBar
from workbench.ui.plotting.curves import Curves
from workbench.ui.plotting.heights import interpolated
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.rays import Seen, open_view
from workbench.ui.plotting.space import Camera, Sight
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import mixed
from workbench.ui.views.shared.base import Table, View, lane_symbols, run_lanes
from workbench.ui.views.shared.extent import is_part, plane
from workbench.ui.views.shared.legend import Legend, LegendOwner, named_lanes
from workbench.ui.views.shared.many import is_swarm
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.surface.canvas import Canvas, moved_by_key
from workbench.ui.views.surface.ways import Way, Ways, lines, placed
from workbench.ui.words.text import signed

if TYPE_CHECKING:
    from workbench.ui.views.surface.swarm import SpaceSwarm

_GRID = 192  # as the landscape asks for, so that one is the other's
_MARGINS = (46.0, 24.0, 34.0, 14.0)  # pixels around the block, for numbers and names
_REDRAWN_EVERY = 0.04  # seconds, of a plane while it runs
_HIDDEN = 0.45  # what is left of a mark's colour behind a hill

Range = tuple[float, float]


class SurfaceView(View, LegendOwner, TurnOwner):
    """The surface as a block that is dragged to turn it; paths behind its hills are pale and dashed."""

    key = "surface"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Canvas(self, self._on_key, self.settings_changed)
        self.camera = Camera()
        self.painter = BlockPainter(self)
        self.painter.finished.connect(self._on_finished)
        self.item = BlockItem(self.painter, self)
        self.walls, self.numbers = BlockFrame(before=False), BlockFrame(before=True)
        self.paths, self.marks, self.stars, self.starts = Curves(), Marks(), Marks(), Marks()
        self.stars.setZValue(20)
        for item in (self.walls, self.item, self.numbers, self.paths, self.stars, self.starts, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self._swarm: SpaceSwarm | None = None
        self.bar = ColorBar(self.plot)
        self.legend = Legend(self.plot, owner=self)
        self.body.addWidget(self.plot)
        self.whole = self.add_switch(
            self.tr("reset view"), self.tr("Look at all of it from where one looks at first (Home)")
        )
        self.whole.setCheckable(False)
        self.whole.setShortcut("Home")
        self.whole.clicked.connect(self._on_whole_clicked)
        self.look = self.add_option_menu(self.tr("look"), self.tr("How the surface is drawn"))
        self.readout = Readout(self.plot, self._read)
        self.plot.box.sigResized.connect(self._on_resized)
        self._ways = Ways()
        self._demand: Mapping[str, Any] = {}
        self._of_scale: tuple[Any, ...] = ()
        self._scale: Scale | None = None
        self._made: tuple[Any, ...] = ()
        self._block: Block | None = None
        self._surface: Surface | None = None
        self._plane: tuple[Any, Surface] | None = None
        self._looked_at: Any = None  # the surface that the first look was chosen for
        self._drawn_at = 0.0
        self._beside = 0.0  # pixels that the numbers of the upright axis take up

    # What the window calls

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)

    def demand(self) -> Mapping[str, Any]:
        return self._demand

    def has_what_it_demands(self, snapshot: Snapshot) -> bool:
        surface = snapshot.extras.get("surface")
        if "surface" in self._demand and (surface is None or surface.finer is None or not self._is_of_domain(surface)):
            return False
        return super().has_what_it_demands(snapshot)

    def empty_word(self, snapshot: Snapshot) -> str:
        self._ask(snapshot.info)
        if snapshot.info.size == 1:
            return self.tr("A function of one coordinate is a curve: the landscape shows it.")
        if snapshot.info.has_several_networks:
            return self.tr("These lanes train networks that differ, and no plane holds them all.")
        if "surface" in self._demand:
            there = self._is_of_domain(snapshot.extras.get("surface"))
            return "" if there else self.tr("The surface is on its way.")
        if isinstance(snapshot.extras.get("plane"), PlanePicture):
            return ""
        return self.tr(
            "The surface stands over a plane that is laid through the lanes' paths. Press Space: it shows as soon as "
            "they move."
        )

    def _ask(self, info: RaceInfo) -> None:
        wanted: Mapping[str, Any] = {}
        ranges = plane(info) if info.size == 2 else None
        if ranges is not None:
            wanted = {"surface": (*ranges, _GRID)}
        elif info.size > 1 and not info.has_several_networks:
            wanted = {"plane": PlaneRequest()}
        if wanted != self._demand:
            self._demand = wanted
            self.demand_changed.emit()

    def _is_of_domain(self, surface: Surface | None) -> bool:
        wanted = self._demand.get("surface")
        if surface is None or wanted is None:
            return False
        return is_part(surface.x, wanted[0]) and is_part(surface.y, wanted[1])

    def draw(self, snapshot: Snapshot) -> None:
        now = time.monotonic()
        picture = snapshot.extras.get("plane") if "plane" in self._demand else None
        if isinstance(picture, PlanePicture):
            if snapshot.running and now - self._drawn_at < _REDRAWN_EVERY:
                return
            self._drawn_at = now
        self._take_surface(snapshot, picture)
        self._draw_scene(snapshot, picture)

    # The still parts

    def _take_surface(self, snapshot: Snapshot, picture: PlanePicture | None) -> None:
        """Make the block of the surface, where it is another one or is to look otherwise."""
        if picture is not None:
            if self._plane is None or self._plane[0] is not picture.grid:
                grid = picture.grid
                self._plane = (grid, smooth(Surface(grid.u, grid.v, grid.losses)))
            surface = self._plane[1]
        else:
            surface = snapshot.extras["surface"]
        best, options, heights = surface.finer or surface, self.options, str(self.options["heights"])
        of_scale = (id(surface.values), heights, picture is not None)
        if self._scale is None or of_scale != self._of_scale:
            self._of_scale = of_scale
            self._scale = scale_of(surface.values, heights, prefers_log=picture is not None)
        made = (id(best), of_scale, self.theme, options["colors"], options["shading"], options["lines"])
        if made == self._made:
            return
        self._made, self._surface = made, best
        self._block = block(
            best, self._scale, self.theme, palette=str(options["colors"]), shading=bool(options["shading"]),
            lines=bool(options["lines"]), heights=heights,
        )  # fmt: skip
        looked_at = (snapshot.info.kind, snapshot.info.key, heights, picture is None)
        if looked_at != self._looked_at:
            self._looked_at = looked_at
            self.camera = self._first_look(snapshot.info, self._block)

    def _first_look(self, info: RaceInfo, made: Block) -> Camera:
        """From where most is seen of valleys, starts and minima."""
        if "plane" in self._demand:
            return open_view(made.z, np.zeros((0, 2)))
        signs = [np.asarray(part, np.float64)[:, :2] for part in (info.points, info.minima) if part is not None]
        return open_view(made.z, made.on_foot(np.concatenate([np.zeros((0, 2)), *signs])))

    @property
    def _sight(self) -> Sight:
        left, right, low, top = _MARGINS
        margins = (max(left, self._beside), right, low, top)
        return Sight(max(40.0, self.plot.box.width()), max(40.0, self.plot.box.height()), self.camera, margins)

    def _draw_scene(self, snapshot: Snapshot, picture: PlanePicture | None) -> None:
        made = self._block
        if made is None or self._scale is None:
            return
        axes = self._axes(snapshot.info, made, self._scale)
        self._beside = room_beside(axes[2])
        sight = self._sight
        self.plot.set_range((0.0, sight.width), (0.0, sight.height))
        self.painter.look(made, sight)
        self.item.fineness = max(1.0, self.fineness) if self.stands_alone else 0.0
        self.item.fit(sight.width, sight.height)
        for frame in (self.walls, self.numbers):
            frame.show_frame(sight, axes, self.theme)
        self._show_bar()
        self._draw_runs(snapshot, picture, made, sight)
        self.readout.refresh()

    def _axes(self, info: RaceInfo, made: Block, scale: Scale) -> Sequence[Axis]:
        names = ("x", "y", "f")
        if info.kind == "network":
            names = (self.tr("weight w"), self.tr("bias b"), self.tr("loss"))
        if "plane" in self._demand:
            names = (self.tr("first main direction"), self.tr("second main direction"), self.tr("loss"))
        upright = names[2] if scale.kind != "log" else self.tr("{} (log)").format(names[2])
        upright = self.tr("{} (by rank)").format(names[2]) if self.options["heights"] == "rank" else upright
        levels = [level for level in scale.levels if scale.bottom <= level.value <= scale.top]
        strong = [level for level in levels if level.strong]
        chosen = strong if len(strong) > 1 else levels
        heights = height_of(np.array([level.value for level in chosen]), scale, str(self.options["heights"]))
        marks = tuple((float(h), level.label) for h, level in zip(heights, chosen, strict=True))
        return (
            Axis(names[0], even_ticks(float(made.x[0]), float(made.x[-1]))),
            Axis(names[1], even_ticks(float(made.y[0]), float(made.y[-1]))),
            Axis(upright, marks),
        )

    def _show_bar(self) -> None:
        scale = self._scale
        if not self.options["color_bar"]:
            self.bar.give_up_place()
            return
        if scale is None:
            self.bar.keep_place()
            return
        title = {"log": self.tr("log"), "linear": self.tr("linear"), "rank": self.tr("by rank")}[scale.kind]
        if scale.kind == "log" and scale.base:
            title = signed(self.tr("log above {:g}").format(scale.base))
        self.bar.show_scale(scale, scale.levels, self.theme, str(self.options["colors"]), title)

    # The moving parts

    def _draw_runs(self, snapshot: Snapshot, picture: PlanePicture | None, made: Block, sight: Sight) -> None:
        info, seen = snapshot.info, self.painter.seen
        if seen is None:
            return
        colors, symbols, lanes = self.lane_colors(info), lane_symbols(info), run_lanes(info)
        if picture is None and is_swarm(info):
            self._draw_swarm(snapshot, made, sight, seen)
            return
        if self._swarm is not None:
            self._swarm.clear()
        if picture is None:
            now, starts, minima = snapshot.theta.astype(np.float64), info.points, info.minima
            ways = self._ways.on_block(snapshot, made, colors, lambda: self._ways.of(snapshot, made, colors))
        else:
            now, starts, minima = _now_on(snapshot, picture), picture.paths[0], None
            ways = self._ways.on_block(snapshot, made, colors, lambda: _on_plane(snapshot, picture, now, colors))
        drawn = lines(ways, sight, seen, self.theme)
        self.paths.set_lines(drawn)
        there, is_seen = placed(made, now, sight, seen)
        painted = [
            c if s else mixed(c, self.theme.plot, _HIDDEN)
            for c, s in zip((colors[i] for i in lanes), is_seen.tolist(), strict=True)
        ]
        numbers = [str(run % info.starts + 1) for run in range(info.runs)] if info.starts > 1 else []
        self.marks.set_marks(there, painted, [symbols[i] for i in lanes], self.theme.plot, 11, labels=numbers)
        self._set_signs(self.starts, starts, made, sight)
        self._set_signs(self.stars, minima, made, sight)
        self._show_legend(snapshot, colors, symbols)

    def _draw_swarm(self, snapshot: Snapshot, made: Block, sight: Sight, seen: Seen) -> None:
        """Very many runs as dots with tails, and no mark, ring or path of each."""
        if self._swarm is None:
            from workbench.ui.views.surface.swarm import SpaceSwarm  # loaded with the first swarm

            self._swarm = SpaceSwarm(self.plot)
        info, colors = snapshot.info, self.lane_colors(snapshot.info)
        self.paths.set_lines([])
        for marks in (self.marks, self.starts):
            marks.set_marks(np.zeros((0, 2)), [], [], self.theme.plot)
        self._swarm.draw(snapshot, made, sight, seen, colors)
        self._set_signs(self.stars, info.minima, made, sight)
        self._show_legend(snapshot, colors, lane_symbols(info))

    def _set_signs(self, marks: Marks, points: NDArray[Any] | None, made: Block, sight: Sight) -> None:
        """Put signs of the plane where they stand; those behind hills are pale. Starts are rings, minima stars."""
        seen, rings = self.painter.seen, marks is self.starts
        if seen is None:
            return
        found = np.zeros((0, 2)) if points is None else np.asarray(points, np.float64)[:, :2]
        there, is_seen = placed(made, found, sight, seen)
        text = self.theme.text
        shades = [text if s else mixed(text, self.theme.plot, _HIDDEN) for s in is_seen.tolist()]
        symbols = ["o" if rings else "star"] * len(there)
        marks.set_marks(there, shades, symbols, self.theme.plot, 9.0 if rings else 15.0, hollow=rings)

    def _show_legend(self, snapshot: Snapshot, colors: list[str], symbols: list[str]) -> None:
        hidden = self.options["legend"] == "hidden" or self.named_beside
        entries = [] if self.named_beside else named_lanes(snapshot, colors, symbols)
        self.legend.show_entries(entries, self.theme, alone=self.stands_alone, most=0 if hidden else None)
        height = self.plot.box.height()
        points = [np.column_stack([x, height - y]) for x, y, _ in self.paths.given]
        self.legend.take_corner(str(self.options["legend"]), np.concatenate([np.zeros((0, 2)), *points]))

    def legend_moved(self, corner: str) -> None:
        self.choose("legend", corner)

    # Turning it

    def turned_by(self, right: float, up: float) -> None:
        degrees = 180.0 / max(200.0, min(self._sight.width, self._sight.height))
        self._look(self.camera.turned(-right * degrees, -up * degrees))

    def moved_by(self, right: float, up: float) -> None:
        self._look(self.camera.moved(right, up))

    def zoomed_by(self, factor: float, x: float, y: float) -> None:
        middle_x, middle_y = self._sight.width / 2, self._sight.height / 2
        self._look(self.camera.zoomed(factor, (x - middle_x, y - middle_y)))

    def clicked_at(self, x: float, y: float) -> None:
        """Pick the lane of the path that is clicked, where there is one."""
        snapshot = self.snapshot
        place = self.paths.nearest(x, y, (1.0, 1.0))
        if snapshot is None or place is None:
            return
        color = self.paths.given[place][2].color().name()
        for lane, own in enumerate(self.lane_colors(snapshot.info)):
            shades = {own, *(mixed(own, self.theme.plot, share) for share in (0.62, 0.45))}
            if color in {shade.lower() for shade in shades}:
                self.lane_picked.emit(lane)
                return

    def _on_key(self, key: Qt.Key) -> None:
        self._look(moved_by_key(self.camera, key))

    def _look(self, camera: Camera) -> None:
        if camera != self.camera:
            self.camera = camera
            self.settings_changed()

    def _on_whole_clicked(self) -> None:
        if self.snapshot is not None and self._block is not None:
            self._look(self._first_look(self.snapshot.info, self._block))

    def _on_resized(self, _box: object) -> None:
        self._drawn_at = 0.0
        if self.snapshot is not None and not self.empty_word(self.snapshot):
            self.draw(self.snapshot)

    def _on_finished(self) -> None:
        self.item.update()

    def settings_changed(self) -> None:
        self._drawn_at = 0.0  # at once, also while it runs
        super().settings_changed()

    # Values under the mouse

    def _read(self, x: float, y: float) -> str:
        seen, made, surface = self.painter.seen, self._block, self._surface
        if seen is None or made is None or surface is None:
            return ""
        i, j = int(x * seen.density), int(y * seen.density)
        if not (0 <= i < seen.index.shape[0] and 0 <= j < seen.index.shape[1]) or seen.index[i, j] < 0:
            return ""
        row, column = divmod(int(seen.index[i, j]), len(made.z))
        share = np.array([column, row]) / (len(made.z) - 1)
        at = np.array([made.x[0], made.y[0]]) + share * np.array([made.x[-1] - made.x[0], made.y[-1] - made.y[0]])
        value = interpolated(surface, float(at[0]), float(at[1]))
        said = signed(self.tr("x = {:.4g}   y = {:.4g}").format(*at.tolist()))
        return said if value is None else signed(self.tr("{}\nf ≈ {:.4g}").format(said, value))

    def finish(self) -> None:
        self.painter.finish()

    def prepare_picture(self) -> bool:
        """The view is laid out as for a picture: begin, beside events, what takes long of it. Whether all is there."""
        return self.painter.prepare(self.item.fineness)

    @property
    def is_preparing(self) -> bool:
        return self.painter.is_preparing

    def rest(self) -> None:
        self.painter.rest()

    def least_picture(self) -> QSize:
        return self.legend.least_picture()

    def data_csv(self) -> Table:
        snapshot = self.snapshot
        if snapshot is None or self.empty_word(snapshot):
            return bytes
        picture = snapshot.extras.get("plane")
        if "plane" in self._demand and isinstance(picture, PlanePicture):
            return partial(network_tables.plane_csv, snapshot, picture)
        return partial(race_tables.landscape_csv, snapshot, snapshot.extras.get("surface"), None)


def _now_on(snapshot: Snapshot, picture: PlanePicture) -> NDArray[Any]:
    """Where the runs of a race of many parameters stand on the plane now (R, 2)."""
    with np.errstate(all="ignore"):
        return np.asarray(picture.grid.plane.coordinates(np.asarray(snapshot.theta, np.float64)))


def _on_plane(snapshot: Snapshot, picture: PlanePicture, now: NDArray[Any], colors: Sequence[str]) -> list[Way]:
    """The ways over the plane of a race of many parameters, each to where its run stands `now` (R, 2)."""
    info, steps, starts = snapshot.info, picture.path_steps, snapshot.info.starts
    taken = steps <= snapshot.step
    return [
        Way(  # of a fork from where it begins: until there its way is its parent's
            np.concatenate([picture.paths[taken & (steps >= info.begins(run)), run], now[run : run + 1]]),
            picture.paths[:0, run],
            colors[run // starts],
        )
        for run in range(snapshot.info.runs)
    ]
