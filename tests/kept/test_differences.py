"""In what settings runs differ: by the keys of a file, a default being what it stands for."""

from __future__ import annotations

import pytest

from tests.experiments import EXAMPLES, MIXED, VALLEY, experiment
from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.kept.differences import differences


def test_equal_runs_differ_in_nothing():
    """Whatever they are called, and however they are shown."""
    given = experiment(VALLEY)
    other = replace(given, title="Another", notes="said", view={"loss": {"log_x": True}})
    assert differences([given, other, given]) == []


def test_a_default_written_out_is_no_difference():
    given = experiment(VALLEY)
    written = experiment(VALLEY.replace("learning_rate = 0.01", "learning_rate = 0.01\nbeta1 = 0.9"))
    assert given != written
    assert differences([given, written]) == []


def test_each_setting_that_differs_has_a_row_with_the_value_of_every_run():
    """What holds for the whole race stands first; a run that has no such setting has none."""
    given = experiment(VALLEY)
    fewer = replace(given, seed=9, lanes=given.lanes[:1])
    rows = differences([given, fewer, given])
    assert rows[0] == ("seed", (1, 9, 1))
    assert dict(rows)["lanes[1].optimizer"] == ("momentum", None, "momentum")
    assert [key for key, _ in rows[1:] if not key.startswith("lanes[1].")] == []


def test_lanes_stand_in_the_order_of_their_numbers():
    given = experiment(VALLEY)
    lanes = tuple(replace(given.lanes[0], draw=0, label=str(k)) for k in range(12))
    others = tuple(replace(lane, label=f"{lane.label}b") for lane in lanes)
    rows = differences([replace(given, lanes=lanes), replace(given, lanes=others)])
    assert [key for key, _ in rows] == [f"lanes[{k}].label" for k in range(12)]


def test_layers_and_tables_of_a_network_are_told_apart():
    text = MIXED.replace("units = 6", "units = 7", 1).replace("samples = 90", "samples = 91")
    assert dict(differences([experiment(MIXED), experiment(text)])) == {
        "problem.data.samples": (90, 91), "problem.layers[0].units": (6, 7),
    }  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_can_be_compared(path):
    """With itself under another seed: that is all."""
    given = files.read(path)
    assert differences([given, replace(given, seed=given.seed + 1)]) == [("seed", (given.seed, given.seed + 1))]
