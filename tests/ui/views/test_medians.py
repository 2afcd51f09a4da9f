"""The median of a lane's starts is one number, wherever it stands: a run that diverged counts as the worst."""

from __future__ import annotations

from dataclasses import replace as replace_snapshot

import numpy as np
import pytest

from tests.experiments import NETWORK, experiment
from workbench.engine.race.medians import FEW, median
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.export.pgfplots import panels_of
from workbench.ui.views.loss.quantities import Courses
from workbench.ui.views.loss.reading import read_course
from workbench.ui.views.race import cells
from workbench.ui.views.race.medians import best_medians, lane_medians
from workbench.ui.views.shared.series import spread

STEPS = 33

#: at a rate of 0.11 a step multiplies 2 x² by 0.56, and x⁴ throws out whoever begins far away
QUARTIC = """
format = 1
[problem]
kind = "objective"
objective = "formula"
[problem.parameters]
text = "x^2 + x^4"
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.11
"""


def _snapshot(given, steps=STEPS):
    race = build.make_race(given)
    race.advance(steps)
    return take_snapshot(race, build.race_info(given, race), 1)


def _thrown(starts, gone):
    """A race from so many starts, so many of which diverge."""
    given = experiment(QUARTIC)
    points = tuple((float(x),) for x in [*np.linspace(0.1, 0.9, starts - gone), *np.linspace(5.0, 6.0, gone)])
    return _snapshot(replace(given, problem=replace(given.problem, start=points)))


def test_it_goes_on_while_half_of_the_runs_do():
    none = np.nan
    found = median(np.array([[3.0, 1.0, 2.0, none], [none, none, 1.0, 2.0], [none, 2.0, none, none]]))
    np.testing.assert_array_equal(found, [2.5, none, none])


@pytest.mark.parametrize(("starts", "gone"), [(5, 2), (5, 3), (FEW, 5), (FEW + 1, 6), (40, 21)])
def test_table_line_readout_and_figure_have_one_median(starts, gone):
    snapshot = _thrown(starts, gone)
    assert (snapshot.diverged_at >= 0).sum() == gone
    losses = np.where(snapshot.diverged_at >= 0, np.inf, snapshot.loss)
    expected = float(np.median(losses))
    expected = expected if np.isfinite(expected) else np.nan
    history, many = snapshot.history, starts > FEW
    line = spread(history.steps, history.values["loss"], starts).middle[-1, 0]
    table = cells.columns(lane_medians(snapshot) if many else snapshot)
    assert [line, next(c for c in table if c.key == "loss").values[-1]] == pytest.approx([expected] * 2, nan_ok=True)
    told = read_course(snapshot, Courses().of("loss", snapshot), len(history.steps) - 1)
    written = told.splitlines()[1].split()[-1].replace("−", "-")
    assert written == "–" if np.isnan(expected) else float(written) == pytest.approx(expected, rel=1e-3)
    _, (panel,) = panels_of(snapshot, ["loss"], ["#000000"], [])
    assert len(panel.curves) == (1 if many else starts)
    if many:
        assert panel.curves[0].values[-1] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("steps", [33, 30])
def test_each_row_of_a_swarm_of_networks_has_its_own_best_test_loss(steps):
    given = experiment(NETWORK)
    snapshot = _snapshot(replace(given, problem=replace(given.problem, starts=FEW + 1)), steps)
    columns = {c.key: c for c in cells.columns(lane_medians(snapshot), best_medians(snapshot))}
    best, at = snapshot.best("test_loss")
    for lane, own in enumerate(np.split(best, 3)):
        assert columns["best_test"].values[lane] == pytest.approx(np.median(own))
    assert columns["best_step"].values.tolist() == [np.median(own) for own in np.split(at, 3)]
    assert columns["test_accuracy"].values == pytest.approx(
        [np.median(own) for own in np.split(snapshot.metrics["test_accuracy"], 3)]
    )


def test_the_worst_accuracy_is_the_smallest():
    given = experiment(NETWORK)
    snapshot = _snapshot(replace(given, problem=replace(given.problem, starts=3)))
    lost = np.full(9, -1)
    lost[0] = 5
    snapshot = replace_snapshot(snapshot, diverged_at=lost)
    column = next(c for c in cells.columns(snapshot) if c.key == "accuracy")
    assert column.values[9] == min(snapshot.metrics["accuracy"][1:3])
