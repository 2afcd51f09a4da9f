"""The check at a point of a race finds right gradients right, wrong ones wrong, and says which points have none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.races import on_network, on_objective, rule
from workbench.engine import datasets
from workbench.engine.checks.gradient_check import CheckReport, CheckRequest, GradientCheck
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem, central_differences
from workbench.engine.problem import Floats, Problem
from workbench.engine.race.race import Race

LONG = 60.0


def checked(problem: Problem, theta: Floats, step: int = 0, **request: Any) -> CheckReport:
    return GradientCheck(problem, theta, step, CheckRequest(**request)).work(LONG)


def verdicts(report: CheckReport) -> set[str]:
    assert report.done
    assert not report.fault
    return {block.verdict for block in report.blocks}


def formula(text: str, *starts: tuple[float, ...]) -> ObjectiveProblem:
    return ObjectiveProblem(objectives.get("formula")({"text": text}), starts)


@pytest.mark.parametrize("key", objectives.keys())
def test_every_objective_agrees_at_its_start_and_around(key: str) -> None:
    problem = on_objective(key, 1, 4)
    report = [checked(problem, problem.initial(), run=run) for run in range(4)]
    assert all(verdicts(each) == {"agrees"} for each in report)
    names = ["W"] if problem.objective.shape else [f"x{i}" for i in range(problem.size)]
    assert [block.name for block in report[0].blocks] == names


@pytest.mark.parametrize("settings", [
    {"batch_size": 8}, {}, {"dtype": "float32", "batch_size": 8}, {"l1": 1e-3, "l2": 1e-2},
], ids=str)  # fmt: skip
def test_networks_agree_wherever_a_race_is(settings: dict[str, Any]) -> None:
    """Two lanes and two starts, each run on its own batches; the largest components are those of the race."""
    race = Race(on_network("moons", 2, 2, **settings), [rule("adam", 0.01), rule("sgd", 0.1)])
    for steps in (0, 37):
        race.advance(steps)
        for run in range(4):
            report = checked(race.problem, race.theta, race.step, run=run, most=0)
            assert verdicts(report) <= {"agrees", "kinks"}
            assert report.loss == pytest.approx(race.loss[run], rel=1e-5)
            for block, tensor in zip(report.blocks, race.problem.tensors, strict=True):
                assert (block.name, block.shape, block.checked) == (tensor.name, tensor.shape, tensor.size)
                there = np.abs(race.gradient[run, tensor.start : tensor.stop]).max()
                assert block.largest == pytest.approx(there, rel=2e-4)


def test_dropout_and_batch_normalisation_are_those_of_the_next_step() -> None:
    """One draw for all evaluations: else no difference would come near. The race stays as it was."""
    split = datasets.load("moons", {"samples": 60}, 0, 0.25, "none")
    hidden = [LayerSpec(12, "tanh", dropout=0.4, batch_norm=True), LayerSpec(6, "elu", dropout=0.2)]
    race, other = (
        Race(NetworkProblem(split, hidden, lanes=1, starts=2, batch_size=16), [rule("adam", 0.01)]) for _ in range(2)
    )
    for _ in range(4):
        race.advance(5)
        for run in (0, 1):
            report = checked(race.problem, race.theta, race.step, run=run, most=0)
            assert verdicts(report) == {"agrees"}
            assert report.loss == pytest.approx(race.loss[run], rel=1e-12)
    other.advance(20)
    assert np.array_equal(race.theta, other.theta)
    assert all(np.array_equal(race.metrics[name], values) for name, values in other.metrics.items())


def wrong(problem: Problem, column: int, factor: float) -> Problem:
    """The problem, and what it makes of itself for a check, with one component of the gradient off by a factor."""
    precise = problem.precise(0)
    right = precise.loss_and_gradient

    def off(theta: Floats, step: int, out: Floats, runs: Any = None) -> Floats:
        loss = right(theta, step, out, runs)
        out[:, column] *= factor
        return loss

    precise.loss_and_gradient = off  # type: ignore[method-assign]
    problem.precise = lambda _run: precise  # type: ignore[method-assign]
    return problem


@pytest.mark.parametrize("factor", [1.0001, 0.5, -1.0])
def test_a_wrong_component_is_found_in_its_own_block_and_named(factor: float) -> None:
    problem = on_network("moons", 1)
    tensor = problem.tensors[2]
    theta, out = problem.initial(), np.empty((1, problem.size))
    problem.loss_and_gradient(theta, 0, out)
    right = out[0, tensor.start : tensor.stop].copy()
    worst = int(np.abs(right).argmax())
    made = right.copy()
    made[worst] *= factor
    report = checked(wrong(problem, tensor.start + worst, factor), theta, most=0)
    assert {b.name for b in report.blocks if b.verdict == "differs"} == {"layer2.weight"}
    found = report.blocks[2]
    assert found.worst == worst
    assert found.difference == pytest.approx(abs(made[worst] - right[worst]), rel=1e-3)
    assert found.relative == pytest.approx(found.difference / np.abs(made).max(), rel=1e-9)


def test_a_wrong_coordinate_is_found() -> None:
    problem = on_objective("rosenbrock", 1)
    report = checked(wrong(problem, 1, 1.001), problem.initial())
    assert [block.verdict for block in report.blocks] == ["agrees", "differs"]


def test_near_a_minimum_the_curvature_is_not_taken_for_a_fault() -> None:
    """There a plain central difference is off by more than the gradient's 1e-6."""
    problem, near = on_objective("rosenbrock", 1), np.array([[1 + 1e-8, 1 + 2.1e-8]])
    exact, plain = np.empty((1, 2)), np.empty((1, 2))
    problem.objective.gradient(near, exact)
    central_differences(problem.objective.value, near, float(np.finfo(float).eps ** (1 / 3)), plain)
    assert np.abs(plain - exact).max() > 1e-6 * np.abs(exact).max()
    assert verdicts(checked(problem, near)) == {"agrees"}


