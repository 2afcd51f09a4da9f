"""Maps: a cell is the run of a race, bit for bit; boundaries are theory's, basins those of the known minima."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from tests.experiments import DRAWS, NETWORK, VALLEY, experiment
from workbench.engine.params import RequestError
from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.studies import map_wanted, theory
from workbench.studies.map_cells import Tile, axes_of, compute, curve, with_settings
from workbench.studies.map_picture import VALUES, Growing, MapAxis, MapPicture, MapRequest
from workbench.studies.map_requests import requests_of
from workbench.studies.map_worker import MapWorker

HIMMELBLAU = """
format = 1
[problem]
kind = "objective"
objective = "himmelblau"
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.1
"""
BOWL = """
format = 1
[problem]
kind = "objective"
objective = "rotated_quadratic"
[problem.parameters]
condition = 12.0
[[lanes]]
optimizer = "{}"
[lanes.hyperparameters]
learning_rate = 0.01
"""
LAYERS = """
format = 1
[problem]
kind = "network"
batch_size = 0
[problem.data]
name = "moons"
samples = 40
[[problem.layers]]
units = 4
[[lanes]]
optimizer = "momentum"
"""


def axes(text, lane=0):
    return {axis.key: axis for axis in axes_of(files.loads(text), lane)}


def cells(text, request, side):
    return compute(Tile(text, request, side, (0, side), (0, side)))


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        (VALLEY, "learning_rate", "beta1"),
        (VALLEY, "noise", "learning_rate"),
        (VALLEY, "start.0", "start.1"),
        (VALLEY, "gradient.clip_norm", "noise"),
        (NETWORK, "learning_rate", "batch_size"),
        (DRAWS, "epsilon", "gradient.weight_decay"),
    ],
)
def test_a_cell_is_the_run_of_the_lane_with_its_settings(text, x, y):
    """Also where there is noise, and with batches, dropout and starts: the first start's run, bit for bit."""
    known = axes(text)
    request = MapRequest(0, known[x], known[y], 3, 12, 1e-3)
    found = cells(text, request, 3)
    for row in range(3):
        for column in range(3):
            settings = {x: float(known[x].values(3)[column]), y: float(known[y].values(3)[row])}
            changed = with_settings(experiment(text), 0, settings)
            race = build.make_race(replace(changed, steps=12, tolerance=None), capacity=None)
            race.advance(12)
            losses = race.history.view(ended=True).values["loss"][:, 0]
            assert found.values["loss"][row, column] == losses[-1]
            assert found.values["best"][row, column] == losses.min()
            shown = curve(text, request, settings)
            assert np.array_equal(shown, losses - (found.lowest or 0.0))


def test_layers_have_the_rates_that_the_axes_say():
    """Against momentum written out, layer by layer; a rate that no axis names is the lane's."""
    known = axes(LAYERS)
    request = MapRequest(
        0, replace_ends(known["rate.layer1"], 0.1, 2.0), replace_ends(known["rate.output"], 0.05, 1.0), 2, 20, 0.1
    )
    found = cells(LAYERS, request, 2)
    problem = build.make_problem(experiment(LAYERS))
    for row, second in enumerate(request.y.values(2)):
        for column, first in enumerate(request.x.values(2)):
            theta, velocity, gradient = problem.initial(), 0.0, np.empty_like(problem.initial())
            rates = np.empty(problem.size)
            for layer, rate in zip(problem.layers, (first, second), strict=True):
                rates[layer.start : layer.stop] = rate
            for step in range(20):
                problem.loss_and_gradient(theta, step, gradient)
                velocity = 0.9 * velocity + rates * gradient
                theta = theta - velocity
            assert found.values["loss"][row, column] == pytest.approx(float(problem.losses(theta)[0]), rel=1e-9)
            settings = {"rate.layer1": float(first), "rate.output": float(second)}
            assert curve(LAYERS, request, settings)[-1] == pytest.approx(found.values["loss"][row, column], rel=1e-12)


def replace_ends(axis, low, high):
    return MapAxis(axis.key, axis.title, low, high, axis.log, axis.whole)


