"""How a view looks is part of the experiment: a control is an edit that can be undone, and the race goes on."""

from __future__ import annotations

from tests.experiments import VALLEY, experiment
from workbench.app import write_pictures
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build, files
from workbench.experiment.experiment import replace

LINEAR = {"loss": {"log_y": False}}


def test_a_moved_control_is_in_the_experiment_and_can_be_undone(window, settled) -> None:
    window.worker.step(3)
    before = settled(window, 3)
    window.views["loss"].log_y.click()
    assert window.document.experiment.view == LINEAR
    assert window.snapshot.generation == before.generation
    window.commands.undo()
    assert window.document.experiment.view == {}
    assert window.views["loss"].log_y.isChecked()
    assert window.views["loss"].plot.axes["left"].is_log


def test_a_file_opens_as_it_was_saved(open_window) -> None:
    window = open_window(replace(experiment(VALLEY), view=LINEAR))
    assert not window.views["loss"].log_y.isChecked()
    assert not window.views["loss"].plot.axes["left"].is_log


def test_pictures_without_a_window_obey_the_experiment(qapp, tmp_path) -> None:
    """The same race with another table gives another picture of the loss, and the same one of all else."""
    given = experiment(VALLEY)
    race = build.make_race(given)
    race.advance(30)
    snapshot = take_snapshot(race, build.race_info(given, race), 1)
    # before the outlines of letters are all known to Qt they may lie a 64th of a pixel beside their place
    for name, each in (("first", given), ("log", given), ("linear", replace(given, view=LINEAR))):
        write_pictures(each, snapshot, race, tmp_path / name, ("svg",))
    files = {file.name for file in (tmp_path / "log").iterdir()}
    other = {n for n in files if (tmp_path / "log" / n).read_bytes() != (tmp_path / "linear" / n).read_bytes()}
    assert other == {"loss.svg"}


def test_the_race_before_is_not_drawn_as_the_next_file_says(window, settled, qtbot, tmp_path, monkeypatch) -> None:
    """A view that is about to get another race draws that one; of the same race the look changes at once."""
    first, view, drawn = settled(window, 0), window.views["loss"], []
    draw = view.draw
    monkeypatch.setattr(view, "draw", lambda snapshot: (drawn.append(snapshot.generation), draw(snapshot)))
    other = tmp_path / "other.toml"
    files.write(replace(experiment(VALLEY, seed=5), view=LINEAR), other)
    window.open_file(other)
    assert drawn == []
    qtbot.waitUntil(lambda: window.snapshot.generation > first.generation)
    qtbot.waitUntil(lambda: bool(drawn) and drawn[-1] > first.generation)
    assert not view.plot.axes["left"].is_log
    same = tmp_path / "same.toml"
    files.write(replace(experiment(VALLEY, seed=5), view={}), same)
    drawn.clear()
    window.open_file(same)
    assert drawn
    assert view.plot.axes["left"].is_log
