"""Everything about networks and data that an experiment file can say."""

import numpy as np
import pytest

from workbench.engine.params import RequestError
from workbench.experiment.build import make_race
from workbench.experiment.files import ExperimentFileError, dumps, loads, read, write
from workbench.experiment.filling import fill

LANE = '\n[[lanes]]\noptimizer = "adam"\n'
EVERYTHING = (
    """
format = 1
seed = 4
[problem]
kind = "network"
features = ["x1", "x2", "x1^2", "sin x2"]
loss = "huber"
loss_parameters = { delta = 0.5 }
output_initializer = "normal"
output_initializer_parameters = { std = 0.2 }
batch_size = 10
l1 = 0.001
l2 = 0.002
[problem.data]
name = "playground_plane"
samples = 60
noise = 0.1
scaling = "standard"
[[problem.layers]]
units = 5
activation = "leaky_relu"
activation_parameters = { slope = 0.2 }
initializer = "uniform"
initializer_parameters = { limit = 0.3 }
dropout = 0.1
batch_norm = true
[[problem.layers]]
units = 4
activation = "gelu"
initializer = "orthogonal"
"""
    + LANE
)
SMALL = '\nformat = 1\n[problem]\nkind = "network"\n{problem}\n[problem.data]\n{data}\n{layers}' + LANE


def _file(problem="", data='name = "moons"', layers=""):
    return SMALL.format(problem=problem, data=data, layers=layers)


def test_all_that_can_be_said_of_a_network_reaches_it():
    race = make_race(loads(EVERYTHING))
    network = race.problem.network
    assert (network.l1, network.l2, network.loss.delta) == (0.001, 0.002, 0.5)
    assert race.problem.x_train.shape[1] == 4
    assert network.activations[0].slope == 0.2
    assert network.blocks[0].batch_norm
    assert network.layers[0].dropout == 0.1
    first = np.abs(network.blocks[0].weight(race.theta))
    assert 0.2 < first.max() <= 0.3
    assert race.advance(20) == 20
    assert np.isfinite(race.loss).all()


@pytest.mark.parametrize("complete", [False, True])
def test_writing_and_reading_gives_the_same_experiment(complete):
    experiment = loads(EVERYTHING)
    experiment = fill(experiment) if complete else experiment
    assert loads(dumps(experiment)) == experiment


def test_features_are_computed_from_the_scaled_inputs():
    problem = make_race(loads(EVERYTHING)).problem
    x1, x2 = problem.split.x_train.T
    assert problem.x_train == pytest.approx(np.stack([x1, x2, x1**2, np.sin(x2)], 1))
    output = problem.outputs(problem.initial(), problem.split.x_test)
    assert output.shape == (1, len(problem.split.x_test), 1)


