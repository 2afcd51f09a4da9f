"""The local quadratic over a landscape: ellipses of equal height with the eigenvectors of the Hessian as axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt

from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.ui.plotting.curves import Curves, Line, pen
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.words.text import readable

if TYPE_CHECKING:  # loaded where somebody wants to see it
    from workbench.engine.curvature.report import Curvature, CurvatureRequest
    from workbench.engine.curvature.spectrum import Spectrum

_REACH = 0.24  # of the picture's width and height, which the largest ellipse keeps within
_RINGS = (1.0, 0.7, 0.4)
_POINTS = 97  # of a ring
_FLATTEST = 1e-3  # of the larger curvature: a smaller one would make an ellipse without end


class LocalQuadratic(QObject):
    """Draws it where the picked lane stands, or under the mouse, as the landscape's option says."""

    def __init__(self, plot: Plot, ask: Callable[[], None]) -> None:
        """`ask` is called where another point is meant."""
        super().__init__(plot)
        self._plot, self._ask = plot, ask
        self.lines = Curves()
        self.lines.setZValue(10)
        plot.box.addItem(self.lines, ignoreBounds=True)
        self._where = "off"
        self._cursor: tuple[float, ...] = ()
        self._spectrum: Spectrum | None = None
        plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        plot.viewport().installEventFilter(self)

    def request(self, where: str, info: RaceInfo, lane: int) -> CurvatureRequest | None:
        """What is to be asked for: `where` is the option, `lane` the picked one, the first where there is none."""
        self._where = where if info.size == 2 else "off"
        if self._where == "off":
            return None
        from workbench.engine.curvature.report import CurvatureRequest

        run = max(0, min(lane, len(info.lanes) - 1)) * info.starts
        if self._where == "lane":
            return CurvatureRequest(run, tracked=False)
        if self._where == "cursor" and self._cursor and info.kind == "objective":
            return CurvatureRequest(run, point=self._cursor, tracked=False)
        return None

    def draw(self, snapshot: Snapshot, wanted: CurvatureRequest | None, theme: themes.Theme) -> None:
        """Draw what a snapshot has of it, nothing where nothing is wanted."""
        found: Curvature | None = snapshot.extras.get("curvature")
        fits = found is not None and found.request == wanted and found.size == 2
        if wanted is not None and wanted.point and not fits:
            return  # the mouse goes on: what was found last stays until the next is there
        self._spectrum = found.spectrum if found is not None and fits else None
        self.lines.set_lines([] if self._spectrum is None else self._lines(self._spectrum, theme))

    def words(self) -> list[str]:
        """The curvatures under the mouse, in a line, where it is meant."""
        if self._spectrum is None or self._where != "cursor":
            return []
        values = ", ".join(readable(value) for value in self._spectrum.values.tolist())
        return [self.tr("curvatures {}").format(values)]

    def _lines(self, spectrum: Spectrum, theme: themes.Theme) -> list[Line]:
        (x0, x1), (y0, y1) = self._plot.box.viewRange()
        room = _REACH * np.array([x1 - x0, y1 - y0])
        return quadratic_lines(spectrum, room, theme)

    def _on_mouse_moved(self, position: QPointF) -> None:
        if self._where != "cursor" or not self._plot.box.sceneBoundingRect().contains(position):
            return
        point = self._plot.box.mapSceneToView(position)
        self._cursor = (float(point.x()), float(point.y()))
        self._ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Leave and self._cursor:
            self._cursor = ()
            self._ask()
        return False


def quadratic_lines(spectrum: Spectrum, room: NDArray[np.float64], theme: themes.Theme) -> list[Line]:
    """The rings ½ dᵀ H d = c around the point, ellipses or hyperbolas, within `room` (2,) to either side, and the axes.

    An axis along which it curves downwards is dashed.
    """
    sizes = np.abs(spectrum.values)
    if not np.isfinite(sizes).all() or not sizes.max() > 0:
        return []
    sizes = np.maximum(sizes, _FLATTEST * sizes.max())
    half = spectrum.vectors / np.sqrt(sizes)[:, None]  # where the ring of c = ½ meets the axes
    scale = float((room / np.maximum(np.linalg.norm(half, axis=0), 1e-300)).min())  # how far an ellipse goes
    half = half * scale
    lines: list[Line] = []
    strong = pen(theme.text, 1.4)
    for ring in _RINGS:
        for along, across in _ring(spectrum.values):
            points = spectrum.point + ring * (along[:, None] * half[0] + across[:, None] * half[1])
            lines.append((points[:, 0], points[:, 1], strong if ring == _RINGS[0] else pen(theme.text, 0.9)))
    for value, axis in zip(spectrum.values.tolist(), half, strict=True):
        ends = spectrum.point + np.array([-1.0, 1.0])[:, None] * axis
        style = Qt.PenStyle.SolidLine if value >= 0 else Qt.PenStyle.DashLine
        lines.append((ends[:, 0], ends[:, 1], pen(theme.text, 1.0, style)))
    return lines


def _ring(values: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """A line of equal height in units of the axes: a circle, or four branches where one axis goes down."""
    if values.min() >= 0 or values.max() <= 0:
        turn = np.linspace(0.0, 2.0 * np.pi, _POINTS)
        return [(np.cos(turn), np.sin(turn))]
    t = np.linspace(-1.2, 1.2, _POINTS)
    up, over = 0.6 * np.cosh(t), 0.6 * np.sinh(t)
    return [(up, over), (-up, over), (over, up), (over, -up)]