def test_the_basins_of_himmelblau_are_those_of_its_four_minima():
    known = axes(HIMMELBLAU)
    found = cells(HIMMELBLAU, MapRequest(0, known["start.0"], known["start.1"], 40, 300, 1e-3), 40)
    assert set(np.unique(found.values["minimum"])) == {0, 1, 2, 3}
    published = [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)]
    for number, point in enumerate(published):
        assert np.allclose(found.minima[number], point, atol=1e-6)
        column, row = (int((c + 5) / 10 * 40) for c in point)
        assert found.values["minimum"][row, column] == number, "a run that begins at a minimum ends there"
    assert (found.values["steps_to_target"] >= 0).all()


@pytest.mark.parametrize("rule", ["momentum", "nesterov", "sgd"])
def test_runs_converge_where_theory_says_to_within_a_cell(rule):
    """Row by row of momentum, the last rate whose run is below its start is within a cell of the limit."""
    text = BOWL.format(rule)
    known = axes(text)
    rate = MapAxis("learning_rate", "", 0.002, 20.0, log=True)
    other = MapAxis("momentum", "", 0.0, 0.95) if rule != "sgd" else known["start.0"]
    side = 48
    request = MapRequest(0, rate, other, side, 1500, 1e-9)
    found = cells(text, request, side)
    said = theory.theory(experiment(text), request)
    objective = build.make_problem(experiment(text)).objective
    curvatures = np.linalg.eigvalsh(objective.hessian(np.zeros((1, 2)), np.empty((1, 2, 2)))[0])
    line = next(line for line in said.lines if line.name == "limit")
    start = float(objective.value(np.array(objective.usual_start())))
    for row, momentum in enumerate(other.values(side)):
        mu = 0.0 if rule == "sgd" else momentum

        # the spectral radius of one step along the largest curvature, the definition of convergence itself
        def radius(a, mu=mu):
            b = 1.0 - a * curvatures[-1]
            matrix = [[b * (1 + mu), -mu * b], [1, 0]] if rule == "nesterov" else [[b + mu, -mu], [1, 0]]
            return np.abs(np.linalg.eigvals(np.array(matrix))).max()

        fine = np.linspace(0.0, 4.5 / curvatures[-1], 4001)[1:]
        exact = fine[np.flatnonzero([radius(a) < 1.0 for a in fine])[-1]]
        at = np.interp(momentum, line.y, line.x)
        assert at == pytest.approx(exact, rel=0.01)
        gap = found.values["loss"][row] - found.lowest
        below = np.flatnonzero((found.values["diverged_at"][row] < 0) & (gap < max(start, 1e-3)))
        assert abs(below[-1] - (rate.share(exact) * side - 0.5)) <= 1.0
    assert (said.best is not None) == (rule == "momentum")


def test_the_best_place_is_where_the_slowest_direction_is_fastest():
    """Against a fine search of the larger spectral radius of both curvatures."""
    low, high = 1.0, 30.0
    rate, momentum = theory.best(low, high)

    def worst(a, mu):
        return max(np.abs(np.roots([1.0, -(1 + mu - a * c), mu])).max() for c in (low, high))

    found = worst(rate, momentum)
    around = [
        worst(a, mu)
        for a in rate * np.linspace(0.6, 1.4, 41)
        for mu in np.clip(momentum + np.linspace(-0.2, 0.2, 41), 0, 0.999)
    ]
    assert found <= min(around) * (1 + 1e-4)


def test_theory_is_silent_where_it_does_not_hold():
    request = MapRequest(
        0, axes(BOWL.format("momentum"))["learning_rate"], axes(BOWL.format("momentum"))["momentum"], 8, 10, 1e-3
    )
    text = BOWL.format("momentum")
    assert theory.theory(experiment(text), request) is not None
    for other in (
        text.replace("rotated_quadratic", "rosenbrock").replace("condition = 12.0", ""),
        text + "dampening = 0.5\n",
        text + "[lanes.gradient]\nclip_norm = 1.0\n",
        text.replace('objective = "rotated', 'noise = 0.1\nobjective = "rotated'),
        text.replace('"momentum"', '"adam"'),
    ):
        assert theory.theory(experiment(other), request) is None


