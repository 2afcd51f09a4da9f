"""What is behind another view is drawn when it comes to the front, not for nobody."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QStackedWidget

from tests.experiments import VALLEY, experiment
from tests.live.races import engine_snapshot
from workbench.experiment import build
from workbench.ui.style import theme as themes
from workbench.ui.views import VIEWS


@pytest.fixture
def view(qtbot, monkeypatch):
    """The view of the losses in front of an empty page, with a snapshot; `drawn` counts."""
    pages = QStackedWidget()
    qtbot.addWidget(pages)
    found = next(entry for entry in VIEWS if entry.key == "loss").load()()
    pages.addWidget(found)
    pages.addWidget(QStackedWidget())
    pages.show()
    race = build.make_race(experiment(VALLEY))
    race.advance(10)
    found.show_snapshot(engine_snapshot(race, experiment(VALLEY)))
    found.pages, found.drawn = pages, []
    draw = found.draw
    monkeypatch.setattr(found, "draw", lambda snapshot: (found.drawn.append(found.theme.name), draw(snapshot)))
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda view: view.set_theme(themes.DARK),
        lambda view: view.pick_lane(1),
        lambda view: view.set_options(dict(view.options) | {"smooth": not view.options["smooth"]}),
    ],
    ids=["theme", "lane", "options"],
)
def test_a_view_behind_another_is_drawn_once_it_comes_to_the_front(view, change):
    view.pages.setCurrentIndex(1)
    change(view)
    assert view.drawn == []
    view.pages.setCurrentIndex(0)
    assert view.drawn == [view.theme.name]
    view.pages.setCurrentIndex(1)
    view.pages.setCurrentIndex(0)
    assert len(view.drawn) == 1, "nothing has changed since"


def test_what_is_seen_is_drawn_at_once_and_a_picture_of_what_is_not_too(view):
    view.set_theme(themes.DARK)
    assert view.drawn == ["dark"]
    view.pages.setCurrentIndex(1)
    view.stand_alone(True)
    assert len(view.drawn) == 2
