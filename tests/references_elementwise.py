"""Elementwise optimizers, each as its paper or framework prints it, for one coordinate.

    rule(x, g, t, s, h) -> the new x

with the gradient g, the step number t = 1, 2, ..., the coordinate's own state s (an empty dict before the first step)
and the hyperparameters h. Weight decay stands apart in `torch_decay` and `keras_decay`, as it
stands at the top of every algorithm of PyTorch's documentation and in the base class of Keras's optimizers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

State = dict[str, float]
Rule = Callable[[float, float, int, State, dict[str, Any]], float]


def torch_decay(rule: Rule) -> Rule:
    """g_t <- g_t + lambda theta_{t-1}, before anything else."""

    def decayed(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
        return rule(x, g + h["weight_decay"] * x, t, s, h)

    return decayed


def keras_decay(rule: Rule) -> Rule:
    """variable.assign(variable - variable * wd * lr), before update_step."""

    def decayed(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
        return rule(x - x * h["weight_decay"] * h["learning_rate"], g, t, s, h)

    return decayed


def sign(x: float) -> float:
    return (x > 0) - (x < 0)


# PyTorch 2.13


def torch_sgd(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    return x - h["learning_rate"] * g


def torch_nesterov(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["b"] = h["momentum"] * s["b"] + g if t > 1 else g
    g = g + h["momentum"] * s["b"]
    return x - h["learning_rate"] * g


def torch_adadelta(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    rho, eps = h["rho"], h["epsilon"]
    s["v"] = s.get("v", 0.0) * rho + g**2 * (1 - rho)
    delta = math.sqrt(s.get("u", 0.0) + eps) / math.sqrt(s["v"] + eps) * g
    s["u"] = s.get("u", 0.0) * rho + delta**2 * (1 - rho)
    return x - h["learning_rate"] * delta


def torch_damped_momentum(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    if h["momentum"] == 0:  # torch/optim/sgd.py: `if momentum != 0` stands around all that has to do with a velocity
        return x - h["learning_rate"] * g
    s["b"] = h["momentum"] * s["b"] + (1 - h["dampening"]) * g if t > 1 else g
    return x - h["learning_rate"] * s["b"]


def torch_adagrad(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    rate = h["learning_rate"] / (1 + (t - 1) * h["learning_rate_decay"])
    s["sum"] = s.get("sum", h["initial_accumulator"]) + g**2
    return x - rate * g / (math.sqrt(s["sum"]) + h["epsilon"])


def torch_rmsprop(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    alpha, mu = h["rho"], h["momentum"]
    s["v"] = alpha * s.get("v", 0.0) + (1 - alpha) * g**2
    v = s["v"]
    if h["centered"]:
        s["g_ave"] = s.get("g_ave", 0.0) * alpha + (1 - alpha) * g
        v = v - s["g_ave"] ** 2
    if mu > 0:
        s["b"] = mu * s.get("b", 0.0) + g / (math.sqrt(v) + h["epsilon"])
        return x - h["learning_rate"] * s["b"]
    return x - h["learning_rate"] * g / (math.sqrt(v) + h["epsilon"])


def torch_adam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    b1, b2 = h["beta1"], h["beta2"]
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    s["v_max"] = max(s.get("v_max", 0.0), s["v"])
    m_hat = s["m"] / (1 - b1**t)
    v_hat = (s["v_max"] if h["amsgrad"] else s["v"]) / (1 - b2**t)
    return x - h["learning_rate"] * m_hat / (math.sqrt(v_hat) + h["epsilon"])


def typed_adam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    """The rule that stands in a typed one at first: Adam as in its paper."""
    return torch_adam(x, g, t, s, {**h, "amsgrad": False})


def torch_adamw(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    x = x - h["learning_rate"] * h["weight_decay"] * x
    return torch_adam(x, g, t, s, h)


def torch_adamax(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    s["u"] = max(h["beta2"] * s.get("u", 0.0), abs(g) + h["epsilon"])
    return x - h["learning_rate"] * s["m"] / ((1 - h["beta1"] ** t) * s["u"])


def torch_nadam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    b1, b2, psi = h["beta1"], h["beta2"], h["momentum_decay"]
    mu = b1 * (1 - 0.5 * 0.96 ** (t * psi))
    mu_next = b1 * (1 - 0.5 * 0.96 ** ((t + 1) * psi))
    s["product"] = s.get("product", 1.0) * mu
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    m_hat = mu_next * s["m"] / (1 - s["product"] * mu_next) + (1 - mu) * g / (1 - s["product"])
    return x - h["learning_rate"] * m_hat / (math.sqrt(s["v"] / (1 - b2**t)) + h["epsilon"])


def torch_radam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    b1, b2 = h["beta1"], h["beta2"]
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    m_hat = s["m"] / (1 - b1**t)
    rho_inf = 2 / (1 - b2) - 1
    rho = rho_inf - 2 * t * b2**t / (1 - b2**t)
    if rho <= 5:
        return x - h["learning_rate"] * m_hat
    lt = math.sqrt(1 - b2**t) / (math.sqrt(s["v"]) + h["epsilon"])
    rt = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
    return x - h["learning_rate"] * m_hat * rt * lt


def torch_rprop(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    product = g * s.get("g", 0.0)
    eta = s.get("eta", h["learning_rate"])
    if product > 0:
        eta = eta * h["eta_plus"]
    elif product < 0:
        eta, g = eta * h["eta_minus"], 0.0
    s["eta"], s["g"] = min(max(eta, h["smallest_step"]), h["largest_step"]), g
    return x - s["eta"] * sign(g)


def torch_asgd(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    rate, lambd = h["learning_rate"], h["lambd"]
    eta = s.get("eta", rate)
    s["eta"] = rate / (1 + lambd * rate * t) ** h["alpha"]  # set for the next step, from the rate of this one
    return x * (1 - lambd * eta) - eta * g


# X. Chen et al., 2023, program 1; J. Ma and D. Yarats, 2019, equations 3 and 10; A. Defazio et al., 2024, algorithm 1
# with the weights of the authors' AdamWScheduleFree


def lion(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    momentum = s.get("momentum", 0.0)
    update = sign((1 - h["beta1"]) * g + h["beta1"] * momentum)
    s["momentum"] = (1 - h["beta2"]) * g + h["beta2"] * momentum
    return x - (update + x * h["weight_decay"]) * h["learning_rate"]


def qhm(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    beta, nu = h["momentum"], h["nu"]
    s["g"] = beta * s.get("g", 0.0) + (1 - beta) * g
    return x - h["learning_rate"] * ((1 - nu) * g + nu * s["g"])


def qhadam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    b1, b2, nu1, nu2 = h["beta1"], h["beta2"], h["nu1"], h["nu2"]
    s["g"] = b1 * s.get("g", 0.0) + (1 - b1) * g
    s["s"] = b2 * s.get("s", 0.0) + (1 - b2) * g**2
    g_hat, s_hat = s["g"] / (1 - b1**t), s["s"] / (1 - b2**t)
    above = (1 - nu1) * g + nu1 * g_hat
    return x - h["learning_rate"] * above / (math.sqrt((1 - nu2) * g**2 + nu2 * s_hat) + h["epsilon"])


def schedule_free(y: float, g: float, t: int, s: State, h: dict[str, Any], weight: float, decay: float) -> float:
    beta, gamma = h["beta1"], h["learning_rate"]
    if h["warmup_steps"] > 0:
        gamma = gamma * min(t / h["warmup_steps"], 1.0)
    z, x = s.get("z", y), s.get("x", y)
    s["v"] = h["beta2"] * s.get("v", 0.0) + (1 - h["beta2"]) * g**2
    u = g / (math.sqrt(s["v"] / (1 - h["beta2"] ** t)) + h["epsilon"]) + decay * y
    s["z"] = z - gamma * u
    s["gamma_max"] = max(s.get("gamma_max", 0.0), gamma)
    s["sum"] = s.get("sum", 0.0) + s["gamma_max"] ** 2
    c = weight or s["gamma_max"] ** 2 / s["sum"]
    s["x"] = (1 - c) * x + c * s["z"]
    return (1 - beta) * s["z"] + beta * s["x"]


def schedule_free_adamw(y: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    return schedule_free(y, g, t, s, h, 0.0, h["weight_decay"])


# Keras 3.15


def keras_nesterov(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["velocity"] = h["momentum"] * s.get("velocity", 0.0) - h["learning_rate"] * g
    return x + h["momentum"] * s["velocity"] - h["learning_rate"] * g


def keras_damped_momentum(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    kept = h["dampening"] if h["momentum"] else 0.0  # Keras itself has no dampening
    taken = g if t == 1 else (1 - kept) * g
    s["velocity"] = h["momentum"] * s.get("velocity", 0.0) - h["learning_rate"] * taken
    return x + s["velocity"]


def keras_adagrad(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    rate = h["learning_rate"] / (1 + (t - 1) * h["learning_rate_decay"])  # Keras itself has no decay of the rate
    s["accumulator"] = s.get("accumulator", h["initial_accumulator"]) + g**2
    return x - rate * g / math.sqrt(s["accumulator"] + h["epsilon"])


def keras_rmsprop(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    rho = h["rho"]
    s["velocity"] = rho * s.get("velocity", 0.0) + (1 - rho) * g**2
    denominator = s["velocity"] + h["epsilon"]
    if h["centered"]:
        s["average_grad"] = rho * s.get("average_grad", 0.0) + (1 - rho) * g
        denominator = s["velocity"] - s["average_grad"] ** 2 + h["epsilon"]
    increment = h["learning_rate"] * g / math.sqrt(denominator)
    if h["momentum"] > 0:
        s["momentum"] = h["momentum"] * s.get("momentum", 0.0) + increment
        return x - s["momentum"]
    return x - increment


def keras_ftrl(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    lr, power = h["learning_rate"], h["learning_rate_power"]
    accum = s.get("accum", h["initial_accumulator"])
    new_accum = accum + g**2
    shrinking = g + 2 * h["l2_shrinkage"] * x
    linear = s.get("linear", 0.0) + shrinking - (new_accum**-power - accum**-power) / lr * x
    quadratic = new_accum**-power / lr + 2 * (h["l2"] + h["beta"] / (2 * lr))
    s["accum"], s["linear"] = new_accum, linear
    return (min(max(linear, -h["l1"]), h["l1"]) - linear) / quadratic


def keras_adam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    alpha = h["learning_rate"] * math.sqrt(1 - h["beta2"] ** t) / (1 - h["beta1"] ** t)
    s["m"] = s.get("m", 0.0) + (g - s.get("m", 0.0)) * (1 - h["beta1"])
    s["v"] = s.get("v", 0.0) + (g**2 - s.get("v", 0.0)) * (1 - h["beta2"])
    s["v_hat"] = max(s.get("v_hat", 0.0), s["v"])
    return x - s["m"] * alpha / (math.sqrt(s["v_hat"] if h["amsgrad"] else s["v"]) + h["epsilon"])


def keras_adamax(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    s["m"] = s.get("m", 0.0) + (g - s.get("m", 0.0)) * (1 - h["beta1"])
    s["u"] = max(h["beta2"] * s.get("u", 0.0), abs(g))
    return x - h["learning_rate"] * s["m"] / ((1 - h["beta1"] ** t) * (s["u"] + h["epsilon"]))


def keras_radam(x: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    """TensorFlow Addons' RectifiedAdam with its sma_threshold of 5."""
    b1, b2 = h["beta1"], h["beta2"]
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    sma_inf = 2 / (1 - b2) - 1
    sma = sma_inf - 2 * t * b2**t / (1 - b2**t)
    m_corr, v_corr = s["m"] / (1 - b1**t), math.sqrt(s["v"] / (1 - b2**t))
    if sma < 5:
        return x - h["learning_rate"] * m_corr
    r = math.sqrt((sma - 4) / (sma_inf - 4) * (sma - 2) / (sma_inf - 2) * sma_inf / sma)
    return x - h["learning_rate"] * r * m_corr / (v_corr + h["epsilon"])


