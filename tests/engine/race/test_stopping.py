"""Early stopping, against the rule written out over the recorded test losses."""

import numpy as np
import pytest

from workbench.engine.params import RequestError
from workbench.experiment import build, files
from workbench.experiment.experiment import Origin, Stop, replace

OVERFITTING = """
format = 1
seed = 1
steps = 3000
[stop]
patience = 60
[problem]
kind = "network"
starts = 2
[problem.data]
name = "moons"
samples = 80
noise = 0.35
test_fraction = 0.5
[[problem.layers]]
units = 32
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.02
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.2
"""


def by_hand(record, every, patience, improvement=0.0, target=None):
    """The step at which each run comes to its end, by a loop over its recorded test losses."""
    ends = []
    for run in range(record.shape[1]):
        best, best_at, end = np.inf, 0, -1
        for row, loss in enumerate(record[:, run]):
            step = row * every
            if loss < best - improvement:
                best, best_at = loss, step
            if (patience and step - best_at >= patience) or (target is not None and loss <= target):
                end = step
                break
        ends.append(end)
    return ends


@pytest.mark.parametrize(
    "stop", [Stop(patience=60), Stop(patience=30, improvement=0.01), Stop(target=0.34), Stop(patience=400, target=0.33)]
)
def test_a_race_ends_where_every_run_has_come_to_its_end(stop):
    experiment = replace(files.loads(OVERFITTING), stop=stop)
    race = build.make_race(experiment)
    race.advance(3000)
    whole = build.make_race(replace(experiment, stop=None))
    whole.advance(race.step)
    assert race.theta.tobytes() == whole.theta.tobytes()  # it looks, and changes nothing
    every = race.problem.metrics_every
    record = whole.evaluated.record.view().values["test_loss"]
    ends = by_hand(record, every, stop.patience, stop.improvement, stop.target)
    assert race.reached_at.tolist() == ends
    if min(ends) >= 0:
        assert race.finished
        assert race.step == max(ends)
    else:
        assert race.step == 3000


def test_going_back_and_forward_again_ends_at_the_same_step():
    race = build.make_race(files.loads(OVERFITTING))
    race.advance(3000)
    end, reached = race.step, race.reached_at.tolist()
    assert 0 < end < 3000
    race.seek(end // 2)
    assert not race.finished
    race.advance(3000)
    assert (race.step, race.reached_at.tolist()) == (end, reached)


def test_how_often_metrics_are_recorded_does_not_move_the_end():
    experiment = files.loads(OVERFITTING)
    ends = []
    for every in (0, 1, 7):
        race = build.make_race(experiment, evaluate_every=every)
        race.advance(3000)
        ends.append(race.step)
    assert len(set(ends)) == 1


def _with_a_fork(experiment, step):
    fork = replace(experiment.lanes[0], origin=Origin(lane=0, step=step))
    return replace(experiment, lanes=(*experiment.lanes, fork))


@pytest.mark.parametrize("step", [20, 41])
def test_a_fork_has_the_test_losses_of_its_parent_behind_it(step):
    """Its past is the parent's: with the same settings it comes to its end where the parent does."""
    experiment = _with_a_fork(files.loads(OVERFITTING), step)
    ends = []
    for every in (0, 1, 7):  # of steps before the fork, a record has nothing for it
        race = build.make_race(experiment, evaluate_every=every)
        race.advance(3000)
        assert race.reached_at[4:].tolist() == race.reached_at[:2].tolist()
        ends.append(race.reached_at.tolist())
    assert min(ends[0]) > step
    assert ends[0] == ends[1] == ends[2]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("patience = 60", "patience = -1", "`stop.patience` must be a number >= 0"),
        ("patience = 60", "", "`stop` must have a `patience` above 0 or a `target`"),
        ("patience = 60", "patients = 60", "`stop.patients` is not a key"),
        ("test_fraction = 0.5", "test_fraction = 0.0", "`stop` needs test samples"),
    ],
)
def test_a_wrong_stop_is_told(old, new, sentence):
    with pytest.raises(RequestError) as error:
        files.loads(OVERFITTING.replace(old, new))
    assert sentence in str(error.value)


def test_an_objective_has_no_test_loss():
    text = 'format = 1\n[stop]\npatience = 3\n[problem]\nkind = "objective"\nobjective = "sphere"\n'
    with pytest.raises(RequestError, match="`stop` goes with a network alone"):
        files.loads(text + '[[lanes]]\noptimizer = "sgd"\n')


def test_the_file_comes_back():
    experiment = files.loads(OVERFITTING)
    assert files.loads(files.dumps(experiment)) == experiment
    assert not build.same_race(experiment, replace(experiment, stop=Stop(patience=61)))
