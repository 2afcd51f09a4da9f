"""Every schedule as its paper or framework prints it: (k, n, h) -> the factor on the rate at step k.

k counts from 0 behind the warm-up, n is the length that the schedule spreads over, h its parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any


def keras_polynomial(k: int, n: int, h: dict[str, Any]) -> float:
    """PolynomialDecay: (initial - end) * (1 - step / decay_steps) ** power + end."""
    return (1 - h["floor"]) * (1 - min(k, n) / n) ** h.get("power", 1.0) + h["floor"]


def sgdr(k: int, n: int, h: dict[str, Any]) -> float:
    """Loshchilov and Hutter 2017, equation 5."""
    return h["floor"] + 0.5 * (1 - h["floor"]) * (1 + math.cos(math.pi * min(k, n) / n))


def sgdr_restarts(k: int, n: int, h: dict[str, Any]) -> float:
    """The same with T_cur and T_i, T_i multiplied by T_mult at each restart."""
    t_cur, t_i = 0, h["every"]
    for _ in range(k):
        t_cur += 1
        if t_cur >= t_i:
            t_cur, t_i = t_cur - t_i, t_i * h["growth"]
    return h["floor"] + 0.5 * (1 - h["floor"]) * (1 + math.cos(math.pi * t_cur / t_i))


def torch_one_cycle(k: int, n: int, h: dict[str, Any]) -> float:
    """OneCycleLR with two phases and cosine annealing, divided by max_lr."""
    initial = 1 / h["begin_divisor"]
    lowest = initial / h["end_divisor"]
    k, top, last = min(k, n - 1), h["rise"] * n - 1, n - 1
    if k <= top:
        start, end, share = initial, 1.0, k / top
    else:
        start, end, share = 1.0, lowest, (k - top) / (last - top)
    return end + (start - end) / 2 * (math.cos(math.pi * share) + 1)


SCHEDULES: dict[str, Callable[[int, int, dict[str, Any]], float]] = {
    "constant": lambda k, n, h: 1.0,
    "step": lambda k, n, h: h["gamma"] ** math.floor(k / h["every"]),  # StepLR
    "exponential": lambda k, n, h: h["gamma"] ** k,  # ExponentialLR
    "inverse_time": lambda k, n, h: 1 / (1 + h["gamma"] * k / h["every"]),  # InverseTimeDecay
    "inverse_sqrt": lambda k, n, h: (1 + k / h["every"]) ** -0.5,
    "linear": keras_polynomial,
    "polynomial": keras_polynomial,
    "cosine": sgdr,
    "cosine_restarts": sgdr_restarts,
    "one_cycle": torch_one_cycle,
    "reduce_on_plateau": lambda k, n, h: 1.0,  # as far as the step alone says; see `plateau`
}


def plateau(losses: Sequence[float], h: dict[str, Any]) -> list[float]:
    """ReduceLROnPlateau, mode min, relative threshold: the factor in force after each loss, one loss a call."""
    best, bad, cooldown, factor, factors = math.inf, 0, 0, 1.0, []
    for loss in losses:
        if loss < best * (1 - h["threshold"]):
            best, bad = loss, 0
        else:
            bad += 1
        if cooldown > 0:
            cooldown, bad = cooldown - 1, 0
        if bad > h["patience"]:
            factor, cooldown, bad = max(factor * h["gamma"], h["floor"]), h["cooldown"], 0
        factors.append(factor)
    return factors
