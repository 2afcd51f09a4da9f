"""Lanes may ask for draws of their own: what they share, what they do not, and that nothing else changes by it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from tests.engine.races import continues, equal, on_network, on_objective, problem_of, recorded, rule, state
from workbench.engine import datasets
from workbench.engine.checks.gradient_check import CheckRequest, GradientCheck
from workbench.engine.network.diagram import diagram
from workbench.engine.network.explain import explain
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.network.report import gradient_of, layers_report
from workbench.engine.objectives import objectives
from workbench.engine.problem import Problem
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.streams import Purpose, Streams, stream

MIXED = (0, 3, 0, 1)
#: Every way in which a problem draws: batches, dropout, both, noise; and what the batch leaves behind.
CASES: list[tuple[str, dict[str, Any]]] = [
    ("moons", {"batch_size": 8}),
    ("moons", {"batch_size": 8, "dtype": "float32"}),
    ("linear", {"batch_size": 5}),
    ("dropout", {"batch_size": 8}),
    ("dropout", {"batch_size": 8, "dtype": "float32"}),
    ("dropout", {"batch_size": 0}),
    ("rosenbrock", {"noise": 0.5}),
    ("rastrigin", {"noise": 0.1, "difference": 1e-4}),
]
STEPS = 40


def name_of(value: object) -> str:
    return value if isinstance(value, str) else "-".join(f"{k}={v}" for k, v in value.items())  # type: ignore[attr-defined]


def problem(name: str, draws: tuple[int, ...], starts: int = 1, **settings: Any) -> Problem:
    """A problem for lanes of these draws; "dropout" is a network with dropout and batch normalisation."""
    if name != "dropout":
        return problem_of(name, len(draws), starts, draws=draws, **settings)
    split = datasets.load("spirals", {"samples": 44}, 0, 0.25)
    hidden = [LayerSpec(9, "relu", "he_normal", dropout=0.3, batch_norm=True), LayerSpec(6, "tanh", dropout=0.2)]
    return NetworkProblem(split, hidden, lanes=len(draws), draws=draws, starts=starts, **settings)


def rules_for(name: str) -> list[LaneRule]:
    """A rule for each lane of `MIXED`; two of them evaluate at further points of a step."""
    curved = rule("newton", 1.0) if name in objectives else rule("lbfgs", 0.5, history_size=4)
    return [rule("adam", 0.01), rule("adam", 0.02), rule("lbfgs", 1.0, history_size=4), curved]


def race_of(name: str, starts: int = 1, draws: tuple[int, ...] = MIXED, **settings: Any) -> Race:
    return Race(problem(name, draws, starts, **settings), rules_for(name))


@pytest.mark.parametrize("starts", [1, 3])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=name_of)
def test_a_lane_in_a_race_of_many_draws_does_what_it_does_alone(
    name: str, settings: dict[str, Any], starts: int
) -> None:
    """Bit for bit, state and record, whatever the others draw."""
    race = race_of(name, starts, **settings)
    race.advance(STEPS)
    for lane, one in enumerate(race.lanes):
        alone = Race(problem(name, MIXED[lane : lane + 1], starts, **settings), [one])
        alone.advance(STEPS)
        runs = slice(lane * starts, (lane + 1) * starts)
        assert equal(state(alone, slice(0, starts)), state(race, runs)), lane
        assert continues(recorded(alone, slice(0, starts)), recorded(race, runs)), lane


@pytest.mark.parametrize("starts", [1, 3])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=name_of)
def test_draws_of_others_change_nothing_for_a_lane_of_draw_0(name: str, settings: dict[str, Any], starts: int) -> None:
    """What was recorded before lanes had draws stays bit for bit; the lanes with other draws are what changes."""
    plain, mixed = race_of(name, starts, (0,) * len(MIXED), **settings), race_of(name, starts, **settings)
    plain.advance(STEPS)
    mixed.advance(STEPS)
    for lane, draw in enumerate(MIXED):
        runs = slice(lane * starts, (lane + 1) * starts)
        assert equal(recorded(plain, runs), recorded(mixed, runs)) == (draw == 0)


@pytest.mark.parametrize("starts", [1, 2])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=name_of)
def test_reset_repeats_every_draw_and_so_does_stepping_back(name: str, settings: dict[str, Any], starts: int) -> None:
    """A new build, a way back to the start, and a way back to the middle lead to the same state."""
    first, second = race_of(name, starts, **settings), race_of(name, starts, **settings)
    begin = state(first)
    first.advance(STEPS)
    second.advance(STEPS)
    end, rows = state(first), recorded(first, slice(None))
    assert equal(end, state(second))
    first.seek(0)
    assert equal(state(first), begin)
    first.advance(STEPS)
    assert equal(state(first), end)
    first.seek(STEPS // 3)
    first.seek(STEPS)
    assert equal(state(first), end)
    assert equal(recorded(first, slice(None)), rows)


def test_what_draw_0_draws_is_what_its_seed_sequence_says() -> None:
    """Weights, batches, dropout and noise against numpy's own sequences, keyed by start, purpose and block alone."""

    def random(purpose: int, start: int, index: int = 0) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(7, spawn_key=(start, purpose, index)))

    _assert_drawn(0, random)


