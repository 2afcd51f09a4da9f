"""A fork takes the steps, bit for bit, that its parent takes where the same edit is made live."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.races import equal, on_objective, rule, state
from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.race import transfer
from workbench.engine.race.forks import Fork, Forks
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.snapshot import RaceInfo, take_snapshot
from workbench.engine.schedules import schedules

AT, END = 9, 24
KEYS = [key for key in optimizers.keys() if key != "rule"]  # noqa: SIM118 - iterating gives classes


def _network(lanes, draws=()):
    """Two starts of a network that has all that a step may depend on: batches, dropout, running averages."""
    split = datasets.load("moons", {"samples": 40}, 0, 0.25, "none")
    layers = [LayerSpec(6, "tanh", batch_norm=True), LayerSpec(5, "relu", dropout=0.3)]
    return NetworkProblem(split, layers, lanes=lanes, starts=2, batch_size=8, seed=4, draws=draws)


def _objective(lanes):
    return on_objective("rosenbrock", lanes, 2, noise=0.3, seed=4)


def _rules(key, **more):
    own = {"history_size": 3} if key == "lbfgs" else {}
    return rule(key, 1e-3, **own, **more), rule(key, 4e-4, **own, **more)


def _rows(race, run, first):
    view = race.history.view()
    return [values[first:, run] for values in view.values.values()]


@pytest.mark.parametrize("make", [_objective, _network])
@pytest.mark.parametrize("key", KEYS)
def test_a_fork_is_the_edit_made_live(key, make):
    if make is _network and optimizers.get(key).largest is not None and make(1).size > optimizers.get(key).largest:
        return  # it takes no network
    before, after = _rules(key)
    if before.fixed != after.fixed:  # its rate is where step sizes begin, and cannot be changed live
        after = before
    forked = Race(make(2), [before, after], forks=(None, Fork(0, AT)))
    live = Race(make(1), [before])
    forked.advance(END)
    live.advance(AT)
    live.set_rules([after])
    live.advance(END - AT)
    own, parent = slice(2, 4), slice(0, 2)
    assert equal(state(forked, own)[:7], state(live, slice(0, 2))[:7])
    # the rate of the row at which the edit was made is that of the step which led there
    assert equal(_rows(forked, own, AT), _rows(live, parent, AT))
    straight = Race(make(1), [before])
    straight.advance(END)
    assert equal(_rows(forked, parent, 0), _rows(straight, parent, 0))
    if forked.evaluated.record is not None:
        ours, theirs = forked.evaluated.record.view().values, live.evaluated.record.view().values
        for name, values in theirs.items():
            from_here = AT // forked.evaluated.every + 1
            np.testing.assert_array_equal(ours[name][from_here:, own], values[from_here:])


@pytest.mark.parametrize("key", KEYS)
def test_another_optimizer_begins_afresh_where_the_parent_stands(key):
    """As one that begins at that point does: moments are empty, and the rule counts its steps from one."""
    own = {"history_size": 3} if key == "lbfgs" else {}
    first = "adam" if key != "adam" else "momentum"
    race = Race(on_objective("beale", 2), [rule(first, 0.01), rule(key, 0.01, **own)], forks=(None, Fork(0, AT)))
    race.advance(END)
    straight = Race(on_objective("beale", 1), [rule(first, 0.01)])
    straight.advance(AT)
    point = straight.theta.copy()
    there = Race(ObjectiveProblem(objectives.get("beale")(), point), [rule(key, 0.01, **own)])
    there.advance(END - AT)
    np.testing.assert_array_equal(race.theta[1], there.theta[0])
    np.testing.assert_array_equal(race.history.view().values["path"][AT:, 1], there.history.view().values["path"][:, 0])


def test_what_a_schedule_remembers_goes_with_the_state():
    plateau = schedules.get("reduce_on_plateau")({"patience": 2, "gamma": 0.5, "window": 1, "threshold": 0.5})
    first, second = rule("sgd", 2e-3, schedule=plateau), rule("sgd", 1e-3, schedule=plateau)
    forked = Race(_objective(2), [first, second], forks=(None, Fork(0, 15)))
    live = Race(_objective(1), [first])
    forked.advance(60)
    live.advance(15)
    live.set_rules([second])
    live.advance(45)
    np.testing.assert_array_equal(forked.theta[2:], live.theta)
    np.testing.assert_array_equal(forked.rates()[2:], live.rates())
    assert (live.rates() < 1e-3).all()  # it has remembered something


def test_clipping_and_decay_can_be_changed_by_a_fork():
    values = optimizers.get("adam").complete({"learning_rate": 0.02}, "pytorch")
    bare = LaneRule("adam", "pytorch", values)
    clipped = LaneRule("adam", "pytorch", values, None, {"clip_norm": 0.5, "weight_decay": 0.1})
    forked = Race(_objective(2), [bare, clipped], forks=(None, Fork(0, AT)))
    live = Race(_objective(1), [bare])
    forked.advance(END)
    live.advance(AT)
    live.set_rules([clipped])
    live.advance(END - AT)
    np.testing.assert_array_equal(forked.theta[2:], live.theta)


def test_a_fork_of_a_fork_and_two_at_one_step():
    """Whatever the order of the lanes: parents may stand behind their forks."""
    a, b, c = (rule("adam", rate) for rate in (0.01, 0.05, 0.002))
    lanes, origins = [c, b, a, c], (Fork(1, 14), Fork(2, 6), None, Fork(1, 6))
    race = Race(_objective(4), lanes, forks=origins)
    race.advance(30)
    live = Race(_objective(1), [a])
    live.advance(6)
    live.set_rules([b])
    live.advance(8)
    live.set_rules([c])
    live.advance(16)
    np.testing.assert_array_equal(race.theta[:2], live.theta)
    twice = Race(_objective(1), [a])
    twice.advance(6)
    twice.set_rules([c])
    twice.advance(24)
    np.testing.assert_array_equal(race.theta[6:], twice.theta)


@pytest.mark.parametrize("make", [_objective, _network])
def test_stepping_back_and_forward_over_the_beginning_is_exact(make):
    a, b = rule("adam", 0.01), rule("nadam", 0.03)
    race = Race(make(3), [a, rule("adam", 0.05), b], forks=(None, Fork(0, AT), Fork(1, 13)))
    race.advance(AT + 2)
    at_11 = state(race)
    race.advance(20)
    at_end = state(race)
    race.seek(AT + 2)
    assert equal(state(race), at_11)
    race.seek(AT - 1)
    assert race.alive.tolist() == [True, True, False, False, False, False]
    assert (race.diverged_at == -1).all()
    race.seek(AT + 22)
    assert equal(state(race), at_end)


def _info(race):
    return RaceInfo(
        "objective", "rosenbrock", (), race.problem.starts, ("x",), None, None, None, race.problem.size, 0, None, ()
    )


def test_before_it_begins_a_fork_has_no_numbers():
    race = Race(_objective(2), [rule("adam", 0.01), rule("adam", 0.05)], forks=(None, Fork(0, AT)))
    race.advance(AT - 1)
    snapshot = take_snapshot(race, _info(race), 1)
    for array in (snapshot.theta, snapshot.loss, snapshot.gradient_norm, snapshot.rates, snapshot.distance):
        assert np.isnan(array[2:]).all()
        assert np.isfinite(array[:2]).all()
    race.advance(5)
    snapshot = take_snapshot(race, _info(race), 1)
    assert np.isfinite(snapshot.theta).all()
    for name in ("loss", "path", "gradient_norm", "rate"):
        rows = snapshot.history.values[name][:, 2:]
        assert np.isnan(rows[:AT]).all()
        np.testing.assert_array_equal(rows[AT], snapshot.history.values[name][AT, :2])


def test_a_fork_at_the_start_begins_there():
    race = Race(_objective(2), [rule("adam", 0.01), rule("adam", 0.05)], forks=(None, Fork(0, 0)))
    alone = Race(_objective(1), [rule("adam", 0.05)])
    race.advance(10)
    alone.advance(10)
    np.testing.assert_array_equal(race.theta[2:], alone.theta)


def test_a_fork_of_a_run_that_diverged_begins_diverged():
    race = Race(on_objective("rosenbrock", 2), [rule("sgd", 1.0), rule("sgd", 1e-4)], forks=(None, Fork(0, 50)))
    race.advance(100)
    assert race.finished
    gone = int(race.diverged_at[0])
    assert 0 < gone < 50
    assert race.step == gone  # there is nothing that a fork could begin with


def test_a_race_that_ends_by_its_tolerance_waits_for_its_forks():
    sphere = [rule("sgd", 0.4), rule("sgd", 0.1)]
    race = Race(on_objective("sphere", 2), sphere, tolerance=1e-6, forks=(None, Fork(0, 40)))
    race.advance(500)
    assert int(race.reached_at[0]) < 40
    assert race.step == 40


def test_other_draws_see_other_batches_from_the_fork_on():
    race = Race(_network(2, draws=(0, 3)), [rule("sgd", 0.1)] * 2, forks=(None, Fork(0, AT)))
    race.advance(AT)
    np.testing.assert_array_equal(race.theta[2:], race.theta[:2])
    assert (race.loss[2:] != race.loss[:2]).all()


def test_a_live_edit_before_the_fork_changes_both_futures():
    a, b = rule("adam", 0.01), rule("adam", 0.05)
    race = Race(_objective(2), [a, b], forks=(None, Fork(0, AT)))
    race.advance(END)
    race.seek(4)
    other = rule("adam", 0.1)
    race.set_rules([other, b])
    race.advance(END - 4)
    live = Race(_objective(1), [a])
    live.advance(4)
    live.set_rules([other])
    live.advance(AT - 4)
    live.set_rules([b])
    live.advance(END - AT)
    np.testing.assert_array_equal(race.theta[2:], live.theta)
    assert [(change.lane, change.step) for change in race.changes] == [(0, 4)]


def test_what_a_fork_is_set_to_before_it_begins_is_no_change():
    a = rule("adam", 0.01)
    race = Race(_objective(2), [a, a], forks=(None, Fork(0, AT)))
    race.advance(AT)
    race.set_rules([a, rule("adam", 0.3)])
    race.advance(4)
    assert race.changes == ()
    race.set_rules([a, rule("adam", 0.1)])
    assert [(change.lane, change.step) for change in race.changes] == [(1, AT + 4)]


@pytest.mark.parametrize("at", [AT - 4, AT, AT + 5])
def test_another_race_takes_it_over(at):
    def race():
        return Race(_network(2), [rule("adam", 0.01), rule("adamax", 0.02)], forks=(None, Fork(0, AT)))

    here, there, straight = race(), race(), race()
    here.advance(at)
    arrays = [(record.arrays, record.position) for record in transfer.records(here)]
    transfer.take_over(there, transfer.hand_over(here), arrays, there.checkpoints.keep)
    there.advance(END - at)
    straight.advance(END)
    assert equal(state(there), state(straight))


@pytest.mark.parametrize(
    "origins", [(None, Fork(1, 3)), (None, Fork(2, 3)), (Fork(1, 3), Fork(0, 3)), (None, Fork(-1, 2))]
)
def test_a_fork_must_lead_to_a_lane_that_begins_at_the_start(origins):
    with pytest.raises(ValueError, match="not there, or in a circle"):
        Forks(origins, [rule("sgd", 0.1)] * 2, 1)


def test_a_fork_cannot_begin_before_its_parent():
    with pytest.raises(ValueError, match="cannot begin at step 3"):
        Forks((None, Fork(0, 5), Fork(1, 3)), [rule("sgd", 0.1)] * 3, 1)
