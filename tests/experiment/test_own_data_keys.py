"""What an experiment's file says of a person's own table, and what the command line tells of it."""

import csv
import json

import numpy as np
import pytest

from workbench import cli
from workbench.engine.network.fit import fit
from workbench.experiment import build, files

HEAD = 'format = 1\nsteps = 5\n[problem]\nkind = "network"\nbatch_size = 0\n[problem.data]\nfile = "my.csv"\n'
LANE = '[[problem.layers]]\nunits = 4\n[[lanes]]\noptimizer = "sgd"\n[lanes.hyperparameters]\nlearning_rate = 0.05\n'
PRICES = "area,price\n" + "".join(f"{50 + 7 * (i % 5) + i},{200_000 + 3_000 * i + 500 * (i % 3)}\n" for i in range(40))


@pytest.fixture
def written(tmp_path):
    """Write a table and an experiment that learns from it; gives the experiment's path."""

    def write(table, data, *, layer=LANE):
        (tmp_path / "my.csv").write_text(table)
        path = tmp_path / "my.toml"
        path.write_text(HEAD + data + layer)
        return path

    return write


def test_every_key_is_read_and_written_and_read_again(written):
    """What is said of a file survives saving; what is not said is not written."""
    data = (
        'target = "column 2"\nheader = "no"\nseparator = "semicolon"\ndecimal = "comma"\nthousands = "point"\n'
        'missing_words = ["k.A."]\nmissing = "leave_out"\n'
    )
    experiment = files.read(written("1,5;2,25\n1.000;2,5\nk.A.;1,25\n3;4\n", data))
    assert build.make_problem(experiment).split.x_train.shape == (2, 1)
    assert files.loads(files.dumps(experiment)) == experiment
    plain = files.read(written("a;b\n1,5;2,25\n2,5;3,5\n", 'target = "b"\n'))
    assert not any(key in files.dumps(plain) for key in ("header", "separator", "decimal", "thousands", "missing"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('header = "maybe"', ["problem.data.header", '"guess", "yes", "no"']),
        ('separator = ";"', ["problem.data.separator", '"semicolon"']),
        ('decimal = "comma"\nthousands = "comma"', ["problem.data.thousands", "another mark than `decimal`"]),
        ('missing = "drop"', ["problem.data.missing", '"leave_out"']),
        ('missing_words = "NA"', ["problem.data.missing_words", "must be a list"]),
        ('target_scaling = "log"', ["problem.data.target_scaling", '"standard"']),
    ],
)
def test_a_key_with_another_value_is_refused_with_what_is_allowed(written, line, words):
    path = written("a,b\n1,2.5\n2,3.5\n", f'target = "b"\n{line}\n')
    with pytest.raises(files.ExperimentFileError) as error:
        files.read(path)
    for word in words:
        assert word in str(error.value)


def test_classes_are_not_scaled_and_made_data_have_no_file(written):
    """Both are said with the key's place."""
    with pytest.raises(files.ExperimentFileError, match=r'problem.data.target_scaling` must be "none" for classes'):
        files.read(written("a,b\n1,x\n2,y\n", 'target = "b"\ntarget_scaling = "range"\n'))
    path = written("a,b\n1,x\n2,y\n", 'target = "b"\n')
    path.write_text(path.read_text().replace('file = "my.csv"\ntarget = "b"', 'name = "moons"\nheader = "no"'))
    with pytest.raises(files.ExperimentFileError, match=r"problem.data.header` goes with a `file` alone"):
        files.read(path)


def test_a_target_that_names_a_cell_of_the_first_line_makes_names_of_it(written):
    """Experiments that were made of a file whose first line looks like a row keep their numbers."""
    table = "5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,virginica\n6.9,3.1,virginica\n5.0,3.4,setosa\n"
    split = build.make_problem(files.read(written(table, 'target = "setosa"\ntest_fraction = 0\n'))).split
    assert sorted(split.x_train.tolist()) == [[4.9, 3.0], [5.0, 3.4], [6.9, 3.1], [7.0, 3.2]]
    assert split.columns == ("5.1", "3.5")


def test_missing_values_are_filled_with_what_the_training_samples_have(written):
    """Mean and most frequent value by hand; the row without a target is gone under each policy."""
    table = "n,word,y\n1,a,0.5\n,b,1.5\n4,b,2.5\n4,,3.5\n7,b,\n"
    for policy, filled in (("mean", 3.0), ("most_frequent", 4.0)):
        data = f'target = "y"\nmissing = "{policy}"\ntest_fraction = 0\n'
        split = build.make_problem(files.read(written(table, data))).split
        rows = {float(y[0]): x.tolist() for x, y in zip(split.x_train, split.y_train, strict=True)}
        assert split.columns == ("n", "word=a", "word=b")
        assert rows == {0.5: [1, 1, 0], 1.5: [filled, 0, 1], 2.5: [4, 0, 1], 3.5: [4, 0, 1]}
        last = build.make_problem(files.read(written(table, data.replace("= 0\n", "= 0.5\n")))).split
        known = [x[0] for x, y in zip(last.x_train, last.y_train, strict=True) if y[0] != 1.5]
        spot = next(
            x[0] for x, y in zip(np.concatenate([last.x_train, last.x_test]),
                                 np.concatenate([last.y_train, last.y_test]), strict=True) if y[0] == 1.5
        )  # fmt: skip
        if policy == "mean":
            assert spot == pytest.approx(np.mean(known), abs=1e-12)


