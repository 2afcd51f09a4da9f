"""Lanes with networks of their own: what they say in a file, and that each computes what it would compute alone."""

import itertools

import numpy as np
import pytest

from tests.experiments import MIXED
from tests.network_cases import architecture, dropout_masks
from tests.record_networks import RECORD
from workbench.engine.datasets import Split
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.side_by_side import SideBySide, part_of
from workbench.experiment import build, files
from workbench.experiment.experiment import LaneNetwork, LayerSetup, replace
from workbench.experiment.filling import fill
from workbench.experiment.lane_networks import network_of, without_needless

STEPS = 40


def alone(experiment, lane):
    """The same experiment with one lane."""
    return replace(experiment, lanes=(experiment.lanes[lane],))


def assert_same_as_alone(race, experiment, lane):
    """A lane of a race and the lane run by itself have the same state and the same rows, bit for bit."""
    single = build.make_race(alone(experiment, lane), evaluate_every=5)
    single.advance(race.step)
    starts, part = race.problem.starts, part_of(race.problem, lane * race.problem.starts)
    rows, columns = slice(lane * starts, (lane + 1) * starts), list(part.columns)
    size = single.problem.size
    assert race.theta[rows, :size].tobytes() == single.theta.tobytes()
    assert not race.theta[rows, size:].any()
    ours, theirs = race.history.view(ended=True), single.history.view(ended=True)
    for name, values in theirs.values.items():
        if name == "path":  # which is recorded of so few parameters that they might have a landscape
            continue
        found = ours.values[name][:, rows]
        found = found[:, :, columns] if values.ndim == 3 else found
        np.testing.assert_array_equal(found, values, err_msg=name)
    missing = [i for i in range(len(race.problem.layers)) if i not in columns]
    assert np.isnan(ours.values["gradient_rms"][:, rows][:, :, missing]).all()
    for name, values in single.metrics.items():
        np.testing.assert_array_equal(race.metrics[name][rows], values, err_msg=name)


def test_each_lane_is_bit_for_bit_what_it_is_alone():
    experiment = files.loads(MIXED)
    race = build.make_race(experiment, evaluate_every=5)
    race.advance(STEPS)
    assert len(race.parts) == 5
    for lane in range(len(experiment.lanes)):
        assert_same_as_alone(race, experiment, lane)


@pytest.mark.parametrize("key", optimizers.keys())
def test_every_rule_steps_on_a_network_of_its_own_as_it_does_alone(key):
    """The rows of a smaller network do not lie end to end in the race's buffer: no rule may take them for such."""
    given = files.loads(MIXED)
    lanes = tuple(replace(given.lanes[i], optimizer=key, hyperparameters={}) for i in (1, 2, 3))
    experiment = replace(given, lanes=lanes)
    race = build.make_race(experiment, evaluate_every=5)
    race.advance(12)
    for lane in range(3):
        assert_same_as_alone(race, experiment, lane)


def test_going_back_and_forward_again_repeats_it():
    race = build.make_race(files.loads(MIXED))
    race.advance(STEPS)
    theta, running = race.theta.copy(), race.problem.save()
    race.seek(7)
    assert race.step == 7
    race.seek(STEPS)
    assert race.theta.tobytes() == theta.tobytes()
    assert {name: a.tobytes() for name, a in race.problem.save().items()} == {
        n: a.tobytes() for n, a in running.items()
    }


def test_weights_of_equal_shape_and_initializer_start_equal():
    """Also behind a layer of another shape, whose weights take other random numbers."""
    text = MIXED.replace("units = 6\nactivation", "units = 9\nactivation")
    text = text.replace("batch_norm = true", "").replace("units = 4\ndropout = 0.2", "units = 5")
    race = build.make_race(files.loads(text))
    first, deep = (part_of(race.problem, run).problem.network.blocks for run in (0, 2))
    base = race.theta[:2, : first[-1].stop]
    own = race.theta[2:4, : deep[-1].stop]
    assert first[-1].name == deep[-1].name == "output"
    assert np.array_equal(first[-1].weight(base), deep[-1].weight(own))  # (5, 2) both
    assert first[0].weight(base).shape != deep[0].weight(own).shape
    assert len(np.unique(deep[2].weight(own))) == deep[2].weight(own).size  # drawn, and for each start by itself


