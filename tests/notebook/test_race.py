"""A race built and run in Python: the numbers are the command line's, the sentences those of files."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from tests.experiments import EXAMPLES, MIXED, VALLEY
from workbench import cli
from workbench.experiment import files

#: examples of each kind, and how many steps of them
RUN = {"banana_race": 150, "first_descent": 20, "digits": 20, "edge_of_stability": 25, "associative_memory": 25}


@pytest.mark.parametrize("name", RUN)
def test_the_numbers_are_those_of_the_command_line_bit_for_bit(name, tmp_path):
    """Every array of `history.npz` that is of steps is the same as in the result."""
    result = wb.load(f"{name}.toml").run(RUN[name])
    (file,) = [path for path in EXAMPLES if path.stem == name]
    assert cli.main(["run", str(file), "--out", str(tmp_path), "--steps", str(RUN[name])]) == 0
    _is_recorded(result, tmp_path / "history.npz")


def _is_recorded(result, file):
    kept = np.load(file)
    np.testing.assert_array_equal(result.steps, kept["steps"])
    compared = 0
    for key in kept.files:
        name, _, layer = key.partition("/")
        if name not in result:
            continue
        values = result[name]
        if layer:
            values = values[..., result.layers.index(layer)]
        np.testing.assert_array_equal(np.swapaxes(values, 0, 1), kept[key])
        compared += 1
    assert compared >= 3


@pytest.mark.parametrize("text", [VALLEY, MIXED], ids=["noise", "networks"])
def test_every_so_many_steps_and_another_seed(text, tmp_path):
    """`every` and `seed` are `--every` and `--seed`, also where the end is no step that is kept."""
    file = tmp_path / "experiment.toml"
    file.write_text(text, encoding="utf-8")
    result = wb.load(file).run(25, seed=7, every=10)
    options = ["--steps", "25", "--seed", "7", "--every", "10"]
    assert cli.main(["run", str(file), "--out", str(tmp_path / "out"), *options]) == 0
    _is_recorded(result, tmp_path / "out" / "history.npz")
    assert result.steps.tolist() == [0, 10, 20, 25]
    assert result.rate.shape == (len(result.runs), 4)


def test_what_is_built_is_what_a_file_says():
    """Lanes, schedule, gradient options, network and fork are those of the file of the same words."""
    race = wb.network("moons", [6, {"units": 4, "activation": "relu"}], activation="sigmoid", samples=60, batch_size=16)
    race.add("adam", learning_rate=0.02, schedule={"kind": "step", "every": 100}, gradient={"clip_norm": 1.0})
    race.add("sgd", label="Own", network={"activation": "relu"}, draw=2, convention="keras")
    race.add("sgd", label="Fork", network={"activation": "relu"}, draw=2, convention="keras", fork=(1, 5))
    expected = files.loads("""
