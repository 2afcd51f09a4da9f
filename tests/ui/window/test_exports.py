"""Exports of views: written at once where nothing is lacking, and otherwise as soon as it has come."""

from __future__ import annotations

import dataclasses
import time

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from tests.experiments import VALLEY, experiment
from tests.live.races import engine_snapshot
from workbench import app
from workbench.experiment import build
from workbench.live import statistics_cache
from workbench.live.worker import TrainingWorker
from workbench.ui.views import VIEWS
from workbench.ui.window.exports import Exports


@pytest.fixture
def exports(qtbot):
    """The exports of all views, none of them ever seen, with what they say."""
    parent = QWidget()
    qtbot.addWidget(parent)
    worker = TrainingWorker(parent)
    made = Exports({entry.key: entry.load()(parent) for entry in VIEWS}, worker, parent)
    made.heard = []
    made.said.connect(made.heard.append)
    yield made
    made.finish()
    worker.close()


@pytest.fixture
def race():
    """A race in the valley after ten steps."""
    made = build.make_race(experiment(VALLEY))
    made.advance(10)
    return made


def test_before_the_first_snapshot_nothing_is_written(exports, race, tmp_path):
    """There is nothing to show; no frame waits for it."""
    exports.exporters["race"].write_picture(tmp_path / "race.png", QSize(600, 300))
    assert not exports
    assert list(tmp_path.iterdir()) == []
    assert not exports.show_snapshot(engine_snapshot(race, experiment(VALLEY)))


def test_a_view_that_lacks_nothing_is_written_at_once(exports, race, tmp_path):
    """The table of the race draws the snapshot alone."""
    exports.show_snapshot(engine_snapshot(race, experiment(VALLEY)))
    exports.exporters["race"].write_picture(tmp_path / "race.png", QSize(600, 300))
    assert app.wait_for(lambda: bool(exports.heard), 20)
    assert (tmp_path / "race.png").stat().st_size > 500
    assert exports.heard == [f"Written to {tmp_path / 'race.png'}"]
    assert not exports


def test_a_view_waits_for_what_it_demands(exports, race, tmp_path):
    """The landscape is held, shown each snapshot though it is hidden, and written with the one that has its surface."""
    changes = []
    exports.changed.connect(
        lambda: changes.append([key for key, e in exports.exporters.items() if exports.hold(e.view)])
    )
    snapshot, view = engine_snapshot(race, experiment(VALLEY)), exports.exporters["landscape"].view
    exports.show_snapshot(snapshot)
    exports.exporters["landscape"].write_picture(tmp_path / "ground.png", QSize(600, 400))
    assert exports.heard == ["Waiting for what the picture shows …"]
    assert exports.show_snapshot(snapshot)
    assert view.snapshot is snapshot
    assert list(tmp_path.iterdir()) == []
    cache = statistics_cache.Cache()
    for _ in range(100):
        if not cache.stale(race, view.demand(), running=False):
            break
        cache.refresh(race, dict(view.demand()), running=False)
    whole = dataclasses.replace(snapshot, extras=cache.current(race))
    assert exports.show_snapshot(whole), "it waited until now"
    assert app.wait_for((tmp_path / "ground.png").exists, 20)
    assert (tmp_path / "ground.png").stat().st_size > 500
    assert not exports.show_snapshot(whole)
    assert changes == [["landscape"], []]


def test_what_went_wrong_is_said(exports, race, tmp_path):
    """A folder that is not there."""
    faults = []
    exports.failed.connect(faults.append)
    exports.show_snapshot(engine_snapshot(race, experiment(VALLEY)))
    exports.exporters["race"].write_picture(tmp_path / "none" / "race.png", QSize(600, 300))
    assert app.wait_for(lambda: bool(faults), 20)
    assert len(faults) == 1
    assert "race.png was not written" in faults[0]


def test_a_surface_is_found_beside_the_frames_before_it_is_exported(open_window, qtbot, tmp_path):
    """In a window at rest, too: the export waits, and the window's thread has nothing left to find."""
    window = open_window(experiment(VALLEY))
    window.centre.bring("surface")
    view, path = window.views["surface"], tmp_path / "surface.png"
    qtbot.waitUntil(lambda: view.painter.is_fine and view.painter.seen is not None, timeout=20_000)
    size = view.size() * 2
    window.exporters["surface"].write_picture(path, size)
    assert view.is_preparing
    qtbot.waitUntil(lambda: not view.is_preparing, timeout=20_000)
    began = time.monotonic()
    qtbot.waitUntil(path.exists, timeout=20_000)
    assert time.monotonic() - began < 4.0, "it does not wait for the end of its patience"
    assert QImage(str(path)).size() == size
