"""What a race's steps cost in bare numpy: the same work, its record included, written for one case and nothing else.

Adam as PyTorch has it, tanh or ReLU layers, and of each step what a race records: loss, gradient norm, rate, and for a
network RMS gradient and update ratio of each layer. Every array is made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8
ROWS = 1024


class Adam:
    """The rule in place on flat arrays of any shape."""

    def __init__(self, theta: np.ndarray) -> None:
        self.m, self.v, self.s, self.d = (np.zeros_like(theta) for _ in range(4))
        self.t = 0

    def step(self, theta: np.ndarray, g: np.ndarray) -> None:
        m, v, s, d = self.m, self.v, self.s, self.d
        self.t += 1
        np.multiply(g, 1.0 - BETA1, out=s)
        m *= BETA1
        m += s
        np.multiply(g, g, out=s)
        s *= 1.0 - BETA2
        v *= BETA2
        v += s
        np.sqrt(v, out=d)
        d /= (1.0 - BETA2**self.t) ** 0.5
        d += EPSILON
        np.multiply(m, RATE / (1.0 - BETA1**self.t), out=s)
        s /= d
        theta -= s


class Rosenbrock:
    """Runs on Rosenbrock's function; `records` their rows, or only the best losses."""

    def __init__(self, points: np.ndarray, *, records: bool = True) -> None:
        self.theta = points.copy()
        self.g = np.zeros_like(points)
        self.flat = self.g.reshape(-1)
        self.adam, self.k = Adam(self.theta), 0
        runs = len(points)
        self.records, self.best = records, np.full(runs, np.inf)
        rows = ROWS if records else 1
        self.loss, self.norm, self.rate = (np.empty((rows, runs)) for _ in range(3))
        self.path = np.empty((rows, *points.shape))
        self.evaluate()

    def evaluate(self) -> None:
        x, y, g = self.theta[:, 0], self.theta[:, 1], self.g
        u, v = 1.0 - x, y - x * x
        w = 200.0 * v
        g[:, 0] = -2.0 * u - 2.0 * x * w
        g[:, 1] = w
        loss = u * u + 100.0 * v * v
        if not self.records:
            np.minimum(self.best, loss, out=self.best)
            self.fine = float(np.vdot(self.flat, self.flat)) <= 1e58
            return
        k = self.k % ROWS
        self.loss[k], self.norm[k], self.rate[k], self.path[k] = loss, np.sqrt(np.vecdot(g, g)), RATE, self.theta
        self.fine = float(loss.sum() + self.norm[k].sum()) <= 1e30

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.k += 1
            self.adam.step(self.theta, self.g)
            self.evaluate()


