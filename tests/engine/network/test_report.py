"""What is told of layers while a race runs: gradients, histograms, and what is wrong since when."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import example, experiment
from workbench.engine.network.health import HealthWatch
from workbench.engine.network.report import forward_one, gradient_of, layers_report
from workbench.experiment import build

MIXED = """
format = 1
seed = 4
[problem]
kind = "network"
batch_size = 20
starts = 2
[problem.data]
name = "moons"
samples = 100
[[problem.layers]]
units = 6
dropout = 0.3
[[problem.layers]]
units = 5
batch_norm = true
[[lanes]]
optimizer = "adam"
[[lanes]]
optimizer = "sgd"
"""


def made(given, steps):
    race = build.make_race(given)
    race.advance(steps)
    return race


@pytest.mark.parametrize("step", [0, 3, 7])
def test_the_gradient_of_one_run_is_that_of_the_race(step):
    """With mini-batches, several starts, dropout and normalisation, for the batch that the next step uses."""
    race = made(experiment(MIXED), step)
    for run in range(4):
        found = gradient_of(race.problem, race.theta[run : run + 1].copy(), run, step)
        np.testing.assert_allclose(found[0], race.gradient[run], rtol=1e-12, atol=1e-14)


def test_looking_changes_nothing_of_the_race():
    """A race looked at between all its steps gives the bits of one that was left alone."""
    watched, alone, watch = build.make_race(experiment(MIXED)), build.make_race(experiment(MIXED)), HealthWatch()
    for _ in range(12):
        layers_report(watched, 1, 1)
        watch.look(watched)
        watched.advance(1)
        alone.advance(1)
    np.testing.assert_array_equal(watched.theta, alone.theta)
    np.testing.assert_array_equal(watched.problem.running, alone.problem.running)


def test_histograms_count_the_chosen_layer_of_the_chosen_run():
    """All its weights and gradients, and its activations of every unit for every sample of the probe."""
    race = made(experiment(MIXED), 5)
    report = layers_report(race, 2, 1)
    block = race.problem.network.blocks[1]
    weights = block.weight(race.theta)[2]
    assert (report.step, report.run, report.layer) == (5, 2, 1)
    assert report.histograms["weights"].counts.sum() == 6 * 5
    assert report.histograms["weights"].edges[[0, -1]].tolist() == [weights.min(), weights.max()]
    gradients = block.weight(race.gradient)[2]
    np.testing.assert_allclose(report.histograms["gradients"].edges[[0, -1]], [gradients.min(), gradients.max()])
    assert report.histograms["activations"].counts.sum() == len(race.problem.x_train) * 5


def test_one_run_goes_forward_with_its_own_averages():
    """The outputs of one run are those that the problem gives of it."""
    race = made(experiment(MIXED), 9)
    x = race.problem.split.x_train[:7]
    expected = race.problem.outputs(race.theta, x)
    for run in range(4):
        work = forward_one(race.problem, race.theta[run : run + 1], run, x)
        np.testing.assert_allclose(work.a[-1][0], expected[run])


def test_vanishing_is_dated_to_the_step_whenever_one_looks():
    """The step is the first of the present stretch, as found by walking back one step at a time."""
    race = build.make_race(example("dead_rectifiers"))
    seen = []
    for _ in range(41):
        seen.append(race.gradient_rms().copy())
        race.advance(1)
    rms = np.array([*seen, race.gradient_rms()])
    report = HealthWatch().look(race)
    found = {(w.run, w.layer): w.step for w in report.now if w.key == "vanishing"}
    expected = {}
    for run in range(2):
        for layer in range(3):
            first = None
            for step in range(len(rms) - 1, -1, -1):
                small = rms[step, run, layer] < 1e-5 and rms[step, run, layer] < 1e-2 * rms[step, run].max()
                if not small:
                    break
                first = step
            if first is not None:
                expected[run, layer] = first
    assert found == expected
    assert found


def test_what_ended_is_told_as_past():
    """The ten sigmoid layers vanish at once; when all have become small, the first of them is told of as past."""
    race = made(example("vanishing_gradients"), 300)
    report = HealthWatch().look(race)
    past = {(w.key, w.run, w.layer): w.step for w in report.past}
    assert past["vanishing", 0, 0] == 0
    assert not {(w.key, w.run, w.layer) for w in report.now} & set(past)


def test_dead_layers_are_dated_to_when_they_were_seen_first():
    """They are not recorded, so the first look counts, also after more steps; stepping back forgets what is ahead."""
    race, watch = made(example("dead_rectifiers"), 60), HealthWatch()

    def dead():
        return [w.step for w in watch.look(race).now if w.key == "dead"]

    assert dead() == [60]
    race.advance(20)
    assert dead() == [60]
    race.seek(50)
    assert dead() == [50]


def test_healthy_layers_are_not_warned_of():
    """The same ten layers with rectifiers and He's weights give no warning."""
    assert HealthWatch().look(made(example("healthy_gradients"), 100)).now == ()


@pytest.mark.parametrize(("batch_size", "share"), [(16, 1 / 5), (1, 1.0), (20, None)])
def test_batch_normalisation_of_a_single_sample_is_told_once_whatever_the_runs(batch_size, share):
    """65 samples in batches of 16 leave one alone, a fifth of the batches; its normalised values are all 0."""
    text = MIXED.replace("batch_size = 20", f"batch_size = {batch_size}").replace("samples = 100", "samples = 87")
    race = made(experiment(text), 3)
    assert len(race.problem.x_train) == 65
    said = [(w.run, w.layer, w.step, w.value) for w in HealthWatch().look(race).now if w.key == "alone"]
    assert said == ([] if share is None else [(0, 1, 0, pytest.approx(share))])
    if share is not None:
        work = race.problem.network.workspace(4, 1)
        race.problem.network.forward(race.theta, race.problem.x_train[None, :1], work)
        assert not work.normal[1].any()
