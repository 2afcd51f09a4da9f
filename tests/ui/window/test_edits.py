"""An edit's way: refused and undone, or taken by the document and shown to panels and worker."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from tests.experiments import NETWORK, VALLEY, experiment
from tests.live.races import engine_snapshot
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.panels.lanes.panel import LanesPanel
from workbench.ui.panels.problem.panel import ProblemPanel
from workbench.ui.views.fit.dab import Dab
from workbench.ui.window.edits import Edits
from workbench.ui.window.own_data import OwnData


class Flow:
    """The flow with real neighbours; what it says is kept. The worker's thread does not run."""

    def __init__(self, qtbot, given):
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.document, self.worker = Document(given, None, self.parent), TrainingWorker(self.parent)
        self.panels = (ProblemPanel(self.parent), LanesPanel(self.parent))
        self.own_data = OwnData(self.panels[0], self.parent)
        self.edits = Edits(
            self.parent, document=self.document, worker=self.worker, panels=self.panels, own_data=self.own_data
        )
        self.said = {name: [] for name in ("accepted", "refused", "shown", "race_announced", "undo_changed")}
        for name, kept in self.said.items():
            getattr(self.edits, name).connect(lambda *words, kept=kept: kept.append(words))
        self.edits.show_experiment(given)

    def stand_at(self, step):
        """Let the flow know a race of the open experiment after some steps."""
        race = build.make_race(self.document.experiment)
        race.advance(step)
        self.edits.show_snapshot(engine_snapshot(race, self.document.experiment))


@pytest.fixture
def flow(qtbot):
    """Makes flows, and ends their workers."""
    made = []

    def make(text=VALLEY):
        made.append(Flow(qtbot, experiment(text)))
        return made[-1]

    yield make
    for one in made:
        one.worker.close()


def test_an_edit_that_the_engine_refuses_is_said_and_undone(flow):
    """The document stays, the panels show it again, and there is nothing to undo."""
    flow = flow()
    before = flow.document.experiment
    nobody = replace(before, lanes=tuple(replace(lane, enabled=False) for lane in before.lanes))
    flow.panels[1].show_experiment(nobody)
    flow.edits.take(nobody, "")
    ((sentence,),) = flow.said["refused"]
    assert "at least one lane that is enabled" in sentence
    assert flow.document.experiment == before
    assert [panel.experiment for panel in flow.panels] == [before, before]
    assert flow.said["accepted"] == []
    assert flow.said["undo_changed"][-1] == (False, False)


def test_an_edit_that_can_be_run_is_shown_everywhere(flow):
    """Document, panels and worker have it; it can be undone, and then redone."""
    flow = flow()
    before = flow.document.experiment
    edited = replace(before, seed=7)
    flow.panels[0].edited.emit(edited, "")
    assert flow.said["refused"] == []
    assert flow.document.experiment == edited
    assert [panel.experiment for panel in flow.panels] == [edited, edited]
    assert flow.worker._newest == edited
    assert flow.said["undo_changed"][-1] == (True, False)
    flow.document.undo()
    assert [panel.experiment for panel in flow.panels] == [before, before]
    assert flow.worker._newest == before
    assert flow.said["undo_changed"][-1] == (False, True)


def test_a_start_is_moved_to_six_digits(flow):
    """The other starts and coordinates stay; a start that there is not is not moved."""
    flow = flow()
    problem = flow.document.experiment.problem
    starts = ((-1.2, 1.0), (0.5, 0.25))
    flow.edits.take(replace(flow.document.experiment, problem=replace(problem, start=starts)), "")
    flow.stand_at(0)
    flow.edits.move_start(1, 0.123456789, -2.0)
    assert flow.document.experiment.problem.start == ((-1.2, 1.0), (0.123457, -2.0))
    flow.edits.move_start(2, 0.0, 0.0)
    assert flow.document.experiment.problem.start == ((-1.2, 1.0), (0.123457, -2.0))


def test_a_start_is_moved_only_where_one_is_shown(flow):
    """Not before the first snapshot, and never of a network."""
    for one, stands in ((flow(), False), (flow(NETWORK), True)):
        before = one.document.experiment
        if stands:
            one.stand_at(0)
        one.edits.move_start(0, 0.5, 0.5)
        assert one.document.experiment == before


def test_a_race_that_begins_again_is_announced_with_what_has_changed(flow):
    """Of a race that has taken steps; a rate is set in the race as it is, and at step 0 nothing is lost."""
    flow = flow()
    flow.stand_at(0)
    flow.edits.take(replace(flow.document.experiment, seed=2), "")
    assert flow.said["race_announced"] == []
    flow.stand_at(3)
    lanes = flow.document.experiment.lanes
    faster = replace(lanes[0], hyperparameters={**lanes[0].hyperparameters, "learning_rate": 0.02})
    flow.edits.take(replace(flow.document.experiment, lanes=(faster, *lanes[1:])), "")
    assert flow.said["race_announced"][-1] == ("",)
    problem = replace(flow.document.experiment.problem, objective="himmelblau")
    flow.edits.take(replace(flow.document.experiment, problem=problem), "")
    assert flow.said["race_announced"][-1] == ("A new race, from step 0: another objective.",)


def test_a_stroke_of_the_brush_is_a_step_of_undo(flow):
    """Also where it is no experiment yet; the document then has a draft that could be lost."""
    flow = flow(NETWORK)
    painter = flow.own_data.painter
    painter.clear()
    assert flow.said["undo_changed"][-1] == (True, False)
    painter.touch(Dab(0.0, 0.0, (0.1, 0.1), 0, 3, 1), None)
    assert flow.document.has_draft
    painter.flush()
    painter.take_back()
    assert flow.said["undo_changed"][-1] == (True, True)
    painter.take_back()
    assert flow.said["undo_changed"][-1] == (False, True)
    assert not flow.document.has_draft
