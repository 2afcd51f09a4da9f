"""Optimizers that see a whole parameter vector, each as its paper or framework prints it, for one run.

    rule(x, g, t, s, h, problem) -> the new x

with x and g arrays (P,), the state s (an empty dict before the first step), and a `Problem` that knows the shapes
within x and can be asked for loss and gradient at other points. Plain loops, one run, nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = np.ndarray


@dataclass(frozen=True)
class Problem:
    """A loss with its gradient, and the tensors of a parameter vector as (start, shape)."""

    loss: Callable[[Vector], float]
    gradient: Callable[[Vector], Vector]
    tensors: tuple[tuple[int, tuple[int, ...]], ...]


def parts(problem: Problem) -> list[tuple[slice, tuple[int, ...]]]:
    return [(slice(start, start + int(np.prod(shape))), shape) for start, shape in problem.tensors]


def rms(a: Vector) -> float:
    return float(np.sqrt(np.mean(a**2)))


# PyTorch 2.13 and Keras 3.15


def torch_adafactor(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    eps1 = h["epsilon"] or np.finfo(np.float64).eps
    beta2_complement = t ** h["beta2_decay"]
    rho = min(h["learning_rate"], 1 / np.sqrt(t))
    new = x.copy()
    for i, (part, shape) in enumerate(parts(problem)):
        theta, grad = x[part].reshape(shape), g[part].reshape(shape)
        alpha = max(h["epsilon2"], rms(theta)) * rho
        if len(shape) == 2:
            R = s.get(f"R{i}", np.zeros((shape[0], 1)))
            C = s.get(f"C{i}", np.zeros((1, shape[1])))
            s[f"R{i}"] = R + (np.mean(grad**2, axis=1, keepdims=True) - R) * beta2_complement
            s[f"C{i}"] = C + (np.mean(grad**2, axis=0, keepdims=True) - C) * beta2_complement
            V = s[f"R{i}"] @ s[f"C{i}"] / max(np.mean(s[f"R{i}"]), eps1)
        else:
            V = s.get(f"V{i}", np.zeros(shape))
            V = s[f"V{i}"] = V + (grad**2 - V) * beta2_complement
        U = grad / np.sqrt(np.maximum(V, eps1**2))
        U = U / max(1.0, rms(U) / h["clip_threshold"])
        theta = theta * (1 - h["learning_rate"] * h["weight_decay"])
        new[part] = (theta - alpha * U).ravel()
    return new


def keras_adafactor(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    x = x - x * h["weight_decay"] * h["learning_rate"]
    beta_2_t = 1 - t ** h["beta2_decay"]
    new = x.copy()
    for i, (part, shape) in enumerate(parts(problem)):
        variable, gradient = x[part].reshape(shape), g[part].reshape(shape)
        alpha_t = max(h["epsilon2"], rms(variable)) * min(h["learning_rate"], 1 / np.sqrt(t))
        regulated = gradient**2 + h["epsilon"]
        if len(shape) == 2:
            r = s[f"r{i}"] = beta_2_t * s.get(f"r{i}", 0.0) + (1 - beta_2_t) * regulated.mean(axis=-1)
            c = s[f"c{i}"] = beta_2_t * s.get(f"c{i}", 0.0) + (1 - beta_2_t) * regulated.mean(axis=-2)
            v = (r / r.mean())[:, None] * c[None, :]
        else:
            v = s[f"v{i}"] = beta_2_t * s.get(f"v{i}", 0.0) + (1 - beta_2_t) * regulated
        u = gradient / np.sqrt(v)
        new[part] = (variable - alpha_t * u / max(1.0, rms(u) / h["clip_threshold"])).ravel()
    return new


def adam_direction(g: Vector, t: int, s: dict, h: dict[str, Any]) -> Vector:
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    s["v"] = h["beta2"] * s.get("v", 0.0) + (1 - h["beta2"]) * g**2
    return s["m"] / (1 - h["beta1"] ** t) / (np.sqrt(s["v"] / (1 - h["beta2"] ** t)) + h["epsilon"])


def trust(x: Vector, u: Vector) -> float:
    w_norm, g_norm = np.linalg.norm(x), np.linalg.norm(u)
    return w_norm / g_norm if w_norm > 0 and g_norm > 0 else 1.0


def paper_lamb(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    """Y. You et al., 2020, algorithm 2 with phi the identity."""
    r = adam_direction(g, t, s, h) + h["weight_decay"] * x
    new = x.copy()
    for part, _ in parts(problem):
        new[part] = x[part] - h["learning_rate"] * trust(x[part], r[part]) * r[part]
    return new


def keras_lamb(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    x = x - x * h["weight_decay"] * h["learning_rate"]
    return paper_lamb(x, g, t, s, {**h, "weight_decay": 0.0}, problem)


def newton_schulz(G: Vector, steps: int, floor: Callable[[float], float]) -> Vector:
    """K. Jordan, 2024: the quintic iteration on a matrix that is wider than high."""
    a, b, c = 3.4445, -4.7750, 2.0315
    X = G.T if G.shape[0] > G.shape[1] else G
    X = X / floor(np.linalg.norm(X))
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X.T if G.shape[0] > G.shape[1] else X


def matrices(problem: Problem, size: int) -> list[tuple[slice, tuple[int, ...]]]:
    """The weight matrices (n_in, n_out); where there are none, the whole vector as one of a single column."""
    return [(part, shape) for part, shape in parts(problem) if len(shape) == 2] or [(slice(0, size), (size, 1))]


def torch_muon(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    """On matrices as PyTorch lays them out, (n_out, n_in); the rest by AdamW, as its documentation advises."""
    mu, lr = h["momentum"], h["learning_rate"]
    new = x * (1 - lr * h["weight_decay"])
    rest = np.ones(x.shape, bool)
    for part, shape in matrices(problem, x.size):
        rest[part] = False
        grad = g[part].reshape(shape).T
        buf = s[f"B{part.start}"] = mu * s.get(f"B{part.start}", 0.0) + (1 - mu) * grad
        update = (1 - mu) * grad + mu * buf if h["nesterov"] else buf
        update = newton_schulz(update, h["newton_schulz_steps"], lambda norm: max(norm, 1e-7))
        adjusted = lr * np.sqrt(max(1, grad.shape[0] / grad.shape[1]))
        new[part] = new[part] - adjusted * update.T.ravel()
    adam = adam_direction(g, t, s, h)
    new[rest] = new[rest] - lr * adam[rest]
    return new


def keras_muon(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    mu, lr = h["momentum"], h["learning_rate"]
    new = x - x * h["weight_decay"] * lr
    rest = np.ones(x.shape, bool)
    for part, shape in matrices(problem, x.size):
        rest[part] = False
        gradient = g[part].reshape(shape)
        m = s[f"m{part.start}"] = gradient + s.get(f"m{part.start}", 0.0) * mu
        update = gradient + mu * m if h["nesterov"] else m
        update = newton_schulz(update, h["newton_schulz_steps"], lambda norm: norm + 1e-7)
        new[part] = new[part] - lr * update.ravel() * np.sqrt(max(shape)) * 0.2
    s["m"] = h["beta1"] * s.get("m", 0.0) + (1 - h["beta1"]) * g
    s["v"] = h["beta2"] * s.get("v", 0.0) + (1 - h["beta2"]) * g**2
    alpha = lr * np.sqrt(1 - h["beta2"] ** t) / (1 - h["beta1"] ** t)
    new[rest] = new[rest] - (alpha * s["m"] / (np.sqrt(s["v"]) + h["epsilon"]))[rest]
    return new


# J. Nocedal and S. J. Wright, Numerical optimization, 2006


def lbfgs(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    """Algorithms 7.4 and 7.5: the two-loop recursion over the last m pairs."""
    if np.abs(g).max() <= h["tolerance_gradient"]:
        return x
    first = "g" not in s
    if not first:
        step, y = x - s["x"], g - s["g"]
        if y @ step > 1e-10:
            s["pairs"] = [*s.get("pairs", []), (step, y)][-h["history_size"] :]
    pairs = s.get("pairs", [])
    q, alphas = -g, []
    for step, y in reversed(pairs):
        alphas.append((step @ q) / (y @ step))
        q = q - alphas[-1] * y
    r = q * (pairs[-1][1] @ pairs[-1][0]) / (pairs[-1][1] @ pairs[-1][1]) if pairs else q
    for (step, y), alpha in zip(pairs, reversed(alphas), strict=True):
        r = r + step * (alpha - (y @ r) / (y @ step))
    d = r
    trial = h["learning_rate"] * (min(1.0, 1 / np.abs(g).sum()) if first else 1.0)
    s["g"], s["x"] = g.copy(), x.copy()
    if g @ d > -h["tolerance_change"]:
        return x
    return x + wolfe_step(x, d, g @ d, trial, h["line_search_trials"], problem) * d


def wolfe_step(x: Vector, d: Vector, slope: float, t: float, trials: int, problem: Problem) -> float:
    """Algorithms 3.5 and 3.6 with cubic steps (equation 3.59) and minFunc's safeguards."""
    f0 = problem.loss(x)

    def at(t: float) -> tuple[float, float, float]:
        return t, problem.loss(x + t * d), float(problem.gradient(x + t * d) @ d)

    def cubic(p: tuple[float, float, float], q: tuple[float, float, float], low: float, high: float) -> float:
        (x1, f1, g1), (x2, f2, g2) = sorted((p, q))
        d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
        if d1 * d1 - g1 * g2 < 0:
            return (low + high) / 2
        d2 = np.sqrt(d1 * d1 - g1 * g2)
        return min(max(x2 - (x2 - x1) * (g2 + d2 - d1) / (g2 - g1 + 2 * d2), low), high)

    last, new, i = (0.0, f0, slope), at(t), 0
    while True:
        if i == trials:
            return 0.0 if f0 <= new[1] else new[0]
        if new[1] > f0 + 1e-4 * new[0] * slope or (i > 1 and new[1] >= last[1]):
            break
        if abs(new[2]) <= -0.9 * slope:
            return new[0]
        if new[2] >= 0:
            break
        t = cubic(last, new, new[0] + 0.01 * (new[0] - last[0]), new[0] * 10)
        last, new, i = new, at(t), i + 1
    bracket, crowded = [last, new], False
    low = int(bracket[1][1] < bracket[0][1])
    while i < trials and abs(bracket[0][0] - bracket[1][0]) * np.abs(d).max() >= 1e-9:
        left, right = sorted(p[0] for p in bracket)
        t, margin = cubic(*bracket, left, right), 0.1 * (right - left)
        if min(right - t, t - left) < margin:
            if crowded or t in (left, right):
                t, crowded = right - margin if right - t < t - left else left + margin, False
            else:
                crowded = True
        else:
            crowded = False
        new, i = at(t), i + 1
        if new[1] > f0 + 1e-4 * t * slope or new[1] >= bracket[low][1]:
            bracket[1 - low] = new
            low = int(bracket[1][1] < bracket[0][1])
            continue
        if abs(new[2]) <= -0.9 * slope:
            return t
        if new[2] * (bracket[1 - low][0] - bracket[low][0]) >= 0:
            bracket[1 - low] = bracket[low]
        bracket[low] = new
    return bracket[low][0]


