"""The engine against paths recorded from other libraries themselves (`tests/record_references.py`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.recorded import CASES, INPUTS, POINTS, SINGLE, STARTS, TARGETS, Case
from workbench.engine.datasets import Split
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import CONVENTIONS, complete
from workbench.engine.problem import Problem
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.schedules import schedules

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "reference_paths.json").read_text())
#: label and surface -> the points (S, T, P) of all starts
PATHS: dict[str, list[list[list[float]]]] = RECORDED["paths"]
RUNS = [(label, surface) for label, case in CASES.items() for surface in case.surfaces]
#: What no library has that was recorded, or what each lane says for itself; literal rules alone stand for them.
IN_NONE = {"newton", "rule"}
#: What they have and this program does not: wrappers around other optimizers.
WRAPPERS = {"keras": {"LossScaleOptimizer", "MultiOptimizer"}, "torch": set[str]()}


class FixedStart(NetworkProblem):
    """2-3-1 with tanh on the recorded samples, from the recorded weights."""

    def __init__(self, lanes: int, dtype: str) -> None:
        none = np.empty((0, 2))
        split = Split(np.array(INPUTS), np.array(TARGETS)[:, None], none, none[:, :1], (), None)
        super().__init__(split, [LayerSpec(3, "tanh")], lanes=lanes, starts=len(STARTS["network"]), dtype=dtype)

    def initial(self) -> np.ndarray:
        return np.tile(np.array(STARTS["network"], self.dtype), (self.runs // self.starts, 1))


def problem_of(surface: str, lanes: int, dtype: str = "float64") -> Problem:
    if surface == "network":
        return FixedStart(lanes, dtype)
    if surface == "ellipse":
        objective: Any = objectives.get("quadratic")({"curvature_x": 1.0, "curvature_y": 20.0})
    else:
        objective = objectives.get(surface)()
    return ObjectiveProblem(objective, STARTS[surface], lanes)


def rule_of(case: Case) -> LaneRule:
    values = complete(optimizers.get(case.ours).params, case.hyperparameters, case.convention)
    schedule = None
    if case.own_schedule is not None:
        name, parameters = case.own_schedule
        schedule = schedules.get(name)(parameters)
    return LaneRule(case.ours, case.convention, values, schedule, case.gradient or None)


def paths_of(surface: str, rules: Sequence[LaneRule], dtype: str = "float64") -> np.ndarray:
    """The points (lanes, S, T, P) after the recorded steps."""
    race = Race(problem_of(surface, len(rules), dtype), rules)
    points = []
    for step in POINTS:
        race.advance(step - race.step)
        points.append(race.theta.reshape(len(rules), len(STARTS[surface]), -1).copy())
    return np.stack(points, axis=2)


@cache
def raced(surface: str) -> dict[str, np.ndarray]:
    """The points (S, T, P) of every lane that is recorded on a surface, all in one race."""
    labels = [label for label, of in RUNS if of == surface]
    found = paths_of(surface, [rule_of(CASES[label]) for label in labels])
    return dict(zip(labels, found, strict=True))


@pytest.mark.parametrize(("label", "surface"), RUNS)
def test_the_path_is_the_one_that_the_library_takes(label: str, surface: str) -> None:
    """200 steps from two starts, by the library's own defaults or with every option set, to 1e-9."""
    np.testing.assert_allclose(raced(surface)[label], PATHS[f"{label} {surface}"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("label", CASES)
def test_a_recorded_lane_alone_takes_the_same_path_bit_for_bit(label: str) -> None:
    case = CASES[label]
    surface = case.surfaces[-1]
    assert np.array_equal(paths_of(surface, [rule_of(case)])[0], raced(surface)[label])


@pytest.mark.parametrize("label", SINGLE)
def test_in_single_precision_the_path_is_the_librarys_but_for_rounding(label: str) -> None:
    """A step rounds each parameter to within 2^-24 of its size, or of 1 where the network's sums pass through that.

    On these calm paths a difference is not magnified, so that after k steps two programs that add in another order
    differ by k roundings of the one and k of the other at most. The path in double precision is another one.
    """
    drift = np.array(POINTS)[:, None] * 2.0**-24
    expected = np.array(RECORDED["single"][label])
    found = paths_of("network", [rule_of(CASES[label])], "float32")[0]
    assert found.dtype == np.float32
    assert (np.abs(found - expected) <= 2 * drift * np.maximum(1.0, np.abs(expected))).all()
    assert not np.array_equal(found, paths_of("network", [rule_of(CASES[label])])[0].astype(np.float32))


@pytest.mark.parametrize("library", ["torch", "keras"])
def test_every_optimizer_that_the_library_exports_is_recorded(library: str) -> None:
    """The list is the library's own, taken down when the paths were recorded."""
    recorded = {case.theirs.split(".")[1] for case in CASES.values() if case.library == library}
    assert recorded | WRAPPERS[library] == set(RECORDED["optimizers"][library])
    assert not recorded & WRAPPERS[library]


def test_every_optimizer_is_recorded_from_somewhere_by_each_convention_that_is_not_the_others() -> None:
    recorded = {(case.ours, case.convention) for case in CASES.values()}
    told = {
        (entry.key, convention)
        for entry in optimizers
        for convention, name in zip(CONVENTIONS, ("PyTorch", "Keras"), strict=True)
        if f"{name} has no" in entry.conventions_note or entry.key in IN_NONE
    }
    assert {key for key, _ in recorded} | IN_NONE == set(optimizers.keys())
    assert recorded | told == {(key, convention) for key in optimizers.keys() for convention in CONVENTIONS}  # noqa: SIM118


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_rule_of_a_framework_is_recorded_under_a_schedule(convention: str) -> None:
    """What a rate that changes does is where the conventions part: velocities of steps, memories of rates."""
    library = {"pytorch": "torch", "keras": "keras"}[convention]
    of_library = [case for case in CASES.values() if case.library == library and case.convention == convention]
    assert {case.ours for case in of_library if case.schedule} == {case.ours for case in of_library}


def test_the_versions_that_were_recorded_are_told() -> None:
    assert set(RECORDED["versions"]) >= {case.library.replace("_", "-") for case in CASES.values()}
    assert set(PATHS) == {f"{label} {surface}" for label, surface in RUNS}
