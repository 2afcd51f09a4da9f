"""The valley and the small network on which the engine is held against literal rules (`tests/references.py`)."""

from __future__ import annotations

import numpy as np

from workbench.engine.datasets import Split
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem

START = (-1.2, 1.0)


def valley(lanes: int) -> ObjectiveProblem:
    return ObjectiveProblem(objectives.get("rosenbrock")(), [START], lanes)


SAMPLES = np.random.default_rng(7).normal(size=(6, 2))
TARGETS = np.sin(SAMPLES[:, 0]) + SAMPLES[:, 1] ** 2 / 2


def network(lanes: int) -> NetworkProblem:
    """2-3-1 with tanh and the mean squared error, the whole of six samples at each step."""
    split = Split(SAMPLES, TARGETS[:, None], np.empty((0, 2)), np.empty((0, 1)), (), None)
    return NetworkProblem(split, [LayerSpec(3, "tanh")], lanes=lanes, seed=4)
