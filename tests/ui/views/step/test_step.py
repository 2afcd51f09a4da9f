"""The view of the next step in the real window: its numbers are those of the step that the race then takes."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt

from tests.experiments import BOWL, NETWORK, VALLEY, experiment
from tests.ui.views.layers.test_layers import show
from workbench.engine.race.anatomy import Anatomy
from workbench.experiment import build
from workbench.ui.style import theme as themes

CALM = VALLEY.replace("noise = 0.5\n", "")
TYPED = """
format = 1
[problem]
kind = "objective"
objective = "rosenbrock"
start = [-1.2, 1.0]
[[lanes]]
optimizer = "rule"
[lanes.hyperparameters]
learning_rate = 0.001
text = "m = 0.5 m + g; s = norm(g);  x = x − η m / s"
"""


def of(optimizer, rate, text=CALM):
    """The valley with another optimizer in its first lane."""
    return text.replace('"adam"', f'"{optimizer}"', 1).replace("learning_rate = 0.01", f"learning_rate = {rate}", 1)


@pytest.fixture
def opened(open_window, settled, qtbot):
    """A window at a step, with the step that follows in front."""

    def make(text, step=5, **keys):
        window = open_window(experiment(text), **keys)
        view = show(window, "step")
        go(window, step)
        return window, view

    def go(window, step):
        window.worker.seek(step)
        settled(window, step)
        shows(window.views["step"], step)

    def shows(view, step, **wanted):
        def there():
            found = view.page.found
            return (
                found is not None
                and view.page.isVisible()
                and found.step == step
                and all(getattr(found, name) == value for name, value in wanted.items())
            )

        qtbot.waitUntil(there, timeout=10_000)

    make.go, make.shows = go, shows
    return make


def taken(text, step, run=0):
    """Where a race of its own stands before and behind the step that follows `step`, and the gradient before it."""
    race = build.make_race(experiment(text))
    race.seek(step)
    before, gradient = race.theta[run].copy(), race.gradient[run].copy()
    race.advance()
    return before, gradient, race.theta[run].copy()


def read(text):
    return float(text.replace("−", "-"))


def table(view):
    """Before, after and change by name, as they stand at the end of the page."""
    words = view.page.toPlainText().partition("Before and after")[2].split()
    assert words[:3] == ["before", "after", "change"]
    words = words[3:]
    return {words[i]: [read(word) for word in words[i + 1 : i + 4]] for i in range(0, len(words), 4)}


@pytest.mark.parametrize(
    "text",
    [CALM, of("sgd", 0.0001), of("momentum", 0.0001), TYPED, of("lbfgs", 0.5), of("muon", 0.01)],
    ids=["adam", "sgd", "momentum", "typed", "lbfgs", "muon"],
)
def test_the_numbers_are_those_of_the_step_that_is_taken(opened, text):
    """Point and update to the four digits shown, at the start and later; the title has the length of the move."""
    window, view = opened(text, 0)
    for step in (0, 7):
        opened.go(window, step)
        before, _, after = taken(text, step)
        shown = table(view)
        for i in range(2):
            expected = [before[i], after[i], after[i] - before[i]]
            np.testing.assert_allclose(shown[f"x[{i + 1}]"], expected, rtol=6e-4, atol=1e-12)
        title = view.page.toPlainText().splitlines()[0]
        label = window.snapshot.info.lanes[0].label
        assert title.startswith(f"{label}: step {step + 1} moves the point by ")
        moved = read(re.search(r"by (\S+?),", title)[1])
        assert moved == pytest.approx(np.linalg.norm(after - before), rel=6e-4)


def test_adams_first_step_is_the_rate(opened):
    """m̂ is the gradient and v̂ its square, as the paper has it, and so each coordinate moves by the rate."""
    _window, view = opened(CALM, 0)
    _, g, _ = taken(CALM, 0)
    text = view.page.toPlainText()
    for name, values in (("m̂", g), ("v̂", g * g), ("Δ", -0.01 * np.sign(g))):
        for i, value in enumerate(values):
            (line,) = [line for line in text.splitlines() if line.startswith(f"{name}[{i + 1}] =")]
            assert read(line.rpartition("= ")[2]) == pytest.approx(value, rel=6e-4)


def test_each_line_is_printed_and_stands_there_with_numbers(opened):
    """Under the line of momentum's velocity μ, v and g have their numbers, which come to what is said."""
    _window, view = opened(of("momentum", 0.0001), 3)
    lines = view.page.toPlainText().splitlines()
    assert "v = μ v + g" in [line.replace("\u2009", " ") for line in lines]
    row = next(line for line in lines if line.startswith("v[2] ="))
    found = re.fullmatch(r"v\[2\] = (\S+) · \(?(\S+?)\)? \+ \(?(\S+?)\)? = (\S+)", row.replace("\u2009", " "))
    mu, v, g, made = map(read, found.groups())
    _, gradient, _ = taken(of("momentum", 0.0001), 3)
    assert mu == 0.9
    assert g == pytest.approx(gradient[1], rel=6e-4)
    assert made == pytest.approx(mu * v + g, rel=2e-3)
    assert "Keeps μ = 0.9 of what it was and adds g. Kept for the next step." in lines