def test_two_classes_can_share_one_output():
    race = make_race(loads(_file('loss = "binary_cross_entropy"', 'name = "moons"\nnoise = 0.0')))
    assert race.problem.network.layers[-1].units == 1
    race.advance(4000)
    assert race.problem.evaluate(race.theta)["test_accuracy"][0] > 0.8


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (_file('loss = "binary_cross_entropy"', 'name = "iris"'), "`problem.loss` must be a loss for 3 classes"),
        (_file('loss = "binary_cross_entropy"', 'name = "sine"'), "`problem.loss` must be a loss for values"),
        (_file('features = ["x1"]', 'name = "iris"'), "`problem.features` must be left out, as the data has 4 input"),
        (_file('features = ["x1", "x3"]'), '`problem.features[1]` must be one of "x1", "x2"'),
        (_file('features = ["x1", "x1"]'), '`problem.features[1]` names "x1" a second time'),
        (_file("l1 = -1.0"), "`problem.l1` must be a number >= 0"),
        (_file("loss_parameters = { delta = 1.0 }"), "`problem.loss_parameters.delta` is not a setting of the loss"),
        (
            _file(layers="[[problem.layers]]\ndropout = 1.0"),
            "`problem.layers[0].dropout` must be a number < 1",
        ),
        (
            _file(layers='[[problem.layers]]\ninitializer = "normal"\ninitializer_parameters = { std = -1.0 }'),
            "`problem.layers[0].initializer_parameters.std` must lie in [0, 1000], got -1",
        ),
        (
            _file(layers="[[problem.layers]]\nactivation_parameters = { slope = 0.1 }"),
            '`problem.layers[0].activation_parameters.slope` is not a setting of the activation "tanh"',
        ),
        (_file(data="samples = 10"), "`problem.data.name` is missing, and no `file` stands in its place"),
        (_file(data='name = "moons"\nfile = "x.csv"'), "`problem.data.file` must be left out"),
        (_file(data='name = "moons"\ntarget = "y"'), "`problem.data.target` goes with a `file` alone"),
        (_file(data='name = "moons"\npoints = [[0, 0, 1]]'), "`problem.data.points` goes with the data set"),
        (_file(data='name = "moons"\nclass_names = ["a"]'), "`problem.data.class_names` goes with the data set"),
        (
            _file(data='name = "points"\nclass_names = ["a", "a"]'),
            '`problem.data.class_names` must differ, got "a" for',
        ),
        (_file(data='name = "points"\npoints = [[0, 0, 1]]'), "`problem.data.points` must be of at least two classes"),
        (_file(data='name = "points"\npoints = [[0, 0, 10]]'), "`problem.data.points[0][2]` must be a number <= 9"),
        (_file(data='name = "points"\npoints = [[0, 0]]'), "`problem.data.points[0]` must"),
        (_file(data='file = "nowhere.csv"\ntarget = "y"'), "`problem.data.file` cannot be used: nowhere.csv does not"),
        (_file(data='file = "n.csv"\nsamples = 9'), "`problem.data.samples` is not a setting of a `file`"),
        (_file(data='name = "spiral"'), "`problem.data.name` must name one of the data sets"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(text, refusal):
    with pytest.raises(RequestError) as error:
        loads(text)
    assert str(error.value).startswith(refusal)


def test_painted_points_are_part_of_the_file():
    data = 'name = "points"\ntest_fraction = 0.0\npoints = [[0, 0.5, 0], [1.0, -1, 2], [2, 2, 1]]'
    experiment = loads(_file(data=data))
    assert loads(dumps(experiment)) == experiment
    split = make_race(experiment).problem.split
    assert sorted(split.x_train.tolist()) == [[0, 0.5], [1, -1], [2, 2]]
    assert split.classes == ("0", "1", "2")


def test_a_painted_set_begins_with_an_example_that_is_written_out():
    assert len(fill(loads(_file(data='name = "points"'))).problem.data.points) == 8


@pytest.fixture
def own_file(tmp_path):
    (tmp_path / "data").mkdir()
    rows = "".join(f"{i},{i % 3},{'yes' if i % 2 else 'no'}\n" for i in range(40))
    (tmp_path / "data" / "my.csv").write_text("a,b,answer\n" + rows)
    path = tmp_path / "mine.toml"
    path.write_text(_file(data='file = "data/my.csv"\ntarget = "answer"\ncolumns = ["b", "a"]'))
    return path


def test_ones_own_file_is_found_beside_the_experiment_from_any_folder(own_file, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    split = make_race(read(own_file)).problem.split
    assert split.classes == ("no", "yes")
    assert split.columns == ("b", "a")
    assert len(split.x_train) + len(split.x_test) == 40


def test_an_experiment_saved_beside_its_data_names_it_from_there_and_elsewhere_in_full(own_file, tmp_path_factory):
    experiment = read(own_file)
    write(experiment, own_file.with_name("copy.toml"))
    assert 'file = "data/my.csv"' in own_file.with_name("copy.toml").read_text()
    assert read(own_file.with_name("copy.toml")) == experiment
    away = tmp_path_factory.mktemp("elsewhere") / "copy.toml"
    write(experiment, away)
    assert read(away) == experiment


def test_a_missing_column_is_named_with_the_file_and_the_key(own_file):
    own_file.write_text(own_file.read_text().replace('"answer"', '"anser"'))
    with pytest.raises(ExperimentFileError) as error:
        read(own_file)
    assert str(error.value) == (
        f'{own_file}: `problem.data.target` must name a column of my.csv ("a", "b", "answer"), '
        'got "anser" (did you mean "answer"?)'
    )
