"""Where on an axis of steps something is: the present step among those recorded, and changes of settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.uprights import Upright
from workbench.ui.style.theme import Theme
from workbench.ui.words.text import grouped

#: so many steps with changes are marked, the last ones: a slider that was drawn along makes one a step
_MOST = 200
#: changes that a read-out tells of
_MOST_SAID = 3


def step_lines(snapshot: Snapshot, place: Callable[[NDArray[Any]], NDArray[Any]], theme: Theme) -> list[Upright]:
    """A line at the present step where more is recorded, and a dotted one where other settings came into force.

    That one has a flag in the colour of each lane they are those of.

    `place` gives the places of steps along the axis.
    """
    changed = list(changed_steps(snapshot).items())[-_MOST:]
    places = place(np.array([snapshot.step, *(step for step, _ in changed)], float)).tolist()
    colors = [theme.lane(lane.color) for lane in snapshot.info.lanes]
    found = [
        Upright(at, theme.contour, dotted=True, flags=tuple(colors[lane] for lane in lanes))
        for at, (_, lanes) in zip(places[1:], changed, strict=True)
    ]
    if snapshot.recorded > snapshot.step:
        found.append(Upright(places[0], theme.muted))
    return found


def changed_steps(snapshot: Snapshot) -> Mapping[int, tuple[int, ...]]:
    """The recorded steps at which settings were changed, in order, each with the lanes that it was done to."""
    found: dict[int, tuple[int, ...]] = {}
    for change in snapshot.changes:
        if change.step <= snapshot.recorded:
            lanes = found.get(change.step, ())
            found[change.step] = lanes if change.lane in lanes else (*lanes, change.lane)
    return dict(sorted(found.items()))


def said_of_changes(
    snapshot: Snapshot, place: Callable[[NDArray[Any]], NDArray[Any]], x: float, within: float
) -> list[str]:
    """A line for each setting that was changed at a step whose place is within so much of x; a few of them at most."""
    said = []
    for change in snapshot.changes:
        if change.step > snapshot.recorded or abs(float(place(np.array([float(change.step)]))[0]) - x) > within:
            continue
        label = snapshot.info.lanes[change.lane].label
        before, after = (("–" if value == "" else f"{value}") for value in (change.before, change.after))
        words = QCoreApplication.translate("StepLines", "step {}: {}, {} {} → {}")
        said.append(words.format(grouped(change.step), label, change.setting.replace("_", " "), before, after))
    return said[-_MOST_SAID:]
