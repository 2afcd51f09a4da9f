"""The rules and functions once more, written literally and in plain numbers: the independent truth of the tests.

Nothing here imports the engine. An optimizer is a function of one coordinate,

    rule(x, g, t, s, h) -> the new x

with the gradient g, the step number t = 1, 2, ..., the coordinate's own state s (an empty dict before the first step)
and the hyperparameters h; `OPTIMIZERS` names it under (optimizer, convention). The objectives stand in
`objective_formulas.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

State = dict[str, float]
Rule = Callable[[float, float, int, State, dict[str, Any]], float]


# PyTorch 2, documentation of torch.optim, each algorithm as printed there.


def torch_sgd(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    return x - h["learning_rate"] * g


def torch_momentum(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["b"] = h["momentum"] * s["b"] + g if t > 1 else g
    return x - h["learning_rate"] * s["b"]


def torch_nesterov(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["b"] = h["momentum"] * s["b"] + g if t > 1 else g
    g = g + h["momentum"] * s["b"]
    return x - h["learning_rate"] * g


def torch_adagrad(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["sum"] = s.get("sum", h["initial_accumulator"]) + g**2
    return x - h["learning_rate"] * g / (math.sqrt(s["sum"]) + h["epsilon"])


def torch_adadelta(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    rho, eps = h["rho"], h["epsilon"]
    s["v"] = s.get("v", 0.0) * rho + g**2 * (1 - rho)
    delta = math.sqrt(s.get("u", 0.0) + eps) / math.sqrt(s["v"] + eps) * g
    s["u"] = s.get("u", 0.0) * rho + delta**2 * (1 - rho)
    return x - h["learning_rate"] * delta


def torch_rmsprop(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    alpha = h["rho"]
    s["v"] = alpha * s.get("v", 0.0) + (1 - alpha) * g**2
    return x - h["learning_rate"] * g / (math.sqrt(s["v"]) + h["epsilon"])


def torch_adam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    b1, b2 = h["beta1"], h["beta2"]
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    m_hat = s["m"] / (1 - b1**t)
    v_hat = s["v"] / (1 - b2**t)
    return x - h["learning_rate"] * m_hat / (math.sqrt(v_hat) + h["epsilon"])


# Keras 3, documentation and `update_step` of keras.optimizers.


def keras_momentum(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["velocity"] = h["momentum"] * s.get("velocity", 0.0) - h["learning_rate"] * g
    return x + s["velocity"]


def keras_nesterov(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["velocity"] = h["momentum"] * s.get("velocity", 0.0) - h["learning_rate"] * g
    return x + h["momentum"] * s["velocity"] - h["learning_rate"] * g


def keras_adagrad(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["accumulator"] = s.get("accumulator", h["initial_accumulator"]) + g**2
    return x - h["learning_rate"] * g / math.sqrt(s["accumulator"] + h["epsilon"])


def keras_rmsprop(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["velocity"] = h["rho"] * s.get("velocity", 0.0) + (1 - h["rho"]) * g**2
    return x - h["learning_rate"] * g / math.sqrt(s["velocity"] + h["epsilon"])


def keras_adam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    alpha = h["learning_rate"] * math.sqrt(1 - h["beta2"] ** t) / (1 - h["beta1"] ** t)
    s["m"] = s.get("m", 0.0) + (g - s.get("m", 0.0)) * (1 - h["beta1"])
    s["v"] = s.get("v", 0.0) + (g**2 - s.get("v", 0.0)) * (1 - h["beta2"])
    return x - s["m"] * alpha / (math.sqrt(s["v"]) + h["epsilon"])


OPTIMIZERS: dict[tuple[str, str], Rule] = {
    ("sgd", "pytorch"): torch_sgd,
    ("sgd", "keras"): torch_sgd,
    ("momentum", "pytorch"): torch_momentum,
    ("momentum", "keras"): keras_momentum,
    ("nesterov", "pytorch"): torch_nesterov,
    ("nesterov", "keras"): keras_nesterov,
    ("adagrad", "pytorch"): torch_adagrad,
    ("adagrad", "keras"): keras_adagrad,
    ("adadelta", "pytorch"): torch_adadelta,
    ("adadelta", "keras"): torch_adadelta,
    ("rmsprop", "pytorch"): torch_rmsprop,
    ("rmsprop", "keras"): keras_rmsprop,
    ("adam", "pytorch"): torch_adam,
    ("adam", "keras"): keras_adam,
}

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
}
