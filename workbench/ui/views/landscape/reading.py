"""What the landscape says of the place under the mouse: the path there first, a stationary point, the values."""

from __future__ import annotations

import numpy as np

from workbench.engine.objectives.landscape import Surface
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.heights import interpolated
from workbench.ui.views.landscape.curve import Curve
from workbench.ui.views.landscape.signs import StationarySigns
from workbench.ui.words.moments import moment_words
from workbench.ui.words.text import signed

#: the run and the step that are pointed at, and the signs that stand there
Marked = tuple[tuple[int, int] | None, StationarySigns]


def read_plane(snapshot: Snapshot, surface: Surface | None, marked: Marked, x: float, y: float) -> str:
    """The words for a point of the plane."""
    names = ("x", "y", "f") if snapshot.info.kind == "objective" else ("w", "b", "loss")
    lines = _marked(snapshot, marked, x, y)
    if marked[0] is not None:  # the point itself says where it is
        return "\n".join(lines)
    lines.append(signed(f"{names[0]} = {x:.4g}   {names[1]} = {y:.4g}"))
    value = None if surface is None else interpolated(surface.finer or surface, x, y)
    if value is not None:
        lines.append(signed(f"{names[2]} ≈ {value:.4g}"))
    return "\n".join(lines)


def read_curve(snapshot: Snapshot, curve: Curve, marked: Marked, x: float, y: float) -> tuple[str, float]:
    """The words for a place over or under a curve, and the value of the curve there."""
    lines = _marked(snapshot, marked, x, y)
    f = float(curve.at(x))
    lines.append(signed(f"x = {x:.4g}   f = {f:.4g}" if np.isfinite(f) else f"x = {x:.4g}"))
    return "\n".join(lines), f


def _marked(snapshot: Snapshot, marked: Marked, x: float, y: float) -> list[str]:
    pointed, signs = marked
    said = [] if pointed is None else moment_words(snapshot, *pointed)
    return [*said, *signs.words(np.array([x, y]))]
