"""Runs kept from the window: by themselves and by hand; listed, opened, compared, laid over, deleted, brought back."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.experiments import BOWL, NETWORK, VALLEY, experiment
from tests.kept.races import run
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.kept.store import Store
from workbench.ui.dialogs import files as file_dialogs
from workbench.ui.dialogs.runs.model import BEST, FINAL, NOTE, SEED, TITLE
from workbench.ui.window.keeping import runs_folder

WAIT = 10_000


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


@pytest.fixture
def keeping(open_window, store):
    """A window that keeps runs, with thirty steps of the valley in it."""
    window = open_window(replace(experiment(VALLEY), steps=30))
    window.keeping.begin(store.folder)
    return window


def finish(window, qtbot):
    """Run to the end."""
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.finished and not window.snapshot.running, timeout=WAIT)


def rested(window, qtbot):
    """Wait until the thread has done all that was asked of it, and the window knows."""
    done = []
    window.keeping._do(lambda _: None, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT)


def filled(store, count=3):
    """Some runs of the valley, told from each other by seed, title and steps."""
    kept = []
    for number in range(count):
        given, snapshot = run(VALLEY, 20 + 10 * number)
        title = ("One", "Two", "Three")[number]
        kept.append(store.keep(replace(given, seed=5 - number, title=title), snapshot, "finished").entry)
    return kept


def listed(window, qtbot):
    """The list, brought up and filled."""
    window.menus.runs.trigger()
    rested(window, qtbot)
    return window.keeping.dialog


def rows(dialog):
    return [dialog.model.index(row, TITLE).data() for row in range(dialog.model.rowCount())]


def choose(dialog, *titles):
    dialog.table.choose([e.id for e in dialog.model.entries if e.title in titles], "")


def test_a_race_that_came_to_its_end_is_kept_once(keeping, store, qtbot):
    """With the experiment that it was run with, its seconds and its last step; looking back and forth keeps no more."""
    finish(keeping, qtbot)
    qtbot.waitUntil(lambda: len(store.listed().entries) == 1, timeout=WAIT)
    keeping.worker.seek(10)
    qtbot.waitUntil(lambda: keeping.snapshot.step == 10, timeout=WAIT)
    keeping.worker.seek(30)
    qtbot.waitUntil(lambda: keeping.snapshot.step == 30, timeout=WAIT)
    finish(keeping, qtbot)  # again, from the start: the same numbers
    rested(keeping, qtbot)
    (entry,) = store.listed().entries
    assert (entry.steps, entry.why, entry.seed) == (30, "finished", 1)
    assert 0 < entry.seconds < WAIT
    assert store.experiment(entry.id) == keeping.document.experiment
    _, snapshot = run(VALLEY, 30)
    np.testing.assert_array_equal(store.record(entry.id).final, snapshot.loss)


def test_what_touches_the_disk_is_done_beside_window_and_race(keeping, store, qtbot, monkeypatch):
    """In the keeper's own thread, whoever asked: keeping, listing, notes, pins, deletions."""
    threads = {}
    for name in ("keep", "listed", "note", "pin", "delete", "bring_back", "record"):
        whole = getattr(Store, name)

        def watched(self, *arguments, whole=whole, name=name, **options):
            threads.setdefault(name, set()).add(threading.current_thread().name)
            return whole(self, *arguments, **options)

        monkeypatch.setattr(Store, name, watched)
    finish(keeping, qtbot)
    dialog = listed(keeping, qtbot)
    qtbot.waitUntil(lambda: len(dialog.model.entries) == 1, timeout=WAIT)
    id_ = dialog.model.entries[0].id
    dialog.model.noted.emit(id_, "mine")
    dialog.model.pinned.emit(id_, True)
    dialog.lay_over.click()
    qtbot.waitUntil(lambda: bool(keeping.snapshot.overlays), timeout=WAIT)
    dialog.delete.click()
    qtbot.waitUntil(dialog.undo.isVisible, timeout=WAIT)
    dialog.undo.click()
    qtbot.waitUntil(lambda: len(dialog.model.entries) == 1, timeout=WAIT)
    assert threads == {key: {"kept runs"} for key in threads}
    assert len(threads) == 7


