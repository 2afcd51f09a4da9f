"""Edits in the panels and in the landscape, and what they do to the race."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.experiments import NETWORK, VALLEY, experiment
from tests.live.races import engine_snapshot, same_bits
from workbench.experiment import build
from workbench.experiment.build import LANE_COLORS
from workbench.experiment.experiment import NetworkSetup, ObjectiveSetup, replace

Key = Qt.Key


def choose(field, key):
    """Choose a word in a combo box as a person does."""
    field.setCurrentIndex(field.findData(key))
    field.activated.emit(field.currentIndex())


def write(qtbot, edit, text):
    """Write another text into a line and press Return."""
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Key.Key_Return)


def mouse(view, kind, at, button=Qt.MouseButton.LeftButton, held=Qt.MouseButton.LeftButton):
    """One mouse event in a plot's viewport."""
    viewport = view.plot.viewport()
    point = QPointF(view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(*at))))
    event = QMouseEvent(kind, point, viewport.mapToGlobal(point), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, event)


def drag(view, *points):
    """Press at the first point, move through the others, release at the last."""
    no = Qt.MouseButton.NoButton
    mouse(view, QEvent.Type.MouseMove, points[0], no, no)
    mouse(view, QEvent.Type.MouseButtonPress, points[0])
    for point in points[1:]:
        QTest.qWait(12)  # plots look at a hundred moves a second at most
        mouse(view, QEvent.Type.MouseMove, point, no)
    mouse(view, QEvent.Type.MouseButtonRelease, points[-1], held=no)


def undone(window, before):
    """Undo gives the value before, redo the value after, and panels show them."""
    after = window.document.experiment
    assert after != before
    window.menus.undo.trigger()
    assert window.document.experiment == before
    window.menus.redo.trigger()
    assert window.document.experiment == after
    window.menus.undo.trigger()
    assert window.lanes_panel.experiment == window.problem_panel.experiment == before


def test_another_rate_while_it_runs_keeps_the_state(window, qtbot):
    """A rate typed during the run takes effect at a step of this race, and equals the engine with the same change."""
    given = window.document.experiment
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 100)
    write(qtbot, window.lanes_panel.cards[0].rate.edit, "0.037")
    changed = window.document.experiment
    assert changed.lanes[0].hyperparameters["learning_rate"] == 0.037
    qtbot.waitUntil(lambda: window.snapshot.changes != ())
    (at,) = window.snapshot.changes
    qtbot.waitUntil(lambda: window.snapshot.step > at + 50)
    assert window.snapshot.running
    window.transport.run.trigger()
    qtbot.waitUntil(lambda: not window.snapshot.running)
    race = build.make_race(given)
    race.advance(at)
    race.set_rules(build.lane_rules(changed))
    race.advance(window.snapshot.step - at)
    assert same_bits(window.snapshot, engine_snapshot(race, changed))


def test_another_problem_while_it_runs_starts_a_new_race_that_runs(window, qtbot):
    """A new objective begins at step 0 and goes on running; its landscape shows."""
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 2000)
    old = window.snapshot.generation
    choose(window.problem_panel.objective_form.objective, "himmelblau")
    qtbot.waitUntil(lambda: window.snapshot.generation == old + 1)
    assert window.snapshot.info.key == "himmelblau"
    assert window.snapshot.running
    first = window.snapshot.step
    qtbot.waitUntil(lambda: window.snapshot.step > first)
    assert window.views["landscape"]._ground[1] == "himmelblau"


def test_dragging_the_start_of_a_paused_race_repeats_its_steps(window, qtbot, settled):
    """The ring follows the mouse, each place gives a whole path of as many steps, and the drag is one undo."""
    window.worker.seek(30)
    settled(window, 30)
    before = window.document.experiment
    view = window.views["landscape"]
    drag(view, (-1.2, 1.0), (-1.0, 0.8), (-0.5, 0.2), (0.5, -0.25))
    moved = window.document.experiment
    x, y = moved.problem.start
    assert abs(x - 0.5) < 0.02
    assert abs(y + 0.25) < 0.02
    qtbot.waitUntil(lambda: tuple(window.snapshot.info.points[0]) == (x, y))
    race = build.make_race(moved)
    race.advance(30)
    assert same_bits(settled(window, 30), engine_snapshot(race, moved))
    undone(window, before)


def test_dragging_the_start_while_it_runs_keeps_running(window, qtbot):
    """A race that runs begins again from each new place and goes on."""
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 100)
    drag(window.views["landscape"], (-1.2, 1.0), (-0.8, 0.8), (0.0, 1.5))
    qtbot.waitUntil(lambda: abs(window.snapshot.info.points[0][1] - 1.5) < 0.02)
    qtbot.waitUntil(lambda: window.snapshot.step > 20)
    assert window.snapshot.running