def test_losses_and_fits_of_a_scaled_target_are_in_the_files_own_unit(written):
    """The loss shown is the mean squared error of what the fit gives, in squared units of the file."""
    data = 'target = "price"\nscaling = "standard"\ntarget_scaling = "standard"\ntest_fraction = 0\n'
    experiment = files.read(written(PRICES, data))
    race = build.make_race(experiment, evaluate_every=1)
    rows = np.array([[float(v) for v in row] for row in list(csv.reader(PRICES.splitlines()))[1:]])
    assert race.problem.y_train.std() == pytest.approx(1.0)
    race.advance(5)
    race.evaluate_metrics()
    found = fit(race.problem, race.theta, 0)
    split = race.problem.split
    prices = split.unscaled_values(split.y_train)[:, 0]
    assert np.allclose(np.sort(prices), np.sort(rows[:, 1]))
    errors = (found.train.values[:, 0] - prices) ** 2
    assert np.allclose(found.train.losses, errors)
    assert race.metrics["train_loss"][0] == pytest.approx(errors.mean())
    assert race.shown_loss()[0] == pytest.approx(errors.mean())
    low, high = rows[:, 0].min(), rows[:, 0].max()
    assert low - 0.2 * (high - low) < found.x[0] < low < high < found.x[-1] < high + 0.2 * (high - low)
    order = np.argsort(found.x)
    at = np.interp(rows[0, 0], found.x[order], found.outputs[0, order, 0])
    first = int(np.argmin(np.abs(prices - rows[0, 1])))
    assert at == pytest.approx(found.train.values[first, 0], rel=1e-3)


def test_a_scaled_and_an_unscaled_target_say_the_same_loss_at_the_same_outputs(written):
    """A network of biases alone that gives the mean has the variance as its loss, however the target is scaled."""
    seen = []
    for scaling in ("none", "standard", "range"):
        data = f'target = "price"\nscaling = "standard"\ntarget_scaling = "{scaling}"\ntest_fraction = 0\n'
        problem = build.make_problem(files.read(written(PRICES, data)))
        theta = np.zeros((1, problem.size))
        theta[0, problem.network.blocks[-1].bias_start] = problem.y_train.mean()
        seen.append(float(problem.losses(theta)[0]))
    prices = np.array([float(row.split(",")[1]) for row in PRICES.splitlines()[1:]])
    assert seen == pytest.approx([prices.var()] * 3)


def test_what_was_guessed_is_told_on_stderr_and_the_run_goes_on(written, tmp_path, capsys):
    """A note each, and exit code 0."""
    table = 'area,town,price\n"1,250",York,10.5\n980,,11.5\n700,Bath,9.5\n850,York,8.5\n,,\n'
    path = written(table, 'target = "price"\nmissing = "leave_out"\ntest_fraction = 0\n')
    assert cli.main(["run", str(path), "--out", str(tmp_path / "out")]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "note: my.csv: " in line]
    assert [line.partition("my.csv: ")[2] for line in told] == [
        '"1,250" in line 2 is read as 1250',
        "1 row(s) without any value are left out: line 6",
        "1 of 4 rows are left out, as values are missing: line 3",
        'column "town" holds texts: 2 input(s) of 0 and 1 (Bath, York)',
    ]
    again = tmp_path / "out" / "experiment.toml"
    assert cli.main(["run", str(again), "--out", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "history.csv").read_bytes() == (tmp_path / "out" / "history.csv").read_bytes()
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["runs"][0]["status"] == "finished"


def test_a_change_from_the_command_line_leaves_the_table_where_it_is(written, tmp_path, monkeypatch):
    """The path of the data is seen from the experiment's folder, wherever the program is called."""
    path = written("a,y\n1,0.5\n2,1.5\n3,2.5\n4,3.25\n", 'target = "y"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert cli.main(["run", str(path), "--set", "steps=2", "--out", "out"]) == 0


@pytest.mark.parametrize("case", [(33, 32, True), (33, 11, False), (34, 33, True), (32, 1, True)])
def test_a_batch_of_one_under_batch_normalisation_is_told(written, capsys, case):
    """33 samples in batches of 32 leave one alone, of which its own mean leaves nothing."""
    samples, batch, told = case
    table = "a,b,y\n" + "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(samples))
    layer = LANE.replace("units = 4", "units = 4\nbatch_norm = true")
    path = written(table, 'target = "y"\ntest_fraction = 0\n', layer=layer)
    path.write_text(path.read_text().replace("batch_size = 0", f"batch_size = {batch}"))
    assert cli.main(["check", str(path)]) in (0, 1)
    assert ("holds a single sample" in capsys.readouterr().err) == told
