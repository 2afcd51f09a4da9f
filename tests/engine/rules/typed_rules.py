"""Rules as one would type them, each with its transcription in plain numbers from the source that is named."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Vector = np.ndarray
State = dict[str, Any]
#: a step in plain numpy over one run: point, gradient, step, state, settings -> the next point
Transcription = Callable[[Vector, Vector, int, State, Mapping[str, float]], Vector]


@dataclass(frozen=True)
class Typed:
    """A rule, settings that are tried, and what it should do."""

    text: str
    step: Transcription
    settings: Mapping[str, float] = field(default_factory=dict)
    rate: float = 0.01


def sgd(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    return x - h["lr"] * g


def heavy_ball(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    s["v"] = h["mu"] * s.get("v", 0.0) + g
    return x - h["lr"] * s["v"]


def nesterov(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    s["v"] = h["mu"] * s.get("v", 0.0) + g
    return x - h["lr"] * (g + h["mu"] * s["v"])


def adagrad(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    s["G"] = s.get("G", 0.1) + g * g
    return x - h["lr"] * g / (np.sqrt(s["G"]) + h["epsilon"])


def rmsprop(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    s["E"] = h["rho"] * s.get("E", 0.0) + (1 - h["rho"]) * g * g
    return x - h["lr"] * g / (np.sqrt(s["E"]) + h["epsilon"])


def adadelta(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Zeiler 2012, algorithm 1."""
    s["E"] = h["rho"] * s.get("E", 0.0) + (1 - h["rho"]) * g * g
    change = -np.sqrt(s.get("D", 0.0) + h["epsilon"]) / np.sqrt(s["E"] + h["epsilon"]) * g
    s["D"] = h["rho"] * s.get("D", 0.0) + (1 - h["rho"]) * change * change
    return x + h["lr"] * change


