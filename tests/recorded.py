"""What is recorded from other libraries and compared with the engine: shared by the script that records and the tests.

The cases stand in `recorded_torch.py`, `recorded_keras.py` and `recorded_others.py`, the schedules in
`recorded_schedules.py`; `CASES` names them all.
"""

from __future__ import annotations

from tests.recorded_case import Case
from tests.recorded_keras import KERAS
from tests.recorded_others import OTHERS
from tests.recorded_torch import SINGLE, TORCH

__all__ = ["CASES", "INPUTS", "POINTS", "SINGLE", "STARTS", "STEPS", "TARGETS", "Case"]

STEPS = 200
#: The steps whose points are kept: the first ones, where conventions part, and the rest further and further apart.
POINTS = (1, 2, 5, 10, 30, 100, 200)

INPUTS = [[0.5, -1.2], [1.1, 0.3], [-0.7, 0.8], [0.2, 1.5], [-1.4, -0.6], [0.9, -0.4]]
TARGETS = [0.3, 1.0, -0.5, 1.3, -0.8, 0.6]

#: Starting points; the network's are weights (2, 3), biases (3,), weights (3, 1), bias (1,), one after another.
STARTS: dict[str, list[list[float]]] = {
    "rosenbrock": [[-1.2, 1.0], [0.6, -0.4]],
    "ellipse": [[3.0, -0.8], [-1.7, 1.3]],
    "himmelblau": [[0.5, -1.5], [-2.0, 3.5]],
    "network": [
        [0.4, -0.3, 0.7, -0.6, 0.2, 0.5, 0.1, -0.2, 0.05, 0.8, -0.5, 0.3, -0.1],
        [-0.9, 0.2, 0.3, 1.1, -0.7, 0.4, 0.0, 0.3, -0.4, -0.6, 0.9, 0.2, 0.5],
    ],
}

#: Every recorded optimizer with its settings, by a label of its own.
CASES: dict[str, Case] = TORCH | KERAS | OTHERS
