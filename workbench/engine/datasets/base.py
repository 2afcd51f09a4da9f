"""What a data set is: a source of samples, with settings declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param, Value, complete
from workbench.engine.registry import Registry, Source

Array = NDArray[np.float64]
Fill = Literal["", "mean", "most_frequent"]


@dataclass(frozen=True, slots=True)
class Table:
    """Samples as a generator gives them: x (N, n_in); y (N, n_out) for regression, (N,) class numbers otherwise.

    `classes` names the classes, empty for regression; `image` is (height, width) where a sample is a picture;
    `columns` names the inputs where they have names, `target` what is learned from them. Where `fill` is `mean` or
    `most_frequent`, inputs may be not-a-number: the value is missing, and is filled in from the training samples.
    `coded` are the ranges of inputs, from and up to, of which one is 1 and the others 0. `notes` are sentences on what
    was not certain when they were read.
    """

    x: Array
    y: NDArray[Any]
    classes: tuple[str, ...] = ()
    image: tuple[int, int] | None = None
    columns: tuple[str, ...] = ()
    target: str = ""
    fill: Fill = ""
    coded: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Training and test samples as the network sees them, after any scaling; read-only arrays.

    An input was `x * scale + shift` before it was scaled, a value `y * y_scale + y_shift`; all are () where nothing
    was. `columns` and `target` are the names of inputs and target, where they have such.
    """

    x_train: Array
    y_train: NDArray[Any]
    x_test: Array
    y_test: NDArray[Any]
    classes: tuple[str, ...]
    image: tuple[int, int] | None
    columns: tuple[str, ...] = ()
    scale: tuple[float, ...] = ()
    shift: tuple[float, ...] = ()
    target: str = ""
    y_scale: tuple[float, ...] = ()
    y_shift: tuple[float, ...] = ()

    def unscaled(self, x: NDArray[Any]) -> NDArray[Any]:
        """Samples (N, n_in) as they were before scaling."""
        return x * np.array(self.scale) + np.array(self.shift) if self.scale else x

    def unscaled_values(self, y: NDArray[Any]) -> NDArray[Any]:
        """Values (.., n_out), true or given by a network, as they were before scaling; class numbers as they are."""
        return y * np.array(self.y_scale) + np.array(self.y_shift) if self.y_scale else y


class Dataset:
    """A source of samples. The parameters become attributes; `n_classes` is 0 where it has values."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()
    n_in: int
    n_classes: int = 0

    def __init__(self, parameters: Mapping[str, Value] | None = None) -> None:
        """Raises RequestError for a parameter that it does not have or a value out of range."""
        for name, value in complete(self.params, parameters or {}, owner=f'the data set "{self.key}"').items():
            setattr(self, name, value)

    def make(self, random: np.random.Generator) -> Table:
        """Draw the samples."""
        raise NotImplementedError


datasets: Registry[Dataset] = Registry("data set")


def samples_param(default: int) -> Param:
    """How many samples a generator draws."""
    return Param(
        name="samples",
        default=default,
        low=4,
        high=100_000,
        slider=(10, 2000),
        scale="log",
        live=False,
        symbol="N",
        doc="How many samples are drawn, training and test together.",
    )


def noise_param(default: float) -> Param:
    """How noisy a generator is."""
    return Param(
        name="noise",
        default=default,
        low=0,
        high=10,
        slider=(0, 1),
        live=False,
        symbol="σ",
        doc="Standard deviation of the Gaussian noise.",
    )
