"""Random ways through races: edits, forks, undo, steps to and fro, and wherever it rests the race is the engine's own.

A script is a list of things that a person does, drawn from a seed. After each rest the race is held against one that is
built anew of the experiment and goes straight to the step, with the settings that were changed on the way.
WORKBENCH_MANY=1 tries many more.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.experiments import DRAWS, MIXED, NETWORK, VALLEY, experiment
from tests.many import times
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import take_snapshot
from workbench.engine.schedules import schedules
from workbench.experiment import build, files, origins
from workbench.experiment.experiment import NetworkSetup, Origin, Schedule, Stop, replace
from workbench.live.loop import TrainingLoop

STOPPED = NETWORK.replace("seed = 2\n", "seed = 2\n[stop]\npatience = 30\n")
BASES = (VALLEY, NETWORK, STOPPED, STOPPED, DRAWS, MIXED)
OPTIMIZERS = tuple(entry.key for entry in optimizers if entry.key not in ("lbfgs", "newton"))
SHOWN = ("theta", "loss", "gradient_norm", "gradient_rms", "alive", "diverged_at", "reached_at", "rates")
LENGTH = 14


def _edited_lane(rng, lane):
    kind = rng.choice(["rate", "rate", "schedule", "gradient", "optimizer", "convention", "draw", "label"])
    if kind == "rate":
        return replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": rng.choice([1e-3, 0.05, 3.0])})
    if kind == "schedule":
        chosen = rng.choice([None, *schedules.keys()])
        return replace(lane, schedule=None if chosen is None else Schedule(kind=chosen))
    if kind == "gradient":
        return replace(lane, gradient=rng.choice([{}, {"clip_norm": 0.5}, {"weight_decay": 0.1}]))
    if kind == "optimizer":
        return replace(lane, optimizer=rng.choice(OPTIMIZERS), hyperparameters={})
    if kind == "convention":
        return replace(lane, convention=rng.choice(["pytorch", "keras"]))
    return replace(lane, **{kind: rng.choice([0, 1, 7]) if kind == "draw" else "another"})


def _edited_lanes(rng, kind, lanes, race):
    """Other lanes, of which some may have nothing to begin from."""
    index, step, last = rng.randrange(len(lanes)), race.step, race.history.last
    if kind == "fork":
        at = rng.choice([step, step, rng.randint(0, max(1, last)), last + 20])
        fork = replace(lanes[index], origin=Origin(lane=index, step=at))
        return origins.inserted(lanes, index + 1, _edited_lane(rng, fork) if rng.random() < 0.5 else fork)
    if kind == "remove":
        return origins.without(lanes, index) or lanes
    if kind == "move":
        return origins.in_order(lanes, rng.sample(range(len(lanes)), len(lanes)))
    if kind == "enable":
        return origins.taking_part(lanes, index, enabled=not lanes[index].enabled)
    if kind == "more":
        return [*lanes, replace(lanes[index], origin=None, enabled=rng.random() < 0.5)]
    return [*lanes[:index], _edited_lane(rng, lanes[index]), *lanes[index + 1 :]]


def _edited_end(rng, given, race):
    """Another number of steps, or another end before it."""
    if rng.random() < 0.5:
        return replace(given, steps=rng.choice([None, 100, 400, max(1, race.step - 3)]))
    if isinstance(given.problem, NetworkSetup):
        return replace(given, stop=rng.choice([None, Stop(patience=20), Stop(target=0.5)]))
    return replace(given, tolerance=rng.choice([None, 0.5]))


def _edited(rng, given, race):
    """The experiment with something changed, which may be wrong."""
    kind = rng.choice([*["lane"] * 7, *["fork"] * 4, "remove", "move", "enable", "more", "end", "end", "problem"])
    if kind == "end":
        return _edited_end(rng, given, race)
    if kind != "problem":
        return replace(given, lanes=tuple(_edited_lanes(rng, kind, list(given.lanes), race)[:7]))
    if isinstance(given.problem, NetworkSetup):
        return replace(given, problem=replace(given.problem, batch_size=rng.choice([0, 1, 16, 75, 76])))
    return replace(given, problem=replace(given.problem, start=(rng.uniform(-2, 2), rng.uniform(-2, 2))))


class Way:
    """One script: what it does to a loop, and what it has done."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.loop, self.undo, self.given = TrainingLoop(), [], experiment(rng.choice(BASES))
        self.loop.adopt(self.given)

    def act(self):
        kind = self.rng.choice([*["edit"] * 7, *["run"] * 3, *["seek"] * 3, *["step"] * 4, "undo", "undo", "reset"])
        loop, rng = self.loop, self.rng
        if kind == "edit":
            self.edit()
        elif kind == "undo" and self.undo:
            self.given = self.undo.pop()
            loop.adopt(self.given, self.undo[-1] if self.undo else None)
        elif kind == "run":
            loop.run()
            left = iter(range(rng.randint(1, 120)))
            loop.work(lambda: next(left, None) is None)
            loop.pause()
        elif kind == "seek":
            loop.seek(rng.randint(0, loop.race.history.last + 40))
        elif kind == "step":
            loop.step(rng.choice([-30, -5, -1, 1, 17]))
        elif kind == "reset":
            loop.reset()
        return kind

    def edit(self):
        before, edits = self.given, []
        for _ in range(self.rng.choice([1, 1, 2])):  # two at once, as where the worker looks late
            try:
                edited = _edited(self.rng, self.given, self.loop.race)
                build.validate(edited)
            except RequestError:
                continue
            if edited != self.given:
                edits.append(self.given)
                self.given = edited
        try:
            self.loop.adopt(self.given, before)
            self.undo += edits
        except RequestError:  # which a race that is built finds, as more parameters than an optimizer takes
            self.given = before

    def rest(self):
        while self.loop.target is not None:
            self.loop.work(lambda: False)
        self.loop._seek_began = 0.0  # what is passed on the way is not shown at once
        return self.loop.snapshot(None)