def adam(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    s["v"] = h["beta2"] * s.get("v", 0.0) + (1 - h["beta2"]) * g * g
    m_hat, v_hat = s["m"] / (1 - h["beta1"] ** t), s["v"] / (1 - h["beta2"] ** t)
    return x - h["lr"] * m_hat / (np.sqrt(v_hat) + h["epsilon"])


def adamw(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    return adam(x, g, t, s, h) - h["lr"] * h["lambda"] * x


def amsgrad(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Reddi et al. 2018, algorithm 2: no correction of the bias."""
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    s["v"] = h["beta2"] * s.get("v", 0.0) + (1 - h["beta2"]) * g * g
    s["w"] = np.maximum(s.get("w", 0.0), s["v"])
    return x - h["lr"] * s["m"] / (np.sqrt(s["w"]) + h["epsilon"])


def adabelief(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Zhuang et al. 2020, algorithm 2: epsilon enters the average, too."""
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    s["s"] = h["beta2"] * s.get("s", 0.0) + (1 - h["beta2"]) * (g - s["m"]) ** 2 + h["epsilon"]
    m_hat, s_hat = s["m"] / (1 - h["beta1"] ** t), s["s"] / (1 - h["beta2"] ** t)
    return x - h["lr"] * m_hat / (np.sqrt(s_hat) + h["epsilon"])


def yogi(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Zaheer et al. 2018, algorithm 2."""
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    v = s.get("v", 1e-6)
    s["v"] = v - (1 - h["beta2"]) * np.sign(v - g * g) * g * g
    return x - h["lr"] * s["m"] / (np.sqrt(s["v"]) + h["epsilon"])


def novograd(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Ginsburg et al. 2019, with each coordinate a layer of its own; the averages start from the first gradient."""
    s["v"] = g * g if t == 1 else h["beta2"] * s["v"] + (1 - h["beta2"]) * g * g
    step = g / (np.sqrt(s["v"]) + h["epsilon"]) + h["lambda"] * x
    s["m"] = step if t == 1 else h["beta1"] * s["m"] + step
    return x - h["lr"] * s["m"]


def sign_sgd(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Bernstein et al. 2018."""
    return x - h["lr"] * np.array([(c > 0) * 1.0 - (c < 0) * 1.0 for c in g])


def signum(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    s["m"] = h["beta"] * s.get("m", 0.0) + (1 - h["beta"]) * g
    return x - h["lr"] * np.array([math.copysign(1.0, c) if c else 0.0 for c in s["m"]])


def lion(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    m = s.get("m", 0.0 * g)
    c = h["beta1"] * m + (1 - h["beta1"]) * g
    s["m"] = h["beta2"] * m + (1 - h["beta2"]) * g
    return x - h["lr"] * (np.sign(c) + h["lambda"] * x)


def tiger(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """J. Su 2023: one average, its sign, and decay beside it."""
    s["m"] = h["beta"] * s.get("m", 0.0) + (1 - h["beta"]) * g
    return x - h["lr"] * (np.sign(s["m"]) + h["lambda"] * x)


def adan(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Xie et al. 2022, algorithm 1, with b's the shares of the new: the difference of the first step is 0."""
    last = g if t == 1 else s["g"]
    b1, b2, b3 = h["b1"], h["b2"], h["b3"]
    s["m"] = (1 - b1) * s.get("m", 0.0) + b1 * g
    s["v"] = (1 - b2) * s.get("v", 0.0) + b2 * (g - last)
    s["n"] = (1 - b3) * s.get("n", 0.0) + b3 * (g + (1 - b2) * (g - last)) ** 2
    s["g"] = g
    rate = h["lr"] / (np.sqrt(s["n"]) + h["epsilon"])
    return (x - rate * (s["m"] + (1 - b2) * s["v"])) / (1 + h["lr"] * h["lambda"])


def adabound(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Luo et al. 2019: rates between two bounds that close on a last one."""
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    s["v"] = h["beta2"] * s.get("v", 0.0) + (1 - h["beta2"]) * g * g
    low = h["last"] * (1 - 1 / (h["gamma"] * t + 1))
    high = h["last"] * (1 + 1 / (h["gamma"] * t))
    rate = h["lr"] / (np.sqrt(s["v"]) + h["epsilon"])
    return x - np.minimum(np.maximum(rate, low), high) * s["m"]


def normalized(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Steps of one length, falling with the root of their number (Shor's subgradient method)."""
    return x - h["lr"] / math.sqrt(t) * g / (math.sqrt(sum(c * c for c in g)) + h["epsilon"])


def nonsense(x: Vector, g: Vector, t: int, s: State, h: Mapping[str, float]) -> Vector:
    """Nothing that anybody would use: a spiral of choices, powers and swapped names."""
    a, b = s.get("a", 0.0), s.get("b", 1.0)
    s["a"], s["b"] = b, 0.5 * a + np.abs(g) ** h["p"]
    mean = sum(s["b"]) / len(s["b"])
    kicked = np.where((g > 0) & (t % 7 != 3), np.tanh(g), np.where(s["b"] >= mean, -g, x))
    return x - h["lr"] * kicked * math.cos(t)


RULES: Mapping[str, Typed] = {
    "sgd": Typed("x = x − η g", sgd),
    "heavy ball": Typed("v = μ v + g\nx = x - lr v", heavy_ball, {"mu": 0.8}),
    "nesterov": Typed("v = momentum*v + g; theta -= eta*(g + momentum*v)", nesterov, {"mu": 0.7}),
    "adagrad": Typed("init G = 0.1\nG += g²\nθ −= η g / (√G + ε)", adagrad, {"epsilon": 1e-7}, 0.1),
    "rmsprop": Typed("E = ρE + (1−ρ)g²;  θ ← θ − η g / (√E + ε)", rmsprop, {"rho": 0.95, "epsilon": 1e-6}),
    "adadelta": Typed(
        "E = rho*E + (1 - rho)*g^2\nΔ = -sqrt(D + eps) / sqrt(E + eps) * g\nD = rho*D + (1-rho)*Δ^2\nx = x + lr*Δ",
        adadelta,
        {"rho": 0.9, "epsilon": 1e-4},
        1.0,
    ),
    "adam": Typed(
        "m = β₁m + (1−β₁)g\nv = β₂v + (1−β₂)g²\nm̂ = m/(1 − β₁ᵗ); v̂ = v/(1 − β₂ᵗ)\nx = x − η m̂/(√v̂ + ε)",
        adam,
        {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-8},
    ),
    "adamw": Typed(
        "m = beta1*m + (1 - beta1)*g\nv = beta2*v + (1 - beta2)*g**2\n"
        "m_hat = m/(1 - beta1**t)\nv_hat = v/(1 - beta2**t)\n"
        "x = x - lr*m_hat/(sqrt(v_hat) + epsilon) - lr*λ*x",
        adamw,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "lambda": 0.1},
    ),
    "amsgrad": Typed(
        "m = β1 m + (1 − β1) g\nv = β2 v + (1 − β2) g·g\nv_max = max(v_max, v)\nx = x − η m / (√v_max + ε)",
        amsgrad,
        {"beta1": 0.9, "beta2": 0.9, "epsilon": 1e-8},
    ),
    "adabelief": Typed(
        "m = β1 m + (1 − β1) g\ns = β2 s + (1 − β2)(g − m)² + ε\nm̂ = m/(1 − β1^t); ŝ = s/(1 − β2^t)\n"
        "x = x − η m̂/(√ŝ + ε)",
        adabelief,
        {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8},
    ),
    "yogi": Typed(
        "init v = 1e-6\nm = β1 m + (1 − β1) g\nv = v − (1 − β2) sign(v − g²) g²\nx = x − η m / (√v + ε)",
        yogi,
        {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-3},
    ),
    "novograd": Typed(
        "v = where(t == 1, g², β2 v + (1 − β2) g²)\nu = g/(√v + ε) + λ x\nm = where(t > 1, β1 m + u, u)\nx = x − η m",
        novograd,
        {"beta1": 0.95, "beta2": 0.98, "epsilon": 1e-8, "lambda": 0.01},
        0.001,
    ),
    "signsgd": Typed("x = x - eta sign g  # one size for all", sign_sgd),
    "signum": Typed("m = β m + (1 − β) g; x = x − η sign(m)", signum, {"beta": 0.9}),
    "lion": Typed(
        "c = β1 m + (1 − β1) g\nm = β2 m + (1 − β2) g\nx = x − η (sign(c) + λ x)",
        lion,
        {"beta1": 0.9, "beta2": 0.99, "lambda": 0.1},
        0.001,
    ),
    "tiger": Typed("m = β m + (1 − β) g\nx = x − η (sign(m) + λ x)", tiger, {"beta": 0.965, "lambda": 0.01}, 0.001),
    "adan": Typed(
        "d = where(t > 1, g − last, 0)\nm = (1 − b1) m + b1 g\nv = (1 − b2) v + b2 d\n"
        "n = (1 − b3) n + b3 (g + (1 − b2) d)²\nlast = g\n"
        "x = (x − η (m + (1 − b2) v) / (√n + ε)) / (1 + η λ)",
        adan,
        {"b1": 0.02, "b2": 0.08, "b3": 0.01, "epsilon": 1e-8, "lambda": 0.02},
    ),
    "adabound": Typed(
        "m = β1 m + (1 − β1) g\nv = β2 v + (1 − β2) g²\nlow = last (1 − 1/(γ t + 1)); high = last (1 + 1/(γ t))\n"
        "x = x − clip(η/(√v + ε), low, high) m",
        adabound,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "last": 0.1, "gamma": 0.01},
        0.001,
    ),
    "normalized": Typed("x = x − η/√t * g / (norm(g) + ε)", normalized, {"epsilon": 1e-12}, 0.1),
    "nonsense": Typed(
        "init b = 1\nold = a; a = b; b = ½ old + |g|^p\n"
        "x −= η where(g > 0 and mod(t, 7) ≠ 3, tanh g, where(b ≥ mean(b), −g, x)) cos(t)",
        nonsense,
        {"p": 0.7},
    ),
}
