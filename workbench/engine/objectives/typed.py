"""The objective that a person types in."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.engine.formula.faults import Remark
from workbench.engine.formula.formula import compiled
from workbench.engine.objectives.base import MOST_DIMENSIONS, Array, Objective, objectives, square
from workbench.engine.params import Param, Value
from workbench.engine.registry import Source


@objectives.register("formula")
class TypedFormula(Objective):
    """A function of one's own: what is typed is differentiated exactly, and its free names become parameters."""

    title = "Formula"
    formula = "f(x, y) as typed, or f(x1, x2, ...)"
    source = Source("S. Linnainmaa, Taylor expansion of the accumulated rounding error (its derivatives)", 1976)
    params = (
        Param(
            name="text",
            default="(1 - x)^2 + 100*(y - x^2)^2",
            title="f",
            doc="The formula: x, y or x1, x2, ..., numbers, parameters of your own, + - * / ^ and the usual functions; "
            "signs as in print, such as x², √|x| and 2πx, are read as well.",
        ),
    )
    domain = square(3.0)
    start = (-1.2, 1.0)

    text: str

    def __init__(self, parameters: Mapping[str, Value] | None = None) -> None:
        values = self.complete(parameters or {})
        self.text = str(values.pop("text"))
        self._formula = compiled(self.text, _kept(parameters or {}))
        # a person's names stay out of the attributes: a parameter may be called "value"
        self._values = {name: float(value) for name, value in values.items()}
        self.dimensions = (self._formula.dimension, MOST_DIMENSIONS)

    @classmethod
    def settings(cls, given: Mapping[str, object]) -> tuple[Param, ...]:
        """The text, and a parameter for each free name in it. Raises FormulaError for a text that is no formula."""
        text = cls.params[0].check(given.get("text", cls.params[0].default))
        return (*cls.params, *(_parameter(name) for name in compiled(str(text), _kept(given)).parameters))

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What the formula may not have meant, of the names that have no value of their own."""
        return self._formula.remarks

    def usual_start(self) -> tuple[float, ...]:
        return self.start_for(self._formula.dimension)

    @property
    def called(self) -> str:
        names = list(self._formula.coordinates.values())
        named = ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]}, ... {names[-1]}"
        first = " (counted from x0)" if "x0" in names else ""
        return f"the formula, which names {named}{first}"

    @property
    def in_force(self) -> tuple[Value, ...]:
        return (self.text, *self._values.values())

    def value(self, x: Array) -> Array:
        return self._formula.value(x, self._values)

    def gradient(self, x: Array, out: Array) -> Array:
        return self._formula.gradient(x, self._values, out)

    def hessian(self, x: Array, out: Array) -> Array:
        if not self._formula.has_short_hessian:
            return super().hessian(x, out)
        return self._formula.hessian(x, self._values, out)


def _kept(given: Mapping[str, object]) -> tuple[str, ...]:
    """The names that are parameters whatever else they might mean: a file or a person gave them a value."""
    return tuple(sorted(name for name in given if name != "text"))


def _parameter(name: str) -> Param:
    return Param(
        name=name,
        default=1.0,
        low=-1e9,
        high=1e9,
        slider=(-5, 5),
        symbol=name,
        doc=f"The number {name} of the formula.",
    )
