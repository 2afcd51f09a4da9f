"""The shipped learning rates: one for every objective and optimizer, and each shows something and stays."""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.many import times
from tests.many_objectives import run_all
from tests.nearby import DIGITS, FACTORS, nearby
from workbench.engine.objectives import Objective, objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.objectives.rates import SUGGESTED_STEPS
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race
from workbench.resources import resource

STEPS = 300
#: rules that ask for second derivatives or search along a line: each objective in a race of its own
SEARCHING = ("lbfgs", "newton")
#: a rule that is typed in is another one in each lane: no rate would suit them all
RATED = tuple(key for key in optimizers.keys() if key != "rule")  # noqa: SIM118 - iterating gives classes
Floats = NDArray[np.float64]
KEYS = objectives.keys()
#: FTRL's first step draws θ to 0 where gradients are small beside its initial accumulator, as on these plains: at any
#: rate. On log cosh, the rates of two rules that do not shake out of the minimum again are slow to come there.
BEYOND_HELP = {"easom": {"ftrl"}, "michalewicz": {"ftrl"}, "log_cosh": {"lion", "schedule_free_adamw"}}


def test_every_objective_has_a_rate_for_every_optimizer_that_the_optimizer_allows() -> None:
    for entry in objectives:
        assert set(entry.rates) == set(RATED)
        for key, rate in entry.rates.items():
            assert complete(optimizers.get(key).params, {"learning_rate": rate})["learning_rate"] == rate


