"""Where on an axis of steps something is: the present step among those recorded, and changes of settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.uprights import Upright
from workbench.ui.style.theme import Theme

#: so many steps with changes are marked, the last ones: a slider that was drawn along makes one a step
_MOST = 200


def step_lines(snapshot: Snapshot, place: Callable[[NDArray[Any]], NDArray[Any]], theme: Theme) -> list[Upright]:
    """A line at the present step where more is recorded, and a dotted one where other settings came into force.

    `place` gives the places of steps along the axis.
    """
    changed = changed_steps(snapshot)[-_MOST:]
    places = place(np.array([snapshot.step, *changed], float)).tolist()
    found = [Upright(at, theme.contour, dotted=True, flags=(theme.muted,)) for at in places[1:]]
    if snapshot.recorded > snapshot.step:
        found.append(Upright(places[0], theme.muted))
    return found


def changed_steps(snapshot: Snapshot) -> list[int]:
    """The recorded steps at which settings were changed, each once, in order."""
    return sorted({step for step in snapshot.changes if step <= snapshot.recorded})
