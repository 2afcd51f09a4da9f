"""The view of the curvature in the real window: its numbers are those of the point where the lane stands."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.views.layers.test_layers import show
from workbench.engine.curvature.report import Curvature, CurvatureRequest
from workbench.experiment import build
from workbench.ui.style import theme as themes

BOWL = """
format = 1
steps = 400
[problem]
kind = "objective"
objective = "rotated_quadratic"
start = [-3.0, 2.5]
[problem.parameters]
condition = 20.0
angle = 30.0
[[lanes]]
optimizer = "momentum"
[lanes.hyperparameters]
learning_rate = 0.02
momentum = 0.8
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.02
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.1
"""
FULL = NETWORK.replace("batch_size = 16", "batch_size = 0").replace('"adam"', '"sgd"')


@pytest.fixture
def opened(open_window, settled, qtbot):
    """A window at a step with the curvature in front, whole."""

    def make(text, step=10, lane=None, **keys):
        window = open_window(experiment(text), **keys)
        view = show(window, "curvature")
        if lane is not None:
            view.lane.setCurrentIndex(lane)
            view.lane.activated.emit(lane)
        if step:
            window.worker.seek(step)
        settled(window, step)
        whole(window, view, step)
        return window, view

    def whole(window, view, step):
        def there():
            found = view._found(window.snapshot)
            ready = found is not None and found.whole and (found.fault or found.spectrum.step == step)
            return bool(ready) and view.snapshot is window.snapshot

        qtbot.waitUntil(there, timeout=20_000)

    make.whole = whole
    return make


def words(view):
    return view.page.toPlainText().replace("−", "-")


def test_it_tells_curvatures_directions_limit_and_regime_of_a_bowl(opened):
    """λ 20 and 1 along the axes turned by 30°; ripples for both, and stable up to 2 (1 + 0.8) / 20."""
    _window, view = opened(BOWL)
    text = words(view)
    assert text.startswith("Momentum after 10 steps")
    assert "λmax = 20, smallest 1, condition number 20" in text
    assert "rate 0.02, stable up to 2(1 + μ)/λmax = 0.18" in text
    assert "(-0.5, 0.866)" in text
    assert "(0.866, 0.5)" in text
    assert text.count("ripples") == 2
    left = [float(number) for number in re.findall(r"([0-9.]+) %", text)]
    assert left == [pytest.approx(100 * 0.8**0.5, abs=0.01)] * 2  # the size of complex roots is √μ
    assert view.text_to_copy() == view.page.toPlainText()


def test_another_lane_is_chosen_here_and_everywhere(opened, qtbot):
    window, view = opened(BOWL, lane=1)
    assert window.views["loss"].picked_lane == 1
    text = words(view)
    assert text.startswith("SGD after 10 steps")
    assert "stable up to 2/λmax = 0.1" in text
    assert text.count("monotone") == 2


def test_a_rule_that_is_not_linear_has_curvatures_and_no_regime(opened):
    _window, view = opened(BOWL, lane=2)
    text = words(view)
    assert "λmax = 20" in text
    assert "Adam: no regime is known" in text
    assert "ripples" not in text
    assert "Adam has no map of regimes" in view.map.hint.text
    assert not view.map.isVisible(), "the curve has its room"
    assert not view.map.image.isVisible()
    assert not view.sharpness.edge_name.isVisible()


def test_marks_stand_in_the_region_that_the_table_names(opened):
    """On the map, √(ηλ) across and the momentum up, at both curvatures."""
    _window, view = opened(BOWL)
    np.testing.assert_allclose(sorted(view.map.marks.points.tolist()), [[0.02**0.5, 0.8], [0.4**0.5, 0.8]], rtol=1e-9)
    said = view.map._read(0.4**0.5, 0.8)
    assert said.splitlines()[0] == "ripples"
    assert "rate 0.02, momentum 0.8" in said
    assert view.map._read(2.1, 0.1).splitlines()[0] == "divergence"
    assert view.map._read(0.5, -0.01) == ""


def test_no_word_of_the_table_is_broken(opened):
    """Heads stand in one line each, however narrow the window is."""
    _window, view = opened(BOWL)
    view.page.resize(460, 300)
    document = view.page.document()
    document.setTextWidth(460)
    block = document.begin()
    while block.isValid():
        if block.text() in {"curvature", "direction", "regime", "left after a step"}:
            assert block.layout().lineCount() == 1
        block = block.next()


def test_the_edge_is_drawn_where_it_is_and_named(opened):
    _window, view = opened(BOWL)
    assert view.sharpness.edge_name.toPlainText() == "2(1 + μ)/η"
    dashed = view.sharpness.lines.given[-1]
    np.testing.assert_allclose(dashed[1], 2 * 1.8 / 0.02)
    assert "edge 180" in view.sharpness._read(3.0, 0.0)


def test_of_a_network_it_tells_the_largest_and_the_lowest_curvature_of_all_samples(opened):
    window, view = opened(FULL, 20)
    text = words(view)
    assert "of the loss over all training samples" in text
    race = build.make_race(experiment(FULL))
    race.seek(20)
    size, h = race.problem.size, 1e-5
    points = np.concatenate([race.theta[0] + h * np.eye(size), race.theta[0] - h * np.eye(size)])
    out = np.empty_like(points)
    race.problem.loss_and_gradient(points, 20, out, np.zeros(len(points), np.intp))
    matrix = (out[:size] - out[size:]) / (2 * h)
    values = np.linalg.eigvalsh(0.5 * (matrix + matrix.T))
    found = window.snapshot.extras["curvature"]
    assert found.spectrum.sharpness == pytest.approx(values[-1], rel=1e-6)
    assert found.spectrum.lowest == pytest.approx(values[0], abs=1e-6 * values[-1])
    assert float(re.search(r"λmax = ([0-9.]+)", text)[1]) == pytest.approx(values[-1], rel=1e-3)
    assert not view.batch.isVisible()  # each step sees all samples


def test_a_batch_can_be_asked_for_where_there_are_any(opened, qtbot):
    window, view = opened(NETWORK, 3)
    assert view.batch.isVisible()
    before = window.snapshot.extras["curvature"].spectrum.sharpness
    view.batch.click()
    opened.whole(window, view, 3)
    assert "over the batch of the next step" in words(view)
    found = window.snapshot.extras["curvature"]
    assert found.request == CurvatureRequest(whole=False)
    assert found.spectrum.sharpness != before


def test_its_table_has_eigenvalues_and_the_sharpness_at_each_step(opened):
    _window, view = opened(BOWL)
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode("utf-8-sig"))))
    values = [row for row in rows if row["part"] == "eigenvalue"]
    assert [(row["place"], row["regime"]) for row in values] == [("1", "ripples"), ("2", "ripples")]
    assert [float(row["value"]) for row in values] == pytest.approx([20.0, 1.0])
    track = [row for row in rows if row["part"] == "sharpness"]
    assert [int(row["step"]) for row in track] == list(range(11))
    assert all(float(row["edge"]) == pytest.approx(180.0) for row in track)


def test_a_lane_that_diverged_says_so_and_its_past_stays(opened):
    text = BOWL.replace("learning_rate = 0.02\nmomentum = 0.8", "learning_rate = 2.0\nmomentum = 0.8")
    _window, view = opened(text, 100)
    assert "has diverged" in words(view)
    assert len(view.sharpness.lines.given) >= 1


def test_a_sharpness_that_grows_without_bound_leaves_room_for_what_was_before(opened):
    """From a hilltop, where it is negative, to millions: on a logarithmic axis, with a gap where it is below 0."""
    text = BOWL.replace("rotated_quadratic", "himmelblau").replace("[-3.0, 2.5]", "[-0.5, -1.0]")
    text = re.sub(r"\[problem.parameters\].*?\[\[", "[[", text, flags=re.DOTALL)
    _window, view = opened(text.replace("learning_rate = 0.02\nmomentum = 0.8", "learning_rate = 0.05\nmomentum = 0.0"))
    found = view._found(view.snapshot)
    assert found.sharpness[0] < 0
    assert np.nanmax(found.sharpness) > 1e5
    edge = found.edges[np.isfinite(found.edges)][0]
    low, high = view.sharpness.box.viewRange()[1]
    assert "(log)" in view.sharpness.axes["left"].labelText
    assert 0.05 < (np.log10(edge) - low) / (high - low) < 0.95, "the edge is inside the picture, not on its lower line"
    steps, heights, _ = view.sharpness.lines.given[0]
    assert 0 not in steps
    np.testing.assert_allclose(10.0**heights, found.sharpness[np.isin(found.steps, steps)])


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=["light", "dark"])
def test_it_is_drawn_in_both_themes_and_stands_still_while_nothing_changes(opened, theme):
    window, view = opened(BOWL, 5, theme=theme)
    html = view.page.toHtml()
    view.show_snapshot(window.snapshot)
    assert view.page.toHtml() == html
    assert view.map.names["ripples"].isVisible()
    assert view.page.maximumHeight() < view.height() / 2


def test_before_anything_is_known_it_says_what_comes(open_window):
    window = open_window(experiment(VALLEY))
    view = window.views["curvature"]
    assert view.empty_word(window.snapshot) == "The curvature is being computed."
    assert view.data_csv()() == b""
    nothing = Curvature(CurvatureRequest(), None, None, "", np.zeros(0, np.int64), np.zeros(0), np.zeros(0), 2)
    assert nothing.spectrum is None
