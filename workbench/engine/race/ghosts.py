"""Runs that were replaced, as pictures go on showing them for a while: thinned, few, and data of nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Ghosts that are kept at most, the newest ones.
MOST = 24


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """What a run was before an edit replaced it, from the first step that is another now.

    Attributes:
        label, color, index: those of its lane, `index` the lane's place in the experiment.
        start: which of the lane's starts it ran from.
        steps: the steps of its rows (N,), some of those recorded, the first and the last among them.
        loss: the loss (N,) there.
        path: the parameters (N, P) there, where they are no more than two; else without columns (N, 0).
    """

    label: str
    color: str
    index: int
    start: int
    steps: NDArray[np.int64]
    loss: NDArray[np.floating[Any]]
    path: NDArray[np.floating[Any]]
