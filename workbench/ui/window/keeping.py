"""Kept runs: what has come to its end, is forked or kept by hand goes to the data folder; the list opens and compares.

Nothing is kept by itself before `begin`: a window that is opened for a picture has no part in it. All that touches the
disk is done in a thread of its own, in the order in which it was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.looks import Looks

if TYPE_CHECKING:  # loaded when a run is first kept, or the list first opened
    from workbench.kept.entry import Entry
    from workbench.kept.keeper import Keeper
    from workbench.kept.record import Record
    from workbench.kept.store import Kept, Listed, Store
    from workbench.ui.dialogs.runs.dialog import RunsDialog
    from workbench.ui.window.overlays import Overlays


_MEGA = 1_000_000


def runs_folder() -> Path:
    """Where kept runs are, in the person's data folder."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "runs"


def _chosen_limit() -> int:
    """The megabytes that a person lets kept runs have."""
    try:
        return max(1, int(str(QSettings().value("kept_megabytes", ""))))
    except ValueError:  # none was chosen, or a settings file that somebody else wrote
        from workbench.kept.store import MOST_BYTES

        return MOST_BYTES // _MEGA


class Keeping(QObject):
    """Owns the store of kept runs, the thread that is at it, and the list."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)
    #: (what is to be called) told from the thread
    news = Signal(object)

    def __init__(
        self, window: QWidget, document: Document, worker: TrainingWorker, files: DocumentFiles, looks: Looks
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._worker = window, document, worker
        self._files, self._looks = files, looks
        self._folder: Path | None = None
        self._by_itself = False
        self._reads = False  # the list is to be read, and nothing was asked for since
        self._looks_again = False  # something failed, and the list is read again
        self._store: Store | None = None
        self._keeper: Keeper | None = None
        self._overlays: Overlays | None = None
        self._deleted: list[tuple[str, ...]] = []
        self.dialog: RunsDialog | None = None
        self.listed: Listed | None = None
        self.news.connect(self._on_news)
        worker.told.connect(self._on_told)

    def begin(self, folder: Path | None = None) -> None:
        """From here on keep what comes to its end or is forked, in this folder."""
        self._folder, self._by_itself = folder, True

    # What is kept

    def keep_now(self) -> None:
        """Keep the race as it stands, until it is deleted."""
        self._worker.tell("pinned")

    def before_fork(self) -> None:
        """The race as it stands is about to be forked."""
        if self._by_itself:
            self._worker.tell("forked")

    def _on_told(self, experiment: Experiment, snapshot: Snapshot, why: str) -> None:
        if why == "pinned" and not snapshot.step:
            self._fail(self.tr("There is nothing to keep yet: run the race first."))
        elif snapshot.step and (why == "pinned" or self._by_itself):
            self._do(lambda store: store.keep(experiment, snapshot, why), lambda kept: self._on_kept(kept, why))

    def _on_kept(self, kept: Kept, why: str) -> None:
        gone, told = len(kept.dropped), ""
        if why == "pinned":
            told = self.tr("Kept. View > Runs (Ctrl+H) has it.")
        if gone:
            more = self.tr("{} of the oldest kept runs that are not pinned went: there are {} or {} MB at most.")
            store = self._the_store
            told = f"{told} {more.format(gone, store.most, store.most_bytes // _MEGA)}".strip()
        if told:
            self.said.emit(told)
        self._say_damaged(kept.damaged)
        if self.dialog is not None and self.dialog.isVisible():
            self._read()

    # The list

    def bring_up(self) -> None:
        """Show the list."""
        if self.dialog is None:
            from workbench.ui.dialogs.runs.dialog import RunsDialog

            dialog = self.dialog = RunsDialog(self._window)
            dialog.open_wanted.connect(self._open)
            dialog.delete_wanted.connect(self._delete)
            dialog.undo_wanted.connect(self._undo)
            dialog.noted.connect(self._note)
            dialog.pinned.connect(self._pin)
            dialog.overlaid.connect(self._overlay)
            dialog.differences_wanted.connect(self._compare)
            dialog.weights_wanted.connect(self._ask_weights)
            dialog.limit.setValue(self._the_store.most_bytes // _MEGA)
            dialog.limit.valueChanged.connect(self._limit)
            dialog.looked_at.connect(self._read)
            self._looks.dress_also(dialog)
        self.dialog.bring_up()
        self._read()

    def _read(self) -> None:
        """Read the list, unless that is the last thing asked for already."""
        if not self._reads:
            self._do(lambda store: store.listed(), self._show)
            self._reads = True

    def _show(self, listed: Listed) -> None:
        self.listed, self._looks_again, self._reads = listed, False, False
        self._say_damaged(listed.damaged)
        if self.dialog is None:
            return
        from workbench.ui.dialogs.runs.words import amount

        store = self._the_store
        said = amount(len(listed.entries), listed.size, store.most, store.most_bytes)
        if listed.newer:
            said += self.tr(" {} of a newer version of the program are not shown.").format(listed.newer)
        self.dialog.show_runs(listed.entries, self._over, said)

    def _say_damaged(self, ids: tuple[str, ...]) -> None:
        if ids:
            words = self.tr("Kept runs that cannot be read any more: {}. They were set aside in {}.")
            self._fail(words.format(len(ids), self._the_store.aside))

    def _open(self, id_: str) -> None:
        def show(experiment: Experiment) -> None:
            if self._files.open_kept(experiment):
                self._window.activateWindow()

        self._do(lambda store: store.experiment(id_), show)

    def _delete(self, ids: list[str]) -> None:
        def done(gone: tuple[str, ...]) -> None:
            if gone:
                self._deleted.append(gone)
            self._show_undo()
            self._overlay(list(gone), False)

        self._do(lambda store: store.delete(ids), done)
        self._read()

    def _undo(self) -> None:
        if self._deleted:
            ids = self._deleted.pop()
            self._do(lambda store: store.bring_back(ids), lambda back: self._on_back(len(ids) - len(back)))
            self._read()

    def _on_back(self, missing: int) -> None:
        if missing:
            self._fail(self.tr("Kept runs that cannot be brought back any more: {}.").format(missing))
        self._show_undo()

    def _show_undo(self) -> None:
        if self.dialog is not None:
            self.dialog.show_undo(len(self._deleted[-1]) if self._deleted else 0)

    def _note(self, id_: str, text: str) -> None:
        self._do(lambda store: store.note(id_, text), lambda _: self._read())

    def _pin(self, id_: str, pinned: bool) -> None:
        self._do(lambda store: store.pin(id_, pinned=pinned), lambda _: self._read())

    def _compare(self, ids: list[str]) -> None:
        def find(store: Store) -> list[tuple[str, tuple[Any, ...]]]:
            from workbench.kept.differences import differences

            return differences([store.tables(id_) for id_ in ids])

        def show(rows: list[tuple[str, tuple[Any, ...]]]) -> None:
            if self.dialog is not None:
                self.dialog.show_differences(ids, rows)

        self._do(find, show)

    def _ask_weights(self, id_: str, lane: int) -> None:
        from workbench.experiment.writing import write_bytes
        from workbench.ui.dialogs.files import ask_save

        place = self._document.path.parent if self._document.path is not None else Path.cwd()
        path = ask_save(self._window, place / "weights.npz", "npz")
        if path is not None:
            words = self.tr("The weights are in {}.").format(path)
            self._do(lambda store: write_bytes(path, store.weights(id_, lane)), lambda _: self.said.emit(words))

    # Over the pictures

    @property
    def _over(self) -> frozenset[str]:
        return frozenset() if self._overlays is None else self._overlays.ids

    def _overlay(self, ids: list[str], on: bool) -> None:
        """Lay runs over the pictures, or take them away."""
        if self._overlays is None and not on:
            return
        if self._overlays is None:
            from workbench.ui.window.overlays import Overlays

            self._overlays = Overlays(self._document, self._worker, self)
            self._overlays.changed.connect(self._show_over)
        if not on:
            self._overlays.take_away(ids)
            return
        for entry in self.listed.entries if self.listed is not None else ():
            if entry.id in ids and entry.id not in self._overlays.ids:
                self._lay(entry, self._overlays)

    def _lay(self, entry: Entry, overlays: Overlays) -> None:
        def read(store: Store) -> tuple[Record, Experiment | None]:
            found = store.tables(entry.id)
            return store.record(entry.id), found if isinstance(found, Experiment) else None

        self._do(read, lambda found: overlays.add(entry, *found))

    def clear_overlays(self) -> None:
        """Show no kept run over the pictures any more."""
        if self._overlays is not None:
            self._overlays.take_away(self._overlays.ids)

    def _show_over(self) -> None:
        if self.dialog is not None:
            self.dialog.show_over(self._over)
        if self._overlays is not None and self._overlays.refused:
            self._fail(self._overlays.refused)

    # The thread

    @property
    def _the_store(self) -> Store:
        if self._store is None:
            from workbench.kept.store import Store

            self._store = Store(self._folder or runs_folder(), most_bytes=_MEGA * _chosen_limit())
        return self._store

    def _limit(self, megabytes: int) -> None:
        """So many may be kept from the next run on."""
        self._the_store.most_bytes = _MEGA * megabytes
        QSettings().setValue("kept_megabytes", megabytes)
        if self.listed is not None:
            self._show(self.listed)

    def _do(self, job: Callable[[Store], Any], then: Callable[[Any], None]) -> None:
        """Have a job done in the thread, and `then` called here with what it gives."""
        if self._keeper is None:
            from workbench.kept.keeper import Keeper

            self._keeper = Keeper(self.news.emit, self._on_failed)
        store, self._reads = self._the_store, False
        self._keeper.do(lambda: job(store), then)

    def _on_failed(self, sentence: str) -> None:
        self._reads = False
        self._fail(self.tr("Kept runs: {}.").format(sentence.removesuffix(".")))
        if self.dialog is not None and self.dialog.isVisible() and not self._looks_again:
            self._looks_again = True  # once: the list itself may be what cannot be read
            self._read()

    def _fail(self, sentence: str) -> None:
        """Say what went wrong, in the window and in the list."""
        self.failed.emit(sentence)
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_fault(sentence)

    def _on_news(self, then: Callable[[], None]) -> None:
        then()

    def shut_down(self) -> None:
        """Finish what is being written, let what was deleted go, and close the list; safe to call twice."""
        if self.dialog is not None:
            self.dialog.close()
        if self._keeper is not None:
            gone, store = [id_ for ids in self._deleted for id_ in ids], self._the_store
            if gone:
                self._keeper.do(lambda: store.forget(gone), lambda _: None)
            self._deleted.clear()
            self._keeper.close()
