"""What views say that they may ask for, what they ask for, and what there is to ask for are the same."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from tests.experiments import BOWL, DRAWS, NETWORK, VALLEY, example, experiment
from workbench.engine.network.health import HealthWatch
from workbench.engine.race.snapshot import take_snapshot
from workbench.engine.race.statistic import all_declared
from workbench.experiment import build
from workbench.experiment.view_options import VIEW_OPTIONS
from workbench.ui.views import VIEWS

#: asked for by the window itself, not by a view
OF_THE_WINDOW = {"health", "gradient_check"}
CURVE = VALLEY.replace('"rosenbrock"', '"forrester"').replace("[-1.2, 1.0]", "[0.5]")


def test_there_is_what_is_asked_for_and_nothing_else():
    """A view names only statistics that are declared, and none is declared that nobody asks for."""
    asked = {name for view in VIEWS for name in view.demands}
    assert "gradient_check" not in asked
    assert {statistic.key for statistic in all_declared()} == asked | OF_THE_WINDOW


@pytest.mark.parametrize("entry", VIEWS, ids=lambda entry: entry.key)
def test_a_view_asks_for_what_it_declares(entry, qtbot):
    """Over races of every kind, with each of its switches on and each choice, it asks for all of that and no more."""
    asked, kept = set(), []  # one let go would be taken to pieces while Qt still sends it events
    ill = [example("vanishing_gradients")] if "why" in entry.demands else []  # else there is nothing to be asked of
    for given in (*(experiment(text) for text in (BOWL, CURVE, NETWORK, DRAWS)), *ill):
        race = build.make_race(given)
        race.advance(3)
        extras = {"health": HealthWatch().look(race)} if ill else None
        view = entry.load()()
        kept.append(view)
        qtbot.addWidget(view)
        controls = QWidget()  # their place is in the window
        controls.setLayout(view.controls)
        qtbot.addWidget(controls)
        view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        view.resize(900, 640)
        view.show()
        asked |= view.demand().keys()  # before it has seen a race
        for _ in range(2):  # a view names its demand once it has seen the race
            view.show_snapshot(take_snapshot(race, build.race_info(given, race), 1, extras=extras))
            QCoreApplication.processEvents()
        asked |= view.demand().keys()
        of_menus = [action for action in view.findChildren(QAction) if action.data() is None]  # others are options
        if hasattr(view, "moments"):  # what the mouse points at
            view.moments.hover((0, 1))
            asked |= view.demand().keys()
        for switch in (*view.findChildren(QToolButton), *controls.findChildren(QToolButton), *of_menus):
            if switch.isCheckable():
                switch.toggle()
                asked |= view.demand().keys()
        for param in VIEW_OPTIONS.get(entry.key, ()):
            for choice in param.choices or ((True, False) if param.kind == "bool" else ()):
                view.choose(param.name, choice)
                asked |= view.demand().keys()
    assert asked == set(entry.demands)


def test_the_window_asks_for_its_own(open_window, qtbot):
    """What is wrong with layers always, the gradient check while its window is open; for the views what they say."""
    window = open_window(experiment(NETWORK))
    loop = window.worker._loop
    of_views = {name for entry in VIEWS if window.views[entry.key].isVisible() for name in entry.demands}
    qtbot.waitUntil(lambda: "health" in loop.demands)
    assert "gradient_check" not in loop.demands
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: loop.demands.keys() >= OF_THE_WINDOW)
    assert loop.demands.keys() <= OF_THE_WINDOW | of_views
