"""The engine against paths recorded from PyTorch and Keras themselves (`tests/record_references.py`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.recorded import CASES, INPUTS, STARTS, STEPS, TARGETS, Case
from workbench.engine.datasets import Split
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objective_problem import ObjectiveProblem
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import CONVENTIONS, complete
from workbench.engine.problem import Problem
from workbench.engine.race import LaneRule, Race

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "reference_paths.json").read_text())
PATHS: dict[str, list[list[float]]] = RECORDED["paths"]
RUNS = [(label, surface) for label, case in CASES.items() for surface in case.surfaces]
#: What neither framework has; the others are in at least one of them.
IN_NEITHER = {"qhm", "qhadam", "newton"}


class FixedStart(NetworkProblem):
    """2-3-1 with tanh on the recorded samples, from the recorded weights."""

    def __init__(self, lanes: int) -> None:
        none = np.empty((0, 2))
        split = Split(np.array(INPUTS), np.array(TARGETS)[:, None], none, none[:, :1], (), None)
        super().__init__(split, [LayerSpec(3, "tanh")], lanes=lanes)

    def initial(self) -> np.ndarray:
        return np.tile(np.array(STARTS["network"]), (self.runs, 1))


def problem_of(surface: str, lanes: int) -> Problem:
    if surface == "network":
        return FixedStart(lanes)
    if surface == "ellipse":
        objective: Any = objectives.get("quadratic")({"curvature_x": 1.0, "curvature_y": 20.0})
    else:
        objective = objectives.get(surface)()
    return ObjectiveProblem(objective, [STARTS[surface]], lanes)


def rule_of(case: Case) -> LaneRule:
    values = complete(optimizers.get(case.ours).params, case.hyperparameters, case.convention)
    return LaneRule(case.ours, case.convention, values, None, case.gradient or None)


def path_of(surface: str, rules: Sequence[LaneRule]) -> np.ndarray:
    race = Race(problem_of(surface, len(rules)), rules)
    path = [race.theta.copy()]
    while race.advance(STEPS // 10) and race.step <= STEPS - STEPS // 10:
        path.append(race.theta.copy())
    return np.array([*path, race.theta.copy()])


@pytest.mark.parametrize(("label", "surface"), RUNS)
def test_the_path_is_the_one_that_the_library_takes(label: str, surface: str) -> None:
    """Every tenth point of 100 steps, from the library's own defaults or with every option set, to 1e-9."""
    found = path_of(surface, [rule_of(CASES[label])])
    np.testing.assert_allclose(found[:, 0], PATHS[f"{label} {surface}"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("surface", STARTS)
def test_all_recorded_lanes_of_a_surface_take_their_paths_in_one_race(surface: str) -> None:
    labels = [label for label, of in RUNS if of == surface]
    found = path_of(surface, [rule_of(CASES[label]) for label in labels])
    for lane, label in enumerate(labels):
        np.testing.assert_allclose(found[:, lane], PATHS[f"{label} {surface}"], rtol=1e-9, atol=1e-12, err_msg=label)


def test_every_optimizer_that_a_library_has_is_recorded() -> None:
    recorded = {(case.ours, case.convention) for case in CASES.values()}
    assert {key for key, _ in recorded} | IN_NEITHER == set(optimizers.keys())
    told = {
        (entry.key, convention)
        for entry in optimizers
        for convention, name in zip(CONVENTIONS, ("PyTorch", "Keras"), strict=True)
        if f"{name} has no" in entry.conventions_note or entry.key in IN_NEITHER
    }
    own_code = {("schedule_free_adamw", "pytorch")}  # its authors', not torch's
    assert recorded | told | own_code == {(key, convention) for key in optimizers.keys() for convention in CONVENTIONS}  # noqa: SIM118


def test_the_versions_that_were_recorded_are_told() -> None:
    assert set(RECORDED["versions"]) == {"torch", "keras"}
    assert set(PATHS) == {f"{label} {surface}" for label, surface in RUNS}