class Net:
    """One network, or R at once with batches of their own (a first axis on all arrays)."""

    def __init__(
        self, theta: np.ndarray, sizes: Sequence[int], x: np.ndarray, y: np.ndarray, batch: int, *, relu: bool
    ) -> None:
        """Parameters theta (P,) or (R, P), samples x (N, n_in), y (N,) of class numbers, 0 and 1 for one output."""
        lead, kind = theta.shape[:-1], theta.dtype
        self.theta, self.g = theta.copy(), np.zeros_like(theta)
        self.x, self.y, self.batch, self.relu = x.astype(kind), y, batch, relu
        self.lead, self.k, self.random = lead, 0, np.random.default_rng(0)
        self.layers: list[dict[str, Any]] = []
        starts, at = [], 0
        for n, m in pairwise(sizes):
            starts.append(at)
            w, b = slice(at, at + n * m), slice(at + n * m, at + n * m + m)
            views = {
                name: array[..., part].reshape(*lead, *shape)
                for name, array, part, shape in (
                    ("W", self.theta, w, (n, m)),
                    ("gW", self.g, w, (n, m)),
                    ("b", self.theta, b, (1, m)),
                    ("gb", self.g, b, (1, m)),
                )
            }
            buffers = {name: np.empty((*lead, batch, m), kind) for name in ("z", "a", "delta")}
            self.layers.append({**views, **buffers, "WT": views["W"].swapaxes(-1, -2)})
            at = b.stop
        self.starts, self.counts = np.array(starts), np.diff([*starts, at])
        self.ones = np.ones((1, batch), kind)
        self.adam = Adam(self.theta)
        runs, count = max(1, int(np.prod(lead))), len(sizes) - 1
        self.loss, self.norm, self.rate = (np.empty((ROWS, runs)) for _ in range(3))
        self.rms, self.ratio = (np.empty((ROWS, runs, count)) for _ in range(2))
        self.before, self.sizes, self.moved = (np.empty_like(theta) for _ in range(3))
        self.shuffle()
        self.evaluate()

    def shuffle(self) -> None:
        """Gather the batches of an epoch."""
        runs = self.lead or (1,)
        order = np.stack([self.random.permutation(len(self.x)) for _ in range(runs[0])])
        if not self.lead:
            order = order[0]
        self.xs, self.ys = self.x[order], self.y[order]
        self.place = 0

    def evaluate(self) -> None:
        here = slice(self.place, self.place + self.batch)
        x, y = self.xs[..., here, :], self.ys[..., here]
        self.place += self.batch
        if self.place + self.batch > len(self.x):
            self.shuffle()
        h = x
        for layer in self.layers:
            z = np.matmul(h, layer["W"], out=layer["z"])
            z += layer["b"]
            if layer is not self.layers[-1]:
                h = np.maximum(z, 0.0, out=layer["a"]) if self.relu else np.tanh(z, out=layer["a"])
        last = self.layers[-1]
        loss = self.binary(last, y) if last["z"].shape[-1] == 1 else self.softmax(last, y)
        for i in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[i]
            delta = layer["delta"]
            if layer is not last:
                if self.relu:
                    delta *= np.sign(layer["a"], out=layer["z"])
                else:
                    np.multiply(layer["a"], layer["a"], out=layer["z"])
                    delta *= np.subtract(1.0, layer["z"], out=layer["z"])
            np.matmul(self.ones, delta, out=layer["gb"])
            below = self.layers[i - 1]["a"] if i else x
            np.matmul(below.swapaxes(-1, -2), delta, out=layer["gW"])
            if i:
                np.matmul(delta, layer["WT"], out=self.layers[i - 1]["delta"])
        self.record(loss)

    def binary(self, last: dict[str, Any], y: np.ndarray) -> np.ndarray:
        z, delta = last["z"], last["delta"]
        y = y[..., None]
        loss = np.add.reduce(np.logaddexp(0.0, z) - y * z, axis=-2)[..., 0] / self.batch
        np.multiply(z, 0.5, out=delta)
        np.tanh(delta, out=delta)
        delta += 1.0
        delta *= 0.5
        delta -= y
        delta /= self.batch
        return loss

    def softmax(self, last: dict[str, Any], y: np.ndarray) -> np.ndarray:
        z, delta = last["z"], last["delta"]
        shifted = z - z.max(axis=1, keepdims=True)
        sums = np.exp(shifted, out=delta).sum(axis=1, keepdims=True)
        chosen = (np.arange(self.batch), y)
        loss = np.add.reduce(np.log(sums[:, 0]) - shifted[chosen]) / self.batch
        delta /= sums
        delta[chosen] -= 1.0
        delta /= self.batch
        return loss

    def record(self, loss: np.ndarray) -> None:
        k = self.k % ROWS
        np.multiply(self.g, self.g, out=self.moved)
        squares = np.add.reduceat(self.moved, self.starts, axis=-1)
        norm = np.sqrt(squares.sum(axis=-1))
        self.loss[k], self.norm[k], self.rate[k], self.rms[k] = loss, norm, RATE, np.sqrt(squares / self.counts)
        self.fine = float(np.sum(loss) + np.sum(norm)) <= 1e30
        if self.k:
            np.abs(np.subtract(self.theta, self.before, out=self.moved), out=self.moved)
            np.abs(self.theta, out=self.sizes)
            moved, size = (np.add.reduceat(array, self.starts, axis=-1) for array in (self.moved, self.sizes))
            self.ratio[k] = moved / size
        np.copyto(self.before, self.theta)

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.k += 1
            self.adam.step(self.theta, self.g)
            self.evaluate()