def test_of_a_network_one_parameter_is_shown_with_the_lengths_of_all(opened, qtbot):
    """The chosen parameter is named by its place, and its numbers are those of the next step."""
    _window, view = opened(NETWORK, 4)
    assert view.parameter.isVisible()
    view.parameter.setValue(14)  # behind 8 weights and 4 biases: the second of the 4 x 2 weights of the output
    opened.shows(view, 4, coordinates=(13,))
    text = view.page.toPlainText()
    assert "output layer, weight from 1 to 2" in text
    before, gradient, after = taken(NETWORK, 4)
    np.testing.assert_allclose(table(view)["x"], [before[13], after[13], after[13] - before[13]], rtol=6e-3)
    assert read(re.search(r"‖g‖ = (\S+)", text)[1]) == pytest.approx(np.linalg.norm(gradient), rel=6e-4)


def test_it_follows_the_picked_lane(opened, qtbot):
    """Picked in the window, a lane's step is shown; its name stands in the choice."""
    window, view = opened(CALM, 6)
    assert view.page.found.run == 0
    window.views["race"].lane_picked.emit(1)
    opened.shows(view, 6, run=1)
    assert view.lane.currentText() == window.snapshot.info.lanes[1].label
    before, _, after = taken(CALM, 6, 1)
    np.testing.assert_allclose(table(view)["x[1]"][:2], [before[0], after[0]], rtol=6e-4)


def test_scrubbed_back_it_is_the_step_taken_from_there(opened):
    """From step 40 back to 10: the numbers are again those of step 11."""
    window, view = opened(CALM, 40)
    opened.go(window, 10)
    before, _, after = taken(CALM, 10)
    np.testing.assert_allclose(table(view)["x[2]"][:2], [before[1], after[1]], rtol=6e-4)
    assert view.page.toPlainText().startswith("Adam: step 11 moves the point by ")


def test_a_lane_that_diverged_says_so_in_place_of_a_step(opened, settled, qtbot):
    """The other lane goes on, and its step is shown."""
    window, view = opened(BOWL, 3)
    window.worker.seek(400)
    settled(window, 400)
    view.lane.setCurrentIndex(1)
    view.lane.activated.emit(1)
    at = int(window.snapshot.diverged_at[1])
    assert view._empty.isVisible()
    assert view._empty.text().startswith(f"Wild diverged at step {at} and takes no more.")
    assert view.data_csv()() == b""
    view.lane.setCurrentIndex(0)
    view.lane.activated.emit(0)
    opened.shows(view, 400, run=0)


def test_at_full_speed_it_says_what_to_do_and_paused_the_step_is_there(opened, qtbot):
    """The race is in another process then: nothing is promised that does not come."""
    window, view = opened(CALM, 0)
    window.worker.go()
    qtbot.waitUntil(lambda: view._empty.isVisible() and "Pause the race" in view._empty.text(), timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not view._empty.isVisible(), timeout=20_000)
    assert "moves the point by" in view.page.toPlainText()


