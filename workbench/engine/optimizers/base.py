"""What an optimizer is: a rule that moves parameters by gradients, over any number of runs at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers.hyperparameters import DECAY_DOC
from workbench.engine.params import CONVENTIONS, Param, Value, complete
from workbench.engine.problem import TensorSlice
from workbench.engine.registry import CONVENTIONS_HEADING, Registry, Source

Floats = NDArray[np.floating[Any]]
#: Loss (K,) at points (K, P) of the runs with these row numbers (K,); the gradient overwrites out (K, P).
Evaluate = Callable[[Floats, NDArray[np.intp], Floats], Floats]
#: The exact Hessian (K, P, P) at points (K, P).
Hessian = Callable[[Floats], Floats]
#: What `weight_decay` does: added to the gradient, shrinking theta before the step, or part of the rule itself.
Decay = Literal["l2", "decoupled", "itself"]
#: One mapping for each of R runs; or one for all, of values that they share and arrays (R,).
Hyperparameters = Sequence[Mapping[str, Value]] | Mapping[str, Any]
_DECAYS_APART: Mapping[str, Decay] = {"pytorch": "l2", "keras": "decoupled"}
#: the title and the sentence of each, for rules that have no sentence of their own
_DECAY_WORDS: Mapping[Decay, tuple[str, str]] = {
    "l2": (
        "weight decay (in the gradient)",
        "Adds λ θ to the gradient that the rule is given, as an L2 penalty would.",
    ),
    "decoupled": ("weight decay (decoupled)", "Shrinks θ by the factor 1 − η λ before each step, beside the gradient."),
    "itself": ("weight decay (in the rule)", DECAY_DOC),
}
#: Up to so many parameters a factor of a run stands beside each of them: numpy takes a loop of its own for each run
#: where it has to repeat one (1,000 runs of Adam on Rosenbrock: 53 instead of 75 ns for a run's step).
_SPREAD_PARAMETERS = 32
#: Powers are computed for so many steps at once.
_POWERS_AT_ONCE = 256
_DECAY_NOTE = "Weight decay is added to the gradient in PyTorch; in Keras it shrinks the parameters before the step."


class Stage(NamedTuple):
    """A named part of a step: the sign that formulas have for it, what it is in a few words, and whether it is added
    to theta: those that are add up to the step.
    """

    name: str
    words: str
    adds: bool = False


class Optimizer:
    """A rule for R runs at once, each with its own hyperparameters.

    The hyperparameters are attributes under their own names, arrays in the parameters' precision that go with (R, P),
    without axes where all runs share the value. `exact` holds the same in double precision, (R, 1) or one number, for
    differences from one; `power` gives powers. `rate` is the learning rate in force, the schedule applied. Switches
    (true/false, words and whole numbers that are not live) are plain values, the same for all runs of one instance. The
    state of the rule is named as in its paper, each (R, P), or (R, 1) for `run_state`.

    A subclass declares `params` and `state`, and gives `update`; `scratch(i)` lends it (R, P) arrays that keep
    nothing from step to step. Rules that need more than the gradient find `tensors`, `evaluate` and `exact_hessian`.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]]
    #: names of the (R, P) state arrays, zero at the start unless `prepare` says otherwise
    state: ClassVar[tuple[str, ...]] = ()
    #: names of the (R, 1) state arrays in double precision, zero at the start unless `prepare` says otherwise
    run_state: ClassVar[tuple[str, ...]] = ()
    #: what the rule's own `weight_decay` does under each convention
    decays: ClassVar[Mapping[str, Decay]] = _DECAYS_APART
    #: the rule as lines of assignments (`engine.rules`), which hold under the conventions, switches and settings in the
    #: brackets before them; what `decays` leaves to `step` is added by itself. Empty for rules with `stages`
    lines: ClassVar[str] = ""
    #: names of state arrays by those in `lines`, where they are others
    line_names: ClassVar[Mapping[str, str]] = {}
    #: what a step of a rule that no lines can say consists of
    stages: ClassVar[tuple[Stage, ...]] = ()
    #: the largest number of parameters that the rule can take, None where there is no bound
    largest: ClassVar[int | None] = None
    #: whether it only ever multiplies whole (R, P) arrays by its factors, which may then have any shape that goes with
    #: them; where it is not, they are (R, 1)
    spreads: ClassVar[bool] = True
    #: what the learning rate is: a factor on each step, the first trial of a line search, or where step sizes start
    rate_is: ClassVar[Literal["factor", "trial", "start"]] = "factor"
    #: how the two conventions differ, in a sentence or two; what `weight_decay` does is added by itself
    conventions_note: ClassVar[str] = "Both conventions take the same steps."

    rate: Floats

    @classmethod
    def params_under(cls, convention: str) -> tuple[Param, ...]:
        """The settings as a convention has them: `weight_decay` is titled by what it does there."""
        title, doc = _DECAY_WORDS[cls.decays[convention]]
        return tuple(
            dataclasses.replace(param, title=title, doc=doc if param.doc == DECAY_DOC else param.doc)
            if param.name == "weight_decay"
            else param
            for param in cls.params
        )

    @classmethod
    def settings(cls, given: Mapping[str, object], convention: str) -> tuple[Param, ...]:  # noqa: ARG003
        """The settings for what is `given`, which may decide which there are. Raises RequestError."""
        return cls.params_under(convention)

    @classmethod
    def spelt(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is given, under the names of `settings`. Raises RequestError for one that is given twice."""
        return dict(given)

    @classmethod
    def complete(cls, given: Mapping[str, object], convention: str = CONVENTIONS[0]) -> dict[str, Value]:
        """Every setting's checked value: the given one, else the convention's default.

        Raises:
            RequestError: a name that the optimizer does not have, or a value that is not allowed.
        """
        spelt = cls.spelt(given)
        return complete(cls.settings(spelt, convention), spelt, convention, owner=f'the optimizer "{cls.key}"')

    def __init_subclass__(cls) -> None:
        """Complete the note on the conventions and put it under the docstring, where `help` shows it."""
        super().__init_subclass__()
        if "conventions_note" not in vars(cls):
            return
        if cls.decays == _DECAYS_APART and any(param.name == "weight_decay" for param in cls.params):
            cls.conventions_note = f"{cls.conventions_note} {_DECAY_NOTE}"
        cls.__doc__ = f"{(cls.__doc__ or '').rstrip()}{CONVENTIONS_HEADING}{cls.conventions_note}"

    @classmethod
    def recurrence(cls, curvature: Any, rate: Any, kept: Any, settings: Mapping[str, Any]) -> tuple[Any, Any] | None:  # noqa: ARG003
        """T and D of x_{k+1} = T x_k − D x_{k−1}, which the rule follows along a direction of a quadratic.

        None for a rule whose steps are no linear function of the gradients. `kept` is what a decoupled decay leaves of
        the parameters before the step.
        """
        return None

    def __init__(self, hyperparameters: Hyperparameters, convention: str = CONVENTIONS[0]) -> None:
        """Take complete, checked hyperparameters of the R runs."""
        self.convention = convention
        self.keras = convention == "keras"
        self.hyperparameters = hyperparameters
        self.exact = SimpleNamespace()
        self._powers: dict[str, tuple[int, list[np.float64]]] = {}
        self._roots: dict[str, tuple[int, list[Floats]]] = {}
        self._scratch: list[Floats] = []
        self._decayed: Floats | None = None

    def bind(
        self,
        theta: Floats,
        *,
        tensors: Sequence[TensorSlice] = (),
        evaluate: Evaluate | None = None,
        hessian: Hessian | None = None,
    ) -> None:
        """Allocate state and scratch for parameters theta (R, P).

        Args:
            theta: the parameters at step 0; read, not kept.
            tensors: the shapes within a parameter vector; one vector where none are given.
            evaluate: the loss of the present step at other points; needed by `lbfgs` and `newton` alone.
            hessian: the exact Hessian, where the problem knows it.
        """
        self._shape, self._dtype = theta.shape, theta.dtype
        self.tensors = tuple(tensors) or (TensorSlice("x", 0, (theta.shape[1],)),)
        self._evaluate, self.exact_hessian = evaluate, hessian
        self._scratch, self._decayed = [], None
        self._state: dict[str, Floats] = {}
        self.set_hyperparameters(self.hyperparameters)
        for name in (*self.state, *self.optional_state()):
            self.add_state(name, theta.shape)
        for name in self.run_state:
            self.add_state(name, (len(theta), 1), np.float64)
        self.prepare(theta)

    def add_state(self, name: str, shape: tuple[int, ...], dtype: Any = None) -> Floats:
        """A state array of zeros under an attribute of that name, saved and loaded with the others."""
        self._state[name] = np.zeros(shape, dtype or self._dtype)
        setattr(self, name, self._state[name])
        return self._state[name]

    def optional_state(self) -> tuple[str, ...]:
        """Names of the (R, P) state arrays that only some switches need."""
        return ()

    def prepare(self, theta: Floats) -> None:
        """Set state that does not start at zero, in place, and add state of other shapes."""

    def set_hyperparameters(self, hyperparameters: Hyperparameters) -> None:
        """Take other live hyperparameters, keeping the state."""
        self.hyperparameters = hyperparameters
        self._powers, self._roots = {}, {}
        for param in self.params:
            if isinstance(hyperparameters, Mapping):
                values = hyperparameters[param.name]
            else:
                values = [each[param.name] for each in hyperparameters]
            if param.switch:
                setattr(self, param.name, values if isinstance(hyperparameters, Mapping) else values[0])
                continue
            exact = self._column(values)
            setattr(self.exact, param.name, exact)
            setattr(self, param.name, self.cast(exact))
        self.rate, self.exact.rate = self.learning_rate, self.exact.learning_rate
        decays = self.uses("weight_decay") if any(p.name == "weight_decay" for p in self.params) else False
        self._decay: Decay | None = self.decays[self.convention] if decays else None
        self.settle()

    def _column(self, values: Any) -> Any:
        """The values as (R, 1), or the one number that all runs share."""
        exact = np.array(values, dtype=np.float64).reshape(-1, 1)
        if not self.spreads:
            return np.broadcast_to(exact, (self._shape[0], 1)).copy()
        return exact[0, 0] if (exact == exact[0]).all() else exact

    def power(self, name: str, t: int) -> Any:
        """A hyperparameter to the power of t, in double precision as `exact`."""
        first, table = self._powers.get(name, (t + 1, []))
        if first <= t < first + len(table):
            return table[t - first]
        exact = getattr(self.exact, name)
        if isinstance(exact, np.ndarray):
            return exact**t
        table = _powers(exact, t)
        self._powers[name] = (t, table)
        return table[0]

    def root_of_bias(self, name: str, t: int) -> Floats:
        """√(1 − β^t), which frees the root of a running average of its start at zero, in the parameters' precision.

        Of runs that share β it is computed for many steps at once: a root of one number takes 0.6 µs.
        """
        first, table = self._roots.get(name, (t + 1, []))
        if first <= t < first + len(table):
            return table[t - first]
        exact = getattr(self.exact, name)
        if isinstance(exact, np.ndarray):
            return self.cast(np.sqrt(1.0 - exact**t))
        table = [self.cast(root) for root in np.sqrt(1.0 - np.array(_powers(exact, t)))]
        self._roots[name] = (t, table)
        return table[0]

    def settle(self) -> None:
        """Compute what follows from the hyperparameters alone; called whenever they change."""

    def uses(self, name: str) -> bool:
        """Whether a hyperparameter is other than zero in any run: what it stands for costs nothing where it is not."""
        return bool(getattr(self.exact, name).any())

    def cast(self, exact: Any) -> Floats:
        """A factor computed in double precision, in the precision of the parameters and a shape that goes with them."""
        factor: Floats = np.asarray(exact, self._dtype)
        if factor.ndim and self.spreads and factor.size > 1 and 1 < self._shape[1] <= _SPREAD_PARAMETERS:
            return np.repeat(factor, self._shape[1], axis=1)
        return factor

    def shrunk(self, theta: Floats) -> Floats:
        """What decoupled weight decay leaves of theta (R, P) before the rule itself."""
        if self._decay != "decoupled":
            return theta
        return np.asarray(theta * self.cast(1.0 - self.exact.rate * self.exact.weight_decay))

    def set_rate_factor(self, factor: Floats | float) -> None:
        """Put the learning rate in force: learning_rate times the schedule's factor, (R, 1) or one number."""
        if isinstance(factor, np.ndarray) and factor.size == 1:
            factor = float(factor[0, 0])
        self.exact.rate = self.exact.learning_rate * factor
        self.rate = self.cast(self.exact.rate)

    def step(self, theta: Floats, gradient: Floats, t: int) -> None:
        """Take step number t = 1, 2, ...: theta (R, P) is overwritten, gradient (R, P) is left alone."""
        if self._decay == "l2":
            if self._decayed is None:
                self._decayed = np.empty(self._shape, self._dtype)
            np.multiply(theta, self.weight_decay, out=self._decayed)
            self._decayed += gradient
            gradient = self._decayed
        elif self._decay == "decoupled":
            theta *= self.cast(1.0 - self.exact.rate * self.exact.weight_decay)
        self.update(theta, gradient, t)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        """The rule itself: step t without the weight decay that `decays` leaves to `step`."""
        raise NotImplementedError

    def stage_arrays(self, theta: Floats, gradient: Floats, after: Floats, t: int) -> dict[str, Floats]:
        """The arrays of `stages` by name, each (R, P), (R, 1) or as the stage says, asked for right behind step t.

        `theta` and `gradient` (R, P) are those that the step was given, `after` (R, P) is where it led. Nothing is
        overwritten but scratch.
        """
        raise NotImplementedError

    def evaluate(self, theta: Floats, rows: NDArray[np.intp], out: Floats) -> Floats:
        """The loss (K,) of the present step at theta (K, P) for runs `rows` (K,); out (K, P) takes the gradient.

        Raises:
            RuntimeError: the rule was bound without a problem to ask.
        """
        if self._evaluate is None:
            raise RuntimeError(f"{self.title} must be bound with an evaluate callback")
        return self._evaluate(theta, rows, out)

    def scratch(self, index: int) -> Floats:
        """An (R, P) array to compute in; what it holds is lost at the next step."""
        while len(self._scratch) <= index:
            self._scratch.append(np.empty(self._shape, self._dtype))
        return self._scratch[index]

    @property
    def state_arrays(self) -> dict[str, Floats]:
        """The state by name, which each step overwrites; from copies of it `load` goes on bit for bit."""
        return self._state

    def load(self, saved: Mapping[str, Floats]) -> None:
        """Overwrite the state with copies of `state_arrays`."""
        for name, array in self._state.items():
            np.copyto(array, saved[name])

    def __getattr__(self, name: str) -> Any:
        # Only reached for names not set yet; tells the type checker that hyperparameters and state are attributes.
        raise AttributeError(f"{type(self).__name__} has no {name!r}")


def _powers(base: np.float64, first: int) -> list[np.float64]:
    """The base to the powers first, first + 1, ..: the bits of an array's power, at a fifth of what one costs."""
    exponents = np.arange(first, first + _POWERS_AT_ONCE, dtype=np.float64)
    found = np.power(np.full(_POWERS_AT_ONCE, base), exponents)
    found[exponents == 2.0] = base * base  # as numpy computes a square
    return list(found)


optimizers: Registry[Optimizer] = Registry("optimizer")


def average(mean: Floats, kept: Floats, new: Floats, value: Floats, scratch: Floats) -> None:
    """A running average: mean <- kept * mean + new * value, in place; `scratch` is overwritten and may be `value`."""
    np.multiply(value, new, scratch)
    mean *= kept
    mean += scratch