def test_a_race_that_ended_at_full_speed_in_its_own_process_is_kept_as_it_ended(open_window, store, qtbot):
    """Of a network, with the weights that it has at the end."""
    given = replace(experiment(NETWORK), steps=600)
    window = open_window(given)
    window.keeping.begin(store.folder)
    window.worker.warm_up()
    qtbot.waitUntil(lambda: window.worker._far is not None and window.worker._far._ready, timeout=3 * WAIT)
    window.worker.set_speed(None)
    finish(window, qtbot)
    qtbot.waitUntil(lambda: len(store.listed().entries) == 1, timeout=WAIT)
    (entry,) = store.listed().entries
    _, snapshot = run(given, 600)
    np.testing.assert_allclose(store.record(entry.id).final, snapshot.loss, rtol=1e-12)
    assert entry.weights == (0, 1, 2)
    assert entry.steps == 600


def test_an_edit_that_makes_a_race_anew_keeps_nothing(keeping, store, qtbot):
    """A start that is dragged while the race stands at its end repeats its steps: nobody has run that."""
    finish(keeping, qtbot)
    rested(keeping, qtbot)
    for x in (-1.0, -0.9, -0.8):
        keeping.edits.move_start(0, x, 1.0)
        qtbot.waitUntil(
            lambda x=x: keeping.snapshot.info.points[0, 0] == x and keeping.snapshot.step == 30, timeout=WAIT
        )
    rested(keeping, qtbot)
    assert len(store.listed().entries) == 1


def test_a_forked_race_is_kept_as_it_was_before(keeping, store, qtbot):
    keeping.worker.seek(12)
    qtbot.waitUntil(lambda: keeping.snapshot.step == 12, timeout=WAIT)
    before = keeping.document.experiment
    keeping.menus.fork.trigger()
    qtbot.waitUntil(lambda: len(store.listed().entries) == 1, timeout=WAIT)
    (entry,) = store.listed().entries
    assert (entry.why, entry.steps, len(entry.lanes)) == ("forked", 12, 2)
    assert store.experiment(entry.id) == before
    assert len(keeping.document.experiment.lanes) == 3


def test_a_race_kept_by_hand_is_pinned_and_said(keeping, store, qtbot):
    """Not before there is anything to keep."""
    said, failed = [], []
    keeping.keeping.said.connect(said.append)
    keeping.keeping.failed.connect(failed.append)
    keeping.menus.keep_run.trigger()
    qtbot.waitUntil(lambda: bool(failed), timeout=WAIT)
    keeping.worker.seek(7)
    qtbot.waitUntil(lambda: keeping.snapshot.step == 7, timeout=WAIT)
    keeping.menus.keep_run.trigger()
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    (entry,) = store.listed().entries
    assert (entry.why, entry.steps, entry.pinned) == ("pinned", 7, True)
    assert "Ctrl+H" in said[0]


def test_a_window_for_a_picture_keeps_nothing(open_window, qtbot):
    """Until the program says that it is one with somebody at it."""
    window = open_window(replace(experiment(VALLEY), steps=30))
    finish(window, qtbot)
    rested(window, qtbot)
    assert not runs_folder().exists()


def test_the_empty_list_says_what_would_stand_there(keeping, qtbot):
    dialog = listed(keeping, qtbot)
    assert dialog.pages.currentWidget() is dialog.empty
    assert "Ctrl+D" in dialog.empty.text()
    assert not dialog.open_run.isEnabled()
    assert "0 runs" in dialog.said.text()