def keras_schedule_free_adamw(y: float, g: float, t: int, s: State, h: dict[str, Any]) -> float:
    """The decay has moved y before; z stays, and x is what makes y of the two."""
    if "z" in s:
        s["x"] = (y - (1 - h["beta1"]) * s["z"]) / h["beta1"] if h["beta1"] else s["x"]
    else:
        # z was copied when the optimizer was built, before the first decay
        z = y / (1 - h["weight_decay"] * h["learning_rate"])
        s["z"], s["x"] = z, (y - (1 - h["beta1"]) * z) / h["beta1"] if h["beta1"] else y
    return schedule_free(y, g, t, s, h, 1 / t, 0.0)


ELEMENTWISE: dict[tuple[str, str], Rule] = {
    ("sgd", "pytorch"): torch_decay(torch_sgd),
    ("sgd", "keras"): keras_decay(torch_sgd),
    ("nesterov", "pytorch"): torch_decay(torch_nesterov),
    ("nesterov", "keras"): keras_decay(keras_nesterov),
    ("adadelta", "pytorch"): torch_decay(torch_adadelta),
    ("adadelta", "keras"): keras_decay(torch_adadelta),
    ("momentum", "pytorch"): torch_decay(torch_damped_momentum),
    ("momentum", "keras"): keras_decay(keras_damped_momentum),
    ("adagrad", "pytorch"): torch_decay(torch_adagrad),
    ("adagrad", "keras"): keras_decay(keras_adagrad),
    ("rmsprop", "pytorch"): torch_decay(torch_rmsprop),
    ("rmsprop", "keras"): keras_decay(keras_rmsprop),
    ("ftrl", "pytorch"): torch_decay(keras_ftrl),
    ("ftrl", "keras"): keras_decay(keras_ftrl),
    ("adam", "pytorch"): torch_decay(torch_adam),
    ("adam", "keras"): keras_decay(keras_adam),
    ("rule", "pytorch"): typed_adam,
    ("rule", "keras"): typed_adam,
    ("adamw", "pytorch"): torch_adamw,
    ("adamw", "keras"): keras_decay(keras_adam),
    ("adamax", "pytorch"): torch_decay(torch_adamax),
    ("adamax", "keras"): keras_decay(keras_adamax),
    ("nadam", "pytorch"): torch_decay(torch_nadam),
    ("nadam", "keras"): keras_decay(torch_nadam),  # with momentum_decay 1 the two are one formula
    ("radam", "pytorch"): torch_decay(torch_radam),
    ("radam", "keras"): keras_decay(keras_radam),
    ("lion", "pytorch"): lion,
    ("lion", "keras"): lion,
    ("rprop", "pytorch"): torch_rprop,
    ("rprop", "keras"): torch_rprop,
    ("asgd", "pytorch"): torch_decay(torch_asgd),
    ("asgd", "keras"): torch_decay(torch_asgd),
    ("qhm", "pytorch"): torch_decay(qhm),
    ("qhm", "keras"): keras_decay(qhm),
    ("qhadam", "pytorch"): torch_decay(qhadam),
    ("qhadam", "keras"): keras_decay(qhadam),
    ("schedule_free_adamw", "pytorch"): schedule_free_adamw,
    ("schedule_free_adamw", "keras"): keras_decay(keras_schedule_free_adamw),
}