def test_a_finer_picture_begins_as_the_coarser_one():
    """Cells that are not measured yet have the value over them, and say so."""
    request = MapRequest(0, MapAxis("a", "", 0, 1), MapAxis("b", "", 0, 1), 128, 10, 1e-3)
    growing = Growing(request)
    assert request.sides == (16, 64, 128)
    values = np.arange(256.0).reshape(16, 16)
    growing.take(slice(0, 16), slice(0, 16), {"loss": values})
    growing.begin(64)
    growing.take(slice(0, 4), slice(0, 2), {"loss": np.full((4, 2), -1.0)})
    picture = growing.picture()
    assert picture.measured.sum() == 8
    assert (picture.values["loss"][:4, :2] == -1.0).all()
    assert picture.values["loss"][4:, 2:].tolist() == np.kron(values, np.ones((4, 4)))[4:, 2:].tolist()
    assert picture.progress == pytest.approx((256 + 8) / (256 + 64**2 + 128**2))


@pytest.mark.parametrize("log", [False, True])
def test_a_part_of_a_part_is_a_part(log):
    """Flying in: the cells of a part stand where they stood in the whole."""
    axis = MapAxis("a", "", 0.01, 10.0, log)
    part = axis.part(0.25, 0.5)
    assert np.allclose(part.values(32), axis.values(128)[32:64], rtol=1e-12)
    assert float(axis.at(axis.share(0.5))) == pytest.approx(0.5)


def test_the_worker_gives_coarse_pictures_then_the_whole_one():
    """Through processes; the last picture is what one call computes."""
    known = axes(HIMMELBLAU)
    request = MapRequest(0, known["learning_rate"], known["beta1"], 32, 30, 1e-3)
    seen, news = [], threading.Event()

    def notify():
        picture = worker.pictures.get("a")
        if picture is not None:
            seen.append((picture.side, bool(picture.measured.all())))
        news.set()

    worker = MapWorker(notify, 2)
    try:
        worker.ask("a", HIMMELBLAU, request)
        wait_for(news, lambda: "a" in worker.pictures and worker.pictures["a"].whole and not worker.busy("a"))
        whole = worker.pictures["a"]
        worker.ask_curve(HIMMELBLAU, request, whole.settings(3, 4))
        wait_for(news, lambda: worker.curve is not None)
        assert worker.curve[1][-1] == whole.gap()[3, 4]
    finally:
        worker.close()
    assert (16, True) in seen
    assert seen.index((16, True)) < seen.index((32, True))
    one = cells(HIMMELBLAU, request, 32)
    for name, values in one.values.items():
        assert np.array_equal(whole.values[name], values, equal_nan=True)


def test_what_cannot_be_computed_is_told_and_the_next_map_comes():
    known = axes(HIMMELBLAU)
    wrong = MapRequest(0, MapAxis("learning_rate", "", 0.1, 1e9, log=True), known["beta1"], 16, 5, 1e-3)
    news = threading.Event()
    worker = MapWorker(news.set, 1)
    try:
        worker.ask("a", HIMMELBLAU, wrong)
        wait_for(news, lambda: "a" in worker.faults)
        assert "learning_rate" in worker.faults["a"]
        worker.ask("a", HIMMELBLAU, MapRequest(0, known["learning_rate"], known["beta1"], 16, 5, 1e-3))
        wait_for(news, lambda: "a" in worker.pictures and worker.pictures["a"].whole)
        assert not worker.faults
    finally:
        worker.close()


