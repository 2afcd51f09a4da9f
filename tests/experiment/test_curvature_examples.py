"""The examples on curvature and on the memory show what their notes say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import example
from workbench.engine.curvature.spectrum import spectrum
from workbench.engine.objectives.pairs import pair_errors
from workbench.experiment import build


@pytest.mark.timeout(300)
def test_sharpness_climbs_to_the_edge_and_stays_while_the_loss_goes_up_and_down_and_falls():
    """At both rates, from less than half of 2/η: over the last third within a tenth of it, in the middle 6 %."""
    given = example("edge_of_stability")
    race = build.make_race(given, capacity=None)

    def sharpness(run):
        theta = race.theta[run]
        return spectrum(race.problem.hessian_products(theta, race.step, run, whole=True), theta).sharpness

    edges = [2 / float(lane.hyperparameters["learning_rate"]) for lane in given.lanes]
    assert all(sharpness(run) < 0.5 * edge for run, edge in enumerate(edges))
    seen = []
    for step in range(2000, given.steps + 1, 100):
        race.seek(step)
        seen.append([sharpness(run) / edge for run, edge in enumerate(edges)])
    found = np.array(seen)
    assert (np.abs(found - 1) < 0.1).all()
    assert (np.abs(np.median(found, axis=0) - 1) < 0.06).all()
    loss = race.history.view().values["loss"]
    rises = (np.diff(loss[2000:], axis=0) > 0).mean(axis=0)
    assert (rises > 0.15).all()  # and yet it falls
    assert (np.median(loss[-500:], axis=0) < 0.8 * np.median(loss[900:1100], axis=0)).all()
    assert race.alive.all()


def test_muon_learns_rare_pairs_at_the_pace_of_frequent_ones_and_sgd_waits():
    """Steps until an error is under a quarter: Muon's slowest pair takes less than twice its fastest, SGD's 20."""
    given = example("associative_memory")
    race = build.make_race(given)
    race.advance(given.steps)
    found = pair_errors(race)
    muon, sgd, adam = (
        np.array([found.steps[np.argmax(found.errors[:, run, pair] < 0.25)] for pair in range(8)]) for run in range(3)
    )
    assert [lane.optimizer for lane in given.lanes] == ["muon", "sgd", "adam"]
    assert muon.min() > 0
    assert muon.max() < 2 * muon.min()
    assert sgd[7] > 20 * sgd[0] > 0
    assert adam[7] > 5 * adam[0] > 0
    assert sgd[7] > 3 * muon.max()
    # that of gradient descent is the closed form: an error shrinks by (1 − 2 η p)² a step
    share = np.arange(1, 9.0) ** -2 / (np.arange(1, 9.0) ** -2).sum()
    np.testing.assert_allclose(found.now[1], (1 - 2 * 0.5 * share) ** (2 * given.steps), rtol=1e-6, atol=1e-20)
    assert found.now[0].max() < 1e-4 < found.now[1].max()
