"""Another number of steps, edited on the way: the race stands nowhere beyond it, and nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from tests.live.races import assert_same_rows, loop_at, same_bits, settled, straight_snapshot
from workbench.experiment.experiment import Origin, Schedule, replace


@pytest.mark.parametrize("text", [VALLEY, NETWORK])
def test_fewer_steps_than_were_taken_bring_the_race_back_to_its_end(text):
    loop = loop_at(experiment(text), 60)
    short = experiment(text, steps=40)
    loop.adopt(short, experiment(text))
    found = settled(loop)
    assert (found.step, found.recorded, found.finished) == (40, 60, True)  # undo has the rest at hand
    assert same_bits(found, straight_snapshot(short, 40))
    assert_same_rows(found, straight_snapshot(short, 40), 40)
    assert loop.repeats  # an edit has made it anew: it is no run that is kept by itself
    loop.adopt(experiment(text), short)
    loop.seek(60)
    assert same_bits(settled(loop), straight_snapshot(experiment(text), 60))


def test_fewer_steps_than_are_recorded_are_the_last_that_can_be_gone_to():
    loop = loop_at(experiment(VALLEY), 60)
    loop.seek(10)
    settled(loop)
    loop.adopt(experiment(VALLEY, steps=40), experiment(VALLEY))
    found = settled(loop)
    assert (found.step, found.recorded) == (10, 60)
    loop.seek(60)
    assert same_bits(settled(loop), straight_snapshot(experiment(VALLEY), 40))


def test_more_steps_leave_what_is_recorded_where_no_schedule_knows_of_them():
    given = experiment(VALLEY, steps=100)
    loop = loop_at(given, 60)
    loop.seek(10)
    settled(loop)
    loop.adopt(replace(given, steps=200), given)
    found = settled(loop)
    assert (found.step, found.recorded, found.changes) == (10, 60, ())
    scheduled = replace(given, lanes=(replace(given.lanes[0], schedule=Schedule(kind="cosine")), given.lanes[1]))
    loop = loop_at(scheduled, 60)
    loop.seek(10)
    settled(loop)
    loop.adopt(replace(scheduled, steps=200), scheduled)
    found = settled(loop)
    assert (found.step, found.recorded, len(found.changes)) == (10, 10, 1)


def test_a_fork_and_another_number_of_steps_at_once():
    """As where both are edited before the worker looks: schedules that know the steps know the new number."""
    given = experiment(VALLEY, steps=1000)
    given = replace(given, lanes=(replace(given.lanes[0], schedule=Schedule(kind="cosine")), given.lanes[1]))
    loop = loop_at(given, 60)
    fork = replace(given.lanes[0], origin=Origin(lane=0, step=40))
    both = replace(given, steps=2000, lanes=(*given.lanes, fork))
    loop.adopt(both, given)
    loop.seek(60)
    found = settled(loop)
    assert same_bits(found, straight_snapshot(both, 60))
    np.testing.assert_array_equal(found.rates, straight_snapshot(both, 60).rates)
