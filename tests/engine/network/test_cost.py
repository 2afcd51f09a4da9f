"""How often metrics are evaluated follows from sizes alone, and costs at most a tenth of the steps."""

from __future__ import annotations

import pytest

from tests.engine.races import on_network, rule
from workbench.engine.network.cost import epochs_between_evaluations
from workbench.engine.race.race import Race


@pytest.mark.parametrize(("test_share", "least"), [(0.0, 4), (0.25, 5), (1.0, 7)])
def test_where_products_are_all_that_counts_an_evaluation_is_at_most_a_tenth_of_the_steps(
    test_share: float, least: int
) -> None:
    """A step takes a product forward and two back: an evaluation of n test samples to a training sample costs
    (1 + n) / 3 of an epoch, whatever the batch. Two epochs more than a tenth takes are for what sizes do not tell."""
    for steps in (1, 10, 1000):
        found = epochs_between_evaluations(
            layers=3,
            units=0,
            products=10**9,
            parameters=0,
            samples=int(4000 * (1 + test_share)),
            passes=2,
            batch=4000 // steps,
            steps=steps,
        )
        assert least <= found <= least + 2


def test_where_an_epoch_is_long_beside_its_samples_it_is_every_epoch() -> None:
    """As where the batch is one sample and many parameters move at each step."""
    found = epochs_between_evaluations(
        layers=2, units=4, products=10, parameters=10**6, samples=100, passes=1, batch=1, steps=100
    )
    assert found == 1


def test_it_does_not_depend_on_how_many_run_and_can_be_asked_for_more_often() -> None:
    rules = [rule("adam", 0.01)]
    alone = Race(on_network("moons", 1, batch_size=8), rules)
    among = Race(on_network("moons", 6, 3, batch_size=8), rules * 6)
    assert alone.evaluated.every == among.evaluated.every
    assert alone.evaluated.every % alone.problem.steps_per_epoch == 0
    often = Race(on_network("moons", 1, batch_size=8), rules, evaluate_every=1)
    often.advance(3)
    assert often.evaluated.every == 1
    assert often.metrics_step == 3