def test_the_list_is_sorted_and_searched(keeping, store, qtbot):
    """The newest first; by any column; by all words, in whatever column; Ctrl+F leads to the search."""
    filled(store)
    dialog = listed(keeping, qtbot)
    assert rows(dialog) == ["Three", "Two", "One"]
    dialog.table.sortByColumn(SEED, Qt.SortOrder.DescendingOrder)
    assert rows(dialog) == ["One", "Two", "Three"]
    dialog.table.sortByColumn(BEST, Qt.SortOrder.AscendingOrder)
    assert rows(dialog) == ["Three", "Two", "One"], "the longer it ran, the lower it came"
    QTest.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.focusWidget() is dialog.search
    QTest.keyClicks(dialog.search, "adam two")
    assert rows(dialog) == ["Two"]
    QTest.keyClicks(dialog.search, " nonsense")
    assert dialog.pages.currentWidget() is dialog.empty
    dialog.search.clear()
    assert len(rows(dialog)) == 3


def test_a_run_without_a_final_loss_stands_last_either_way(keeping, store, qtbot):
    """All of its lanes diverged: it is neither the best nor the worst."""
    filled(store, 2)
    given = replace(experiment(BOWL), steps=400)
    gone = replace(given, title="Gone", lanes=given.lanes[1:])
    race = build.make_race(gone)
    race.advance(400)
    store.keep(gone, take_snapshot(race, build.race_info(gone, race), 1), "finished")
    dialog = listed(keeping, qtbot)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        dialog.table.sortByColumn(FINAL, order)
        assert rows(dialog)[-1] == "Gone"
    assert dialog.model.index(2, FINAL).data() == "–"


def test_enter_opens_a_run_like_a_file(keeping, store, qtbot, monkeypatch):
    """What is not saved is asked about first; then it stands at its start, in no file, and nothing is to be undone."""
    filled(store)
    dialog = listed(keeping, qtbot)
    choose(dialog, "Two")
    keeping.files.asks_before_losing = True
    keeping.document.replace(replace(keeping.document.experiment, seed=77))
    asked = []
    monkeypatch.setattr(file_dialogs, "ask_keep", lambda *_: asked.append(1) or "cancel")
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    rested(keeping, qtbot)
    assert (len(asked), keeping.document.experiment.seed) == (1, 77)
    monkeypatch.setattr(file_dialogs, "ask_keep", lambda *_: "discard")
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: keeping.document.experiment.title == "Two", timeout=WAIT)
    assert keeping.document.experiment.seed == 4
    assert keeping.document.path is None
    assert not keeping.document.can_undo
    qtbot.waitUntil(lambda: keeping.snapshot.step == 0, timeout=WAIT)


def test_delete_and_undo_by_keys(keeping, store, qtbot):
    """What is deleted is gone from the list and can be brought back, the last deletion first; closing lets it go."""
    one, two, three = filled(store)
    dialog = listed(keeping, qtbot)
    assert not dialog.undo.isVisible()
    choose(dialog, "One", "Two")
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    rested(keeping, qtbot)
    assert rows(dialog) == ["Three"]
    choose(dialog, "Three")
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    rested(keeping, qtbot)
    assert rows(dialog) == []
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    rested(keeping, qtbot)
    assert rows(dialog) == ["Three"]
    dialog.undo.click()
    rested(keeping, qtbot)
    assert rows(dialog) == ["Three", "Two", "One"]
    assert not dialog.undo.isVisible()
    choose(dialog, "One")
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    rested(keeping, qtbot)
    keeping.close()
    assert [entry.id for entry in store.listed().entries] == [three.id, two.id]
    assert store.bring_back([one.id]) == ()


def test_a_note_is_written_in_place_and_kept(keeping, store, qtbot):
    """F2 edits it, Enter takes it; Enter of the editor opens nothing. What is chosen stays chosen."""
    filled(store)
    dialog = listed(keeping, qtbot)
    choose(dialog, "Two")
    dialog.table.setCurrentIndex(dialog.model.index(1, TITLE))
    QTest.keyClick(dialog.table, Qt.Key.Key_F2)
    editor = dialog.table.findChild(QLineEdit)
    QTest.keyClicks(editor, "too fast")
    keeping.keeping._read()  # as when another run is kept meanwhile
    rested(keeping, qtbot)
    assert editor.text() == "too fast"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.model.index(1, NOTE).data() == "too fast", timeout=WAIT)
    assert [entry.note for entry in store.listed().entries] == ["", "too fast", ""]
    assert keeping.document.experiment.title != "Two"
    assert [entry.title for entry in dialog.chosen] == ["Two"]