def test_at_the_end_it_is_said_that_the_step_is_not_taken(opened):
    """A race that stops at step 8 shows what would follow, and says so; a step back it is the last one."""
    window, view = opened(CALM.replace("seed = 1", "seed = 1\nsteps = 8"), 8)
    assert window.snapshot.finished
    assert view.page.toPlainText().startswith("Adam: the race has ended; step 9 would move the point by ")
    opened.go(window, 7)
    assert view.page.toPlainText().startswith("Adam: step 8 moves the point by ")


def test_a_symbol_says_under_the_mouse_what_it_is(opened, qtbot):
    """The rate by the words of the optimizer's declaration; a plain place says nothing."""
    _window, view = opened(CALM, 2, size=(1280, 1400))
    page = view.page
    spots = [QPoint(x, y) for y in range(4, page.viewport().height(), 6) for x in range(4, 400, 4)]
    found = {page.anchorAt(spot): spot for spot in spots}
    assert {"m", "g", "learning_rate", "beta1", "m_hat", "v_hat", "Delta", "x"} <= set(found)
    assert page.told("g") == "the gradient that the rule is given"
    assert page.told("m_hat") == "made in this step, for this step alone"
    assert page.told("") == ""
    qtbot.mouseMove(page.viewport(), found["learning_rate"])
    qtbot.waitUntil(view.card.isVisible)
    assert page.told("learning_rate") in view.card.words.text()
    assert "rate in force" in view.card.words.text()
    page.leaveEvent(QEvent(QEvent.Type.Leave))
    assert not view.card.isVisible()


def test_what_is_hidden_asks_for_nothing(opened, qtbot):
    """Behind the landscape no step is taken apart."""
    window, _view = opened(CALM, 2)
    loop = window.worker._loop
    assert "anatomy" in loop.demands
    show(window, "landscape")
    qtbot.waitUntil(lambda: "anatomy" not in loop.demands)


def test_it_is_reached_and_scrolled_by_keys(opened, qtbot):
    """At 1280 x 800 a long rule has its end below: the End key shows it."""
    _window, view = opened(of("nadam", 0.01), 4)
    bar = view.page.verticalScrollBar()
    assert bar.maximum() > 0
    assert view.page.horizontalScrollBar().maximum() == 0
    view.page.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.page.hasFocus()
    qtbot.keyClick(view.page, Qt.Key.Key_PageDown)
    assert bar.value() > 0


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=["light", "dark"])
def test_symbols_have_the_colour_of_the_text(opened, theme):
    """Not that of links, which in the dark cannot be read."""
    _window, view = opened(CALM, 2, theme=theme)
    block = view.page.document().firstBlock()
    colors = set()
    while block.isValid():
        for part in block:
            form = part.fragment().charFormat()
            if form.isAnchor():
                colors.add(form.foreground().color().name())
        block = block.next()
    assert colors == {theme.text}


def test_its_numbers_are_exported_in_full(opened):
    """A row a quantity and coordinate, and one for its length; the update is the step that the race takes."""
    _window, view = opened(CALM, 5)
    assert isinstance(view.page.found, Anatomy)
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    before, gradient, after = taken(CALM, 5)

    def values(name, part, number="value"):
        return [
            float(row["value"]) for row in rows if (row["name"], row["part"], row["number"]) == (name, part, number)
        ]

    np.testing.assert_array_equal(values("x", "given"), before)
    np.testing.assert_array_equal(values("g", "given"), gradient)
    np.testing.assert_allclose(values("update", "update"), after - before, rtol=1e-9)
    np.testing.assert_allclose(values("update", "update", "norm"), [np.linalg.norm(after - before)], rtol=1e-9)
    np.testing.assert_allclose(values("x", "line"), after, rtol=1e-12)
    assert values("beta1", "setting") == [0.9]
    assert {row["step"] for row in rows} == {"6"}
    assert {row["line"] for row in rows if row["name"] == "m_hat"} == {"m̂ = m / (1 − β₁ᵗ)"}