def test_another_draw_has_the_same_keys_with_its_number_behind_them() -> None:
    """So that its numbers are on record as well, and no later change of the program may alter them."""

    def random(purpose: int, start: int, index: int = 0) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(7, spawn_key=(start, purpose, index, 12)))

    _assert_drawn(12, random)


def _assert_drawn(draw: int, random: Any) -> None:
    """What a lane of a draw sees, of two starts, beside a lane of another one."""
    split = datasets.load("moons", {"samples": 40}, 0, 0.25)
    hidden = [LayerSpec(5, "tanh", dropout=0.25)]
    p = NetworkProblem(split, hidden, lanes=2, draws=(99, draw), starts=2, seed=7, batch_size=8)
    theta, (x, _), masks = p.initial(), p.batch(4 * 3 + 1), p.masks(13, 8)
    assert masks is not None
    assert masks[0] is not None
    for start in range(2):
        bound = np.sqrt(6 / (2 + 5))  # X. Glorot and Y. Bengio, 2010
        weights = random(0, start).uniform(-bound, bound, (2, 5))
        np.testing.assert_array_equal(theta[2 + start, :10].reshape(2, 5), weights)
        order = random(1, start, 3).permutation(30)
        np.testing.assert_array_equal(x[2 + start], p.x_train[order[8:16]])
        kept = random(6, start, 13).random((8, 5)) >= 0.25
        np.testing.assert_array_equal(masks[0][2 + start], kept / 0.75)
    flat = on_objective("quadratic", 2, 2, draws=(99, draw), seed=7, noise=0.5)
    out = np.empty((4, 2))
    flat.loss_and_gradient(np.zeros((4, 2)), 2048 + 3, out)
    for start in range(2):  # a block is of 4096 numbers: the second one begins at step 2048
        block = random(2, start, 1).standard_normal((2048, 2))
        np.testing.assert_array_equal(out[2 + start], 0.5 * block[3])


def test_no_two_streams_are_the_same() -> None:
    """Over seeds, starts, purposes, blocks and draws, the largest included."""
    numbers = (0, 1, 2, 3, 5, 63, 1_000_000)
    keys = itertools.product((0, 1, 2**40), Purpose, (0, 1, 2, 63), numbers, numbers)
    states = [stream(s, purpose, start, i, draw).bit_generator.random_raw(2) for s, purpose, start, i, draw in keys]
    assert len({tuple(words) for words in states}) == len(states) == 3 * len(Purpose) * 4 * 7 * 7


def test_lanes_of_one_draw_share_all_and_lanes_of_two_share_nothing_random() -> None:
    p = problem("dropout", (2, 0, 2), 2, batch_size=8)
    assert isinstance(p, NetworkProblem)
    masks = p.masks(3, 8)
    assert masks is not None
    for seen in (p.initial(), *p.batch(5)[:1], *(mask for mask in masks if mask is not None)):
        assert np.array_equal(seen[:2], seen[4:])
        distinct = {seen[run].tobytes() for run in range(4)}
        assert len(distinct) == 4