def newton(x: Vector, g: Vector, t: int, s: dict, h: dict[str, Any], problem: Problem) -> Vector:
    """Section 3.4 with every eigenvalue made positive, then algorithm 3.1 with c = 1e-4 and halving."""
    H = np.empty((len(x), len(x)))
    for i in range(len(x)):
        step = np.zeros(len(x))
        step[i] = h["difference"] * max(1.0, abs(x[i]))
        H[i] = (problem.gradient(x + step) - problem.gradient(x - step)) / (2 * step[i])
    eigenvalues, Q = np.linalg.eigh((H + H.T) / 2)
    p = -Q @ np.diag(1 / np.maximum(np.abs(eigenvalues), h["damping"])) @ Q.T @ g
    alpha = h["learning_rate"]
    for _ in range(h["line_search_trials"]):
        if problem.loss(x + alpha * p) <= problem.loss(x) + 1e-4 * alpha * (g @ p):
            return x + alpha * p
        alpha /= 2
    return x


VECTOR: dict[tuple[str, str], Callable[..., Vector]] = {
    ("adafactor", "pytorch"): torch_adafactor,
    ("adafactor", "keras"): keras_adafactor,
    ("lamb", "pytorch"): paper_lamb,
    ("lamb", "keras"): keras_lamb,
    ("muon", "pytorch"): torch_muon,
    ("muon", "keras"): keras_muon,
    ("lbfgs", "pytorch"): lbfgs,
    ("lbfgs", "keras"): lbfgs,
    ("newton", "pytorch"): newton,
    ("newton", "keras"): newton,
}
