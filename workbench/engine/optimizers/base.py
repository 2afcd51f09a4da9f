"""What an optimizer is: a rule that moves parameters by gradients, elementwise over any number of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import CONVENTIONS, Param, Value
from workbench.engine.registry import Registry, Source

Floats = NDArray[np.floating[Any]]


class Optimizer:
    """A rule for R runs at once, each with its own hyperparameters.

    The hyperparameters are attributes under their own names, (R, 1) arrays in the parameters' precision; `rate` is
    the learning rate in force, the schedule applied. Switches (true/false and words) are plain values, the same for
    all runs of one instance. The state of the rule is named as in its paper, each (R, P).

    A subclass declares `params` and `state`, and gives `update`; `scratch(i)` lends it (R, P) arrays that keep
    nothing from step to step.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]]
    #: names of the (R, P) state arrays, zero at the start unless `prepare` says otherwise
    state: ClassVar[tuple[str, ...]] = ()
    #: what differs between the conventions, in a sentence
    conventions_note: ClassVar[str] = "Both conventions take the same steps."

    rate: Floats

    def __init__(self, hyperparameters: Sequence[Mapping[str, Value]], convention: str = CONVENTIONS[0]) -> None:
        """Take complete, checked hyperparameters, one mapping for each of the R runs."""
        self.convention = convention
        self.keras = convention == "keras"
        self.hyperparameters = tuple(hyperparameters)
        self._scratch: list[Floats] = []

    def bind(self, theta: Floats) -> None:
        """Allocate state and scratch for parameters theta (R, P)."""
        self._shape, self._dtype = theta.shape, theta.dtype
        self.set_hyperparameters(self.hyperparameters)
        for name in self.state:
            setattr(self, name, np.zeros_like(theta))
        self._scratch = []
        self.prepare(theta)

    def prepare(self, theta: Floats) -> None:
        """Set state that does not start at zero."""

    def set_hyperparameters(self, hyperparameters: Sequence[Mapping[str, Value]]) -> None:
        """Take other live hyperparameters, keeping the state."""
        self.hyperparameters = tuple(hyperparameters)
        for param in self.params:
            values = [h[param.name] for h in self.hyperparameters]
            if param.kind in ("bool", "choice"):
                setattr(self, param.name, values[0])
            else:
                setattr(self, param.name, np.array(values, dtype=self._dtype).reshape(-1, 1))
        self.rate = self.learning_rate

    def set_rate_factor(self, factor: Floats | float) -> None:
        """Put the learning rate in force: learning_rate times the schedule's factor, (R, 1) or one number."""
        self.rate = (self.learning_rate * factor).astype(self._dtype, copy=False)

    def step(self, theta: Floats, gradient: Floats, t: int) -> None:
        """Take step number t = 1, 2, ...: theta (R, P) is overwritten, gradient (R, P) is left alone."""
        raise NotImplementedError

    def scratch(self, index: int) -> Floats:
        """An (R, P) array to compute in; what it holds is lost at the next step."""
        while len(self._scratch) <= index:
            self._scratch.append(np.empty(self._shape, self._dtype))
        return self._scratch[index]

    def save(self) -> dict[str, Floats]:
        """Copies of the state arrays, from which `load` goes on bit for bit."""
        return {name: getattr(self, name).copy() for name in self.state}

    def load(self, saved: Mapping[str, Floats]) -> None:
        """Overwrite the state with what `save` gave."""
        for name in self.state:
            np.copyto(getattr(self, name), saved[name])

    def __getattr__(self, name: str) -> Any:
        # Only reached for names not set yet; tells the type checker that hyperparameters and state are attributes.
        raise AttributeError(f"{type(self).__name__} has no {name!r}")


optimizers: Registry[Optimizer] = Registry("optimizer")


def learning_rate(pytorch: float, keras: float) -> Param:
    """The learning rate, the one hyperparameter that all rules share."""
    return Param(
        name="learning_rate",
        default={"pytorch": pytorch, "keras": keras},
        low=0,
        high=1e6,
        scale="log",
        slider=(1e-5, 100),
        symbol="η",
        doc="How far a step goes along the direction that the rule gives.",
    )


def decay(name: str, default: float | Mapping[str, float], symbol: str, doc: str) -> Param:
    """A factor in [0, 1) by which a running average or a velocity keeps its past."""
    return Param(
        name=name,
        default=default,
        low=0,
        high=1,
        high_open=True,
        slider=(0, 0.999),
        symbol=symbol,
        doc=doc,
    )


def epsilon(pytorch: float, keras: float) -> Param:
    """The small number that keeps a division finite; where it stands differs between the conventions."""
    return Param(
        name="epsilon",
        default={"pytorch": pytorch, "keras": keras},
        low=0,
        high=1,
        scale="log",
        slider=(1e-12, 1e-1),
        symbol="ε",
        doc="Keeps the division finite where the average is still near zero.",
    )
