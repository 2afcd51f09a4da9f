"""The rules and functions once more, written literally and in plain numbers: the independent truth of the tests.

Nothing here imports the engine. The optimizers stand in `references_elementwise.py`, a rule for one coordinate each,
and `references_vector.py`, for those that see a whole vector; `OPTIMIZERS` names them all under (optimizer,
convention). The schedules stand in `references_schedules.py`. The objectives stand in
`objective_formulas.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.references_elementwise import ELEMENTWISE
from tests.references_vector import VECTOR, Problem

#: Every optimizer under (optimizer, convention).
OPTIMIZERS = ELEMENTWISE | VECTOR


def optimizer_path(
    key: str,
    convention: str,
    h: dict[str, Any],
    start: Sequence[float],
    problem: Problem,
    steps: int,
    rates: Sequence[float] | None = None,
    along: np.ndarray | None = None,
) -> np.ndarray:
    """The path (steps + 1, P) of one run in plain numbers; `rates` gives each step's learning rate.

    Where `along` (steps + 1, P) is given, each step starts from the point there: the rule's own state, another's path.
    """
    x = np.array(start, dtype=float)
    path, state, states = [x], {}, [{} for _ in start]
    for t in range(1, steps + 1):
        x = x if along is None else along[t - 1]
        g = problem.gradient(x)
        now = h if rates is None else {**h, "learning_rate": rates[t - 1]}
        if (key, convention) in VECTOR:
            x = VECTOR[key, convention](x, g, t, state, now, problem)
        else:
            rule = ELEMENTWISE[key, convention]
            x = np.array([rule(float(x[i]), float(g[i]), t, states[i], now) for i in range(len(start))])
        path.append(x)
    return np.array(path)


def banana() -> Problem:
    """Rosenbrock's function with a = 1, b = 100 as a problem of two parameters."""

    def gradient(p: np.ndarray) -> np.ndarray:
        x, y = p
        return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])

    return Problem(lambda p: float((1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2), gradient, ((0, (2,)),))


def small_network(inputs: np.ndarray, targets: np.ndarray, hidden: int) -> Problem:
    """inputs (N, n) -> hidden tanh units -> one output, mean squared error; weights (n_in, n_out), then biases."""
    n = inputs.shape[1]
    w, b, v = n * hidden, n * hidden + hidden, n * hidden + 2 * hidden

    def run(p: np.ndarray) -> tuple[float, np.ndarray]:
        a = np.tanh(inputs @ p[:w].reshape(n, hidden) + p[w:b])
        error = a @ p[b:v] + p[v] - targets
        d = 2 * error / len(inputs)
        below = np.outer(d, p[b:v]) * (1 - a**2)
        slope = [(inputs.T @ below).ravel(), below.sum(axis=0), a.T @ d, [d.sum()]]
        return float(np.mean(error**2)), np.concatenate(slope)

    tensors = ((0, (n, hidden)), (w, (hidden,)), (b, (hidden, 1)), (v, (1,)))
    return Problem(lambda p: run(p)[0], lambda p: run(p)[1], tensors)


#: Documented defaults, PyTorch 2 and Keras 3. PyTorch has no default rate for some; those follow its `lr` argument.
DEFAULTS: dict[tuple[str, str], dict[str, float]] = {
    ("sgd", "pytorch"): {"learning_rate": 0.001},
    ("sgd", "keras"): {"learning_rate": 0.01},
    ("adagrad", "pytorch"): {"learning_rate": 0.01, "epsilon": 1e-10, "initial_accumulator": 0.0},
    ("adagrad", "keras"): {"learning_rate": 0.001, "epsilon": 1e-7, "initial_accumulator": 0.1},
    ("adadelta", "pytorch"): {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6},
    ("adadelta", "keras"): {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-7},
    ("rmsprop", "pytorch"): {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-8},
    ("rmsprop", "keras"): {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
    ("adam", "pytorch"): {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    ("adam", "keras"): {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
    ("adamw", "pytorch"): {"learning_rate": 0.001, "weight_decay": 0.01, "epsilon": 1e-8},
    ("adamw", "keras"): {"learning_rate": 0.001, "weight_decay": 0.004, "epsilon": 1e-7},
    ("adamax", "pytorch"): {"learning_rate": 0.002, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    ("adamax", "keras"): {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
    ("nadam", "pytorch"): {"learning_rate": 0.002, "momentum_decay": 0.004, "epsilon": 1e-8},
    ("nadam", "keras"): {"learning_rate": 0.001, "momentum_decay": 1.0, "epsilon": 1e-7},
    ("radam", "pytorch"): {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    ("rprop", "pytorch"): {
        "learning_rate": 0.01,
        "eta_minus": 0.5,
        "eta_plus": 1.2,
        "smallest_step": 1e-6,
        "largest_step": 50.0,
    },
    ("asgd", "pytorch"): {"learning_rate": 0.01, "lambd": 1e-4, "alpha": 0.75, "t0": 1e6},
    ("lbfgs", "pytorch"): {
        "learning_rate": 1.0,
        "history_size": 100,
        "tolerance_gradient": 1e-7,
        "tolerance_change": 1e-9,
    },
    ("adafactor", "pytorch"): {"learning_rate": 0.01, "beta2_decay": -0.8, "epsilon2": 1e-3, "clip_threshold": 1.0},
    ("adafactor", "keras"): {"learning_rate": 0.001, "beta2_decay": -0.8, "epsilon": 1e-30, "epsilon2": 1e-3},
    ("muon", "pytorch"): {"learning_rate": 0.001, "momentum": 0.95, "weight_decay": 0.1, "newton_schulz_steps": 5},
    ("muon", "keras"): {"learning_rate": 0.001, "momentum": 0.95, "weight_decay": 0.004, "newton_schulz_steps": 5},
    ("ftrl", "keras"): {"learning_rate": 0.001, "learning_rate_power": -0.5, "initial_accumulator": 0.1, "l1": 0.0},
    ("lion", "pytorch"): {"learning_rate": 1e-4, "beta1": 0.9, "beta2": 0.99},
    ("lion", "keras"): {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.99},
    ("lamb", "keras"): {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
    ("schedule_free_adamw", "pytorch"): {"learning_rate": 0.0025, "epsilon": 1e-8, "warmup_steps": 0},
    ("schedule_free_adamw", "keras"): {"learning_rate": 0.0025, "epsilon": 1e-8, "warmup_steps": 0},
}