def test_a_click_places_the_start(window, qtbot):
    """A click in the landscape puts the start there; undo takes it back."""
    before = window.document.experiment
    drag(window.views["landscape"], (0.75, 0.5))
    x, y = window.document.experiment.problem.start
    assert abs(x - 0.75) < 0.02
    assert abs(y - 0.5) < 0.02
    undone(window, before)


def test_dragging_the_ground_pans_and_moves_no_start(window, qtbot):
    """Only the ring is a handle; elsewhere a drag moves the picture, and Home shows all of it again."""
    before = window.document.experiment
    view = window.views["landscape"]
    shown = view.plot.box.viewRange()
    drag(view, (0.0, 0.0), (0.1, 0.1), (0.4, 0.4), (0.6, 0.6))
    assert window.document.experiment == before
    assert view.plot.box.viewRange() != shown
    view.whole.click()
    assert view.plot.box.viewRange() == shown


class TestLanes:
    """Each edit in the lanes panel reaches the race, and undo takes it back."""

    @pytest.fixture
    def cards(self, window):
        window.before = window.document.experiment
        return window.lanes_panel.cards

    def test_adding(self, window, cards, qtbot):
        """Add lane gives another optimizer with a rate that suits the objective."""
        window.lanes_panel.add.click()
        lanes = window.document.experiment.lanes
        assert len(lanes) == len(window.lanes_panel.cards) == 3
        assert lanes[2].optimizer not in {"adam", "momentum"}
        qtbot.waitUntil(lambda: window.snapshot.info.runs == 3)
        undone(window, window.before)
        assert len(window.lanes_panel.cards) == 2

    def test_duplicating(self, window, cards):
        """A copy stands below its original, with its settings, another name and another colour."""
        cards[0].duplicate.trigger()
        first, copy, _ = window.document.experiment.lanes
        assert (copy.optimizer, copy.hyperparameters) == (first.optimizer, first.hyperparameters)
        infos = build.lane_infos(window.document.experiment)
        assert len({info.label for info in infos}) == len({info.color for info in infos}) == 3
        undone(window, window.before)

    def test_removing(self, window, cards, qtbot):
        """A removed lane is gone from the race, too."""
        cards[0].remove.trigger()
        assert [lane.optimizer for lane in window.document.experiment.lanes] == ["momentum"]
        qtbot.waitUntil(lambda: [i.optimizer for i in window.snapshot.info.lanes] == ["momentum"])
        undone(window, window.before)

    def test_enabling(self, window, cards, qtbot):
        """A lane that is switched off keeps its card and takes no part; the others keep colour and symbol."""
        colors = [info.color for info in window.snapshot.info.lanes]
        cards[0].enabled.click()
        qtbot.waitUntil(lambda: window.snapshot.info.runs == 1)
        assert window.snapshot.info.lanes[0].color == colors[1]
        assert len(window.lanes_panel.cards) == 2
        undone(window, window.before)

    def test_the_last_enabled_lane_stays(self, window, cards):
        """The only lane that takes part can be neither removed nor switched off."""
        cards[0].enabled.click()
        assert not cards[1].enabled.isEnabled()
        assert not cards[1].remove.isEnabled()
        assert cards[0].enabled.isEnabled()
        window.lanes_panel._on_remove(1)
        assert len(window.document.experiment.lanes) == 2

    def test_colouring(self, window, cards, qtbot):
        """The colour chosen is the lane's, in card and views; the race does not begin again for it."""
        generation = window.snapshot.generation
        cards[1]._on_color_selected(QColor("#123456"))
        qtbot.waitUntil(lambda: window.snapshot.info.lanes[1].color == "#123456")
        assert window.snapshot.generation == generation
        undone(window, window.before)

    def test_the_colour_dialog_opens_without_stopping_the_work(self, window, cards, qtbot):
        """The dialog proposes the lanes' colours and leaves nothing when it is left."""
        cards[0].color.click()
        dialog = QApplication.activeModalWidget()
        assert dialog.currentColor() == QColor(LANE_COLORS[0])
        dialog.reject()
        assert window.document.experiment == window.before

    def test_another_optimizer(self, window, cards, qtbot):
        """Its own hyperparameters take the place of the old one's."""
        choose(cards[0].optimizer, "rmsprop")
        lane = window.document.experiment.lanes[0]
        assert lane.optimizer == "rmsprop"
        assert set(cards[0]._form.fields) >= {"rho", "epsilon"}
        qtbot.waitUntil(lambda: window.snapshot.info.lanes[0].optimizer == "rmsprop")
        undone(window, window.before)
        assert set(cards[0]._form.fields) >= {"beta1", "beta2"}

    def test_another_convention(self, window, cards):
        """Under the other convention what was not set takes its default."""
        cards[0].unfold.setChecked(True)
        choose(cards[0].convention, "keras")
        assert window.document.experiment.lanes[0].convention == "keras"
        filled = build.fill(window.document.experiment).lanes[0].hyperparameters
        assert float(cards[0]._form.fields["epsilon"].edit.text()) == filled["epsilon"] == 1e-7
        undone(window, window.before)
        assert float(cards[0]._form.fields["epsilon"].edit.text()) == 1e-8

    def test_another_name(self, window, cards, qtbot):
        """The name stands in legend and table."""
        cards[0].unfold.setChecked(True)
        write(qtbot, cards[0].label, "Mine")
        qtbot.waitUntil(lambda: window.snapshot.info.lanes[0].label == "Mine")
        assert window.views["race"].model.index(0, 0).data() == "Mine"
        undone(window, window.before)

    def test_dragging_the_rate_slider_is_one_undo(self, window, cards):
        """The slider moves the rate by factors, and its drag is undone at once."""
        slider = cards[0].rate.slider
        slider.setSliderDown(True)
        low = slider.value()
        for value in range(low, low + 60, 5):
            slider.setSliderPosition(value)
        slider.setSliderDown(False)
        assert window.document.experiment.lanes[0].hyperparameters["learning_rate"] > 0.01
        undone(window, window.before)