def wait_for(news, condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "nothing came"
        news.wait(0.2)
        news.clear()


@pytest.mark.parametrize(
    ("text", "x", "y", "third", "value"),
    [
        (VALLEY, "learning_rate", "beta1", "beta2", 0.97),
        (VALLEY, "learning_rate", "beta1", "start.1", 0.3),
        (VALLEY, "start.0", "start.1", "noise", 0.2),
        (VALLEY, "start.0", "learning_rate", "start.1", 2.0),
        (NETWORK, "learning_rate", "beta1", "batch_size", 7.0),
        (DRAWS, "learning_rate", "epsilon", "gradient.clip_norm", 0.5),
    ],
)
def test_a_third_setting_is_that_of_every_run(text, x, y, third, value):
    """A cell is the lane's run with all three settings, bit for bit."""
    known = axes(text)
    request = MapRequest(0, known[x], known[y], 2, 12, 1e-3, ((third, value),))
    found = cells(text, request, 2)
    plain = cells(text, replace_through(request), 2)
    for row in range(2):
        for column in range(2):
            settings = {x: float(known[x].values(2)[column]), y: float(known[y].values(2)[row]), third: value}
            changed = with_settings(experiment(text), 0, settings)
            race = build.make_race(replace(changed, steps=12, tolerance=None), capacity=None)
            race.advance(12)
            losses = race.history.view(ended=True).values["loss"][:, 0]
            assert found.values["loss"][row, column] == losses[-1]
            assert np.array_equal(curve(text, request, settings), losses - (found.lowest or 0.0))
    assert not np.array_equal(found.values["loss"], plain.values["loss"], equal_nan=True)


def test_a_third_rate_of_a_layer_is_that_of_every_run():
    known = axes(LAYERS)
    first, second = known["rate.layer1"], known["rate.output"]
    whole = cells(LAYERS, MapRequest(0, first, second, 3, 10, 0.1), 3)
    value, middle = float(second.values(3)[1]), float(known["momentum"].values(3)[1])
    slice_ = cells(LAYERS, MapRequest(0, first, known["momentum"], 3, 10, 0.1, (("rate.output", value),)), 3)
    lane = cells(LAYERS.replace('"momentum"', '"momentum"\n[lanes.hyperparameters]\nmomentum = ' + repr(middle)),
                 MapRequest(0, first, second, 3, 10, 0.1), 3)  # fmt: skip
    at = 1
    assert slice_.values["loss"][at].tolist() == lane.values["loss"][1].tolist()
    assert whole.values["loss"].shape == (3, 3)


def test_theory_knows_the_third_setting():
    text = BOWL.format("momentum")
    known = axes(text)
    request = MapRequest(0, known["learning_rate"], known["start.0"], 8, 100, 1e-3)
    still = theory.theory(files.loads(text), request)
    fast = theory.theory(files.loads(text), replace_through(request, ("momentum", 0.5)))
    assert fast.lines[0].x[0] == pytest.approx(still.lines[0].x[0] * 1.5 / 1.9)
    assert theory.theory(files.loads(text), replace_through(request, ("noise", 0.1))) is None


def replace_through(request, *pairs):
    import dataclasses

    return dataclasses.replace(request, through=pairs)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "beta1",
        "beta1 x",
        "beta1 nan",
        "beta1 inf",
        "beta1 1e301",
        "unknown 1",
        "learning_rate 0.1",
        "beta1 0.5 0.6",
    ],
)
def test_a_third_setting_that_cannot_be_had_is_none(text):
    assert map_wanted.through(text, axes_of(files.loads(VALLEY), 0), ("learning_rate", "beta2")) is None


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [("beta1 1.5", "beta1"), ("noise -1.0", "noise"), ("learning_rate 1e40", "learning_rate")],
)
def test_a_third_setting_that_no_lane_can_have_is_refused(wanted, sentence):
    known = {0: axes_of(files.loads(VALLEY), 0)}
    with pytest.raises(RequestError, match=sentence):
        requests_of(files.loads(VALLEY), map_wanted.Wanted((0,), "start.0", "start.1", "", 64, 10, wanted), known)


def test_a_third_setting_reads_back_exactly():
    known = axes_of(files.loads(VALLEY), 0)
    axis = next(axis for axis in known if axis.key == "beta1")
    for value in (0.1, 1 / 3, 0.9999):
        assert map_wanted.through(map_wanted.written_through(axis, value), known, ()) == (axis, value)


def test_a_flight_goes_into_an_edge_and_neither_into_dust_nor_to_a_line():
    """Of a map that is straight at the left, frayed in its middle and dust at the right, the middle."""
    from tests.edge_pictures import edge_in

    side = 96
    rows, columns = np.mgrid[:side, :side]
    dust = np.random.default_rng(0).random((side, side)) < 0.5
    frayed = rows > 48 + 3 * (columns // 3 % 2 * 2 - 1)
    diverged = np.select([columns < 32, columns < 64], [rows > 48, frayed], dust)
    values = {name: np.full((side, side), empty, kind) for name, (kind, empty) in VALUES.items()}
    values["diverged_at"] = np.where(diverged, 3, -1).astype(np.int32)
    request = MapRequest(0, MapAxis("a", "a", 0.0, 96.0), MapAxis("b", "b", 0.0, 96.0), side, 10, 1e-3)
    found = edge_in(MapPicture(request, values, np.ones((side, side), bool), 1.0))
    x, y = map_wanted.parts(found, request.x, request.y)
    assert 30 <= x.low < x.high <= 66
    assert y.low < 48 < y.high
    assert x.high - x.low == pytest.approx(16)