def _straight(given, rules, step):
    """A race of the experiment at a step, with other rules put in force on the way."""
    race = build.make_race(given)
    for at in sorted(at for at in rules if at <= step):
        race.advance(at - race.step)
        race.set_rules(rules[at])
    race.advance(step - race.step)
    return race


def _same(name, found, expected):
    np.testing.assert_array_equal(found, expected, err_msg=name)


def _hold(way, shown):
    """The loop shows what the engine's own race does, remembers what it does, and is of the person's experiment."""
    loop = way.loop
    assert loop.experiment == way.given
    assert way.given.steps is None or shown.step <= way.given.steps
    race = _straight(way.given, loop.race.rules, shown.step)
    expected = take_snapshot(race, build.race_info(way.given, race), 1)
    assert (shown.step, shown.finished, shown.metrics_step) == (race.step, race.finished, race.metrics_step)
    assert (shown.info.lanes, shown.info.limit, shown.info.stop) == (
        expected.info.lanes, expected.info.limit, expected.info.stop)  # fmt: skip
    for name in SHOWN:
        _same(name, getattr(shown, name), getattr(expected, name))
    for name, values in expected.metrics.items():
        _same(name, shown.metrics[name], values)
    for name, values in expected.history.values.items():
        _same(name, shown.history.values[name][: len(values)], values)
    begun, alive = race.forks.begins <= race.step, race.alive
    if race.stopping is not None:
        for name, values in race.stopping.arrays.items():
            _same(name, loop.race.stopping.arrays[name][begun], values[begun])
    for ours, theirs in zip(race.groups, loop.race.groups, strict=True):
        for name, values in ours.optimizer.state_arrays.items():
            rows = alive[ours.rows]
            _same(name, np.asarray(theirs.optimizer.state_arrays[name])[rows], np.asarray(values)[rows])


@pytest.mark.parametrize("seed", range(times(16, 400)))
def test_wherever_a_way_rests_the_race_is_the_engine_s_own(seed):
    way, done = Way(seed), []
    try:
        for _ in range(LENGTH):
            done.append(way.act())
            if way.rng.random() < 0.6:
                _hold(way, way.rest())
        _hold(way, way.rest())
    except BaseException:
        print(", ".join(done), files.dumps(way.given), sep="\n")
        raise
