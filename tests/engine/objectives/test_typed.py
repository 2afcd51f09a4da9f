"""Typed formulas as objectives: the race, the file, and faults under the experiment's path."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.engine.formula.formula import compiled
from workbench.engine.formula.grammar import FormulaError
from workbench.engine.objectives import objectives
from workbench.engine.params import RequestError
from workbench.experiment.build import make_race
from workbench.experiment.experiment import Experiment, Lane, ObjectiveSetup
from workbench.experiment.files import dumps, loads
from workbench.experiment.filling import fill


def of(text: str, *start: float, **parameters: Any) -> Experiment:
    problem = ObjectiveSetup(objective="formula", start=start, parameters={"text": text, **parameters})
    return Experiment(steps=5, problem=problem, lanes=(Lane(optimizer="sgd", hyperparameters={"learning_rate": 0.1}),))


def test_a_formula_runs_as_the_catalogues_function_does() -> None:
    typed = make_race(of("(a - x)^2 + b*(y - x^2)^2", -1.2, 1.0, b=100.0))
    known = ObjectiveSetup(objective="rosenbrock", start=(-1.2, 1.0))
    listed = make_race(Experiment(steps=5, problem=known, lanes=of("x").lanes))
    np.testing.assert_allclose(typed.gradient, listed.gradient, rtol=1e-15)
    np.testing.assert_allclose(typed.loss, listed.loss, rtol=1e-15)


def test_parameters_are_filled_in_and_come_back_from_the_file() -> None:
    full = fill(of("a*x^2 + value*y^2 + text2", 1.0, 2.0, value=3))
    assert isinstance(full.problem, ObjectiveSetup)
    assert full.problem.parameters == {"text": "a*x^2 + value*y^2 + text2", "a": 1.0, "value": 3.0, "text2": 1.0}
    assert loads(dumps(full)) == full == fill(full)


def test_the_dimension_follows_from_the_start_and_the_start_from_the_formula() -> None:
    for text, start, size in (("x^2", (), 1), ("x^2", (1.0, 2.0), 2), ("x0 + x3^2", (), 4), ("x*y", (), 2)):
        assert make_race(of(text, *start)).problem.size == size
    with pytest.raises(RequestError, match=r"`problem.start` must have 2 to 1000 coordinates"):
        fill(of("x*y", 1.0))


def test_a_fault_in_the_text_keeps_its_place_under_the_experiments_path() -> None:
    with pytest.raises(FormulaError, match=r"^`problem.parameters.text` has a fault at column 4") as caught:
        fill(of("x +"))
    assert (caught.value.position, caught.value.length) == (3, 0)
    with pytest.raises(RequestError, match=r"`problem.parameters.text` must be a text, got 3"):
        fill(of(3))  # type: ignore[arg-type]
    with pytest.raises(RequestError, match=r"`problem.parameters.b` is not a setting .*there are: text, a"):
        fill(of("a*x", b=2.0))
    with pytest.raises(RequestError, match=r"`problem.parameters.a` must lie in"):
        fill(of("a*x", a=1e10))


def test_a_parameter_may_bear_the_name_of_anything_in_the_program() -> None:
    names = ("value", "gradient", "minima", "key", "title", "self", "complete", "domain", "lambda", "None")
    typed = objectives.get("formula")({"text": "x*(" + "+".join(names) + ")"})
    assert typed.value(np.array([2.0])) == 2.0 * len(names)


def test_a_text_is_read_once() -> None:
    assert compiled("x^2 + 17*y") is compiled("x^2 + 17*y")
