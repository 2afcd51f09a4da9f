"""The view of a memory's pairs in the real window."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from tests.experiments import VALLEY, example, experiment
from tests.ui.views.layers.test_layers import show
from workbench.engine.objectives import objectives
from workbench.engine.objectives.pairs import pair_errors
from workbench.experiment import build
from workbench.ui.style import theme as themes


@pytest.fixture
def opened(open_window, settled, qtbot):
    """A window on the memory at a step, with its pairs in front."""

    def make(step=40, **keys):
        window = open_window(example("associative_memory"), **keys)
        view = show(window, "pairs")
        if step:
            window.worker.seek(step)
        settled(window, step)
        qtbot.waitUntil(lambda: view._found is not None and view._found.step == step, timeout=20_000)
        return window, view

    return make


def test_it_is_the_first_view_of_a_memory_and_no_other_objective_has_it(open_window):
    assert open_window(example("associative_memory")).centre.keys[0] == "pairs"
    other = open_window(experiment(VALLEY))
    assert "pairs" not in other.centre.keys
    assert "has no pairs" in other.views["pairs"].empty_word(other.snapshot)
    assert other.views["pairs"].data_csv()() == b""


def test_its_errors_are_those_of_the_states_of_the_race(opened):
    """By hand: W is the point, row by row; the error of pair i is ‖W kᵢ − vᵢ‖²."""
    window, view = opened()
    i, c = np.arange(8)[:, None], np.arange(8)
    keys = np.where(i == 0, 8**-0.5, 0.5) * np.cos(np.pi * (2 * c + 1) * i / 16)
    values = np.eye(8) - 0.25
    theta = window.snapshot.theta.reshape(-1, 8, 8)
    right = np.array([[((w @ k - v) ** 2).sum() for k, v in zip(keys, values, strict=True)] for w in theta])
    np.testing.assert_allclose(view._found.now, right, rtol=1e-9, atol=1e-14)
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode("utf-8-sig"))))
    assert len(rows) == 3 * 41 * 8
    last = [float(r["error"]) for r in rows if (r["run"], r["step"]) == ("1", "40")]
    np.testing.assert_allclose(last, right[1], rtol=1e-6, atol=1e-14)


def test_the_mouse_tells_lane_step_and_error(opened):
    _window, view = opened()
    y = view.strips.top(1) - 7.5  # the rarest pair of the second lane
    assert view.strips.row_at(y) == (1, 7)
    lines = view._read_strips(20.0, y).splitlines()
    assert lines[:2] == ["SGD", "step 20: pair 8"]
    assert float(lines[2].removeprefix("error ")) == pytest.approx(view._found.errors[20, 1, 7], rel=1e-3)
    assert view._read_strips(20.0, view.strips.top(1) + 0.5) == ""
    assert view._read_profile(8.2, 0.0).splitlines()[0] == "pair 8"


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=["light", "dark"])
def test_each_lane_has_its_strips_and_its_line(opened, theme):
    _window, view = opened(theme=theme)
    assert [name.toPlainText() for name in view.strips._names] == ["Muon", "SGD", "Adam"]
    assert len(view.lines.given) == 3
    assert view.hint.text == ""


def test_at_the_start_it_says_what_to_do(opened):
    _window, view = opened(0)
    assert view.hint.text == "Run or step to see which pairs are learned."
    np.testing.assert_allclose(view._found.now, 1.0)


def test_a_long_record_is_looked_at_in_few_places():
    race = build.make_race(example("associative_memory"))
    race.advance(150)
    found = pair_errors(race)
    assert len(found.steps) == 151
    race = build.make_race(example("associative_memory"), record_every=1)
    assert pair_errors(race).steps.tolist() == [0]
    with pytest.raises(TypeError, match="no race of a memory"):
        pair_errors(build.make_race(experiment(VALLEY)))
    with pytest.raises(NotImplementedError, match="has no pairs"):
        objectives.get("sphere")().pair_errors(np.zeros(2))
