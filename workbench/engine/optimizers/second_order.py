"""Rules that use curvature and look before they step: L-BFGS and damped Newton.

Both ask for the loss at other points of the batch that the step sees, for all their runs together; each run has its
own direction and its own line search.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers.base import Floats, Optimizer, Stage, optimizers
from workbench.engine.optimizers.hyperparameters import learning_rate
from workbench.engine.optimizers.line_search import Search, backtracking, strong_wolfe, together
from workbench.engine.params import Param
from workbench.engine.registry import Source

_POINTS_AT_ONCE = 512  # perturbed copies evaluated in one call

_FIRST_TRIAL = "The step length that the line search tries first."


def _tolerance(name: str, default: float, doc: str) -> Param:
    return Param(name=name, default=default, low=0, high=1, scale="log", slider=(1e-15, 1e-3), doc=doc)


def _trials(default: int) -> Param:
    return Param(
        name="line_search_trials",
        default=default,
        low=1,
        high=1000,
        slider=(1, 50),
        live=False,
        doc="How many points a line search may try.",
    )


class Searching(Optimizer):
    """What both share: a line search for each run, evaluated together."""

    spreads = False

    def search(self, theta: Floats, d: Floats, rows: NDArray[np.intp], searches: list[Search]) -> Floats:
        """Step lengths (K, 1) of the runs `rows` (K,) from theta (R, P) along d (R, P)."""
        out = np.empty((len(rows), theta.shape[1]), theta.dtype)

        def ask(numbers: list[int], lengths: list[float]) -> list[tuple[float, float]]:
            at = rows[numbers]
            points = theta[at] + self.cast(np.array(lengths))[:, None] * d[at]
            values = self.evaluate(points, at, out[: len(at)])
            slopes = np.vecdot(out[: len(at)], d[at])
            return [(float(value), float(slope)) for value, slope in zip(values, slopes, strict=True)]

        return self.cast(np.array(together(searches, ask)).reshape(-1, 1))


@optimizers.register("lbfgs")
class LBFGS(Searching):
    """A quasi-Newton step from the last gradients' differences, its length by a line search for the strong Wolfe
    conditions.

    One step is one iteration: PyTorch's with max_iter = 1. Where the gradient is below `tolerance_gradient`, or the
    slope above −`tolerance_change`, a run rests. With mini-batches the differences mix batches, which the method was
    not made for.
    """

    title = "L-BFGS"
    formula = "θ ← θ + α d,  d = −H g;  H from the last m pairs s = Δθ, y = Δg;  α by strong Wolfe search"
    stages = (
        Stage("g", "the gradient where the step begins"),
        Stage("d", "the direction −H g, H from the pairs that are remembered"),
        Stage("α", "the length that the line search took; 0 where the run rests"),
        Stage("Δ", "the step: α d", adds=True),
    )
    source = Source(
        "D. C. Liu, J. Nocedal, On the limited memory BFGS method for large scale optimization, Mathematical "
        "Programming 45",
        1989,
        "https://doi.org/10.1007/BF01589116",
    )
    rate_is = "trial"
    params = (
        learning_rate(1.0, 1.0, _FIRST_TRIAL),
        Param(
            name="history_size",
            default={"pytorch": 100, "keras": 10},
            low=1,
            high=1000,
            slider=(1, 100),
            live=False,
            symbol="m",
            doc="How many pairs of differences are remembered.",
        ),
        _trials(25),
        _tolerance("tolerance_gradient", 1e-7, "A run rests where no gradient component is larger."),
        _tolerance("tolerance_change", 1e-9, "A run rests where the slope along its direction is flatter."),
    )
    state = ("d", "previous")
    run_state = ("begun", "length", "scale")
    conventions_note = (
        "Keras has no L-BFGS: both conventions take PyTorch's, which remembers 100 pairs; Keras's takes 10, within the "
        "paper's range."
    )

    def prepare(self, theta: Floats) -> None:
        runs, size = theta.shape
        self.add_state("S", (runs, self.history_size, size))  # the newest pair first
        self.add_state("Y", (runs, self.history_size, size))
        self.add_state("inverse", (runs, self.history_size))  # 1 / yᵀs, zero where there is no pair yet
        self.scale[:] = 1.0

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        g, d = self.scratch(0), self.d
        values = self.evaluate(theta, np.arange(len(theta)), g)
        moves = np.abs(g).max(axis=1) > self.tolerance_gradient[:, 0]
        if not moves.any():
            return
        first = moves & (self.begun[:, 0] == 0)
        self._remember(g, moves & ~first)
        np.copyto(d, self._direction(g), where=moves[:, None])
        np.copyto(self.previous, g, where=moves[:, None])
        trial = self.exact.rate * np.where(first, np.minimum(1.0, 1.0 / np.abs(g).sum(axis=1)), 1.0)[:, None]
        np.copyto(self.length, trial, where=moves[:, None])
        self.begun[moves] = 1.0
        slopes = np.vecdot(g, d)
        rows = np.flatnonzero(moves & (slopes <= -self.tolerance_change[:, 0]))
        searches = [
            strong_wolfe(
                float(values[r]),
                float(slopes[r]),
                float(self.length[r, 0]),
                reach=float(np.abs(d[r]).max()),
                trials=self.line_search_trials,
                narrowest=1e-9,
            )
            for r in rows
        ]
        if searches:
            lengths = self.search(theta, d, rows, searches)
            self.length[rows] = lengths
            theta[rows] += lengths * d[rows]

    def stage_arrays(self, theta: Floats, gradient: Floats, after: Floats, t: int) -> dict[str, Floats]:
        moved = (after != theta).any(axis=1, keepdims=True)
        length = np.where(moved, self.cast(self.length), 0.0)
        return {"g": gradient.copy(), "d": self.d.copy(), "α": length, "Δ": length * self.d}

    def _remember(self, g: Floats, goes_on: NDArray[np.bool_]) -> None:
        """Take the last step's pair into the memory of each run where its curvature is positive."""
        y, s = self.scratch(1), self.scratch(2)
        np.subtract(g, self.previous, out=y)
        np.multiply(self.d, self.cast(self.length), out=s)
        curvature = np.vecdot(y, s)
        for r in np.flatnonzero(goes_on & (curvature > 1e-10)):
            for memory, newest in ((self.S, s[r]), (self.Y, y[r]), (self.inverse, 1.0 / curvature[r])):
                memory[r, 1:] = memory[r, :-1].copy()
                memory[r, 0] = newest
            self.scale[r] = curvature[r] / np.vecdot(y[r], y[r])

    def _direction(self, g: Floats) -> Floats:
        """−H g (R, P) by the two-loop recursion; pairs that are not there yet add nothing."""
        S, Y, inverse = self.S, self.Y, self.inverse
        pairs = int((inverse != 0).sum(axis=1).max())
        q, shares = -g, []
        for i in range(pairs):
            share = (np.vecdot(S[:, i], q) * inverse[:, i])[:, None]
            q -= share * Y[:, i]
            shares.append(share)
        q *= self.cast(self.scale)
        for i in reversed(range(pairs)):
            q += S[:, i] * (shares[i] - (np.vecdot(Y[:, i], q) * inverse[:, i])[:, None])
        return q


