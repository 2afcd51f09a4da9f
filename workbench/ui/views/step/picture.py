"""The step where it is taken: on the landscape around the point, or on the curve with its tangent."""

from __future__ import annotations

import html
import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.engine.race.anatomy import Anatomy
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.view_options import options
from workbench.ui.plotting.curves import Curves, Line, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.step_arrows import Arrow, StepArrows
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import lane_symbols
from workbench.ui.views.shared.extent import interval, is_part, plane
from workbench.ui.views.shared.ground import Ground
from workbench.ui.views.shared.step_scene import Said, Scene, bounds, part_words, scene
from workbench.ui.words.text import number, signed

_GRID, _POINTS = 96, 801
_ROOM = 2.6  # times the step, the part of the plane that is shown around it
_LEAST = 1e-6  # of the domain, the narrowest part that is shown
_ASKED_EVERY = 0.6  # seconds, while it runs
_MORE = 0.2  # of what is shown, the ground beyond it on either side
_SNAP = 8.0  # parts of what is shown that its middle is moved by
_TANGENT = 0.9  # of half the width, on either side of the point
_PART_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")  # of a step on a curve
_PATH = 40  # of the steps before, those that are drawn

Range = tuple[float, float]


class StepPicture(QWidget):
    """A part of the landscape around a step, as large as the step asks for, with the step's arrows on it."""

    #: another part of the landscape is needed
    demand_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.ground = Ground(self.plot)
        self.lines, self.arrows, self.marks = Curves(), StepArrows(), Marks()
        self.marks.setZValue(45)
        for item in (self.lines, self.arrows, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.caption = QLabel(self)
        self.caption.setTextFormat(Qt.TextFormat.RichText)
        self.caption.setWordWrap(True)
        self.caption.setProperty("small", True)
        self.caption.setContentsMargins(8, 0, 8, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.caption)
        self.setMinimumHeight(160)
        self._demand: dict[str, Any] = {}
        self._options = dict(options({}, "landscape")) | {"color_bar": False}
        self._of: Any = None
        self._part: tuple[Range, ...] = ()
        self._asked_at = 0.0

    @staticmethod
    def shows(snapshot: Snapshot) -> bool:
        """Whether a race has a picture of its steps: of one coordinate, or of two."""
        info = snapshot.info
        if info.has_several_networks:
            return False
        return info.size == 2 or (info.size == 1 and info.kind == "objective")

    def demand(self) -> Mapping[str, Any]:
        """The statistics that the picture needs."""
        return self._demand

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.plot.set_theme(theme)

    def set_look(self, landscape: Mapping[str, Any]) -> None:
        """Look as the landscape does, but for its bar."""
        self._options = dict(landscape) | {"color_bar": False}

    def clear(self) -> None:
        """Ask for nothing: there is no picture."""
        self._part = ()
        self._ask({})

    def expect(self, snapshot: Snapshot) -> None:
        """A step of this race will be shown: ask for what is under it, at first all of the domain."""
        if not self.shows(snapshot):
            self.clear()
            return
        flat = snapshot.info.size == 1
        if ("curve" if flat else "surface") in self._demand:
            return
        domain = interval(snapshot.info) if flat else plane(snapshot.info)
        if domain is not None:
            self._ask({"curve": (domain, _POINTS)} if flat else {"surface": (*domain, _GRID)})

    def show_step(
        self,
        snapshot: Snapshot,
        found: Anatomy,
        theme: themes.Theme,
        *,
        upto: int | None,
        alone: bool,
    ) -> None:
        """Show a step of a race, as far as the quantity at the place `upto`; None shows all of it."""
        if snapshot.info.size == 1:
            self._show_curve(snapshot, found, theme, whole=upto is None or upto >= len(found.quantities) - 1)
        else:
            self._show_plane(snapshot, found, theme, upto, alone=alone)

    def light(self, name: str) -> None:
        """Bring out the arrows of a quantity."""
        self.arrows.light(name)

    def _ask(self, demand: dict[str, Any]) -> None:
        if demand != self._demand:
            self._demand = demand
            self.demand_changed.emit()

    # Two coordinates

    def _show_plane(
        self, snapshot: Snapshot, found: Anatomy, theme: themes.Theme, upto: int | None, *, alone: bool
    ) -> None:
        domain = plane(snapshot.info)
        steps = [found] if found.beside is None else [found, found.beside]
        corners = [bounds(step) for step in steps if step is found or step.here]
        low = np.min([c[0] for c in corners], axis=0)
        high = np.max([c[1] for c in corners], axis=0)
        # a picture may have another shape: it keeps the part that is known
        part = self._part if alone and self._part else _part_around(low, high, domain, self._aspect())
        self._part = part
        self.plot.set_equal(equal=True)
        self.plot.set_range(*part)
        now = time.monotonic()
        # while it runs another ground would be asked for with every step, and each costs the race some of its pace
        if not snapshot.running or now - self._asked_at > _ASKED_EVERY or "surface" not in self._demand:
            self._asked_at = now
            self._ask({"surface": (*(_wider(along) for along in part), _GRID)})
        self._show_ground(snapshot, theme)
        pixels = self._pixels()
        size = (self.plot.box.width(), self.plot.box.height())
        made = scene(found, pixels, size, theme, upto=upto)
        arrows, ghosts = list(made.arrows), [(made.ghost, self._color(snapshot, found, theme))]
        other = found.beside
        if other is not None and other.here and upto is None:
            color = self._color(snapshot, other, theme)
            label = snapshot.info.lanes[other.run // snapshot.info.starts].label
            end = (float(other.after[0]), float(other.after[1]))
            arrows.append(
                Arrow((float(other.point[0]), float(other.point[1])), end, color, label, ("update", "x"), 2.6)
            )
            ghosts.append((end, color))
        self.arrows.show_step(arrows, made.extents, ghosts, theme)
        self.lines.set_lines(self._way(snapshot, found, theme))
        self._show_point(snapshot, found, theme)
        self.plot.set_label("bottom", "x" if snapshot.info.kind == "objective" else self.tr("weight w"))
        self.plot.set_label("left", "y" if snapshot.info.kind == "objective" else self.tr("bias b"))
        self._show_caption(made, theme)

    def _show_ground(self, snapshot: Snapshot, theme: themes.Theme) -> None:
        surface = snapshot.extras.get("surface")
        if surface is None:
            return
        wanted = self._demand["surface"]
        of = (snapshot.info.key, wanted)
        ours = is_part(surface.x, wanted[0]) and is_part(surface.y, wanted[1])
        fresh = ours and of != self._of
        self._of = of if ours else self._of
        self.ground.show_surface(surface, self._options, theme, fresh=fresh)

    def _way(self, snapshot: Snapshot, found: Anatomy, theme: themes.Theme) -> list[Line]:
        """The last steps that led to the point, faint."""
        if "path" not in snapshot.history.values or found.here:
            return []
        steps, path = snapshot.history.densely("path", found.run)
        rows = np.flatnonzero(steps <= found.step)[-_PATH:]
        points = np.concatenate([path[rows], found.point[None]]).astype(np.float64)
        (x0, x1), (y0, y1) = self._part
        reach = np.array([[4 * x0 - 3 * x1, 4 * y0 - 3 * y1], [4 * x1 - 3 * x0, 4 * y1 - 3 * y0]])
        points = np.clip(points, *reach)
        return [(points[:, 0], points[:, 1], pen(self._color(snapshot, found, theme), 1.2))]

    def _aspect(self) -> float:
        """The width of the plot for its height."""
        return max(0.2, float(self.plot.box.width()) / max(1.0, float(self.plot.box.height())))

    def _pixels(self) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        return float(self.plot.box.width()) / (x1 - x0), float(self.plot.box.height()) / (y1 - y0)

    def _show_caption(self, made: Scene, theme: themes.Theme) -> None:
        """What is drawn at which scale, and what the step is the sum of, each in its colour."""

        def colored(said: tuple[Said, ...], between: str) -> str:
            return between.join(f"<span style='color: {color}'>{html.escape(text)}</span>" for text, color in said)

        told = []
        if made.scaled and made.factor:
            times = signed(number(made.factor, 2))
            told.append(self.tr("{} drawn × {}").format(colored(made.scaled, ", "), times))
        if made.parts:
            told.append(self.tr("step = {}").format(colored(made.parts, " + ")))
        text = f"<span style='color: {theme.muted}'>{' &nbsp;·&nbsp; '.join(told)}</span>"
        if text != self.caption.text():
            self.caption.setText(text)

    def _color(self, snapshot: Snapshot, found: Anatomy, theme: themes.Theme) -> str:
        return theme.lane(snapshot.info.lanes[found.run // snapshot.info.starts].color)

    def _show_point(self, snapshot: Snapshot, found: Anatomy, theme: themes.Theme) -> None:
        symbol = lane_symbols(snapshot.info)[found.run // snapshot.info.starts]
        self.marks.set_marks(found.point[None], [self._color(snapshot, found, theme)], [symbol], theme.plot, 11)

    # One coordinate

    def _show_curve(self, snapshot: Snapshot, found: Anatomy, theme: themes.Theme, *, whole: bool) -> None:
        domain = interval(snapshot.info)
        if domain is None:
            return
        x, after = float(found.point[0]), float(found.after[0])
        shown = _interval_around(min(x, after), max(x, after), domain)
        self.ground.hide()
        self.plot.set_equal(equal=False)
        self._ask({"curve": (shown, _POINTS)})
        curve = snapshot.extras.get("curve")
        if curve is None or not np.isfinite(x):
            return
        xs, ys = curve[0], np.asarray(curve[1], np.float64)
        inside = (xs >= shown[0]) & (xs <= shown[1]) & np.isfinite(ys)
        if not inside.any():
            return
        y, slope = float(np.interp(x, xs, ys)), float(_slope(found))
        foot, there = y + slope * (after - x), float(np.interp(after, xs, ys))
        low, high = float(min(ys[inside].min(), y, foot)), float(max(ys[inside].max(), y, foot))
        room = (high - low) or 1.0
        self.plot.set_range(shown, (low - 0.22 * room, high + 0.08 * room))
        color = self._color(snapshot, found, theme)
        reach = _TANGENT * (shown[1] - shown[0]) / 2
        tangent = np.array([x - reach, x + reach])
        lines: list[Line] = [
            (xs, ys, pen(theme.strong_contour, 2.0)),
            (tangent, y + slope * (tangent - x), pen(color, 1.3, Qt.PenStyle.DashLine)),
        ]
        arrows: list[Arrow] = []
        if whole and math.isfinite(after):
            lines.append((np.array([after, after]), np.array([foot, there]), pen(color, 1.4, Qt.PenStyle.DotLine)))
            arrows.append(Arrow((x, y), (after, foot), theme.text, self.tr("step"), ("x", "update"), 2.8))
            arrows += self._parts(found, (x, low, room), theme)
        self.lines.set_lines(lines)
        self.arrows.show_step(arrows, [], [((after, there), color)] if whole else [], theme)
        self.marks.set_marks(
            np.array([[x, y]]),
            [color],
            [lane_symbols(snapshot.info)[found.run // snapshot.info.starts]],
            theme.plot,
            11,
        )
        self.plot.set_label("bottom", "x")
        self.plot.set_label("left", "f(x)")
        terms = sorted(found.terms, key=lambda term: term.name == "g")
        parts = tuple((part_words(term.name), _part_color(i, theme)) for i, term in enumerate(terms))
        self._show_caption(Scene((), (), (x, y), 0.0, (), parts if len(parts) > 1 and whole else ()), theme)

    @staticmethod
    def _parts(found: Anatomy, at: tuple[float, float, float], theme: themes.Theme) -> list[Arrow]:
        """The parts of the step head to tail, along a line under the curve."""
        x, low, room = at
        arrows = []
        terms = sorted(found.terms, key=lambda term: term.name == "g")
        for place, term in enumerate(terms if len(terms) > 1 else ()):
            end, level = x + float(term.values[0]), low - (0.06 + 0.06 * place) * room
            arrows.append(Arrow((x, level), (end, level), _part_color(place, theme), "", (term.name,), 2.2))
            x = end
        return arrows


def _part_color(place: int, theme: themes.Theme) -> str:
    return theme.lane(_PART_COLORS[place % len(_PART_COLORS)])


def _slope(found: Anatomy) -> float:
    """The slope of the loss where the step begins: the gradient before clipping and decay."""
    given = {q.name: q for q in found.quantities if q.origin == "given"}
    return float(given["gradient" if "gradient" in given else "g"].values[0])


def _part_around(
    low: NDArray[np.float64], high: NDArray[np.float64], domain: tuple[Range, Range] | None, aspect: float
) -> tuple[Range, Range]:
    """A part of the plane around a step, units alike on both axes; it moves and grows in jumps, not with every step."""
    widest = max((b - a for a, b in domain), default=10.0) if domain else 10.0
    middle, span = (low + high) / 2, high - low
    wanted = _ROOM * max(float(span[0]) / aspect, float(span[1]), _LEAST * widest)
    height = 2.0 ** (math.ceil(2 * math.log2(wanted)) / 2)
    half = np.array([height * aspect / 2, height / 2])
    snap = 2 * half / _SNAP
    middle = np.round(middle / snap) * snap
    return (
        (float(middle[0] - half[0]), float(middle[0] + half[0])),
        (float(middle[1] - half[1]), float(middle[1] + half[1])),
    )


def _wider(along: Range) -> Range:
    """A little more than is asked for: equal units may show more of one axis."""
    more = _MORE * (along[1] - along[0])
    return along[0] - more, along[1] + more


def _interval_around(low: float, high: float, domain: Range) -> Range:
    """A part of the axis around a step, in jumps; the whole domain where the step is a good part of it."""
    whole = domain[1] - domain[0]
    wanted = 3.0 * max(high - low, 1e-4 * whole) if math.isfinite(low) and math.isfinite(high) else whole
    if wanted >= 0.6 * whole:
        return min(domain[0], low), max(domain[1], high)
    width = 2.0 ** (math.ceil(2 * math.log2(wanted)) / 2)
    middle = round((low + high) / 2 / (width / _SNAP)) * (width / _SNAP)
    return middle - width / 2, middle + width / 2
