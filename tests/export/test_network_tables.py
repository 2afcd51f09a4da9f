"""What a view exports as CSV is what it shows: every number is held against the race itself, computed by hand."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from tests.experiments import NETWORK, VALLEY, experiment
from workbench import app
from workbench.ui.style import theme as themes
from workbench.ui.views.fit.best_lane import best_lane
from workbench.ui.window.main_window import MainWindow

#: one input, so that the fit is a curve
CURVE = """
format = 1
seed = 3
[problem]
kind = "network"
[problem.data]
name = "sine"
samples = 40
[[problem.layers]]
units = 3
[[lanes]]
optimizer = "adam"
[[lanes]]
optimizer = "sgd"
"""
#: four inputs and three classes: nothing but the confusion can be shown
IRIS = CURVE.replace('name = "sine"\nsamples = 40', 'name = "iris"')
#: its gradients are those of the formula
QUIET = VALLEY.replace("noise = 0.5\n", "")
STEP = 60
UNITS = 4


@pytest.fixture(scope="module")
def windows(qapp):
    """A window on each experiment after some steps; the tests share them."""
    made = {}
    for text in (NETWORK, CURVE, IRIS, VALLEY, QUIET):
        window = MainWindow(experiment(text), theme=themes.LIGHT)
        window.files.asks_before_losing = window.remembers_layout = False
        window.resize(1280, 800)
        window.show()
        window.worker.seek(STEP)
        assert app.wait_for(lambda w=window: w.snapshot is not None and w.snapshot.step == STEP, 10)
        # what a test made would be left behind for the others
        assert dict(window.views)["layers"].histograms
        app.settle(window)
        made[text] = window
    yield made
    for window in made.values():
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def exported(windows, tmp_path):
    """The rows of a view's CSV, as its menu writes it, and the snapshot that it shows."""

    def get(text, key, prepare=None):
        window, told = windows[text], []
        for switch in (window.views["fit"].side_by_side, window.views["fit"].as_matrix):
            switch.setChecked(False)
        if prepare is not None:
            prepare(window.views[key])
        exporter, path = window.exporters[key], tmp_path / "view.csv"
        exporter.done.connect(told.append)
        exporter.failed.connect(told.append)
        exporter.write_csv(path)
        assert app.wait_for(lambda: bool(told), 20)
        exporter.done.disconnect(told.append)
        exporter.failed.disconnect(told.append)
        assert path.exists(), told
        found = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert all(None not in row and None not in row.values() for row in found), "every row is as long as the header"
        return found, window.views[key].snapshot

    return get


def layers_of(snapshot, run=0):
    """The weights and biases of the moons' network: two inputs, tanh, two classes; literally from the flat buffer."""
    first, bias, second, last = np.split(snapshot.theta[run], [2 * UNITS, 3 * UNITS, 5 * UNITS])
    return first.reshape(2, UNITS), bias, second.reshape(UNITS, 2), last


def probabilities(snapshot, x, run=0):
    """Softmax of the outputs (N, 2)."""
    first, bias, second, last = layers_of(snapshot, run)
    z = np.exp(np.tanh(x @ first + bias) @ second + last)
    return z / z.sum(axis=1, keepdims=True)


def numbers(rows, *names):
    return np.array([[float(row[name]) for name in names] for row in rows])