def test_a_pin_is_a_tick(keeping, store, qtbot):
    filled(store)
    dialog = listed(keeping, qtbot)
    index = dialog.model.index(0, NOTE + 1)
    dialog.model.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    ticked = Qt.ItemDataRole.CheckStateRole
    qtbot.waitUntil(lambda: Qt.CheckState(index.data(ticked)) == Qt.CheckState.Checked, timeout=WAIT)
    assert [entry.pinned for entry in store.listed().entries] == [True, False, False]


def test_chosen_runs_are_compared_setting_by_setting(keeping, store, qtbot):
    """By the keys of the file, with defaults for what a file leaves out; of one run there is nothing to compare."""
    filled(store, 2)
    given, snapshot = run(VALLEY, 25)
    lane = replace(given.lanes[0], hyperparameters={"learning_rate": 0.01, "beta1": 0.8})
    given = replace(given, title="Other", lanes=(lane, *given.lanes[1:]))
    store.keep(given, snapshot, "finished")
    dialog = listed(keeping, qtbot)
    choose(dialog, "One")
    rested(keeping, qtbot)
    assert dialog.comparison.currentWidget() is dialog.comparison.hint
    choose(dialog, "One", "Other")
    rested(keeping, qtbot)
    head, *lines = dialog.comparison.table.lines
    assert head[1].startswith("Other, ")
    assert {tuple(line) for line in lines} == {
        ("seed", "1", "5"), ("steps", "25", "20"), ("lanes[0].hyperparameters.beta1", "0.8", "0.9"),
    }  # fmt: skip


def test_a_run_laid_over_is_drawn_pale_in_loss_gradients_and_landscape(keeping, store, qtbot):
    """Each lane's curve as it was recorded, with a row of the legend; Space takes it away, and so does a delete."""
    kept = filled(store)[2]
    dialog = listed(keeping, qtbot)
    choose(dialog, "Three")
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    rested(keeping, qtbot)
    qtbot.waitUntil(lambda: len(keeping.snapshot.overlays) == 2, timeout=WAIT)
    loss, gradients, landscape = (keeping.views[key] for key in ("loss", "gradients", "landscape"))
    for view in (loss, gradients, landscape):
        view.show_snapshot(keeping.snapshot)
    record = store.record(kept.id)
    own = record.run(1)
    x, y, pen = loss.ghosts.given[1]
    np.testing.assert_array_equal(x, record.step[own])
    np.testing.assert_allclose(y, np.log10(record.loss[own]))
    assert pen.style() == Qt.PenStyle.DashLine
    np.testing.assert_allclose(gradients.ghosts.given[1][1], np.log10(record.gradient_norm[own]))
    np.testing.assert_array_equal(landscape.ghosts.given[1][0], record.path[own][:, 0])
    for view in (loss, gradients, landscape):
        assert any(name.startswith("Three, ") for name in view.legend.names_in_sight)
    (_, right), _ = loss.plot.box.viewRange()
    assert right >= 40, "all of it is in sight"
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not keeping.snapshot.overlays, timeout=WAIT)
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(keeping.snapshot.overlays) == 2, timeout=WAIT)
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not keeping.snapshot.overlays, timeout=WAIT)