format = 1
[problem]
kind = "network"
batch_size = 16
[problem.data]
name = "moons"
samples = 60
[[problem.layers]]
units = 6
activation = "sigmoid"
[[problem.layers]]
units = 4
activation = "relu"
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.02
[lanes.schedule]
kind = "step"
every = 100
[lanes.gradient]
clip_norm = 1.0
[[lanes]]
label = "Own"
optimizer = "sgd"
convention = "keras"
draw = 2
[lanes.network]
activation = "relu"
[[lanes]]
label = "Fork"
optimizer = "sgd"
convention = "keras"
draw = 2
from = {lane = 1, step = 5}
[lanes.network]
activation = "relu"
""")
    assert race.experiment == expected
    assert files.loads(race.toml()) == expected


def test_edits_leave_every_other_race_as_it_is():
    """A copy and its original go their own ways; the experiment is a value."""
    race = wb.objective("rosenbrock", start=(-1.2, 1.0)).add("adam").add("sgd", label="Plain")
    before, other = race.experiment, race.copy()
    other.set("lanes[0].hyperparameters.learning_rate", np.float64(0.25)).remove("Plain").set("seed", 4)
    assert race.experiment is before
    assert other.lanes == ("Adam",)
    assert other.experiment.lanes[0].hyperparameters["learning_rate"] == 0.25
    assert other.experiment.seed == 4
    assert race.remove(0).lanes == ("Plain",)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda race: race.add("adamm"), '(did you mean "adam"?)'),
        (lambda race: race.add("adam", learning_rat=0.1), "`lanes[1].hyperparameters.learning_rat` is not a setting"),
        (lambda race: race.add("adam", learning_rate=-1), "must lie in [0, 1e6], got -1"),
        (lambda race: race.add("adam", schedule="cosinee"), "must name one of the schedules"),
        (lambda race: race.add("adam", gradient={"clip": 1}), '"clip_norm"'),
        (lambda race: race.add("adam", convention="jax"), "convention"),
        (lambda race: race.add(3), "optimizer"),
        (lambda race: race.set("lanes[4].draw", 1), "there are lanes[0] (Adam)"),
        (lambda race: race.set("no path", 1), "must be a path"),
        (lambda race: race.remove("Nobody"), "there are: 0 (Adam)"),
        (lambda race: race.run(), "`steps` is missing"),
        (lambda race: race.run(0), "steps"),
        (lambda race: race.run(10, every=0), "`every` must be a whole number from 1 on"),
        (lambda race: race.run(10, seed=-1), "seed"),
        (lambda race: wb.objective("rosenbrok"), '(did you mean "rosenbrock"?)'),
        (lambda race: wb.objective("rosenbrock", wide=3), "is not a setting of the objective"),
        (lambda race: wb.objective("rosenbrock", start=(1, 2), dimension=3), "must have 3 coordinates"),
        (lambda race: wb.objective(3), "must be a name of the catalogue or a function"),
        (lambda race: wb.network("spiral", [3]), '(did you mean "spirals"?)'),
        (lambda race: wb.network("spirals", [0]), "problem.layers[0].units"),
        (lambda race: wb.network("spirals", [3], activation="rellu"), '(did you mean "relu"?)'),
        (lambda race: wb.network("spirals", [3], nois=0.1), '(did you mean "noise"?)'),
        (lambda race: wb.network(7), "must be the name of a data set"),
        (lambda race: wb.objective("rosenbrock").run(10), "must have at least one lane"),
    ],
)
def test_a_wrong_request_is_one_sentence_with_what_there_is(ask, said):
    """The same sentences as of a file; and the race stays as it was."""
    race = wb.objective("rosenbrock").add("adam", label="Adam")
    before = race.experiment
    with pytest.raises(wb.RequestError) as told:
        ask(race)
    assert said in str(told.value)
    assert "\n" not in str(told.value)
    assert race.experiment is before


def test_a_file_that_is_not_there_names_the_example_that_was_meant():
    with pytest.raises(wb.ExperimentFileError, match=r'did you mean "banana_race\.toml"'):
        wb.load("banana_rase.toml")
    assert "banana_race.toml" in wb.examples()


def test_a_file_beside_stands_before_an_example(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wb.objective("sphere", start=(1.0, 1.0)).add("sgd").save("banana_race.toml")
    assert wb.load("banana_race.toml").experiment.problem.objective == "sphere"


def test_a_file_of_data_is_seen_from_where_one_is(tmp_path, monkeypatch):
    """Its path in a race is whole, and in a file that is saved beside it its name."""
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    rows = [f"{i / 10},{i % 3},{'ab'[i % 2]}" for i in range(20)]
    Path("own.csv").write_text("\n".join(["u,v,kind", *rows]), encoding="utf-8")
    race = wb.network(Path("own.csv"), [3], target="kind").add("sgd")
    assert race.experiment.problem.data.file == str(tmp_path / "own.csv")
    race.save("race.toml")
    assert 'file = "own.csv"' in Path("race.toml").read_text(encoding="utf-8")
    assert race.run(3).loss.shape == (1, 4)


def test_the_bar_is_there_for_who_asks_or_sees_it(capsys):
    """On a terminal and in a notebook; not where the error output goes elsewhere. It leaves nothing behind."""
    race = wb.objective("sphere", start=(1.0, 2.0)).add("sgd", learning_rate=0.1)
    race.run(50)
    assert capsys.readouterr().err == ""
    race.run(50, progress=True)
    shown = capsys.readouterr().err
    assert "of 50" in shown
    assert shown.endswith("\r")
    race.run(50, progress=False)
    assert capsys.readouterr().err == ""