def test_the_map_is_exported_with_its_samples(exported):
    """Class and margin of each point, target and prediction of each sample: tanh and sigmoid by hand."""
    rows, snapshot = exported(NETWORK, "fit")
    assert list(rows[0]) == [
        "part", "lane", "run", "split", "index", "x1", "x2", "target", "prediction", "margin", "loss",
    ]  # fmt: skip
    data = snapshot.info.data
    grid = [row for row in rows if row["part"] == "map"]
    run = int(grid[0]["run"])
    assert run == best_lane(snapshot)
    p = probabilities(snapshot, numbers(grid, "x1", "x2"), run)
    assert len(grid) == 56 * 56
    assert [row["prediction"] for row in grid] == [data.classes[c] for c in p.argmax(axis=1)]
    np.testing.assert_allclose(numbers(grid, "margin")[:, 0], p.max(axis=1), rtol=1e-12)
    assert {row["lane"] for row in rows} == {snapshot.info.lanes[run].label}
    for split, x, y in (("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test)):
        found = [row for row in rows if row["split"] == split]
        np.testing.assert_array_equal(numbers(found, "x1", "x2"), x)  # they read back exactly
        assert [row["target"] for row in found] == [data.classes[int(c)] for c in y]
        p = probabilities(snapshot, x, run)
        assert [row["prediction"] for row in found] == [data.classes[c] for c in p.argmax(axis=1)]
        np.testing.assert_allclose(numbers(found, "loss")[:, 0], -np.log(p[np.arange(len(y)), y]), rtol=1e-9)


def test_the_maps_of_all_lanes_are_exported_when_they_are_shown(exported):
    """Each lane's own network, and the samples beside them once."""
    rows, snapshot = exported(NETWORK, "fit", lambda view: view.side_by_side.setChecked(True))
    for run, lane in enumerate(snapshot.info.lanes):
        grid = [row for row in rows if row["part"] == "map" and row["lane"] == lane.label]
        p = probabilities(snapshot, numbers(grid, "x1", "x2"), run)
        assert [row["prediction"] for row in grid] == [snapshot.info.data.classes[c] for c in p.argmax(axis=1)]
    assert sum(row["part"] == "sample" for row in rows) == 100


def test_the_confusion_is_exported_when_it_is_shown(exported):
    """Its counts are those of the test samples, and its diagonal those read right."""
    rows, snapshot = exported(NETWORK, "fit", lambda view: view.as_matrix.setChecked(True))
    data = snapshot.info.data
    read = probabilities(snapshot, data.x_test).argmax(axis=1)
    assert list(rows[0]) == ["lane", "run", "split", "class", "prediction", "count"]
    for row in rows:
        true, taken = data.classes.index(row["class"]), data.classes.index(row["prediction"])
        assert int(row["count"]) == np.sum((data.y_test == true) & (read == taken))
    assert len(rows) == 4


def test_data_of_more_inputs_give_their_confusion(exported):
    """Three kinds of flowers are nine cells, which hold every test sample once."""
    rows, snapshot = exported(IRIS, "fit")
    assert len(rows) == 9
    assert sum(int(row["count"]) for row in rows) == len(snapshot.info.data.x_test)


def test_the_curves_are_exported_with_every_lane(exported):
    """Each lane's output over the one input, by hand, and the samples with what they should be."""
    rows, snapshot = exported(CURVE, "fit")
    for run, lane in enumerate(snapshot.info.lanes):
        curve = [row for row in rows if row["part"] == "curve" and row["lane"] == lane.label]
        theta = snapshot.theta[run]
        x = numbers(curve, "x")
        y = np.tanh(x * theta[:3] + theta[3:6]) @ theta[6:9] + theta[9]
        assert len(curve) == 129
        np.testing.assert_allclose(numbers(curve, "prediction")[:, 0], y, rtol=1e-9, atol=1e-12)
    samples = [row for row in rows if row["part"] == "sample" and row["split"] == "train"]
    np.testing.assert_array_equal(numbers(samples, "target"), snapshot.info.data.y_train)


def test_the_network_is_exported_connection_by_connection(exported):
    """Weights and biases are the parameters; the gradients have the length that the race itself recorded."""
    rows, snapshot = exported(NETWORK, "diagram")
    assert list(rows[0]) == ["lane", "run", "step", "layer", "from", "to", "weight", "gradient"]
    assert {row["step"] for row in rows} == {str(STEP)}
    first, bias, second, last = layers_of(snapshot)
    for row in rows:
        hidden, j = row["layer"] == "layer1", int(row["to"]) - 1
        if row["from"] == "bias":
            expected = bias[j] if hidden else last[j]
        else:
            expected = first[["x1", "x2"].index(row["from"]), j] if hidden else second[int(row["from"]) - 1, j]
        assert float(row["weight"]) == expected
    assert len(rows) == snapshot.info.size
    for layer, name in enumerate(("layer1", "output")):
        gradient = numbers([row for row in rows if row["layer"] == name], "gradient")
        assert np.sqrt(np.mean(gradient**2)) == pytest.approx(float(snapshot.gradient_rms[0, layer]), rel=1e-9)


def test_backpropagation_is_exported_number_by_number(exported):
    """Each stage follows from the ones before it and the parameters, as its rule says."""
    rows, snapshot = exported(NETWORK, "backpropagation", lambda view: view.show_sample("train", 7))
    assert {(row["source"], row["index"], row["step"]) for row in rows} == {("train", "7", str(STEP))}

    def value(layer, rule, number="element"):
        found = [r for r in rows if (r["layer"], r["rule"], r["name"], r["number"]) == (layer, rule, "value", number)]
        return numbers(found, "value")[:, 0]

    first, bias, _, _ = layers_of(snapshot)
    x = snapshot.info.data.x_train[7]
    np.testing.assert_array_equal(value("input", "input"), x)
    np.testing.assert_allclose(value("layer1", "affine"), x @ first + bias, rtol=1e-12)
    np.testing.assert_allclose(value("layer1", "activation"), np.tanh(x @ first + bias), rtol=1e-12)
    delta = probabilities(snapshot, x[None])[0] - np.eye(2)[snapshot.info.data.y_train[7]]
    np.testing.assert_allclose(value("output", "loss_gradient"), delta, rtol=1e-9)
    np.testing.assert_allclose(
        value("output", "weight_gradient"), np.outer(np.tanh(x @ first + bias), delta).ravel(), rtol=1e-9
    )
    assert value("layer1", "affine", "largest") == max(value("layer1", "affine"))
    stages = [int(row["stage"]) for row in rows]
    assert stages == sorted(stages)


def test_the_layers_are_exported_with_all_four_pictures(exported):
    """Ratios and gradients by step, the activations' statistics, and histograms that hold every weight once."""
    rows, snapshot = exported(NETWORK, "layers")
    assert list(rows[0]) == ["lane", "run", "quantity", "layer", "step", "low", "high", "value"]
    rms = [row for row in rows if (row["quantity"], row["layer"]) == ("gradient_rms", "output")]
    np.testing.assert_array_equal(
        numbers(rms, "value")[:, 0], snapshot.history.values["gradient_rms"][: STEP + 1, 0, 1]
    )
    assert [int(row["step"]) for row in rms] == list(range(STEP + 1))
    first, bias, _, _ = layers_of(snapshot)
    activations = np.tanh(snapshot.info.data.x_train @ first + bias)
    (mean,) = [row for row in rows if (row["quantity"], row["layer"]) == ("mean", "layer1")]
    assert float(mean["value"]) == pytest.approx(activations.mean(), rel=1e-9)
    bins = [row for row in rows if row["quantity"] == "histogram_weights"]
    assert sum(int(row["value"]) for row in bins) == first.size
    for row in bins:
        inside = np.sum((first >= float(row["low"])) & (first < float(row["high"])))
        inside += np.sum(first == float(row["high"])) if row is bins[-1] else 0
        assert int(row["value"]) == inside


def test_the_plane_is_exported_with_the_paths(exported):
    """The grid, every lane's path over it, and where each lane stands with its true loss."""
    rows, snapshot = exported(NETWORK, "plane")
    assert sum(row["part"] == "plane" for row in rows) == 97 * 97
    data = snapshot.info.data
    for run, lane in enumerate(snapshot.info.lanes):
        (now,) = [row for row in rows if row["part"] == "present" and row["lane"] == lane.label]
        p = probabilities(snapshot, data.x_train, run)
        loss = -np.mean(np.log(p[np.arange(len(p)), data.y_train]))
        assert float(now["loss"]) == pytest.approx(loss, rel=1e-9)
        path = [row for row in rows if row["part"] == "path" and row["lane"] == lane.label]
        assert int(path[0]["step"]) == 0
        assert [row["step"] for row in path] == sorted((row["step"] for row in path), key=int)
    starts = {(row["u"], row["v"]) for row in rows if row["part"] == "path" and row["step"] == "0"}
    assert len(starts) == 1, "all lanes begin at one point"


def test_the_step_is_exported_with_every_quantity_in_its_order(exported, windows):
    """Adam on a network, by its paper: the moments, their corrections and the update of a weight, from the gradient."""
    window = windows[NETWORK]
    window.centre.bring("step")
    view = window.views["step"]
    assert app.wait_for(lambda: view.page.found is not None and view.page.found.step == STEP, 10)
    rows, snapshot = exported(NETWORK, "step")
    window.centre.bring("fit")
    assert list(rows[0]) == [
        "lane", "run", "step", "place", "part", "name", "line", "number", "parameter", "value",
    ]  # fmt: skip
    assert {(row["lane"], row["run"], row["step"]) for row in rows} == {("Adam", "0", str(STEP + 1))}
    places = [int(row["place"]) for row in rows]
    assert places == sorted(places)
    found = {(row["part"], row["name"]): float(row["value"]) for row in rows if row["number"] == "value"}
    norms = {(row["part"], row["name"]): float(row["value"]) for row in rows if row["number"] == "norm"}
    t, g, m, v = STEP + 1, found["given", "g"], found["state", "m"], found["state", "v"]
    assert found["given", "t"] == t
    assert found["given", "x"] == snapshot.theta[0, 0]
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    assert (found["line", "m"], found["line", "v"]) == pytest.approx((m, v), rel=1e-9)
    step = -found["given", "learning_rate"] * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert found["line", "Delta"] == pytest.approx(step, rel=1e-6)
    assert found["update", "update"] == pytest.approx(step, rel=1e-4, abs=1e-9)
    assert norms["given", "x"] == pytest.approx(np.linalg.norm(snapshot.theta[0]), rel=1e-9)
    assert norms["given", "g"] == pytest.approx(snapshot.gradient_norm[0], rel=1e-6)
    assert {row["parameter"] for row in rows if row["number"] == "value"} == {"", "0"}


@pytest.mark.parametrize("key", ["fit", "diagram", "layers", "why", "plane", "backpropagation"])
def test_a_view_without_numbers_writes_none_and_says_so(windows, tmp_path, key):
    """Of an objective there is no fit: no file of something else takes its name."""
    exporter, faults = windows[VALLEY].exporters[key], []
    exporter.failed.connect(faults.append)
    exporter.write_csv(tmp_path / "view.csv")
    assert app.wait_for(lambda: bool(faults), 20)
    exporter.failed.disconnect(faults.append)
    assert faults == [f"{tmp_path / 'view.csv'} was not written: the view shows no numbers now"]
    assert list(tmp_path.iterdir()) == []


def valley(x, y):
    """Rosenbrock's function, 1960, and its gradient."""
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2, (-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x))


def test_the_landscape_is_exported_with_its_surface_and_the_paths(exported):
    """A point of the grid and of a path has the loss of the formula there; the minimum is at (1, 1)."""
    rows, snapshot = exported(QUIET, "landscape")
    grid = [row for row in rows if row["part"] == "surface"]
    assert len(grid) == 192 * 192
    for row in grid[:: len(grid) // 50]:
        assert float(row["loss"]) == pytest.approx(valley(float(row["x"]), float(row["y"]))[0], rel=1e-9, abs=1e-12)
    assert [(row["x"], row["y"]) for row in rows if row["part"] == "minimum"] == [("1.0", "1.0")]
    for run, lane in enumerate(snapshot.info.lanes):
        path = [row for row in rows if row["part"] == "path" and row["lane"] == lane.label]
        assert [int(row["step"]) for row in path] == list(range(STEP + 1))
        assert (float(path[-1]["x"]), float(path[-1]["y"])) == tuple(snapshot.theta[run])
        for row in path[::10]:
            assert float(row["loss"]) == pytest.approx(valley(float(row["x"]), float(row["y"]))[0], rel=1e-9)


def test_gradients_of_an_objective_are_exported_lane_by_lane(exported):
    """The norm at each step is that of the formula's gradient at the point of the path."""
    rows, snapshot = exported(QUIET, "gradients")
    assert list(rows[0]) == ["lane", "run", "step", "gradient_norm"]
    assert len(rows) == snapshot.info.runs * (STEP + 1)
    for row in rows[::7]:
        point = snapshot.history.values["path"][int(row["step"]), int(row["run"])]
        assert float(row["gradient_norm"]) == pytest.approx(np.hypot(*valley(*point)[1]), rel=1e-9)


def test_gradients_of_a_network_are_those_of_the_lane_shown_layer_by_layer(exported):
    """As the view: one lane; with its norm they are one number, by the sizes of the layers."""

    def second(view):
        view.lane.setCurrentIndex(1)

    rows, snapshot = exported(NETWORK, "gradients", second)
    assert list(rows[0]) == ["lane", "run", "layer", "step", "gradient_rms"]
    assert {(row["lane"], row["run"]) for row in rows} == {(snapshot.info.lanes[1].label, "1")}
    assert [row["layer"] for row in rows[:: STEP + 1]] == ["layer1", "output"]
    at = [float(row["gradient_rms"]) for row in rows if row["step"] == str(STEP)]
    sizes = (3 * UNITS, 2 * UNITS + 2)
    squares = sum(size * value**2 for size, value in zip(sizes, at, strict=True))
    assert np.sqrt(squares) == pytest.approx(snapshot.gradient_norm[1], rel=1e-6)


def test_the_race_table_is_exported_as_it_stands(exported):
    """A row a lane with its step, loss, gradient, metrics or distance, and status."""
    rows, snapshot = exported(QUIET, "race")
    assert list(rows[0]) == ["lane", "run", "start", "step", "loss", "gradient_norm", "distance", "status"]
    for row, (x, y) in zip(rows, snapshot.theta, strict=True):
        loss, gradient = valley(x, y)
        assert (row["step"], row["start"], row["status"]) == (str(STEP), "0", "paused")
        assert float(row["loss"]) == pytest.approx(loss, rel=1e-9)
        assert float(row["gradient_norm"]) == pytest.approx(np.hypot(*gradient), rel=1e-9)
        assert float(row["distance"]) == pytest.approx(np.hypot(x - 1, y - 1), rel=1e-9)
    rows, snapshot = exported(NETWORK, "race")
    data = snapshot.info.data
    for run, row in enumerate(rows):
        right = probabilities(snapshot, data.x_test, run).argmax(axis=1) == data.y_test
        assert float(row["test_accuracy"]) == pytest.approx(right.mean())
        assert row["lane"] == snapshot.info.lanes[run].label