def test_the_table_has_no_row_or_column_of_something_that_is_gone() -> None:
    with resource("data/rates.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == ("objective", *RATED)
    assert tuple(row[0] for row in rows) == KEYS


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_every_rate_brings_a_run_clearly_down_without_diverging(key: str) -> None:
    """Within 300 steps from the usual start, by a tenth of what there is to gain; a saddle may throw it off."""
    entry = objectives.get(key)
    rules = [
        LaneRule(name, "pytorch", complete(optimizers.get(name).params, {"learning_rate": rate}))
        for name, rate in entry.rates.items()
    ]
    problem = ObjectiveProblem(entry(), [entry.start], len(rules))
    race = Race(problem, rules, limit=STEPS)
    race.advance(STEPS)
    loss = race.history.view().values["loss"]
    known = [m.value for m in entry().minima()]
    first = float(loss[0, 0])
    if known:
        floor = min(known)
    else:
        grid = np.stack(np.meshgrid(*[np.linspace(low, high, 101) for low, high in entry.domain]), axis=-1)
        floor = float(entry().value(grid).min())
    reached = np.nanmin(loss, axis=0)
    weak = {rule.optimizer for rule, low in zip(rules, reached, strict=True) if first - low < 0.1 * (first - floor)}
    assert weak == BEYOND_HELP.get(key, set())
    if known:
        assert race.alive.all(), [rule.optimizer for rule, well in zip(rules, race.alive, strict=True) if not well]


# To the end of the suggested steps


def rules_of(names: list[str]) -> list[LaneRule]:
    return [LaneRule(name, "pytorch", complete(optimizers.get(name).params, {})) for name in names]


def settled(objective: Objective, points: Floats) -> Floats:
    """Where gradient descent ends from points (K, D), its steps halved and doubled: at minima, or on plains."""
    x, rate = points.copy(), np.full((len(points), 1), 1e-3)
    slope, value = np.empty_like(x), objective.value(x)
    for _ in range(3000):
        objective.gradient(x, slope)
        moved = x - rate * slope
        there = objective.value(moved)
        better = (there < value)[:, None]
        x, value = np.where(better, moved, x), np.where(better[:, 0], there, value)
        rate = np.where(better, rate * 2.0, rate * 0.5)
    return x


def leavers(objective: Objective, loss: Floats, path: Floats) -> list[int]:
    """The runs that leave a lowest minimum once within 1e-6, of the way down, of it: loss (T, L), path (T, L, D).

    Lowest is what is known to be, or else the lowest point that any of these runs comes to or descends to from where it
    stood: never rates that were measured, nor how they were.
    """
    known = [m for m in objective.minima(path.shape[-1]) if m.is_global]
    first = float(loss[0, 0])
    if known:
        floor = min(m.value for m in known)
    else:
        lowest = path[np.nanargmin(loss, axis=0), np.arange(loss.shape[1])]
        values = objective.value(settled(objective, lowest))
        floor = float(np.nanmin(np.append(values, np.nanmin(loss))))
    if not np.isfinite(floor) or floor < -1e12:  # there is no lowest value
        return []
    share = np.nan_to_num((loss - floor) / (first - floor), nan=np.inf)
    reached = np.logical_or.accumulate(share < 1e-6, axis=0)
    return np.flatnonzero((reached & (share > 1e-3)).any(axis=0)).tolist()


def shakers(objective: Objective, loss: Floats, path: Floats) -> list[int]:
    """The runs that come to rest in any minimum, for ten steps, and leave it: found where their losses stand still."""
    if np.nanmin(loss) < -1e12:  # it leads down without end, where all rest is that of a saddle
        return []
    first, rests = float(loss[0, 0]), {}
    for run in range(loss.shape[1]):
        stands = np.abs(np.diff(loss[:, run])) <= 1e-9 * max(1e-300, first - float(np.nanmin(loss[:, run])))
        still = np.flatnonzero(np.convolve(stands, np.ones(10), "valid") == 10)
        if len(still):
            rests[run] = int(still[0]) + 10
    if not rests:
        return []
    bottoms = objective.value(settled(objective, np.array([path[at, run] for run, at in rests.items()])))
    found = []
    for (run, at), value in zip(rests.items(), bottoms.tolist(), strict=True):
        way = first - value
        if way <= 0 or loss[at, run] - value > 1e-6 * way:
            continue  # it stood on a plain, or slid
        if not (loss[at:, run] - value <= 1e-3 * way).all():
            found.append(run)
    return found


#: Starts drawn in their last digits, none of which the rates were chosen by (`tests/tune_rates.py`).
DRAWS, SEED = 3, 7
#: Those of them, and the rates nearby, that every run of the suite tries; all where `tests.many` asks for them.
TRIED_DRAWS = times(1, DRAWS)
TRIED = tuple(sorted(FACTORS, key=lambda factor: abs(factor - 1.0))[: times(2, len(FACTORS))])
VARIANTS = (
    "",
    *(f" at {factor:g} of its rate" for factor in TRIED),
    *(f" from another start ({i})" for i in range(TRIED_DRAWS)),
)
TOGETHER = 10  # objectives in one race, which bounds the memory


def records_together(key: str) -> dict[str, tuple[list[str], Floats, Floats]]:
    """An objective, and those beside it in one race, with all optimizers at their suggested rates and nearby.

    Of each the names of its lanes, their losses (T, L) and points (T, L, D).
    """
    size = len(objectives.get(key).start)
    same = [entry for entry in objectives if len(entry.start) == size]
    first = [entry.key for entry in same].index(key) // TOGETHER * TOGETHER
    entries = same[first : first + TOGETHER]
    names = [name for name in RATED if name not in SEARCHING]
    rates = np.array([[entry.rates[name] for entry in entries] for name in names])
    points = np.array([entry().usual_start() for entry in entries])
    near, begun = nearby(rates, points, factors=TRIED, draws=TRIED_DRAWS, seed=SEED)
    lanes = [name for name in names for _ in VARIANTS]
    with np.errstate(all="ignore"):
        loss, path = run_all(entries, rules_of(lanes), near, SUGGESTED_STEPS, begun)
    told = [name + variant for name in names for variant in VARIANTS]
    return {entry.key: (told, loss[:, :, i], path[:, :, i]) for i, entry in enumerate(entries)}


@pytest.fixture(scope="module")
def records_of() -> Callable[[str], tuple[list[str], Floats, Floats]]:
    """The records of an objective; those of the last race are kept for the next ones."""
    kept: dict[str, tuple[list[str], Floats, Floats]] = {}

    def give(key: str) -> tuple[list[str], Floats, Floats]:
        if key not in kept:
            kept.clear()
            kept.update(records_together(key))
        return kept[key]

    return give


def test_many_objectives_in_one_race_are_the_races_of_each() -> None:
    """Bit for bit: what the next test runs side by side is what a person's race does."""
    names = [name for name in RATED if name not in SEARCHING]
    entries = [objectives.get(key) for key in ("himmelblau", "rosenbrock", "ackley")]
    rates = np.array([[entry.rates[name] for entry in entries] for name in names])
    loss, path = run_all(entries, rules_of(names), rates, 300)
    for i, entry in enumerate(entries):
        rules = [
            LaneRule(name, "pytorch", complete(optimizers.get(name).params, {"learning_rate": entry.rates[name]}))
            for name in names
        ]
        race = Race(ObjectiveProblem(entry(), [entry.start], len(rules)), rules)
        race.advance(300)
        seen = race.history.view().values
        assert np.array_equal(loss[:, :, i], seen["loss"], equal_nan=True)
        assert np.array_equal(path[:, :, i], seen["path"], equal_nan=True)


def test_what_is_nearby_differs_in_the_rate_or_in_the_last_digits_of_the_start() -> None:
    points = np.array([[1.0, -3.0], [0.0, 250.0]])
    rates, begun = nearby(np.array([[0.1, 2.0], [5.0, 7.0]]), points, factors=(0.5, 2.0), draws=2, seed=0)
    assert rates.tolist() == [
        [0.1, 2.0], [0.05, 1.0], [0.2, 4.0], [0.1, 2.0], [0.1, 2.0],
        [5.0, 7.0], [2.5, 3.5], [10.0, 14.0], [5.0, 7.0], [5.0, 7.0],
    ]  # fmt: skip
    drawn = np.array([3, 4, 8, 9])
    assert (np.delete(begun, drawn, axis=0) == points).all()
    off = np.abs(begun[drawn] - points)
    assert (off <= 6 * DIGITS * np.abs(points)).all()
    assert (off > 0).sum() == 3 * len(drawn), "each coordinate but the one that is 0"
    assert len({row.tobytes() for row in begun[drawn]}) == len(drawn)


def test_a_rate_that_stays_by_luck_is_found_out_by_what_is_nearby() -> None:
    """The rate of Adam on Himmelblau that once was suggested: it throws a run out of the minimum, if late."""
    entry = objectives.get("himmelblau")
    near, begun = nearby(np.array([[1.0]]), np.array([entry().usual_start()]), factors=FACTORS, draws=DRAWS, seed=SEED)
    with np.errstate(all="ignore"):
        loss, path = run_all([entry], rules_of(["adam"] * len(near)), near, SUGGESTED_STEPS, begun)
    gone = leavers(entry(), loss[:, :, 0], path[:, :, 0])
    assert gone
    assert set(gone) != {0}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("key", KEYS)
def test_no_lane_leaves_a_minimum_that_it_has_reached(
    key: str, records_of: Callable[[str], tuple[list[str], Floats, Floats]]
) -> None:
    """To the end of the suggested steps, at every suggested rate, and with a margin.

    From starts that differ in their last digits as well: what held by its rounding alone would not hold on another
    processor. And at rates nearby none is thrown out of where it had come to rest; there it may pass a minimum at
    speed, since on which step it comes close by differs from rate to rate.
    """
    lanes, loss, path = records_of(key)
    objective = objectives.get(key)()
    own = [run for run, lane in enumerate(lanes) if "of its rate" not in lane]
    with np.errstate(all="ignore"):
        left = [own[run] for run in leavers(objective, loss[:, own], path[:, own])]
        gone = {lanes[run] for run in (*left, *shakers(objective, loss, path))}
    assert gone == set()


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_rules_that_search_along_a_line_stay_where_they_come_to_rest(key: str) -> None:
    """They hold no momentum: once nothing has moved for a hundred steps, nothing ever will. With the same margin."""
    entry = objectives.get(key)
    factors = (1.0, *TRIED)
    rules = [
        LaneRule(name, "pytorch", complete(optimizers.get(name).params, {"learning_rate": entry.rates[name] * factor}))
        for name in SEARCHING
        for factor in factors
    ]
    usual = np.array([entry().usual_start()])
    _, begun = nearby(np.ones((1, 1)), usual, factors=(), draws=TRIED_DRAWS, seed=SEED)
    problem = ObjectiveProblem(entry(), [tuple(start) for start in begun[:, 0].tolist()], len(rules))
    race = Race(problem, rules, limit=SUGGESTED_STEPS, capacity=None)
    rested = False
    while not race.finished and not rested:
        before = race.theta.copy()
        race.advance(100)
        rested = np.array_equal(before, race.theta)
    seen = race.history.view().values
    with np.errstate(all="ignore"):
        gone = leavers(entry(), seen["loss"], seen["path"])
    assert [(rules[run // len(begun)].optimizer, run) for run in gone] == []
