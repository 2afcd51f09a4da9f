"""Charts of sweeps, and performance profiles against ones worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import BOWL, NETWORK
from tests.studies.sweeps import carried_out, sweep_of
from workbench import cli
from workbench.studies.charts import HeatChart, LineChart, ParallelChart, charts, is_log
from workbench.studies.profile import profile, ratios

INF = float("inf")


def test_a_profile_worked_out_by_hand():
    """Three problems, two methods: costs 10 and 20; 30 and none; neither."""
    costs = np.array([[10.0, 20.0], [30.0, INF], [INF, np.nan]])
    assert np.array_equal(ratios(costs), [[1, 2], [1, INF], [np.nan, np.nan]], equal_nan=True)
    shares = profile(costs, np.array([1.0, 1.9, 2.0, 1e9]))
    assert shares.tolist() == [[2 / 3] * 4, [0, 0, 1 / 3, 1 / 3]]


def test_problems_of_unequal_scale_count_alike():
    """Multiplying all costs of one problem leaves the profile as it was."""
    costs = np.array([[3.0, 4.0, 9.0], [50.0, 20.0, 100.0]])
    factors = np.linspace(1, 6, 50)
    assert np.array_equal(profile(costs, factors), profile(costs * [[1.0], [1e6]], factors))


def test_a_grid_is_drawn_as_it_is(tmp_path):
    said = (
        'steps = 30\ntolerance = 0.5\n[axes]\n"lanes[*].hyperparameters.learning_rate" = { from = 0.001, to = 2.0, '
        'count = 4, log = true }\n"problem.parameters.curvature_x" = [1.0, 2.0, 3.0]'
    )
    results = carried_out(sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=BOWL), tmp_path / "out")
    found = {chart.key: chart for chart in charts(results)}
    assert set(found) == {
        "sensitivity-learning_rate", "sensitivity-curvature_x", "heat-0", "heat-1",
        "parallel-0", "parallel-1", "profile",
    }  # fmt: skip
    heat = found["heat-1"]
    assert isinstance(heat, HeatChart)
    assert heat.values.shape == (3, 4)
    losses = results.cells(results.sweep.subjects[0], "gap")[:, 0, 1, 0].reshape(4, 3).T
    diverged = results.cells(results.sweep.subjects[0], "diverged_at")[:, 0, 1, 0].reshape(4, 3).T >= 0
    assert np.array_equal(heat.values, np.where(diverged, INF, losses))
    line = found["sensitivity-learning_rate"]
    assert isinstance(line, LineChart)
    assert line.lines[1].y.tolist() == heat.values.min(axis=0).tolist()
    assert isinstance(found["parallel-0"], ParallelChart)
    assert found["parallel-0"].places.shape == (12, 2)


@pytest.mark.parametrize(
    ("values", "log"),
    [([1, 2, 3, 4], False), ([1, 2, 4, 8], True), ([-1, 0, 1], False), ([1, 100], True), ([1, 2], False)],
)
def test_an_axis_is_logarithmic_where_its_values_are_evenly_spaced_so(values, log):
    assert is_log(np.array(values, float)) == log


def test_plot_writes_a_picture_of_each_chart(qapp, tmp_path, monkeypatch):
    (tmp_path / "one.toml").write_text(NETWORK, encoding="utf-8")
    (tmp_path / "here.py").write_text("from tests.studies.sweeps import Here\npool = Here()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    text = 'format = 1\nexperiment = "one.toml"\nsteps = 5\n[axes]\n"problem.batch_size" = [4, 8]\n"seed" = [1]'
    (tmp_path / "sweep.toml").write_text(text.replace('\n"seed" = [1]', ""), encoding="utf-8")
    assert cli.main(["sweep", "sweep.toml", "--out", "out", "--plot", "--executor", "here:pool"]) == 0
    assert [file.name for file in (tmp_path / "out" / "pictures").iterdir()] == ["sensitivity-batch_size.png"]
    assert (tmp_path / "out" / "pictures" / "sensitivity-batch_size.png").read_bytes().startswith(b"\x89PNG")
