"""The six sets of TensorFlow Playground, by its own rules: coordinates within ±6, noise as a share.

D. Smilkov, S. Carter, D. Sculley, F. Viégas, M. Wattenberg, Direct-manipulation visualization of deep networks, 2016.
What the Playground calls 50 % noise is 0.5 here. Its classes −1 and 1 are the classes 0 and 1.
"""

from __future__ import annotations

import math

import numpy as np

from workbench.engine.datasets.base import Array, Dataset, Table, datasets, samples_param
from workbench.engine.params import Param
from workbench.engine.registry import Source

_SOURCE = Source(
    "D. Smilkov et al., Direct-manipulation visualization of deep networks", 2016, "https://arxiv.org/abs/1708.03788"
)
_NOISE = Param(
    name="noise",
    default=0.0,
    low=0,
    high=0.5,
    slider=(0, 0.5),
    live=False,
    doc="How noisy the set is: the Playground's percentage as a share.",
)
_CLASSES = ("negative", "positive")


class _Classified(Dataset):
    params = (samples_param(500), _NOISE)
    source = _SOURCE
    n_in = 2
    n_classes = 2

    samples: int
    noise: float

    @property
    def halves(self) -> tuple[int, int]:
        """How many samples the first and the second class begin with."""
        return self.samples - self.samples // 2, self.samples // 2


@datasets.register("playground_circle")
class PlaygroundCircle(_Classified):
    """A disc within a ring. The noise moves a point only while its class is told, so that classes mix at the border."""

    title = "Playground: circle"
    formula = "|x| < 2.5 inside, 3.5 < |x| < 5 outside;  class = [|x + 5 ν u| < 2.5],  u ~ U(−1, 1)²"

    def make(self, random: np.random.Generator) -> Table:
        inside, outside = self.halves
        r = np.concatenate([random.uniform(0, 2.5, inside), random.uniform(3.5, 5, outside)])
        angle = random.uniform(0, 2 * math.pi, self.samples)
        x = np.stack([r * np.sin(angle), r * np.cos(angle)], 1)
        seen = x + random.uniform(-5, 5, x.shape) * self.noise
        return Table(x, (np.hypot(*seen.T) < 2.5).astype(np.int64), _CLASSES)


@datasets.register("playground_xor")
class PlaygroundXor(_Classified):
    """Exclusive or: the class is the sign of the product, with a gap of 0.3 on both sides of the axes."""

    title = "Playground: exclusive or"
    formula = "x ~ U(−5, 5)² moved 0.3 away from the axes;  class = [(x₁ + 5 ν u₁)(x₂ + 5 ν u₂) ≥ 0]"

    def make(self, random: np.random.Generator) -> Table:
        x = random.uniform(-5, 5, (self.samples, 2))
        x += np.where(x > 0, 0.3, -0.3)
        seen = x + random.uniform(-5, 5, x.shape) * self.noise
        return Table(x, (seen[:, 0] * seen[:, 1] >= 0).astype(np.int64), _CLASSES)


@datasets.register("playground_gaussians")
class PlaygroundGaussians(_Classified):
    """Two round clouds about (2, 2) and (−2, −2)."""

    title = "Playground: two Gaussians"
    formula = "±(2, 2) + √(½ + 7 ν) ξ"

    def make(self, random: np.random.Generator) -> Table:
        y = np.repeat([1, 0], self.halves)
        centre = np.where(y == 1, 2.0, -2.0)[:, None]
        return Table(centre + math.sqrt(0.5 + 7 * self.noise) * random.standard_normal((self.samples, 2)), y, _CLASSES)


@datasets.register("playground_spiral")
class PlaygroundSpiral(_Classified):
    """Two spirals of 1.75 turns: what the Playground's plain inputs find hardest."""

    title = "Playground: spiral"
    formula = "r (sin t, cos t) + ν u,  r = 5 i/n,  t = 3.5 π i/n (+ π),  u ~ U(−1, 1)²"

    def make(self, random: np.random.Generator) -> Table:
        y = np.repeat([1, 0], self.halves)
        part = np.concatenate([np.arange(n) / n for n in self.halves])
        t = 1.75 * 2 * math.pi * part + np.where(y == 1, 0.0, math.pi)
        x = 5 * part[:, None] * np.stack([np.sin(t), np.cos(t)], 1)
        return Table(x + random.uniform(-1, 1, x.shape) * self.noise, y, _CLASSES)


class _Valued(Dataset):
    params = (samples_param(1200), _NOISE)
    source = _SOURCE
    n_in = 2

    samples: int
    noise: float

    def make(self, random: np.random.Generator) -> Table:
        x = random.uniform(-6, 6, (self.samples, 2))
        seen = x + random.uniform(-6, 6, x.shape) * self.noise
        return Table(x, self._value(seen)[:, None])

    def _value(self, x: Array) -> Array:
        raise NotImplementedError


@datasets.register("playground_plane")
class PlaygroundPlane(_Valued):
    """A tilted plane: values that a network without hidden layers fits."""

    title = "Playground: plane"
    formula = "y = (s₁ + s₂) / 10,  s = x + 6 ν u,  x and u ~ U(−6, 6)² and U(−1, 1)²"

    def _value(self, x: Array) -> Array:
        return np.asarray((x[:, 0] + x[:, 1]) / 10)


@datasets.register("playground_multi_gaussian")
class PlaygroundMultiGaussian(_Valued):
    """Six cones, three up and three down, on a flat ground."""

    title = "Playground: multi-Gaussian"
    formula = "y = ±max(0, 1 − |s − c| / 2) for the nearest of six centres c"

    def _value(self, x: Array) -> Array:
        centres = np.array([[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5]])
        signs = np.array([1, -1, 1, -1, 1, -1])
        heights = np.clip(1 - np.linalg.norm(x[:, None] - centres, axis=2) / 2, 0, 1)
        largest = heights.argmax(axis=1)
        return np.asarray(signs[largest] * heights[np.arange(len(x)), largest])
