"""Edits in the problem panel, of objectives and of networks, and what they do to the race."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.experiments import NETWORK, experiment
from tests.ui.gestures import choose, undone, write
from workbench.experiment.experiment import NetworkSetup, ObjectiveSetup

Key = Qt.Key


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
        write(qtbot, panel.objective_form._extra_form.fields["b"].edit, "50")
        assert window.document.experiment.problem.parameters["b"] == 50
        undone(window, window.before)

    def test_adding_and_removing_starts(self, window, panel, qtbot):
        """Every lane is run from each start; the last one cannot be removed."""
        row = panel.objective_form._rows[0]
        assert row.remove_button.isHidden()
        row.add_button.click()
        qtbot.waitUntil(lambda: window.snapshot.info.runs == 4)
        assert len(window.views["landscape"].starts.handles) == 2
        two = window.document.experiment
        panel.objective_form._rows[0].remove_button.click()
        assert len(panel.objective_form._rows) == 1
        undone(window, two)
        window.menus.undo.trigger()
        assert window.document.experiment == window.before

    def test_every_added_start_is_another_one(self, window, panel, qtbot):
        """Up to eight, each at a place of its own within the picture, told in few digits; then none can be added."""
        form = panel.objective_form
        for count in range(2, 9):
            assert form._rows[-1].add_button.isEnabled()
            form._rows[-1].add_button.click()
            assert len(form._rows) == count
        points = window.document.experiment.problem.start
        assert len(set(points)) == 8
        assert all(-2 <= x <= 2 and len(f"{x:g}") <= 5 and float(f"{x:g}") == x for x, _ in points)
        assert not any(row.add_button.isEnabled() for row in form._rows)

    def test_a_long_number_shows_its_leading_digits(self, window, panel, qtbot):
        """A coordinate with more digits than the field has room for is not cut at its front."""
        row = panel.objective_form._rows[0]
        write(qtbot, row._fields[0].edit, "-1.7999999999999998")
        window.setFocus()
        edit = row._fields[0].edit
        assert edit.text().startswith("-1.79")
        assert edit.cursorPosition() == 0

    def test_a_dimension_that_an_objective_does_not_have_is_refused(self, window, panel, qtbot):
        """Rosenbrock's function has two coordinates or more: one is not shown as if it had been taken."""
        form = panel.objective_form
        write(qtbot, form.dimension.edit, "1")
        assert "[2, 1000]" in form.dimension._fault.text()
        assert not form.dimension._fault.isHidden()
        assert window.document.experiment == window.before
        choose(form.objective, "sphere")
        write(qtbot, form.dimension.edit, "1")
        assert form.dimension._fault.isHidden()
        assert len(window.document.experiment.problem.points[0]) == 1

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
        form = shown.problem_panel.network_form.layers
        form.add.click()
        qtbot.waitUntil(lambda: len(shown.snapshot.info.layers) == 3)
        two = shown.document.experiment
        form.cards[0].remove.trigger()
        qtbot.waitUntil(lambda: len(shown.snapshot.info.layers) == 2)
        undone(shown, two)
        choose(form.cards[0].activation, "relu")
        write(qtbot, form.cards[0].units.edit, "9")
        assert (shown.document.experiment.problem.layers[0].activation) == "relu"
        assert (shown.document.experiment.problem.layers[0].units) == 9
        form.cards[0].remove.trigger()
        form.cards[0].remove.trigger()
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
        form.training.loss.edited.emit("softmax_cross_entropy")
        assert "`problem.loss`" in shown.message.text.lower()
        assert shown.document.experiment == before
        assert shown.snapshot is not None

    def test_removing_the_lane_that_a_view_shows(self, shown, qtbot, settled):
        """Fit and gradients turn to another lane, whose picture shows."""
        fit = shown.views["fit"]
        fit.lane.setCurrentIndex(2)
        fit.lane.activated.emit(2)
        shown.lanes_panel.cards[2].remove.trigger()
        qtbot.waitUntil(lambda: shown.snapshot.info.runs == 2 and fit.lane.count() == 2)
        qtbot.waitUntil(lambda: "fit" in shown.snapshot.extras)
        assert fit.demand()["fit"][0] == fit.lane.currentIndex()
        qtbot.waitUntil(lambda: shown.worker._loop.demands["fit"] == fit.demand()["fit"])
        assert shown.message.text == ""