@pytest.mark.parametrize("draw", [0, 5])
def test_a_batch_that_all_runs_share_is_given_once(draw: int) -> None:
    """However many lanes there are: copies for each run would cost a race of one draw its pace."""
    p = problem("dropout", (draw,) * 5, batch_size=8)
    assert isinstance(p, NetworkProblem)
    masks = p.masks(0, 8)
    assert masks is not None
    assert p.batch(0)[0].shape == (1, 8, 2)
    assert [None if mask is None else len(mask) for mask in masks] == [1, 1, None]


@pytest.mark.parametrize("starts", [1, 2])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=name_of)
def test_points_of_named_runs_see_what_those_runs_see(name: str, settings: dict[str, Any], starts: int) -> None:
    """In whatever order runs are asked for, some of them twice, as line searches do."""
    p = problem(name, MIXED, starts, **settings)
    theta = p.initial() + np.linspace(0, 0.1, p.size).astype(p.dtype)
    out = np.empty_like(theta)
    loss = p.loss_and_gradient(theta, 11, out)
    runs = np.array([3, 0, 1, 1, p.runs - 1])
    some = np.empty((5, p.size), p.dtype)
    assert np.array_equal(p.loss_and_gradient(theta[runs], 11, some, runs), loss[runs])
    assert np.array_equal(some, out[runs])


@pytest.mark.parametrize("size", [8, 0])
def test_what_is_shown_of_a_run_is_of_its_own_batch(size: int) -> None:
    """The report on layers, the diagram and backpropagation taken apart agree with the race, for every run."""
    race = Race(problem("dropout", MIXED, 2, batch_size=size), [rule("adam", 0.01)] * 4)
    race.advance(7)
    p = race.problem
    assert isinstance(p, NetworkProblem)
    for run in range(p.runs):
        gradient = gradient_of(p, race.theta[run : run + 1], run, race.step)
        assert np.array_equal(gradient[0], race.gradient[run])
        drawn, layers, told = diagram(race, run), layers_report(race, run, 0), explain(p, race.theta, race.step, run)
        assert drawn is not None
        assert layers is not None
        assert told is not None
        first = race.gradient[run, : 2 * 9].reshape(2, 9)
        assert np.array_equal(drawn.gradients[0], first)
        (loss,) = (stage.value for stage in told.stages if stage.rule == "loss")
        assert loss.corner[0, 0] == pytest.approx(race.loss[run], rel=1e-12)
        (weights,) = (s.value for s in told.stages if (s.rule, s.layer) == ("weight_gradient", 0))
        np.testing.assert_allclose(weights.corner, first[:, :12], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("step", [0, 3])
def test_the_gradient_check_compares_within_one_draw(step: int) -> None:
    """The loss is that of the race, for each run its own; differences over other batches would tell nothing."""
    race = Race(problem_of("moons", 3, 2, batch_size=8, draws=(4, 0, 1)), [rule("adam", 0.01)] * 3)
    race.advance(step)
    for run in range(6):
        report = GradientCheck(race.problem, race.theta, step, CheckRequest(run=run, most=0)).work(60.0)
        assert report.loss == pytest.approx(race.loss[run], rel=1e-12)
        assert {block.verdict for block in report.blocks} == {"agrees"}


def test_draws_must_be_as_many_as_lanes() -> None:
    with pytest.raises(ValueError, match="a draw for each of the 3 lanes, got 2"):
        on_network("moons", 3, draws=(0, 1))


def test_each_pair_of_draw_and_start_is_there_once_and_found_by_its_runs() -> None:
    found = Streams(0, 4, 2, (5, 0, 5, 2))
    assert found.keys == ((5, 0), (5, 1), (0, 0), (0, 1), (2, 0), (2, 1))
    assert found.of.tolist() == [0, 1, 2, 3, 0, 1, 4, 5]
