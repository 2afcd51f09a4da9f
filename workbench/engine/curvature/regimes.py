"""What a rule's steps do along one direction of a quadratic: from the roots of the recurrence that they follow.

Along an eigenvector of the Hessian with eigenvalue λ, gradient descent and the rules with a velocity follow a linear
recurrence of two terms, x_{k+1} = T x_k − D x_{k−1}; its roots solve z² − T z + D = 0 and say everything (G. Goh, Why
momentum really works, Distill, 2017). A rule declares T and D (`Optimizer.recurrence`); one that does not has no regime
that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers import Optimizer, optimizers
from workbench.engine.race.lane_rule import LaneRule

Floats = NDArray[np.float64]
Regime = Literal["one_step", "monotone", "critical", "ripples", "oscillation", "edge", "divergence", "flat", "leaving"]
#: from calm to wild, then those of directions along which there is no minimum
REGIMES: tuple[Regime, ...] = (
    "one_step", "monotone", "critical", "ripples", "oscillation", "edge", "divergence", "flat", "leaving",
)  # fmt: skip
#: a part of the numbers beside it that is taken for rounding
_ROUNDING = 1e-12


def roots(trace: Any, determinant: Any) -> NDArray[np.complex128]:
    """Both roots (..., 2) of z² − T z + D, the one of larger absolute value first.

    The smaller of two real ones is D over the larger, which loses no digits where they differ much.
    """
    t, d = np.broadcast_arrays(np.asarray(trace, np.float64), np.asarray(determinant, np.float64))
    split = 0.25 * t * t - d
    split = np.where(np.abs(split) <= _ROUNDING * np.maximum(0.25 * t * t, np.abs(d)), 0.0, split)
    root = np.sqrt(split.astype(np.complex128))
    first = 0.5 * t + np.where(t < 0, -root, root)
    second = np.where(split > 0, d / np.where(first == 0, 1.0, first), np.conj(first))
    return np.stack([first, second], axis=-1)


def regimes(curvature: Any, trace: Any, determinant: Any) -> NDArray[np.str_]:
    """The regime (...) along directions of this curvature, by the recurrence's T and D there (...).

    - `one_step`: both roots are 0; the distance is gone at once.
    - `monotone`: the larger root is real and positive: it shrinks from one side.
    - `critical`: both are the same real root: as fast as this momentum can be without ripples.
    - `ripples`: they are complex: it swings around the minimum.
    - `oscillation`: the larger is real and negative: each step goes to the other side.
    - `edge`: it neither shrinks nor grows.
    - `divergence`: it grows.
    - `flat`: no curvature, and nothing that pulls; it stays.
    - `leaving`: downwards curved: it grows away from a saddle, as it should.
    """
    curvature, t, d = np.broadcast_arrays(np.asarray(curvature, np.float64), trace, determinant)
    found = roots(t, d)
    first, second = found[..., 0], found[..., 1]
    size = np.abs(first)
    swings = first.imag != 0
    cases = [
        (curvature < 0) & (size > 1 + _ROUNDING),
        (curvature == 0) & (np.abs(size - 1) <= _ROUNDING),
        np.abs(size - 1) <= _ROUNDING,
        size > 1,
        size <= _ROUNDING,
        swings,
        first.real < 0,
        (first == second) & (d > 0),
    ]
    names = ["leaving", "flat", "edge", "divergence", "one_step", "ripples", "oscillation", "critical"]
    return np.select(cases, names, default="monotone")


@dataclass(frozen=True, slots=True)
class Law:
    """A lane's rule on a quadratic, at one learning rate.

    Attributes:
        optimizer: the rule's key.
        rate: the learning rate in force.
        settings: its hyperparameters.
        convention: whose they are.
        pull: what is added to every curvature: L2 and weight decay within the gradient.
        shrinks: the weights of decoupled decays, each of which keeps 1 − η w of the parameters.
        clips: whether large gradients are cut, so that all this holds near a minimum only.
    """

    optimizer: str
    rate: float
    settings: Mapping[str, Any]
    convention: str = "pytorch"
    pull: float = 0.0
    shrinks: tuple[float, ...] = ()
    clips: bool = False

    @classmethod
    def of(cls, lane: LaneRule, rate: float) -> Law | None:
        """That of a lane at a rate; None of a rule along which no linear recurrence is known."""
        entry: type[Optimizer] = optimizers.get(lane.optimizer)
        if entry.recurrence(1.0, 1.0, 1.0, lane.hyperparameters) is None:
            return None
        given = dict(lane.gradient or {})
        own = float(lane.hyperparameters.get("weight_decay", 0.0))
        inside = entry.decays[lane.convention] == "l2"
        pull = float(given.get("l2", 0.0)) + (own if inside else 0.0)
        shrinks = (float(given.get("weight_decay", 0.0)), 0.0 if inside else own)
        return cls(
            lane.optimizer,
            rate,
            dict(lane.hyperparameters),
            lane.convention,
            pull,
            tuple(w for w in shrinks if w),
            bool(given.get("clip_value") or given.get("clip_norm")),
        )

    @property
    def momentum(self) -> float:
        """What it keeps of its velocity; 0 for a rule that has none."""
        return float(self.settings.get("momentum", 0.0))

    def recurrence(self, curvature: Any, rate: Any = None, momentum: Any = None) -> tuple[Floats, Floats]:
        """T and D (...) at curvatures (...); another rate or momentum may take the place of the lane's."""
        rate = self.rate if rate is None else np.asarray(rate, np.float64)
        settings = self.settings if momentum is None else {**self.settings, "momentum": np.asarray(momentum)}
        kept = 1.0
        for weight in self.shrinks:
            kept = kept * (1.0 - rate * weight)
        bent = np.asarray(curvature, np.float64) + self.pull
        found = optimizers.get(self.optimizer).recurrence(bent, rate, kept, settings)
        if found is None:
            raise ValueError(f"no recurrence of {self.optimizer} is known")
        t, d = np.broadcast_arrays(*(np.asarray(part, np.float64) for part in found))
        return t, d

    def regimes(self, curvature: Any, rate: Any = None, momentum: Any = None) -> NDArray[np.str_]:
        """The regime (...) along directions of these curvatures (...)."""
        return regimes(np.asarray(curvature, np.float64) + self.pull, *self.recurrence(curvature, rate, momentum))

    def contraction(self, curvature: Any, rate: Any = None, momentum: Any = None) -> Floats:
        """What is left of the distance after a step, in the long run (...): the largest root's absolute value."""
        return np.asarray(np.abs(roots(*self.recurrence(curvature, rate, momentum))[..., 0]))

    def rate_limit(self, curvature: float) -> float:
        """The learning rate beyond which the distance along a direction of this curvature grows; inf where none is.

        There a root passes −1: 1 + T + D = 0, which is a polynomial in the rate. Without decay it is 2/λ for gradient
        descent and 2 (1 + μ)/λ for the heavy ball.
        """
        if not curvature + self.pull > 0:
            return float("inf")
        scale = 1.0 / (curvature + self.pull)
        at = np.arange(3.0)  # in units of 1/λ; of a third degree it would be with three decays, of which there are two
        values = [1.0 + float(np.add(*self.recurrence(curvature, scale * u))) for u in at]
        zeros = np.roots(np.polyfit(at, values, 2) if len(self.shrinks) > 1 else np.polyfit(at[:2], values[:2], 1))
        positive = [float(z.real) for z in zeros if abs(z.imag) <= _ROUNDING and z.real > 0]
        return scale * min(positive, default=float("inf"))

    def edge(self) -> float:
        """The curvature beyond which this rate lets the distance grow: 2/η for gradient descent; inf at a rate of 0.

        T and D are linear in the curvature, so that one line says where a root passes −1.
        """
        none, one = (1.0 + float(np.add(*self.recurrence(curvature))) for curvature in (0.0, 1.0))
        return none / (none - one) if none > one else float("inf")