def test_a_network_laid_over_has_the_gradients_of_the_shown_lanes_layers(open_window, store, qtbot):
    """In the colours of the layers, of the lane that is chosen there; the race itself is another seed's."""
    given, snapshot = run(NETWORK, 25)
    kept = store.keep(replace(given, title="Before"), snapshot, "finished").entry
    window = open_window(replace(given, seed=given.seed + 1))
    window.keeping.begin(store.folder)
    listed(window, qtbot)
    window.keeping.dialog.lay_over.click()
    rested(window, qtbot)
    qtbot.waitUntil(lambda: bool(window.snapshot.overlays), timeout=WAIT)
    view, record = window.views["gradients"], store.record(kept.id)
    for lane in (0, 2):
        view.pick_lane(lane)
        view.show_snapshot(window.snapshot)
        own = record.run(lane * record.starts)
        layers = window.snapshot.info.layers
        assert len(view.ghosts.given) == len(layers)
        for column, (x, y, _) in enumerate(view.ghosts.given):
            np.testing.assert_array_equal(x, record.step[own])
            np.testing.assert_allclose(y, np.log10(record.gradient_rms[own, column]))


def test_another_landscape_shows_the_losses_of_a_run_and_not_its_ways(keeping, store, qtbot):
    """Until its own landscape is open again."""
    filled(store, 1)
    dialog = listed(keeping, qtbot)
    choose(dialog, "One")
    dialog.lay_over.click()
    rested(keeping, qtbot)
    qtbot.waitUntil(lambda: len(keeping.snapshot.overlays) == 2, timeout=WAIT)
    assert keeping.snapshot.overlays[0].path.shape[1] == 2
    valley = keeping.document.experiment
    keeping.document.replace(replace(valley, problem=replace(valley.problem, objective="quadratic")))
    qtbot.waitUntil(lambda: [g.path.shape[1] for g in keeping.snapshot.overlays] == [0, 0], timeout=WAIT)
    keeping.document.undo()
    qtbot.waitUntil(lambda: [g.path.shape[1] for g in keeping.snapshot.overlays] == [2, 2], timeout=WAIT)
    keeping.menus.dismiss.trigger()
    qtbot.waitUntil(lambda: not keeping.snapshot.overlays, timeout=WAIT)
    assert dialog.model.over == frozenset()


def test_no_more_runs_are_laid_over_than_can_be_told_apart(keeping, store, qtbot):
    given, snapshot = run(VALLEY, 20)
    for seed in range(5):
        store.keep(replace(given, seed=seed), snapshot, "finished")
    failed = []
    keeping.keeping.failed.connect(failed.append)
    dialog = listed(keeping, qtbot)
    dialog.table.selectAll()
    dialog.lay_over.click()
    rested(keeping, qtbot)
    qtbot.waitUntil(lambda: len(keeping.snapshot.overlays) == 8, timeout=WAIT)
    assert {ghost.place for ghost in keeping.snapshot.overlays} == {0, 1, 2, 3}
    assert "4 runs" in failed[0]


def test_a_run_whose_data_are_gone_is_compared_and_laid_over_still(open_window, store, qtbot, tmp_path):
    """It cannot be opened, which is said; its curves and what was asked for are there."""
    table = tmp_path / "own.csv"
    table.write_text("a,b,c\n" + "".join(f"{k},{k % 3},{k % 2}\n" for k in range(40)))
    text = NETWORK.replace('name = "moons"', f'file = "{table}"\ntarget = "c"').replace("samples = 100\n", "")
    given, snapshot = run(text, 12)
    store.keep(replace(given, title="Own"), snapshot, "finished")
    table.unlink()
    filled(store, 1)
    window = open_window()
    window.keeping.begin(store.folder)
    failed = []
    window.keeping.failed.connect(failed.append)
    dialog = listed(window, qtbot)
    choose(dialog, "Own", "One")
    rested(window, qtbot)
    keys = [line[0] for line in dialog.comparison.table.lines]
    assert "problem.kind" in keys
    choose(dialog, "Own")
    dialog.lay_over.click()
    rested(window, qtbot)
    qtbot.waitUntil(lambda: len(window.snapshot.overlays) == len(given.lanes), timeout=WAIT)
    assert failed == []
    dialog.open_run.click()
    qtbot.waitUntil(lambda: bool(failed), timeout=WAIT)
    assert "own.csv" in failed[0]