def test_at_a_minimum_there_is_too_little_to_tell() -> None:
    problem = on_objective("quadratic", 1)
    assert verdicts(checked(problem, np.zeros((1, 2)))) == {"small"}


def test_a_layer_whose_units_are_all_dead_is_too_small_to_tell() -> None:
    """Biases far below zero: no ReLU of the first layer is on, and nothing that hangs on its values has a gradient."""
    problem = on_network("moons", 1)
    theta = problem.initial()
    problem.network.blocks[0].bias(theta)[:] = -1e3
    report = checked(problem, theta)
    small = {b.name for b in report.blocks if b.verdict == "small"}
    # tanh of the second layer's biases, which are 0, is 0 too
    assert small == {"layer1.weight", "layer1.bias", "layer2.weight", "output.weight"}


def test_a_point_on_a_kink_is_counted_and_one_near_it_agrees() -> None:
    """The first has slopes −1 and 2 at x = 0, and takes 1; the second has a bend within the step just beside it."""
    report = checked(formula("max(abs(x), 2*x) + y^2", (0.0, 1.0)), np.array([[0.0, 1.0]]))
    assert [(b.verdict, b.kinks) for b in report.blocks] == [("kinks", 1), ("agrees", 0)]
    for beside in (1e-6, 3e-6, -5e-6):
        report = checked(formula("abs(x) + y^2", (0.0, 1.0)), np.array([[beside, 1.0]]))
        assert verdicts(report) == {"agrees"}


def test_a_wrong_slope_beside_a_kink_is_not_excused() -> None:
    problem = formula("abs(x) + y^2", (0.0, 1.0))
    report = checked(wrong(problem, 0, 3.0), np.array([[1e-6, 1.0]]))
    assert report.blocks[0].verdict == "differs"


def test_relu_units_that_stand_at_zero_are_on_a_kink() -> None:
    """Weights and biases of nought: every sum of the first layer is 0, and a bias moves it to either side."""
    split = datasets.load("linear", {"samples": 40}, 0, 0.0, "none")
    problem = NetworkProblem(split, [LayerSpec(3, "relu")])
    theta = problem.initial()
    problem.network.blocks[0].weight(theta)[:] = 0.0
    problem.network.blocks[0].bias(theta)[:] = 0.0
    report = checked(problem, theta)
    kinks = {b.name: (b.verdict, b.kinks) for b in report.blocks}
    assert kinks["layer1.bias"][1] == 3
    assert kinks["output.bias"] == ("agrees", 0)
    assert not any(verdict == "differs" for verdict, _ in kinks.values())


def test_a_sample_of_a_large_block_is_drawn_by_the_step_and_says_how_many() -> None:
    problem = on_network("digits", 1, batch_size=16)
    report, again, later = (checked(problem, problem.initial(), step, most=50) for step in (3, 3, 4))
    counts = [(b.size, b.chosen, b.checked) for b in report.blocks]
    assert counts[:2] == [(64 * 16, 50, 50), (16, 16, 16)]
    assert (report.checked, report.size) == (sum(c for _, c, _ in counts), problem.size)
    assert [b.worst for b in report.blocks] == [b.worst for b in again.blocks] != [b.worst for b in later.blocks]


def test_a_check_goes_on_piece_by_piece_and_ends_with_the_same() -> None:
    """Each piece compares some more; the point it began at is kept though the race moves on."""
    race = Race(on_network("digits", 1, batch_size=64), [rule("adam", 0.01)])
    whole = checked(race.problem, race.theta, most=0)
    check, seen = GradientCheck(race.problem, race.theta, race.step, CheckRequest(most=0)), [0]
    report = check.work(0.0)
    while not check.done:
        race.advance(1)
        report = check.work(0.0)
        seen.append(report.checked)
    assert len(set(seen)) > 5
    assert seen == sorted(seen)
    assert report.blocks == whole.blocks
    assert report.step == 0


def test_a_run_that_has_flown_off_has_no_gradient_to_check() -> None:
    problem = on_objective("rosenbrock", 1)
    report = checked(problem, np.array([[np.inf, 0.0]]))
    assert verdicts(report) == {"none"}


def test_a_run_that_is_not_in_the_race_is_told_in_a_sentence() -> None:
    problem = on_objective("rosenbrock", 1)
    report = GradientCheck(problem, problem.initial(), 0, CheckRequest(run=7)).work(LONG)
    assert report.done
    assert report.fault.endswith(".")


def test_noise_and_numerical_gradients_are_left_out() -> None:
    """What is checked is the objective's own gradient."""
    problem = ObjectiveProblem(objectives.get("rosenbrock")(), [(-1.2, 1.0)], 1, difference=0.1, noise=5.0)
    report = checked(problem, problem.initial())
    assert verdicts(report) == {"agrees"}
    assert report.blocks[0].largest == pytest.approx(215.6)  # 400·1.2·(1 − 1.44) − 2·2.2
