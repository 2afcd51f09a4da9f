"""Edits in the lanes panel, and what they do to the race."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel

from tests.experiments import BOWL, NETWORK, VALLEY, experiment
from tests.ui.gestures import choose, undone, write
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.experiment.filling import fill
from workbench.experiment.lane_colors import LANE_COLORS


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

    def test_a_warm_up_is_offered_before_a_constant_rate(self, window, cards, qtbot):
        """Typed there, the first of four rates is a quarter. Another schedule keeps it; 0 takes it away."""
        cards[0].unfold.setChecked(True)
        form = cards[0].schedule
        assert form.kind.currentData() == "constant"
        write(qtbot, form._form.fields["warmup"].edit, "4")
        lane = window.document.experiment.lanes[0]
        assert (lane.schedule.kind, lane.schedule.parameters["warmup"]) == ("constant", 4)
        qtbot.waitUntil(lambda: window.snapshot.rates[0] == 0.01 / 4)
        choose(form.kind, "cosine")
        lane = window.document.experiment.lanes[0]
        assert (lane.schedule.kind, lane.schedule.parameters["warmup"]) == ("cosine", 4)
        choose(form.kind, "constant")
        assert window.document.experiment.lanes[0].schedule.kind == "constant"
        write(qtbot, form._form.fields["warmup"].edit, "0")
        assert window.document.experiment.lanes[0].schedule is None

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
        cards[0].unfold.setChecked(True)
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
        filled = fill(window.document.experiment).lanes[0].hyperparameters
        assert float(cards[0]._form.fields["epsilon"].edit.text()) == filled["epsilon"] == 1e-7
        undone(window, window.before)
        assert float(cards[0]._form.fields["epsilon"].edit.text()) == 1e-8

    @pytest.mark.parametrize(
        ("optimizer", "convention", "own"),
        [
            ("adam", "pytorch", "weight decay (in the gradient)"),
            ("adam", "keras", "weight decay (decoupled)"),
            ("adamw", "pytorch", "weight decay (decoupled)"),
            ("schedule_free_adamw", "pytorch", "weight decay (in the rule)"),
        ],
    )
    def test_there_is_one_weight_decay(self, cards, optimizer, convention, own):
        """One field, and a choice of how it acts: first what the rule itself has, then what acts before any rule."""
        cards[0].unfold.setChecked(True)
        choose(cards[0].optimizer, optimizer)
        choose(cards[0].convention, convention)
        rest = cards[0].rest
        titles = [
            label.text() for form in (rest.form, rest.gradient, rest.decay) for label in form.findChildren(QLabel)
        ]
        assert [title for title in titles if "decay" in title] == ["decay  λ", "decay acts"]
        ways = [rest.decay.how.itemText(i) for i in range(rest.decay.how.count())]
        assert ways == ["by the rule", "decoupled", "in the gradient (L2)"]
        assert f"By the rule: {own}." in rest.decay.how.toolTip()

    def test_a_decay_is_written_where_it_acts(self, window, cards, qtbot):
        """The keys of the file are those of the rule, of the decoupled decay and of L2, one at a time."""
        cards[0].unfold.setChecked(True)
        decay = cards[0].rest.decay
        write(qtbot, decay.amount.edit, "0.01")
        lane = window.document.experiment.lanes[0]
        assert (lane.hyperparameters["weight_decay"], dict(lane.gradient)) == (0.01, {})
        choose(decay.how, "option.weight_decay")
        lane = window.document.experiment.lanes[0]
        assert (lane.hyperparameters["weight_decay"], dict(lane.gradient)) == (0.0, {"weight_decay": 0.01})
        choose(decay.how, "option.l2")
        lane = window.document.experiment.lanes[0]
        assert (lane.hyperparameters["weight_decay"], dict(lane.gradient)) == (0.0, {"l2": 0.01})
        assert window.menus.undo.text().startswith("&Undo: ")
        for _ in range(3):
            window.menus.undo.trigger()
        assert window.document.experiment == window.before
        assert float(decay.amount.edit.text()) == 0.0

    def test_decays_that_act_at_once_are_said_to(self, open_window, qtbot):
        """Those of a file that asks for several; an edit leaves the one chosen, and the sentence goes."""
        given = experiment(VALLEY)
        both = replace(
            given.lanes[0], optimizer="adam", hyperparameters={"weight_decay": 0.25}, gradient={"weight_decay": 0.5}
        )
        window = open_window(replace(given, lanes=(both, *given.lanes[1:])))
        card = window.lanes_panel.cards[0]
        card.unfold.setChecked(True)
        decay = card.rest.decay
        assert decay.note.text() == "These act at once: by the rule\u00a00.25, decoupled\u00a00.5."
        assert decay.note.isVisible()
        write(qtbot, decay.amount.edit, "0.125")
        assert not decay.note.isVisible()
        lane = window.document.experiment.lanes[0]
        assert (lane.hyperparameters["weight_decay"], dict(lane.gradient)) == (0.125, {})

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


class TestDraws:
    """A lane may draw other numbers than its neighbours, and the window says so."""

    @pytest.fixture
    def cards(self, open_window):
        window = open_window(experiment(NETWORK))
        window.before = window.document.experiment
        cards = window.lanes_panel.cards
        cards[1].unfold.setChecked(True)
        return window, cards

    def test_another_draw_begins_a_race_from_other_weights(self, cards, qtbot):
        """The lane's weights change, the others' do not; undo and redo go there and back."""
        window, (_, card, _) = cards
        before = window.snapshot.theta
        assert (before == before[0]).all()
        write(qtbot, card.draw.edit, "2")
        assert [lane.draw for lane in window.document.experiment.lanes] == [0, 2, 0]
        qtbot.waitUntil(lambda: [lane.draw for lane in window.snapshot.info.lanes] == [0, 2, 0])
        assert (window.snapshot.theta == before).all(axis=1).tolist() == [True, False, True]
        undone(window, window.before)
        assert card.draw.edit.text() == "0"

    def test_an_unfair_race_can_be_seen(self, cards, qtbot):
        """In the folded card, in a sentence over the lanes, and in the table's first column; not where all share."""
        window, (first, card, _) = cards
        panel, model = window.lanes_panel, window.views["race"].model
        assert panel.unshared.isHidden()
        write(qtbot, card.draw.edit, "2")
        assert panel.unshared.isVisible()
        assert panel.unshared.text() == "Lanes of different draws do not share weights and batches."
        assert card.hint.isHidden(), "the field itself is to be seen"
        card.unfold.setChecked(False)
        assert card.hint.isVisible()
        assert card.hint.text() == "draw 2"
        assert first.hint.isHidden()
        tip = Qt.ItemDataRole.ToolTipRole
        qtbot.waitUntil(lambda: "draw 2" in model.data(model.index(1, 0), tip))
        assert "draw" not in model.data(model.index(0, 0), tip)
        window.document.undo()
        assert panel.unshared.isHidden()
        assert card.hint.isHidden()

    def test_lanes_of_one_draw_race_fairly_whatever_its_number(self, cards, qtbot):
        """The sentence goes when the lanes that differ take no part."""
        window, (first, card, last) = cards
        write(qtbot, card.draw.edit, "2")
        first.enabled.click()
        last.enabled.click()
        assert window.lanes_panel.unshared.isHidden()

    @pytest.mark.parametrize("text", ["-1", "1.5", "1000001", "x"])
    def test_what_is_no_draw_is_not_taken(self, cards, qtbot, text):
        """The fault stands beside the field and the experiment stays."""
        window, (_, card, _) = cards
        write(qtbot, card.draw.edit, text)
        assert window.document.experiment == window.before
        assert "must be" in card.draw._fault.text()
        assert card.draw._fault.isVisible()

    def test_where_nothing_is_drawn_the_field_says_why(self, open_window, qtbot):
        """On an objective without noise it is disabled, and no hint stands in the card; noise brings it to life."""
        window = open_window(experiment(BOWL.replace('optimizer = "sgd"', 'optimizer = "sgd"\ndraw = 4')))
        _, card = window.lanes_panel.cards
        card.unfold.setChecked(True)
        assert not card.draw.isEnabled()
        assert card.draw.edit.text() == "4"
        assert "without noise" in card.draw.toolTip()
        assert "without noise" in card.draw.edit.toolTip()
        assert card.hint.isHidden()
        assert window.lanes_panel.unshared.isHidden()
        window.problem_panel.objective_form.noise.edited.emit(0.5)
        assert card.draw.isEnabled()
        assert card.hint.isHidden(), "the field itself is to be seen"
        card.unfold.setChecked(False)
        assert card.hint.isVisible()
        assert window.lanes_panel.unshared.text() == "Lanes of different draws do not share their noise."
        assert "noise" in card.draw.edit.toolTip()
        assert card.draw.edit.accessibleName() == "Draw"