class TestProblem:
    """Each edit in the problem panel reaches the race, and undo takes it back."""

    @pytest.fixture
    def panel(self, window):
        window.before = window.document.experiment
        return window.problem_panel

    def test_the_other_kind_is_remembered(self, window, panel, qtbot):
        """Going to a network and back gives the very objective again, and the network is remembered, too."""
        panel.network_button.click()
        qtbot.waitUntil(lambda: window.snapshot.info.kind == "network")
        assert isinstance(window.document.experiment.problem, NetworkSetup)
        panel.network_form.layers.add.click()
        network = window.document.experiment.problem
        panel.objective_button.click()
        assert window.document.experiment == window.before
        panel.network_button.click()
        assert window.document.experiment.problem == network
        qtbot.waitUntil(lambda: window.snapshot.info.kind == "network")
        assert window.message.text == ""

    def test_another_objective(self, window, panel, qtbot):
        """The objective's own start and rates that show something come with it."""
        choose(panel.objective_form.objective, "beale")
        qtbot.waitUntil(lambda: window.snapshot.info.key == "beale")
        undone(window, window.before)

    def test_an_objectives_parameter(self, window, panel, qtbot):
        """Its parameters have a form of their own."""
        write(qtbot, panel.objective_form._form.fields["b"].edit, "50")
        assert window.document.experiment.problem.parameters["b"] == 50
        undone(window, window.before)

    def test_adding_and_removing_starts(self, window, panel, qtbot):
        """Every lane is run from each start; the last one cannot be removed."""
        row = panel.objective_form._rows[0]
        assert row.remove_button.isHidden()
        row.add_button.click()
        qtbot.waitUntil(lambda: window.snapshot.info.runs == 4)
        assert len(window.views["landscape"]._handles) == 2
        two = window.document.experiment
        panel.objective_form._rows[0].remove_button.click()
        assert len(panel.objective_form._rows) == 1
        undone(window, two)
        window.menus.undo.trigger()
        assert window.document.experiment == window.before

    def test_a_start_typed(self, window, panel, qtbot):
        """A coordinate typed is the start's."""
        write(qtbot, panel.objective_form._rows[0]._fields[0].edit, "0.5")
        assert window.document.experiment.problem.start == (0.5, 1.0)
        undone(window, window.before)

    def test_the_numerical_gradient(self, window, panel, qtbot):
        """Its difference can be set where it is used, and only there."""
        assert panel.objective_form.difference.isHidden()
        choose(panel.objective_form.gradient, "numerical")
        assert panel.objective_form.difference.isVisible()
        write(qtbot, panel.objective_form.difference.edit, "1e-5")
        problem = window.document.experiment.problem
        assert isinstance(problem, ObjectiveSetup)
        assert (problem.gradient, problem.difference) == ("numerical", 1e-5)

    def test_seed_and_new_seed(self, window, panel, qtbot):
        """A seed is typed, or another one drawn; both begin a new race."""
        write(qtbot, panel.seed.edit, "77")
        assert window.document.experiment.seed == 77
        qtbot.waitUntil(lambda: window.snapshot.generation == 2)
        typed = window.document.experiment
        panel.new_seed.click()
        assert window.document.experiment.seed != 77
        undone(window, typed)

    def test_where_it_stops(self, window, panel, qtbot):
        """With an end the race stops there; without one it runs on."""
        assert not panel.steps.isEnabled()
        panel.stops.click()
        assert panel.steps.isEnabled()
        write(qtbot, panel.steps.edit, "25")
        assert window.document.experiment.steps == 25
        qtbot.keyClick(window, Key.Key_Space)
        qtbot.waitUntil(lambda: window.snapshot.finished)
        assert window.snapshot.step == 25
        panel.stops.click()
        assert window.document.experiment.steps is None