@optimizers.register("newton")
class Newton(Searching):
    """Newton's step with every curvature made positive, its length by halving until the loss falls enough.

    Negative curvatures count as positive ones of the same size, so that a saddle repels; none counts as less than δ.
    The Hessian is the objective's own where it has one and `hessian` allows it, else central differences of gradients,
    for which P gradients are taken on either side: networks of more than 400 parameters are refused.
    """

    title = "Newton (damped)"
    formula = "θ ← θ − α V max(|Λ|, δ)⁻¹ Vᵀ g,  H = V Λ Vᵀ;  α by halving"
    stages = (
        Stage("g", "the gradient where the step begins"),
        Stage("Λ", "the curvatures: the eigenvalues of the Hessian, smallest first"),
        Stage("d", "the direction −V max(|Λ|, δ)⁻¹ Vᵀ g"),
        Stage("α", "the length that the halving ended with"),
        Stage("Δ", "the step: α d", adds=True),
    )
    source = Source("J. Nocedal, S. J. Wright, Numerical optimization, 2nd edition, sections 3.1 and 3.4", 2006)
    rate_is = "trial"
    params = (
        learning_rate(1.0, 1.0, _FIRST_TRIAL),
        Param(
            name="damping",
            default=1e-4,
            low=0,
            low_open=True,
            high=1e6,
            scale="log",
            slider=(1e-8, 100),
            symbol="δ",
            doc="The least curvature that the step reckons with.",
        ),
        Param(
            name="hessian",
            default="exact",
            choices=("exact", "numerical"),
            live=False,
            doc="The objective's own Hessian where it has one, or central differences of gradients.",
        ),
        Param(
            name="difference",
            default=1e-5,
            low=0,
            low_open=True,
            high=1,
            scale="log",
            slider=(1e-8, 1e-1),
            symbol="h",
            doc="The step of the differences, relative to each parameter's size where that is above 1.",
        ),
        _trials(30),
    )
    largest = 400
    conventions_note = "Neither framework has it: both conventions take the same steps."

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        g, runs = self.scratch(0), len(theta)
        values = self.evaluate(theta, np.arange(runs), g)
        curvature = self._curvature(theta).astype(np.float64)
        rows = np.flatnonzero(np.isfinite(curvature).all(axis=(1, 2)) & np.isfinite(g).all(axis=1))
        d = np.zeros_like(theta)
        eigenvalues, V = np.linalg.eigh(curvature[rows])
        eigenvalues = np.maximum(np.abs(eigenvalues), self.exact.damping[rows])[:, :, None]
        d[rows] = -(V @ ((V.swapaxes(1, 2) @ g[rows, :, None]) / eigenvalues))[:, :, 0]
        slopes = np.vecdot(g, d)
        rows = rows[slopes[rows] < 0]
        trials = self.line_search_trials
        searches = [
            backtracking(float(values[r]), float(slopes[r]), float(self.exact.rate[r, 0]), trials) for r in rows
        ]
        if searches:
            theta[rows] += self.search(theta, d, rows, searches) * d[rows]

    def stage_arrays(self, theta: Floats, gradient: Floats, after: Floats, t: int) -> dict[str, Floats]:
        g = np.empty_like(theta)  # as `update` has it: decay may have moved the point since `gradient` was found
        self.evaluate(theta, np.arange(len(theta)), g)
        curvature = self._curvature(theta).astype(np.float64)
        whole = np.asarray(np.isfinite(curvature).all(axis=(1, 2)) & np.isfinite(g).all(axis=1))
        eigenvalues, V = np.linalg.eigh(np.where(whole[:, None, None], curvature, 0.0))
        sizes = np.maximum(np.abs(eigenvalues), self.exact.damping)[:, :, None]
        d = np.where(whole[:, None], -(V @ ((V.swapaxes(1, 2) @ g[:, :, None]) / sizes))[:, :, 0], 0.0)
        square, along = np.vecdot(d, d)[:, None], np.vecdot(after - theta, d)[:, None]
        length = np.divide(along, square, out=np.zeros_like(square), where=square > 0)
        return {"g": g, "Λ": eigenvalues, "d": d, "α": length, "Δ": length * d}

    def _curvature(self, theta: Floats) -> Floats:
        """The Hessian (R, P, P), exact or by central differences of gradients, made symmetric."""
        if self.hessian == "exact" and self.exact_hessian is not None:
            return self.exact_hessian(theta)
        runs, size = theta.shape
        h = self.cast(self.exact.difference * np.maximum(1.0, np.abs(theta)))
        points = np.broadcast_to(theta[:, None, None], (runs, 2, size, size)).copy()
        each = np.arange(size)
        points[:, 0, each, each] += h
        points[:, 1, each, each] -= h
        flat, slopes = points.reshape(-1, size), np.empty((runs * 2 * size, size), theta.dtype)
        owners = np.repeat(np.arange(runs), 2 * size)
        for first in range(0, len(flat), _POINTS_AT_ONCE):
            part = slice(first, first + _POINTS_AT_ONCE)
            self.evaluate(flat[part], owners[part], slopes[part])
        slopes = slopes.reshape(runs, 2, size, size)
        H = (slopes[:, 0] - slopes[:, 1]) / (2.0 * h[:, :, None])
        return np.asarray((H + H.swapaxes(1, 2)) / 2.0)
