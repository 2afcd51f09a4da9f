"""The loss over the plane of two parameters, with every lane's path on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.objectives.landscape import Surface
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.ui.plotting.arrows import Arrows
from workbench.ui.plotting.curves import Curves
from workbench.ui.plotting.handle import HandleOwner
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.step_arrows import StepArrows
from workbench.ui.style import theme as themes
from workbench.ui.views.landscape.basins import Basins
from workbench.ui.views.landscape.bend import LocalQuadratic
from workbench.ui.views.landscape.coordinates import CoordinateScene
from workbench.ui.views.landscape.curve import POINTS, Curve, CurveScene
from workbench.ui.views.landscape.mouse import LandscapeMouse
from workbench.ui.views.landscape.reading import read_curve, read_plane
from workbench.ui.views.landscape.runs import Look, RunScene
from workbench.ui.views.landscape.signs import StationarySigns, minimum_lines
from workbench.ui.views.landscape.starts import Starts
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.extent import interval, is_part, options_of, plane
from workbench.ui.views.shared.ghost_lines import ghost_paths
from workbench.ui.views.shared.ground import Ground
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.legend import LegendOwner
from workbench.ui.views.shared.many import is_swarm
from workbench.ui.views.shared.moments import Moments
from workbench.ui.views.shared.readout import Readout
from workbench.ui.views.shared.step_scene import scene
from workbench.ui.words.text import grouped

if TYPE_CHECKING:
    from workbench.engine.curvature.report import CurvatureRequest

_GRID = 192

Range = tuple[float, float]


class LandscapeView(View, HandleOwner, LegendOwner):
    """Height map, contour lines with values, known minima, starts as handles, paths with their present points.

    A click places the nearest start, a drag of its ring moves it, the wheel zooms, a drag elsewhere pans. With Shift a
    click adds a start, and a drag many of them. From very many starts, tails take the place of paths.
    """

    key = "landscape"
    #: other basins are wanted, or none: those of `basins.wanted`
    basins_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.ground, self.basins = Ground(self.plot), Basins(self.plot)
        self.curve = CurveScene(self.plot)
        self.lines, self.ghosts, self.stars = Curves(), Curves(), Marks()
        self.runs = RunScene(self.plot, self)
        self.legend = self.runs.legend
        self.arrows, self.signs = Arrows(), StationarySigns(self.plot)
        self.step = StepArrows()
        self.stars.setZValue(20)
        moving = (self.runs.traces, self.runs.marks, self.step)
        for item in (self.arrows, self.lines, self.stars, self.ghosts, *moving):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.body.addWidget(self.plot)
        self._coordinates: CoordinateScene | None = None
        self.lane = LaneChoice(self.tr("The lane whose coordinates are drawn"), self.tr("Lane"), self)
        self.lane.activated.connect(self._on_lane_activated)
        self.controls.addWidget(self.lane)
        self.bend = LocalQuadratic(self.plot, self._ask_for_surface)
        self.starts = Starts(
            self.plot,
            self,
            self.tr("A starting point: drag it, or click elsewhere to place it there; Shift and a click add another"),
        )
        self._ground: Any = None  # the function and the domain that are shown
        self._curve: Curve | None = None  # the one that the heights shown are of
        self._whole_range: tuple[Range, ...] = ()
        self._wants_fresh = False  # levels and colours of the next surface
        self._demand: dict[str, Any] = {}
        self.whole = self.add_switch(
            self.tr("reset view"), self.tr("Show the whole landscape again after zooming (Home)")
        )
        self.whole.setCheckable(False)
        self.whole.setShortcut("Home")
        self.whole.clicked.connect(self._on_whole_clicked)
        self.dismissal = self.add_dismissal()
        self.look = self.add_option_menu(self.tr("look"), self.tr("How the landscape is drawn"))
        self.look.choices.addSeparator()
        self.fresh = self.look.choices.addAction(self.tr("levels for this part"))
        self.fresh.setToolTip(self.tr("Choose contour lines and colours anew for the part that is shown"))
        self.fresh.triggered.connect(self._on_fresh_triggered)
        self.plot.box.sigRangeChanged.connect(self._on_range_changed)
        self.mouse = LandscapeMouse(self, self.plot, self.runs.at)
        self.moments = Moments(self, self.plot, self.runs.moment)
        self.readout = Readout(self.plot, self._read, self.moments.leave)

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)
        if self._coordinates is not None:
            self._coordinates.set_theme(theme)

    @property
    def coordinates(self) -> CoordinateScene:
        """The plots of more than two coordinates, made when they are first needed."""
        if self._coordinates is None:
            self._coordinates = CoordinateScene(self, self.body)
            self._coordinates.set_theme(self.theme)
        return self._coordinates

    def demand(self) -> Mapping[str, Any]:
        return {} if self.snapshot is None or self.empty_word(self.snapshot) else self._demand | self.moments.demand

    def has_what_it_demands(self, snapshot: Snapshot) -> bool:
        surface, curve = (snapshot.extras.get(name) for name in ("surface", "curve"))
        wanted = self.demand()  # one of another part of the plane may still be there
        if surface is not None and "surface" in wanted and (surface.finer is None or not self._is_of_view(surface)):
            return False
        if curve is not None and "curve" in wanted and not is_part(curve[0], wanted["curve"][0]):
            return False
        return self.basins.is_whole and super().has_what_it_demands(snapshot)

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.size == 2 or snapshot.info.kind == "objective":
            return ""
        return self.tr(
            "This network has {} parameters: its loss is no surface over a plane. "
            "A network with one weight and one bias, such as the straight line, shows here."
        ).format(grouped(snapshot.info.size))

    def draw(self, snapshot: Snapshot) -> None:
        info = snapshot.info
        self._show_parts(snapshot)
        if info.size > 2:
            self.coordinates.draw(snapshot, self.lane.run(info), self.theme)
            return
        if info.size == 1:
            self._draw_curve(snapshot)
            return
        self.stars.setVisible(True)
        self.curve.clear()
        wants_lines = bool(self.options["minimum_lines"])
        self.lines.set_lines(minimum_lines(info, self.plot, self.theme) if wants_lines else [])
        ground = (info.kind, info.key, info.size, info.domain if info.kind == "objective" else None)
        if ground != self._ground:
            self._ground = ground
            self._wants_fresh = True  # levels of what was shown before would say little of this
            self._show_whole(info)
        self._draw_ground(snapshot)
        self._ask_for_basins(info)
        names = ("x", "y") if info.kind == "objective" else (self.tr("weight w"), self.tr("bias b"))
        self.plot.set_label("bottom", names[0])
        self.plot.set_label("left", names[1])
        self._draw_points(info)
        self.runs.draw_on_plane(snapshot, self._look(info))
        self._draw_signs(snapshot)
        self._draw_arrows()
        self.bend.draw(snapshot, self._demand.get("curvature"), self.theme)
        self._draw_step(snapshot)
        self.readout.refresh()

    def _show_parts(self, snapshot: Snapshot) -> None:
        """The plane or the curve, or the coordinates where they are more than two."""
        many = snapshot.info.size > 2
        self.lane.show_lanes(snapshot.info, wanted=many)
        for part in (self.whole, self.look, self.plot):
            part.setVisible(not many)
        if many or self._coordinates is not None:
            self.coordinates.set_visible(many)
        self.look.offer(options_of(snapshot.info))
        ways = [] if many else ghost_paths(snapshot.pale, self.theme, snapshot.info.size)
        self.dismissal.setVisible(bool(ways))
        self.ghosts.set_lines(ways)
        self.fresh.setVisible(snapshot.info.size == 2)
        if many and self._demand:
            self._demand, self._ground = {}, None
            self.demand_changed.emit()

    def finish(self) -> None:
        self.ground.finish()

    def begin_anew(self) -> None:
        self._ground = None  # all of it is shown, with levels and colours of its own

    def rest(self) -> None:
        self.ground.rest()

    def least_picture(self) -> QSize:
        return self.legend.least_picture()

    def data_csv(self) -> Table:
        from workbench.export import race_tables

        snapshot = self.snapshot
        if snapshot is None or self.empty_word(snapshot):
            return bytes
        return partial(race_tables.landscape_csv, snapshot, self.ground.surface, snapshot.extras.get("curve"))

    # One dimension: the curve, and the ball on it

    def _draw_curve(self, snapshot: Snapshot) -> None:
        """The objective as a curve, every step of every run on it, the start as a handle that slides along x."""
        self.plot.set_equal(equal=False)
        info, whole = snapshot.info, interval(snapshot.info)
        self.ground.hide()
        self.stars.setVisible(True)
        if whole is None or info.points is None:
            return
        ground = (info.kind, info.key, info.size, whole)
        if ground != self._ground:  # another one, or all of it is wanted again
            self._ground, self._curve = ground, None
            self.plot.set_range(whole)
        self._ask_for_curve(whole)
        found = snapshot.extras.get("curve")
        if found is None:
            return
        curve = Curve(found[0], np.asarray(found[1], np.float64))
        if is_part(curve.x, self._demand["curve"][0]):
            if self._curve is None or curve.is_other(self._curve):
                self.plot.set_range(whole, curve.heights(whole, info.points[:, 0]))
            self._curve = curve
        self.plot.set_label("bottom", "x")
        self.plot.set_label("left", "f(x)")
        points = info.points[:, 0] if not is_swarm(info) else np.zeros(0)
        self.starts.place(np.column_stack([points, curve.at(points)]), self.theme)
        minima = info.minima if info.minima is not None else np.zeros((0, 1))
        self._draw_stars(np.column_stack([minima[:, 0], curve.at(minima[:, 0])]))
        look = self._look(info)
        self.runs.draw_on_curve(snapshot, self.curve.draw(snapshot, curve, look.colors, self.theme), look)
        self.arrows.hide()
        self.step.show_step([], [], [], self.theme)
        self.lines.set_lines([])
        self._draw_signs(snapshot)
        self.readout.refresh()

    # The still parts

    def _show_whole(self, info: RaceInfo) -> None:
        """Show the domain, widened to hold every start."""
        ranges = plane(info)
        if ranges is None:
            self._whole_range = ()
            return
        # points are looked for in all that is shown at first, and stay where one zooms
        self._whole_range = ranges if info.kind == "objective" else ()
        self.plot.set_range(ranges[0], ranges[1])
        self._ask_for_surface()

    def _ask_for_surface(self) -> None:
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        demand: dict[str, Any] = {"surface": ((float(x0), float(x1)), (float(y0), float(y1)), _GRID)}
        if self._whole_range and self.options["stationary"]:
            demand["stationary"] = self._whole_range
        bent = None if self.snapshot is None else self._bend_wanted(self.snapshot.info)
        if bent is not None:
            demand["curvature"] = bent
        if self.options["step_arrows"] and self.snapshot is not None:
            from workbench.engine.race.anatomy import AnatomyRequest

            demand["anatomy"] = AnatomyRequest(max(0, self.picked_lane) * self.snapshot.info.starts, (0, 1))
        if demand != self._demand:
            self._demand = demand
            self.demand_changed.emit()

    def _bend_wanted(self, info: RaceInfo) -> CurvatureRequest | None:
        return self.bend.request(str(self.options["curvature"]), info, self.picked_lane)

    def _ask_for_curve(self, whole: Range) -> None:
        """Ask for the curve over all that is shown, and over the starts and minima beside it."""
        (low, high), _ = self.plot.box.viewRange()
        shown = (min(float(low), whole[0]), max(float(high), whole[1]))
        demand: dict[str, Any] = {"curve": (shown, POINTS), "next_step": ()}
        if self.options["stationary"]:
            demand["stationary"] = (whole,)
        if demand != self._demand:
            self._demand = demand
            self.demand_changed.emit()

    def _draw_ground(self, snapshot: Snapshot) -> None:
        self.plot.set_equal(equal=bool(self.options["equal_axes"]))
        self._ask_for_surface()  # options say what is asked for besides
        surface = snapshot.extras.get("surface")
        self.ground.keep_place(self.options)
        if surface is not None:
            fresh = self._wants_fresh and self._is_of_view(surface)
            self.ground.show_surface(surface, self.options, self.theme, fresh=fresh)
            self._wants_fresh = self._wants_fresh and not fresh

    def _ask_for_basins(self, info: RaceInfo) -> None:
        ranges = self.plot.box.viewRange()
        if self.basins.want(info, self.picked_lane, ranges, shown=bool(self.options["basins"])):
            self.basins_wanted.emit()

    def _is_of_view(self, surface: Surface) -> bool:
        """Whether a surface is of the part that is shown, and not of the one before it."""
        wanted = self._demand.get("surface")
        return wanted is not None and is_part(surface.x, wanted[0]) and is_part(surface.y, wanted[1])

    # The moving parts

    def _look(self, info: RaceInfo) -> Look:
        signs = (self.starts.points, self.stars.points)
        dots, corner = bool(self.options["steps"]), str(self.options["legend"])
        return Look(
            self.lane_colors(info), self.theme, dots, corner, self.stands_alone, signs, named=not self.named_beside
        )

    def legend_moved(self, corner: str) -> None:
        self.choose("legend", corner)

    def _draw_stars(self, minima: NDArray[Any]) -> None:
        self.stars.set_marks(minima, [self.theme.text] * len(minima), ["star"] * len(minima), self.theme.plot, 16)

    def _draw_signs(self, snapshot: Snapshot) -> None:
        found = snapshot.extras.get("stationary") if self.options["stationary"] else None
        self.signs.show_points(found, snapshot.info, self.theme)

    def _draw_arrows(self) -> None:
        surface = self.ground.surface
        self.arrows.setVisible(bool(self.options["arrows"]) and surface is not None)
        if surface is not None and self.options["arrows"]:
            self.arrows.set_surface(surface.finer or surface, self.theme)

    def _draw_step(self, snapshot: Snapshot) -> None:
        """The next step of the picked lane, with all its parts."""
        found = snapshot.extras.get("anatomy") if "anatomy" in self._demand else None
        fits = found is not None and (found.run, found.coordinates) == self._demand["anatomy"][:2]
        if not fits or found is None:
            self.step.show_step([], [], [], self.theme)
            return
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        size = (float(self.plot.box.width()), float(self.plot.box.height()))
        made = scene(found, (size[0] / (x1 - x0), size[1] / (y1 - y0)), size, self.theme)
        color = self.lane_colors(snapshot.info)[found.run // snapshot.info.starts]
        self.step.show_step(made.arrows, made.extents, [(made.ghost, color)], self.theme)

    def _draw_points(self, info: RaceInfo) -> None:
        self._draw_stars(info.minima if info.minima is not None else np.zeros((0, 2)))
        none = np.zeros((0, 2))
        self.starts.place(none if info.points is None or is_swarm(info) else info.points, self.theme)

    # The mouse

    def drag_begins(self) -> None:
        self.drag_began.emit()

    def drag_ends(self, *, away: bool) -> None:
        self.drag_ended.emit(away)

    def handle_dragged(self, index: int, x: float, y: float) -> None:
        self.start_moved.emit(index, x, y)

    def _on_whole_clicked(self) -> None:
        if self.snapshot is not None and not self.empty_word(self.snapshot):
            self._ground = None  # a curve shows all of itself when it is drawn
            self._wants_fresh = True
            self.settings_changed()

    def _on_fresh_triggered(self) -> None:
        self._wants_fresh = True
        self.settings_changed()

    def _on_lane_activated(self, _index: int) -> None:
        self.settings_changed()

    def _on_range_changed(self) -> None:
        info = None if self.snapshot is None else self.snapshot.info
        if info is None or info.size == 2:
            self._ask_for_surface()
        elif info.size == 1 and (whole := interval(info)) is not None:
            self._ask_for_curve(whole)

    def _read(self, x: float, y: float) -> str:
        snapshot = self.snapshot
        if snapshot is None:
            return ""
        pointed = self.runs.moment(x, y)
        self.moments.hover(pointed)
        if snapshot.info.size > 1:
            said = read_plane(snapshot, self.ground.surface, (pointed, self.signs), x, y)
            return "\n".join([said, *self.bend.words()])
        found = snapshot.extras.get("curve")
        if found is None:
            return ""
        said, f = read_curve(snapshot, Curve(found[0], np.asarray(found[1], np.float64)), (pointed, self.signs), x, y)
        self.readout.point_at(x, f)  # the mouse may be above the curve or below it
        return said
