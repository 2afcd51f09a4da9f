"""The optimizer that a person types in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers.base import Floats, Optimizer, optimizers
from workbench.engine.optimizers.hyperparameters import learning_rate
from workbench.engine.params import CONVENTIONS, Param, RequestError, Value
from workbench.engine.registry import Source
from workbench.engine.rules.grammar import compiled
from workbench.engine.rules.machine import Machine
from workbench.engine.rules.names import GRADIENT, POINT, RATE, canonical, symbol
from workbench.engine.rules.rule import Kind, Rule
from workbench.engine.rules.values import values_of

ADAM = """\
m = β1 m + (1 − β1) g
v = β2 v + (1 − β2) g²
m̂ = m / (1 − β1^t);  v̂ = v / (1 − β2^t)
Δ = −η m̂ / (√v̂ + ε)
x = x + Δ
"""
#: What free names of these names usually are: default, and the range of a slider. All others are 1.
_USUAL: Mapping[str, tuple[float, tuple[float, float]]] = {
    "beta": (0.9, (0, 0.999)),
    "beta1": (0.9, (0, 0.999)),
    "beta2": (0.999, (0, 0.999)),
    "beta3": (0.999, (0, 0.999)),
    "mu": (0.9, (0, 0.999)),
    "momentum": (0.9, (0, 0.999)),
    "rho": (0.9, (0, 0.999)),
    "epsilon": (1e-8, (1e-12, 1e-1)),
    "lambda": (0.0, (0, 0.1)),
    "weight_decay": (0.0, (0, 0.1)),
}


@optimizers.register("rule")
class TypedRule(Optimizer):
    """A rule of one's own: lines of assignments, whose free names become hyperparameters.

    `g` is the gradient, `x` the parameters, `t` the step from 1, `η` the rate in force. A name that is read before it
    is assigned is kept from step to step; it starts at 0, or at what an `init` line says.
    """

    title = "Rule"
    formula = "x = x − η g as typed, with lines of one's own before it"
    source = Source(
        "D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR (the rule that stands there at first)",
        2015,
        "https://arxiv.org/abs/1412.6980",
    )
    params = (
        learning_rate(0.001, 0.001, "What η stands for in the lines; a schedule multiplies it."),
        Param(
            name="text",
            default=ADAM,
            title="rule",
            live=False,
            doc="The lines of the rule: assignments to names, the last of them to x.",
        ),
    )
    decays: ClassVar[Any] = {"pytorch": "itself", "keras": "itself"}
    conventions_note = "Both conventions take the same steps: those that are typed."

    @classmethod
    def settings(cls, given: Mapping[str, object], convention: str) -> tuple[Param, ...]:
        """Rate and text, and a setting for each free name in it; those that an `init` line reads are fixed.

        Raises FormulaError for a text that is no rule.
        """
        text = cls.params[1].check(given.get("text", cls.params[1].default_for(convention)))
        rule = compiled(str(text))
        found = (*cls.params, *map(_param, rule.hyperparameters))
        return tuple(param.fixed() if param.name in rule.at_start else param for param in found)

    @classmethod
    def spelt(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Names may be given in any spelling that the text may have: `β1` is `beta1`."""
        found: dict[str, Any] = {}
        for name, value in given.items():
            one = name if name == "text" else canonical(name)
            if one in found:
                raise RequestError(name, f"is {one} in another spelling, which is given already")
            found[one] = value
        return found

    @classmethod
    def unset(cls, given: Mapping[str, Any]) -> list[tuple[str, float, str]]:
        """The free names of a text that are given no value: as typed, the value they have, and a name that is near.

        The last is empty where none is. Raises RequestError as `settings` does.
        """
        if "text" not in given:
            return []
        rule, known = compiled(str(given["text"])), cls.spelt(given)
        return [
            (rule.symbols.get(name, name), _default(name), _near(name, rule))
            for name in rule.hyperparameters
            if name not in known
        ]

    def __init__(self, hyperparameters: Any, convention: str = CONVENTIONS[0]) -> None:
        super().__init__(hyperparameters, convention)
        first = hyperparameters if isinstance(hyperparameters, Mapping) else hyperparameters[0]
        self.rule: Rule = compiled(str(first["text"]))

    def bind(self, theta: Floats, **asked: Any) -> None:
        runs, size = theta.shape
        self._machine = Machine(self.rule, runs, size, theta.dtype)
        super().bind(theta, **asked)

    def prepare(self, theta: Floats) -> None:
        known = {RATE: self.exact.learning_rate, POINT: theta, **self._columns}
        for name, kind in self.rule.states.items():
            full = kind == Kind.FULL
            # a person's names stay out of the attributes: a state may be called "update"
            state = np.zeros(theta.shape if full else (len(theta), 1), theta.dtype if full else np.float64)
            self._state[name] = state
            if name in self.rule.begins:
                (begin,) = values_of(self.rule, [self.rule.begins[name]], known)
                np.copyto(state, begin, casting="same_kind")

    def set_hyperparameters(self, hyperparameters: Any) -> None:
        """Take other live hyperparameters, keeping the state."""
        self.hyperparameters = hyperparameters
        self.exact.learning_rate = _column(hyperparameters, RATE)
        self._columns = {name: _column(hyperparameters, name) for name in self.rule.hyperparameters}
        self._decay = None
        self._machine.settle(self._columns)
        self.set_rate_factor(1.0)

    def set_rate_factor(self, factor: Floats | float) -> None:
        """Put the learning rate in force: learning_rate times the schedule's factor, (R, 1) or one number."""
        self.exact.rate = self.exact.learning_rate * factor
        self.rate = self.cast(self.exact.rate)
        self._machine.set_rate(self.exact.rate)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        self._machine.step(theta, gradient, t, self._state)


def _column(hyperparameters: Mapping[str, Any] | Sequence[Mapping[str, Value]], name: str) -> NDArray[np.float64]:
    """A hyperparameter of all runs (R, 1); its default where it is not given."""
    default = 0.0 if name == RATE else _default(name)
    if isinstance(hyperparameters, Mapping):
        return np.array(hyperparameters.get(name, default), dtype=np.float64).reshape(-1, 1)
    return np.array([each.get(name, default) for each in hyperparameters], dtype=np.float64).reshape(-1, 1)


def _default(name: str) -> float:
    return _USUAL[name][0] if name in _USUAL else 1.0


def _near(name: str, rule: Rule) -> str:
    """A name of the rule, or a usual one, that may have been meant, as it is written; empty where none is near."""
    if name in _USUAL:
        return ""
    own = [POINT, GRADIENT, RATE, *rule.last]
    near = [other for other in own if other.lower() == name.lower()]
    if not near:  # names that differ by their number are meant to
        stem = name.rstrip("0123456789")
        others = [other for other in (*own, *_USUAL) if other.rstrip("0123456789") != stem]
        near = get_close_matches(name, others, n=1, cutoff=0.75)
    return rule.symbols.get(near[0], symbol(near[0])) if near else ""


def _param(name: str) -> Param:
    """The setting of a free name."""
    default, slider = _USUAL.get(name, (1.0, (-5, 5)))
    return Param(
        name=name,
        default=default,
        low=-1e9,
        high=1e9,
        scale="log" if name == "epsilon" else "linear",
        slider=slider,
        symbol=symbol(name),
        doc=f"The {symbol(name)} of the rule.",
    )