def test_data_and_split_are_the_same_however_they_are_scaled():
    race = build.make_race(files.loads(MIXED))
    plain, scaled = (part_of(race.problem, run).problem for run in (0, 8))
    assert np.array_equal(plain.y_train, scaled.y_train)
    assert scaled.x_train.mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert scaled.split.unscaled(scaled.x_train) == pytest.approx(plain.x_train, rel=1e-12)


def test_lanes_that_say_the_same_train_one_network():
    """What differs in words alone makes no second network, and a single one is a plain problem."""
    experiment = files.loads(MIXED)
    lanes = (experiment.lanes[0], replace(experiment.lanes[0], network=LaneNetwork(activation="tanh", loss="")))
    race = build.make_race(replace(experiment, lanes=lanes))
    assert isinstance(race.problem, NetworkProblem)
    assert len(build.race_info(replace(experiment, lanes=lanes), race).networks) == 1


def test_a_race_names_the_layers_of_each_lane():
    experiment = files.loads(MIXED)
    info = build.race_info(experiment, build.make_race(experiment))
    assert info.layers == ("layer1", "layer2", "layer3", "output")
    assert [info.network_of(2 * lane).layers for lane in range(5)] == [
        ("layer1", "layer2", "output"),
        ("layer1", "layer2", "layer3", "output"),
        ("output",),
        ("layer1", "layer2", "output"),
        ("layer1", "layer2", "output"),
    ]
    assert info.columns_of(0) == [0, 1, 3]
    assert [lane.network for lane in info.lanes] == [0, 1, 2, 0, 3]
    assert info.network_of(2).steps_per_epoch == 7  # 68 samples in tens


# Gradients


def _split(x, y, classes):
    return Split(x, y, x[:0], y[:0], tuple(f"c{i}" for i in range(classes)), None, ())


def _problem(number):
    """A recorded architecture as the problem of one lane: its samples, its batch normalisation, its dropout."""
    network, theta, x, y = architecture(number)
    kind = ["mean_squared_error", "huber", "binary_cross_entropy", "softmax_cross_entropy"][number % 4]
    classes = {2: 2, 3: network.blocks[-1].n_out}.get(number % 4, 0)
    targets = y[:, 0].astype(int) if number % 4 == 2 else y
    problem = NetworkProblem(_split(x, targets, classes), network.layers[:-1], loss=kind, l1=network.l1, l2=network.l2)
    masks = dropout_masks(network, number, len(x))
    problem.masks = lambda *_: masks if any(m is not None for m in masks) else None
    return problem, theta


#: architectures of one loss share their metrics; 5 each, so that there are ten pairs of either
PAIRS = [pair for kind in (0, 1, 2, 3) for pair in list(itertools.combinations(range(kind, 20, 4), 2))[::2]]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_gradients_of_two_networks_side_by_side_are_those_of_torch(pair):
    made = [_problem(number) for number in pair]
    both = SideBySide([(problem, kind) for kind, (problem, _) in enumerate(made)])
    theta = np.zeros((2, both.size))
    for row, (_, own) in enumerate(made):
        theta[row, : len(own)] = own
    gradient = np.full_like(theta, np.nan)
    gradient[:] = 0.0
    loss = both.loss_and_gradient(theta, 0, gradient)
    with np.load(RECORD) as record:
        for row, number in enumerate(pair):
            expected = record[f"gradient/{number}"]
            assert loss[row] == pytest.approx(float(record[f"loss/{number}"]), rel=1e-12)
            assert np.abs(gradient[row, : len(expected)] - expected).max() <= 1e-10 * np.abs(expected).max()
            assert not gradient[row, len(expected) :].any()


def test_there_are_twenty_pairs():
    assert len(PAIRS) == 20


