"""A Python class as an optimizer: `update` for one run, the numbers of the class as its hyperparameters."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from workbench.engine.optimizers.base import Floats, Optimizer, Stage
from workbench.engine.optimizers.hyperparameters import learning_rate
from workbench.engine.params import Param, RequestError
from workbench.engine.registry import Given, Source

_RATE = 0.01
#: names that an optimizer of the engine has for itself, besides the attributes of the class
_TAKEN = ("rate", "exact", "convention", "keras", "hyperparameters", "tensors", "exact_hessian")


class OwnOptimizer(Optimizer):
    """A rule of one's own. Each one is a subclass, made by `own_optimizer`."""

    formula = "θ ← update(θ, g, t), a class in Python"
    source = Source("Given in Python", 2026)
    decays: ClassVar[Any] = {"pytorch": "itself", "keras": "itself"}
    stages = (Stage("Δ", "the step that the class takes", adds=True),)
    spreads = False

    rule: ClassVar[type[Any]]

    def prepare(self, theta: Floats) -> None:
        """An object of the class for each run, as it is before its first step."""
        self._numbers = [param for param in self.params if not param.switch]
        self._rules = [self.rule() for _ in range(len(theta))]
        self._known = {*self.state, *(param.name for param in self.params)}
        for rule in self._rules:
            self._known |= vars(rule).keys()

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        for row, rule in enumerate(self._rules):
            self._give(rule, row)
            own, slope = theta[row].copy(), gradient[row].copy()
            found = rule.update(own, slope, t)
            self._take(rule, row)
            theta[row] = own if found is None else self._point(found, own)

    def stage_arrays(self, theta: Floats, gradient: Floats, after: Floats, t: int) -> dict[str, Floats]:
        return {"Δ": after - theta}

    def _give(self, rule: Any, row: int) -> None:
        """What is in force for a run, and what it kept from its last step, as attributes of its object."""
        for param in self.params:
            if param.switch:
                setattr(rule, param.name, getattr(self, param.name))
            elif param.name != "learning_rate":
                setattr(rule, param.name, float(np.ravel(getattr(self.exact, param.name))[row]))
        rates = np.broadcast_to(np.asarray(self.exact.rate, np.float64), (len(self._rules), 1))
        rule.learning_rate = float(rates[row, 0])
        for name in self.state:
            setattr(rule, name, self._state[name][row].copy())

    def _take(self, rule: Any, row: int) -> None:
        """What a run keeps until its next step: what `state` names, and nothing else."""
        for name in self.state:
            self._state[name][row] = self._point(getattr(rule, name), self._state[name][row], f" as `{name}`")
        more = vars(rule).keys() - self._known
        if more:
            raise RequestError(
                "",
                f"{self.title} keeps `{min(more)}` from step to step: name it in `state`, as in "
                f'`state = ("{min(more)}",)`, so that a race can go back',
            )

    def _point(self, found: Any, like: Floats, place: str = "") -> Any:
        array = np.asarray(found)
        if array.shape not in (like.shape, ()):
            raise RequestError(
                "", f"{self.title}.update must give an array of shape {like.shape}{place}, got {array.shape}"
            )
        return array


def own_optimizer(rule: type[Any]) -> Given:
    """The key of a class as an optimizer: an `Optimizer` of the engine's, or any class with `update`.

    Raises:
        RequestError: what is given is no such class.
    """
    if issubclass(rule, Optimizer):
        return _of_engine(rule)
    if not callable(getattr(rule, "update", None)):
        raise RequestError(
            "optimizer", f"must have a method `update(theta, gradient, step)`, which {_name(rule)} lacks"
        )
    try:
        inspect.signature(rule).bind()
    except (TypeError, ValueError):
        raise RequestError(
            "optimizer", f"must be a class that can be made without arguments: `{_name(rule)}()`"
        ) from None
    state = getattr(rule, "state", ())
    state = (state,) if isinstance(state, str) else state
    if not isinstance(state, (tuple, list)) or not all(isinstance(name, str) and name.isidentifier() for name in state):
        raise RequestError("optimizer", f'must have names in `{_name(rule)}.state`, as in `state = ("velocity",)`')
    params = tuple(_params(rule))
    for name in (*state, *(param.name for param in params)):
        if hasattr(OwnOptimizer, name) or name in _TAKEN:
            raise RequestError("optimizer", f"must have another name for `{name}`, which means something else here")
    made = type(
        _name(rule),
        (OwnOptimizer,),
        {
            "__doc__": rule.__doc__,
            "title": getattr(rule, "title", "") or _name(rule),
            "params": params,
            "state": tuple(state),
            "rule": rule,
        },
    )
    return Given(_name(rule), made)


def _of_engine(rule: type[Optimizer]) -> Given:
    """A subclass of the engine's own: what every entry says of itself may be left out."""
    defaults: Mapping[str, Any] = {
        "title": _name(rule),
        "formula": OwnOptimizer.formula,
        "source": OwnOptimizer.source,
        "params": (learning_rate(_RATE, _RATE),),
    }
    missing = {name: value for name, value in defaults.items() if not hasattr(rule, name)}
    if not rule.lines and not rule.stages:
        missing |= {"stages": OwnOptimizer.stages, "stage_arrays": OwnOptimizer.stage_arrays}
    # a class of its own: the key would else be written into one of the catalogue
    return Given(_name(rule), type(_name(rule), (rule,), {"__doc__": rule.__doc__, **missing}))


def _name(rule: type[Any]) -> str:
    return rule.__name__


def _params(rule: type[Any]) -> list[Param]:
    """The public numbers and words of a class, each a setting with its value as the default; the rate first."""
    found = {
        name: value
        for owner in reversed(rule.__mro__)
        for name, value in vars(owner).items()
        if not name.startswith("_") and name not in ("title", "state") and isinstance(value, (bool, int, float, str))
    }
    rate = found.pop("learning_rate", _RATE)
    params = [learning_rate(float(rate), float(rate))]
    for name, value in found.items():
        params.append(Param(name=name, default=value, live=isinstance(value, float), doc=f"`{name}` of the class."))
    return params
