"""Runs that are not of the race, as pictures show them pale beside it: thinned, few, and data of nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Ghosts that are kept at most, the newest ones.
MOST = 24


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """What a run was before an edit replaced it, from the first step that is another now; or a run that was kept.

    Attributes:
        label, color, index: those of its lane, `index` the lane's place in the experiment.
        start: which of the lane's starts it ran from.
        steps: the steps of its rows (N,), some of those recorded, the first and the last among them.
        loss: the loss (N,) there.
        path: the parameters (N, P) there, where they are no more than two; else without columns (N, 0).
        gradient_norm: the length of the gradient (N,) there; of a replaced run it is not kept: None.
        gradient_rms: the RMS gradient of each of the `layers` (N, L) there, of a kept run of a network; else None.
        of: what a kept run is called, empty for one that was replaced; `place` is its number among those shown.
    """

    label: str
    color: str
    index: int
    start: int
    steps: NDArray[np.int64]
    loss: NDArray[np.floating[Any]]
    path: NDArray[np.floating[Any]]
    gradient_norm: NDArray[np.floating[Any]] | None = None
    of: str = ""
    place: int = 0
    gradient_rms: NDArray[np.floating[Any]] | None = None
    layers: tuple[str, ...] = ()
