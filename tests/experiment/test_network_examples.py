"""The examples of networks that come with the program show what they say they show."""

import numpy as np
import pytest

from workbench.engine.network.health import health
from workbench.engine.network.layer_measures import layer_statistics
from workbench.experiment.build import make_race
from workbench.experiment.files import read
from workbench.resources import resource


def _race(name, steps=None):
    experiment = read(resource(f"examples/{name}.toml"))
    race = make_race(experiment)
    race.advance(experiment.steps if steps is None else steps)
    return race


def _warnings(race):
    return health(race.step, race.gradient_rms(), layer_statistics(race.problem, race.theta), race.alive)


@pytest.mark.parametrize("steps", [0, 20])
def test_ten_sigmoid_layers_with_small_weights_vanish_and_are_warned_of(steps):
    race = _race("vanishing_gradients", steps)
    rms = race.gradient_rms()
    assert (rms[:, 0] < 1e-11).all()
    assert (rms[:, 0] < 1e-6 * rms[:, -1]).all()
    warned = {(w.run, w.layer) for w in _warnings(race) if w.key == "vanishing"}
    assert {(run, layer) for run in range(2) for layer in range(6)} <= warned
    assert not any(layer >= 9 for _, layer in warned)


def test_they_learn_nothing():
    assert (_race("vanishing_gradients").metrics["accuracy"] < 0.6).all()


@pytest.mark.parametrize("steps", [0, 20])
def test_the_same_depth_with_rectifiers_and_hes_weights_does_not_vanish(steps):
    race = _race("healthy_gradients", steps)
    assert (race.gradient_rms() > 1e-4).all()
    assert _warnings(race) == ()


def test_and_it_learns():
    assert (_race("healthy_gradients").metrics["test_accuracy"] > 0.95).all()


def test_a_rate_too_high_diverges_and_names_the_layer():
    race = _race("diverging_rate")
    assert race.alive.tolist() == [True, False]
    assert 0 < race.diverged_at[1] < 50
    assert race.diverged_layer.tolist() == [-1, 0]
    first = race.problem.layers[0]
    assert first.name == "layer1"
    assert np.abs(race.theta[1, first.start : first.stop]).max() > 1e15  # its weights are out of range before all else


def test_going_back_before_the_divergence_takes_the_name_back_too():
    race = _race("diverging_rate")
    race.seek(0)
    assert race.diverged_layer.tolist() == [-1, -1]
    race.seek(100)
    assert race.diverged_layer.tolist() == [-1, 0]


def test_one_step_too_far_kills_rectifiers_and_is_warned_of():
    race = _race("dead_rectifiers")
    good, bad = layer_statistics(race.problem, race.theta).dead[:, 1]
    assert good < 0.5
    assert bad == 1.0
    assert ("dead", 1, 1) in {(w.key, w.run, w.layer) for w in _warnings(race)}
    assert race.metrics["test_accuracy"][0] > 0.95
    assert race.metrics["test_accuracy"][1] < 0.7


@pytest.mark.slow
def test_two_optimizers_end_in_different_minima_from_the_same_weights():
    race = _race("different_minima", 0)
    assert np.array_equal(race.theta[0], race.theta[1])
    first = race.gradient_norm.copy()
    race.advance(6000)
    assert (race.gradient_norm < 0.01 * first).all()
    assert race.loss[0] < 0.05
    assert race.loss[1] > 0.25


def test_the_spirals_are_solved():
    assert (_race("spirals").metrics["test_accuracy"] > 0.95).all()


@pytest.mark.slow
def test_digits_never_seen_are_read_rightly_in_over_97_of_100_cases():
    assert (_race("handwritten_digits").metrics["test_accuracy"] > 0.97).all()