def test_what_kept_runs_may_take_is_chosen_in_the_list(keeping, store, qtbot):
    """It holds in other windows, too, and the next run that is kept makes room."""
    kept = filled(store)
    dialog = listed(keeping, qtbot)
    assert dialog.limit.value() == 500
    dialog.limit.setValue(20)
    assert "20 MB" in dialog.said.text()
    assert keeping.keeping._the_store.most_bytes == 20_000_000
    from workbench.ui.window import keeping as module

    assert module._chosen_limit() == 20
    assert len(store.listed().entries) == len(kept)


def test_what_another_window_keeps_is_listed_when_the_list_is_looked_at_again(keeping, store, qtbot):
    dialog = listed(keeping, qtbot)
    assert rows(dialog) == []
    filled(store, 2)
    keeping.activateWindow()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: len(rows(dialog)) == 2, timeout=WAIT)


def test_a_damaged_run_is_set_aside_with_a_word(keeping, store, qtbot):
    one, *_ = filled(store)
    (store.folder / one.id / "record.npz").write_bytes(b"PK")
    failed = []
    keeping.keeping.failed.connect(failed.append)
    dialog = listed(keeping, qtbot)
    assert rows(dialog) == ["Three", "Two"]
    assert str(store.aside) in failed[0]


def test_a_folder_that_cannot_be_read_is_said_and_not_asked_for_ever(keeping, store, qtbot, monkeypatch):
    """A sentence with the reason; the list comes once it can be read again."""
    filled(store)
    failed = []
    keeping.keeping.failed.connect(failed.append)

    def refuse(_self):
        raise PermissionError(13, "Permission denied", str(store.folder))

    with monkeypatch.context() as patch:
        patch.setattr(Store, "listed", refuse)
        dialog = listed(keeping, qtbot)
        for _ in range(4):
            rested(keeping, qtbot)
        assert 1 <= len(failed) <= 4
        assert "Permission denied" in failed[0]
        assert str(store.folder) in failed[0]
        assert rows(dialog) == []
        assert "Permission denied" in dialog.fault.text()
        assert dialog.fault.isVisible()
    keeping.menus.runs.trigger()
    qtbot.waitUntil(lambda: len(rows(dialog)) == 3, timeout=WAIT)
    assert not dialog.fault.isVisible()


def test_what_cannot_be_brought_back_is_said(keeping, store, qtbot):
    """Another window has let it go for good meanwhile."""
    one, *_ = filled(store, 2)
    failed = []
    keeping.keeping.failed.connect(failed.append)
    dialog = listed(keeping, qtbot)
    choose(dialog, "One")
    dialog.delete.click()
    rested(keeping, qtbot)
    store.forget([one.id])
    dialog.undo.click()
    qtbot.waitUntil(lambda: bool(failed), timeout=WAIT)
    assert not dialog.undo.isVisible()
    assert rows(dialog) == ["Two"]


def test_trained_weights_are_written_to_a_file(open_window, store, qtbot, monkeypatch, tmp_path):
    """Those of the lane that came lowest; of an objective there are none to write."""
    window = open_window(replace(experiment(VALLEY), steps=30))
    window.keeping.begin(store.folder)
    given, snapshot = run(NETWORK, 20)
    kept = store.keep(given, snapshot, "finished").entry
    filled(store, 1)
    dialog = listed(window, qtbot)
    dialog.table.selectRow(0)
    assert not dialog.weights.isEnabled()
    dialog.table.selectRow(1)
    monkeypatch.setattr(file_dialogs, "ask_save", lambda *_: tmp_path / "best.npz")
    dialog.weights.click()
    rested(window, qtbot)
    best = int(np.nanargmin(snapshot.loss.reshape(len(given.lanes), -1).min(axis=1)))
    assert (tmp_path / "best.npz").read_bytes() == store.weights(kept.id, best)
