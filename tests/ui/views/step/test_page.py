"""The page of a step, of every optimizer: it says where the race goes next, and in words what each line does."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtGui import QTextDocument

from tests.experiments import BOWL, NETWORK, experiment
from workbench.engine.optimizers import optimizers
from workbench.engine.params import CONVENTIONS
from workbench.engine.race.anatomy import anatomy
from workbench.experiment import build
from workbench.ui.style import theme as themes
from workbench.ui.views.step.page import Told, step_page
from workbench.ui.views.step.words import parameter_words

LANE = """
format = 1
[problem]
kind = "objective"
objective = "rosenbrock"
start = [-1.2, 1.0]
[[lanes]]
optimizer = "{}"
convention = "{}"
[lanes.hyperparameters]
learning_rate = 0.0005
"""
TYPED = LANE.format("rule", "pytorch") + "text = '''{}'''\n"


@pytest.fixture
def page(qapp):
    """The text of a page of a race's first run, and the race."""

    def make(text, step, coordinates):
        race = build.make_race(experiment(text))
        race.seek(step)
        found = anatomy(race, 0, coordinates)
        document = QTextDocument()
        document.setHtml(step_page(found, themes.LIGHT, Told("lane")))
        return document.toPlainText().replace("\u2009", " "), race

    return make


def number(text):
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("key", optimizers.keys())
def test_every_optimizer_has_its_page(page, key, convention):
    """After three steps: the point before and after, to the digits shown, is that of the race."""
    text, race = page(LANE.format(key, convention), 3, (0, 1))
    before = race.theta[0].copy()
    race.advance()
    for i in range(2):
        found = re.search(rf"^x\[{i + 1}\]\n(\S+)\n(\S+)\n(\S+)$", text, re.MULTILINE)
        assert number(found[1]) == pytest.approx(before[i], rel=6e-4)
        assert number(found[2]) == pytest.approx(race.theta[0, i], rel=6e-4)
        assert number(found[3]) == pytest.approx(race.theta[0, i] - before[i], rel=6e-4, abs=1e-12)


def test_what_a_line_does_is_said_by_what_it_is_made_of(page):
    """State is kept, other names are for the step alone, and a length is one number for all."""
    text, _ = page(TYPED.format("m = 0.5 m + g; s = norm(g); g = g / s; x −= η m"), 2, (0, 1))
    lines = text.splitlines()
    assert "Keeps 0.5 of what it was and adds g. Kept for the next step." in lines
    assert "One number for all parameters, made of g." in lines
    assert "Made of g and s. The lines that follow read it as the gradient." in lines
    assert "Moves the parameters against m, η times as far." in lines


def test_a_line_that_changes_a_name_says_by_what_and_to_what(page):
    """x −= η g: under it the rate times the gradient, and where that leads."""
    text, race = page(TYPED.format("x −= η g"), 2, (0, 1))
    found = re.search(r"^x\[1\] −= 0.0005 · \(?(\S+?)\)? → (\S+)$", text, re.MULTILINE)
    gradient = race.gradient[0, 0]
    race.advance()
    assert number(found[1]) == pytest.approx(gradient, rel=6e-4)
    assert number(found[2]) == pytest.approx(race.theta[0, 0], rel=6e-4)


def test_one_number_of_a_run_stands_once(page):
    """The length of the gradient is the same for both coordinates: the line has one row of numbers."""
    text, race = page(TYPED.format("s = norm(g); x = x − η g / s"), 1, (0, 1))
    (row,) = [line for line in text.splitlines() if line.startswith("s ") and line != "s = norm(g)"]
    assert number(row.rpartition("= ")[2]) == pytest.approx(np.linalg.norm(race.gradient[0]), rel=6e-4)


def test_clipped_gradients_are_told_from_those_of_the_loss(page):
    """∇f is as the loss has it, g is cut to length 1."""
    text, race = page(
        BOWL.replace("[[lanes]]\nlabel", "[lanes.gradient]\nclip_norm = 1.0\n[[lanes]]\nlabel", 1), 0, (0, 1)
    )
    slope = race.gradient[0]
    given = {
        name: np.array([number(part) for part in inner.split(", ")])
        for name, inner in re.findall(r"(∇f|g) = \(([^)]*)\)", text.splitlines()[1])
    }
    np.testing.assert_allclose(given["∇f"], slope, rtol=6e-4)
    np.testing.assert_allclose(given["g"], slope / np.linalg.norm(slope), rtol=6e-4)


def test_a_parameter_is_named_by_its_place(qapp):
    """Of 2 inputs, 4 units and 2 classes: weights by what they lead from and to, biases by their unit."""
    race = build.make_race(experiment(NETWORK))
    found = anatomy(race, 0, (0, 5, 8, 13, 21))
    assert [parameter_words(place) for place in found.places] == [
        "layer 1, weight from 1 to 1",
        "layer 1, weight from 2 to 2",
        "layer 1, bias of unit 1",
        "output layer, weight from 1 to 2",
        "output layer, bias of unit 2",
    ]


def test_late_in_a_race_the_step_is_a_whole_number_and_small_changes_are_seen(page):
    """Two steps of 1e-9 after step 50 000: t is counted, and before and after are not the same digits."""
    calm = LANE.format("adam", "pytorch").replace("0.0005", "1e-9").replace("-1.2, 1.0", "0.9, 0.8")
    text, race = page(calm, 50_000, (0, 1))
    assert re.search(r"t = 50\s001\b", text)
    assert re.search(r"0\.999\s*50\s001\b", text), "the power of the second average"
    before = race.theta[0].copy()
    race.advance()
    for i in range(2):
        found = re.search(rf"^x\[{i + 1}\]\n(\S+)\n(\S+)\n(\S+)$", text, re.MULTILINE)
        assert found[1] != found[2]
        assert number(found[1]) == pytest.approx(before[i], rel=1e-8)
        assert number(found[2]) == pytest.approx(race.theta[0, i], rel=1e-8)
        line = re.search(rf"^x\[{i + 1}\] = (\S+) \+ .* = (\S+)$", text, re.MULTILINE)
        assert (line[1], line[2]) == (found[1], found[2])
