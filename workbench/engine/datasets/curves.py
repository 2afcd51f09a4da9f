"""Curves over one input: values to be fitted."""

from __future__ import annotations

import math

import numpy as np

from workbench.engine.datasets.base import Dataset, Table, datasets, noise_param, samples_param
from workbench.engine.params import Param
from workbench.engine.registry import Source


@datasets.register("linear")
class Linear(Dataset):
    """Points about a straight line: one weight and one bias are all there is to learn."""

    title = "Straight line"
    formula = "y = w x + c + σ ξ,  x ~ U(−1, 1)"
    source = Source("F. Galton, Regression towards mediocrity in hereditary stature", 1886)
    params = (
        samples_param(200),
        noise_param(0.1),
        Param(
            name="slope",
            default=3.0,
            low=-100,
            high=100,
            slider=(-5, 5),
            live=False,
            symbol="w",
            doc="The slope of the line.",
        ),
        Param(
            name="intercept",
            default=2.0,
            low=-100,
            high=100,
            slider=(-5, 5),
            live=False,
            symbol="c",
            doc="The value at x = 0.",
        ),
    )
    n_in = 1

    samples: int
    noise: float
    slope: float
    intercept: float

    def make(self, random: np.random.Generator) -> Table:
        x = random.uniform(-1.0, 1.0, (self.samples, 1))
        return Table(x, self.slope * x + self.intercept + self.noise * random.standard_normal(x.shape))


@datasets.register("sine")
class Sine(Dataset):
    """Points about a sine wave: one bend a half period, each of which takes a unit or two."""

    title = "Sine curve"
    formula = "y = sin(2π n x) + σ ξ,  x ~ U(−1, 1)"
    source = Source("A. Lapedes, R. Farber, Nonlinear signal processing using neural networks", 1987)
    params = (
        samples_param(200),
        noise_param(0.1),
        Param(
            name="periods",
            default=1.0,
            low=0.1,
            high=20,
            slider=(0.25, 5),
            live=False,
            symbol="n",
            doc="How many periods there are for each unit of x.",
        ),
    )
    n_in = 1

    samples: int
    noise: float
    periods: float

    def make(self, random: np.random.Generator) -> Table:
        x = random.uniform(-1.0, 1.0, (self.samples, 1))
        return Table(x, np.sin(2 * math.pi * self.periods * x) + self.noise * random.standard_normal(x.shape))


@datasets.register("step")
class Step(Dataset):
    """Stairs: flat pieces with jumps, which smooth units can only approach."""

    title = "Step curve"
    formula = "y = 2 ⌊n (x + 1) / 2⌋ / (n − 1) − 1 + σ ξ,  x ~ U(−1, 1)"
    source = Source("G. Cybenko, Approximation by superpositions of a sigmoidal function", 1989)
    params = (
        samples_param(200),
        noise_param(0.05),
        Param(
            name="levels",
            default=2,
            low=2,
            high=20,
            slider=(2, 8),
            live=False,
            symbol="n",
            doc="How many flat pieces there are, from −1 up to 1.",
        ),
    )
    n_in = 1

    samples: int
    noise: float
    levels: int

    def make(self, random: np.random.Generator) -> Table:
        x = random.uniform(-1.0, 1.0, (self.samples, 1))
        level = np.minimum(np.floor(self.levels * (x + 1) / 2), self.levels - 1)
        return Table(x, 2 * level / (self.levels - 1) - 1 + self.noise * random.standard_normal(x.shape))