class TestNetwork:
    """Each edit of network and data reaches the race, and undo takes it back."""

    @pytest.fixture
    def shown(self, open_window):
        window = open_window(experiment(NETWORK))
        window.before = window.document.experiment
        return window

    def test_layers(self, shown, qtbot):
        """Layers are added and removed before the output layer."""
        form = shown.problem_panel.network_form
        form.layers.add.click()
        qtbot.waitUntil(lambda: len(shown.snapshot.info.layers) == 3)
        two = shown.document.experiment
        form.layers.cards[0].remove.trigger()
        qtbot.waitUntil(lambda: len(shown.snapshot.info.layers) == 2)
        undone(shown, two)
        choose(form.layers.cards[0].activation, "relu")
        write(qtbot, form.layers.cards[0].units.edit, "9")
        assert (shown.document.experiment.problem.layers[0].activation) == "relu"
        assert (shown.document.experiment.problem.layers[0].units) == 9
        form.layers.cards[0].remove.trigger()
        form.layers.cards[0].remove.trigger()
        qtbot.waitUntil(lambda: shown.snapshot.info.layers == ("output",))
        assert shown.message.text == ""

    def test_batch_size_and_data(self, shown, qtbot):
        """Batch size and data begin a new race; other data take a loss that fits them."""
        form = shown.problem_panel.network_form
        write(qtbot, form.training.batch_size.edit, "0")
        assert shown.document.experiment.problem.batch_size == 0
        qtbot.waitUntil(lambda: shown.snapshot.info.steps_per_epoch == 1)
        undone(shown, shown.before)
        choose(form.data.choice, "linear")
        qtbot.waitUntil(lambda: shown.snapshot.info.key == "linear")
        assert shown.document.experiment.problem.loss == ""
        undone(shown, shown.before)
        assert shown.message.text == ""

    def test_a_loss_that_does_not_fit_is_refused_in_a_sentence(self, shown):
        """Cross-entropy on values is said to be impossible, and panel and race stay as they were."""
        form = shown.problem_panel.network_form
        choose(form.data.choice, "linear")
        before = shown.document.experiment
        choose(form.training.loss, "softmax_cross_entropy")
        assert "`problem.loss`" in shown.message.text.lower()
        assert shown.document.experiment == before
        assert form.training.loss.currentData() == "mean_squared_error"

    def test_removing_the_lane_that_a_view_shows(self, shown, qtbot, settled):
        """Fit and gradients turn to another lane, whose picture shows."""
        fit = shown.views["fit"]
        fit.lane.setCurrentIndex(2)
        fit.lane.activated.emit(2)
        shown.lanes_panel.cards[2].remove.trigger()
        qtbot.waitUntil(lambda: shown.snapshot.info.runs == 2 and fit.lane.count() == 2)
        qtbot.waitUntil(lambda: "fit" in shown.snapshot.extras)
        assert fit.demand() == {"fit": (fit.lane.currentIndex(),)}
        qtbot.waitUntil(lambda: shown.worker._loop.demands["fit"] == fit.demand()["fit"])
        assert shown.message.text == ""


def test_several_edits_in_a_row_are_undone_one_by_one(window):
    """Ctrl+Z goes back through all of them to the file as it was opened."""
    first = window.document.experiment
    window.lanes_panel.add.click()
    choose(window.problem_panel.objective_form.objective, "saddle")
    window.problem_panel.new_seed.click()
    window.lanes_panel.cards[0].enabled.click()
    while window.menus.undo.isEnabled():
        window.menus.undo.trigger()
    assert window.document.experiment == first
    assert not window.isWindowModified()


def test_equal_edits_are_no_edits(window, qtbot):
    """Writing the same number, or choosing the same word, leaves nothing to undo."""
    write(qtbot, window.lanes_panel.cards[0].rate.edit, "0.01")
    choose(window.problem_panel.objective_form.objective, "rosenbrock")
    assert not window.menus.undo.isEnabled()
    assert window.document.experiment == replace(experiment(VALLEY))
