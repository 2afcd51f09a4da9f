"""The loop keeps what an edit does not touch, and what it replaces as ghosts; it plays back, and over and over."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.experiments import BOWL, NETWORK, VALLEY, experiment
from tests.live.races import assert_same_rows, engine_snapshot, loop_at, same_bits, settled, straight_snapshot
from workbench.engine.race.ghosts import MOST
from workbench.experiment import build
from workbench.experiment.experiment import Lane, Origin, Stop, replace


def _forked(given, step, *, lane=0, **changes):
    """The experiment with a fork of a lane at a step."""
    parent = given.lanes[lane]
    fork = replace(parent, origin=Origin(lane=lane, step=step), label="fork", **changes)
    return replace(given, lanes=(*given.lanes, fork))


def _with_rate(given, index, rate):
    lanes = list(given.lanes)
    lanes[index] = replace(lanes[index], hyperparameters={**lanes[index].hyperparameters, "learning_rate": rate})
    return replace(given, lanes=tuple(lanes))


@pytest.mark.parametrize("text", [VALLEY, NETWORK])
def test_a_fork_keeps_the_record_and_goes_on_where_the_race_stood(text):
    given = experiment(text)
    loop = loop_at(given, 60)
    forked = _forked(given, 40, hyperparameters={"learning_rate": 0.03})
    before = loop.race.history.view()
    loop.adopt(forked, given)
    assert loop.race.history.last == 39  # taken over: no step before the fork is taken again
    for name, rows in loop.race.history.view().values.items():
        np.testing.assert_array_equal(rows[:, : before.values[name].shape[1]], before.values[name][:40])
    found = settled(loop)
    assert same_bits(found, straight_snapshot(forked, 60))
    assert_same_rows(found, straight_snapshot(forked, 60), 60)


def test_what_was_changed_on_the_way_stays_where_a_lane_is_forked():
    given = experiment(VALLEY)
    loop = loop_at(given, 30)
    changed = _with_rate(given, 0, 0.05)
    loop.adopt(changed, given)
    loop.seek(60)
    settled(loop)
    forked = _forked(changed, 50, hyperparameters={"learning_rate": 0.001})
    loop.adopt(forked, changed)
    found = settled(loop)
    live = build.make_race(given)
    live.advance(30)
    live.set_rules(build.lane_rules(changed))
    live.advance(20)
    at_fork = live.theta[0].copy()
    live.advance(10)
    np.testing.assert_array_equal(found.theta[:2], live.theta)
    np.testing.assert_array_equal(found.history.values["path"][50, 2], at_fork)
    again = build.make_race(replace(given, lanes=given.lanes[:1]))
    again.advance(30)
    again.set_rules(build.lane_rules(replace(changed, lanes=changed.lanes[:1])))
    again.advance(20)
    slow = _with_rate(replace(changed, lanes=changed.lanes[:1]), 0, 0.001)
    again.set_rules(build.lane_rules(slow))
    again.advance(10)
    np.testing.assert_array_equal(found.theta[2], again.theta[0])
    assert [(change.step, change.lane) for change in found.changes] == [(30, 0)]


def test_another_optimizer_for_the_fork_leaves_the_others_as_they_are():
    given = experiment(VALLEY)
    first = _forked(given, 40)
    loop = loop_at(first, 80)
    lanes = (*given.lanes, replace(first.lanes[2], optimizer="nadam", hyperparameters={}))
    other = replace(first, lanes=lanes)
    loop.adopt(other, first)
    assert loop.race.history.last == 39
    assert same_bits(settled(loop), straight_snapshot(other, 80))


def test_a_fork_that_goes_takes_nothing_with_it():
    given = experiment(VALLEY)
    first = _forked(given, 40)
    loop = loop_at(first, 80)
    loop.adopt(given, first)
    assert loop.race.history.last == 80
    found = settled(loop)
    assert same_bits(found, straight_snapshot(given, 80))
    assert_same_rows(found, straight_snapshot(given, 80), 80)
    assert found.ghosts == ()  # nothing took its place


def test_what_early_stopping_remembers_goes_with_what_is_taken_over():
    given = replace(experiment(NETWORK), stop=Stop(patience=300))
    loop = loop_at(given, 160)
    forked = _forked(given, 140, hyperparameters={"learning_rate": 0.03})
    loop.adopt(forked, given)
    settled(loop)
    straight = build.make_race(forked)
    straight.advance(160)
    for name, values in straight.stopping.arrays.items():
        np.testing.assert_array_equal(loop.race.stopping.arrays[name], values)


def test_another_rule_of_early_stopping_looks_at_the_whole_race():
    given = _forked(replace(experiment(NETWORK), stop=Stop(target=0.5)), 10)
    loop = loop_at(given, 120)
    assert (loop.race.reached_at >= 0).any()
    patient = replace(given, stop=Stop(patience=300))
    loop.adopt(patient, given)
    loop.seek(120)
    assert settled(loop).reached_at.tolist() == [-1] * 4


def test_without_the_lane_that_it_went_on_for_a_race_ends_where_the_others_do():
    given = _forked(experiment(NETWORK, tolerance=0.5), 10)
    less = replace(given, lanes=(given.lanes[0], replace(given.lanes[3], origin=Origin(lane=0, step=10))))
    plain = build.make_race(less)
    plain.advance(1000)
    loop = loop_at(given, plain.step + 100)
    assert loop.race.step == plain.step + 100  # SGD is not there yet
    loop.adopt(less, given)
    loop.seek(plain.step + 100)
    assert settled(loop).step == plain.step


def test_a_lane_that_takes_no_part_comes_and_goes_behind_what_is_recorded():
    given = experiment(VALLEY)
    more = replace(given, lanes=(*given.lanes, replace(given.lanes[0], enabled=False)))
    loop = loop_at(given, 60)
    loop.seek(20)
    settled(loop)
    loop.adopt(more, given)
    assert loop.experiment == more
    loop.adopt(given, more)
    assert loop.experiment == given
    assert loop.snapshot(None).ghosts == ()


def test_lanes_in_another_order_keep_their_record():
    given = _forked(experiment(VALLEY), 40)
    loop = loop_at(given, 60)
    a, b, c = given.lanes
    turned = replace(given, lanes=(replace(c, origin=Origin(lane=2, step=40)), b, a))
    loop.adopt(turned, given)
    assert loop.race.history.last == 60
    assert same_bits(settled(loop), straight_snapshot(turned, 60))


def test_a_race_that_runs_goes_on_running():
    given = experiment(VALLEY)
    loop = loop_at(given, 60)
    loop.run()
    loop.adopt(_forked(given, 50), given)
    settled(loop)
    assert loop.running
    assert loop.race.step >= 60


# Ghosts


def test_a_run_that_an_edit_replaces_stays_as_a_ghost():
    given = experiment(VALLEY)
    loop = loop_at(given, 60)
    rows = loop.race.history.view()
    other = replace(given, lanes=(replace(given.lanes[0], optimizer="nadam"), given.lanes[1]))
    loop.adopt(other, given)
    (ghost,) = settled(loop).ghosts
    assert (ghost.index, ghost.start, ghost.label) == (0, 0, "Adam")
    np.testing.assert_array_equal(ghost.steps, rows.steps)
    np.testing.assert_array_equal(ghost.path, rows.values["path"][:, 0])
    np.testing.assert_array_equal(ghost.loss, rows.values["loss"][:, 0])


def test_settings_changed_further_back_leave_the_old_future_as_a_ghost():
    given = experiment(VALLEY)
    loop = loop_at(given, 60)
    rows = loop.race.history.view()
    loop.seek(20)
    settled(loop)
    loop.adopt(_with_rate(given, 0, 0.1), given)
    (ghost,) = loop.snapshot(None).ghosts
    assert ghost.index == 0
    np.testing.assert_array_equal(ghost.steps, np.arange(20, 61))
    np.testing.assert_array_equal(ghost.path, rows.values["path"][20:, 0])


def test_settings_changed_at_the_end_replace_nothing():
    given = experiment(VALLEY)
    loop = loop_at(given, 60)
    loop.adopt(_with_rate(given, 0, 0.1), given)
    assert loop.snapshot(None).ghosts == ()


def test_a_drag_leaves_the_ghost_of_where_it_began_alone():
    given = experiment(VALLEY)
    loop = loop_at(given, 60)
    for x in (-1.1, -1.0, -0.9):
        moved = replace(given, problem=replace(given.problem, start=(x, 1.0)))
        loop.adopt(moved, given)
        found = settled(loop)
    assert [(ghost.index, float(ghost.path[0, 0])) for ghost in found.ghosts] == [(0, -1.2), (1, -1.2)]


def test_undoing_an_edit_takes_its_ghosts_away():
    given = experiment(VALLEY)
    first = replace(given, title="opened")
    loop = loop_at(first, 60)
    moved = replace(first, problem=replace(first.problem, start=(0.0, 0.0)))
    loop.adopt(moved, first)
    assert len(settled(loop).ghosts) == 2
    loop.adopt(first, given)  # what undo would bring back now is what was there before the first edit
    assert settled(loop).ghosts == ()


def test_another_landscape_and_another_file_have_no_ghosts():
    given = experiment(VALLEY)
    moved = replace(given, problem=replace(given.problem, start=(0.0, 0.0)))
    loop = loop_at(given, 60)
    loop.adopt(moved, given)
    assert settled(loop).ghosts
    bowl = experiment(BOWL)
    loop.adopt(bowl, moved)
    assert loop.snapshot(None).ghosts == ()
    loop.seek(10)
    settled(loop)
    loop.adopt(replace(bowl, lanes=(Lane(optimizer="sgd"),)), bowl)
    assert loop.snapshot(None).ghosts
    loop.adopt(bowl, None)  # opened
    assert loop.snapshot(None).ghosts == ()


def test_ghosts_are_few_and_short():
    points = tuple((float(x), 1.0) for x in np.linspace(-1, 1, 40))
    given = experiment(VALLEY)
    given = replace(given, problem=replace(given.problem, start=points))
    loop = loop_at(given, 3000)
    loop.adopt(replace(given, lanes=(replace(given.lanes[0], optimizer="sgd", hyperparameters={}),)), given)
    ghosts = loop.snapshot(None).ghosts
    assert len(ghosts) == MOST
    assert all(len(ghost.steps) <= 1024 for ghost in ghosts)
    assert all(ghost.steps[-1] == 3000 for ghost in ghosts)
    loop.dismiss_ghosts()
    assert loop.snapshot(None).ghosts == ()


# Backwards, and over and over


def _play(loop, until):
    seen = []
    end = time.monotonic() + 20.0
    while not until(loop) and time.monotonic() < end:
        loop.work(lambda: False)
        if loop.target is None and (not seen or seen[-1].step != loop.race.step):
            loop._seek_began = 0.0
            seen.append(loop.snapshot(None))
        time.sleep(0.0005)
    assert until(loop)
    return seen


@pytest.mark.parametrize("text", [VALLEY, NETWORK])
def test_backwards_shows_the_states_of_the_way_there(text):
    given = experiment(text)
    loop = loop_at(given, 700)
    forward = build.make_race(given)
    states = {0: engine_snapshot(forward, given)}
    for step in range(1, 701):
        forward.advance(1)
        states[step] = engine_snapshot(forward, given)
    loop.set_speed(1_000)
    loop.run(backwards=True)
    seen = _play(loop, lambda loop: not loop.running)
    steps = [snapshot.step for snapshot in seen]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == 0
    assert len(steps) > 5
    for snapshot in seen:
        assert same_bits(snapshot, states[snapshot.step])
        for name, values in snapshot.metrics.items():
            np.testing.assert_array_equal(values, states[snapshot.step].metrics[name])
    assert seen[-1].recorded == 700  # nothing is forgotten


def test_backwards_over_the_beginning_of_a_fork():
    given = _forked(experiment(VALLEY), 40)
    loop = loop_at(given, 100)
    loop.set_speed(1_000)
    loop.run(backwards=True)
    seen = _play(loop, lambda loop: not loop.running)
    for snapshot in seen:
        assert np.isnan(snapshot.theta[2]).all() == (snapshot.step < 40)
    loop.seek(100)
    assert same_bits(settled(loop), straight_snapshot(given, 100))


def test_a_stretch_is_played_over_and_over():
    given = experiment(VALLEY)
    loop = loop_at(given, 300)
    loop.set_stretch((100, 160))
    loop.set_speed(1_000)
    loop.run()
    laps = []

    def lapped(loop):
        if not laps or loop.race.step < laps[-1]:
            laps.append(loop.race.step)
        else:
            laps[-1] = loop.race.step
        return len(laps) > 4

    seen = _play(loop, lapped)[1:]  # the first is where it stood
    assert {100 <= snapshot.step <= 160 for snapshot in seen} == {True}
    assert all(same_bits(snapshot, straight_snapshot(given, snapshot.step)) for snapshot in seen[:10])
    assert loop.running
    loop.run(backwards=True)
    back = _play(loop, lambda loop: loop.race.step < 105)
    back += _play(loop, lambda loop: loop.race.step > 150)
    assert {100 <= snapshot.step <= 160 for snapshot in back} == {True}
    loop.pause()
    loop.set_stretch(None)
    loop.run()
    assert loop.running


def test_a_stretch_beyond_what_is_recorded_is_run_first():
    given = experiment(VALLEY)
    loop = loop_at(given, 10)
    loop.set_stretch((50, 90))
    loop.set_speed(1_000)
    loop.run()
    _play(loop, lambda loop: loop.race.step == 90)
    assert same_bits(loop.snapshot(None), straight_snapshot(given, 90))


def test_a_stretch_of_nothing_is_none():
    loop = loop_at(experiment(VALLEY), 10)
    loop.set_stretch((5, 5))
    loop.run()
    assert loop.at_full_speed


def test_going_back_at_full_speed_stays_at_home():
    loop = loop_at(experiment(VALLEY), 10)
    loop.run(backwards=True)
    assert not loop.at_full_speed
    loop.run()
    assert loop.at_full_speed