def test_gradients_of_a_mixed_race_are_central_differences():
    race = build.make_race(files.loads(MIXED))
    race.advance(3)
    out = np.empty_like(race.theta)
    race.problem.loss_and_gradient(race.theta, race.step, out)
    for run in range(race.problem.runs):
        size, h = part_of(race.problem, run).problem.size, 1e-6
        for place in range(0, size, 7):
            ahead, back = np.tile(race.theta[run], (2, 1))
            ahead[place] += h
            back[place] -= h
            up, down = race.problem.step_losses(np.stack([ahead, back]), race.step, run)
            assert (up - down) / (2 * h) == pytest.approx(out[run, place], rel=1e-5, abs=1e-7)


# Files


def test_a_file_says_what_differs_and_nothing_else():
    experiment = files.loads(MIXED)
    assert files.loads(files.dumps(experiment)) == experiment
    assert files.loads(files.dumps(fill(experiment))) == fill(experiment)
    assert "[lanes.network]\nlayers = []" in files.dumps(experiment)
    assert experiment.lanes[2].network.layers == ()  # which is another thing than to say nothing of layers
    assert experiment.lanes[0].network is None


def test_what_a_lane_says_of_all_layers_follows_those_of_the_problem():
    problem = files.loads(MIXED).problem
    own = LaneNetwork(activation="relu", dropout=0.1)
    assert [layer.activation for layer in network_of(problem, own).layers] == ["relu", "relu"]
    longer = replace(problem, layers=(*problem.layers, LayerSetup(units=3)))
    assert [(layer.units, layer.dropout) for layer in network_of(longer, own).layers] == [(6, 0.1), (5, 0.1), (3, 0.1)]


def test_what_says_nothing_is_left_out():
    problem = files.loads(MIXED).problem
    own = LaneNetwork(activation="tanh", l1=0.0, batch_size=8)
    assert without_needless(problem, own) == LaneNetwork(batch_size=8)
    assert without_needless(problem, LaneNetwork(layers=problem.layers)) is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('units = 6\nactivation = "relu"', 'units = 6\nactivation = "rely"', "lanes[1].network.layers[0].activation"),
        ('activation = "relu"\ninit', 'activation = "rely"\ninit', "`lanes[4].network.activation` must name one of"),
        ("l2 = 0.01", "l2 = -1", "`lanes[2].network.l2` must be a number >= 0"),
        ("l2 = 0.01", "l3 = 1", "`lanes[2].network.l3` is not a key"),
        ("l2 = 0.01", 'loss = "huge"', "`lanes[2].network.loss`"),
        ("l2 = 0.01", 'target_scaling = "standard"', "`lanes[2].network.target_scaling` must be"),
        ('"x1^2"]', '"x3"]', "`lanes[2].network.features"),
        ("batch_size = 10", "starts = 3", "`lanes[1].network.starts` is not a key"),
    ],
)
def test_a_wrong_network_of_a_lane_is_told_with_its_place(old, new, sentence):
    assert old in MIXED
    with pytest.raises(RequestError) as error:
        files.loads(MIXED.replace(old, new))
    assert sentence in str(error.value)


def test_a_lane_on_an_objective_has_no_network():
    text = 'format = 1\n[problem]\nkind = "objective"\nobjective = "sphere"\n[[lanes]]\noptimizer = "sgd"\n'
    with pytest.raises(RequestError, match=r"`lanes\[0\].network` goes with a network alone"):
        files.loads(text + "[lanes.network]\nl1 = 0.1\n")


def test_another_network_is_another_race():
    experiment = files.loads(MIXED)
    lanes = list(experiment.lanes)
    lanes[1] = replace(lanes[1], network=replace(lanes[1].network, batch_size=11))
    assert not build.same_race(experiment, replace(experiment, lanes=tuple(lanes)))
    lanes[1] = replace(experiment.lanes[1], label="renamed")
    assert build.same_race(experiment, replace(experiment, lanes=tuple(lanes)))
