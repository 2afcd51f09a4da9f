"""Starts that are added: one by a click, many by a rectangle or the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import ObjectiveSetup, replace
from workbench.live.document import Document
from workbench.ui.views.shared.base import View
from workbench.ui.window.edits import Edits
from workbench.ui.words.text import counted, grouped

if TYPE_CHECKING:  # loaded when starts are first added
    from workbench.ui.dialogs.starts import StartsDialog

_DRAWN = 2  # coordinates of starts that can be placed by the eye


class StartingPoints(QObject):
    """Adds starts to an objective of one or two coordinates, each time as one edit."""

    #: a sentence on why nothing was done
    said = Signal(str)
    #: a sentence on what was done, to be said with the race that follows from it
    done = Signal(str)

    def __init__(self, window: QWidget, *, document: Document, edits: Edits) -> None:
        super().__init__(window)
        self._window, self._document, self._edits = window, document, edits
        self._box: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
        self._snapshot: Snapshot | None = None
        self.dialog: StartsDialog | None = None

    def follow(self, view: View) -> None:
        """Add what is asked for in a view."""
        view.starts_wanted.connect(self._on_wanted)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know the race whose starts these are."""
        self._snapshot = snapshot

    def ask_everywhere(self) -> None:
        """Ask for starts in the whole domain."""
        if self._present is None or self._snapshot is None or self._snapshot.info.domain is None:
            self.said.emit(self.tr("Starts can be added to an objective of one or two coordinates."))
            return
        low, high = zip(*self._snapshot.info.domain, strict=True)
        middle = self._window.mapToGlobal(self._window.rect().center())
        self._ask(tuple(low), tuple(high), middle)

    @property
    def _present(self) -> list[tuple[float, ...]] | None:
        """The starts there are; None where none can be added."""
        problem, snapshot = self._document.experiment.problem, self._snapshot
        if not isinstance(problem, ObjectiveSetup) or snapshot is None or snapshot.info.points is None:
            return None
        if snapshot.info.size > _DRAWN:
            return None
        return list(problem.points or (tuple(snapshot.info.points[0].tolist()),))

    def _on_wanted(self, low: tuple[float, ...], high: tuple[float, ...]) -> None:
        from workbench.engine.swarm.starts import MOST_STARTS

        if low != high:
            self._ask(low, high, QCursor.pos())
            return
        present = self._present
        if present is None:
            return
        if len(present) >= MOST_STARTS:
            self.said.emit(self.tr("There are {} starts, as many as there may be.").format(grouped(len(present))))
            return
        point = tuple(float(f"{x:.6g}") for x in low)
        if point in present:
            self.said.emit(self.tr("There is a start already."))
            return
        self._take([*present, point], 1)

    def _ask(self, low: tuple[float, ...], high: tuple[float, ...], at: QPoint) -> None:
        present = self._present
        if present is None:
            return
        from workbench.engine.swarm.starts import MOST_STARTS

        if self.dialog is None:
            from workbench.ui.dialogs.starts import StartsDialog

            self.dialog = StartsDialog(self._window)
            self.dialog.chosen.connect(self._on_chosen)
        self._box = (low, high)
        self.dialog.ask(low, high, room=MOST_STARTS - len(present), at=at)

    def _on_chosen(self, kind: str, count: int, alone: bool) -> None:
        present = self._present
        if present is None:
            return
        from workbench.engine.swarm.starts import MOST_STARTS, cloud, grid
        from workbench.ui.dialogs.starts import GRID

        low, high = self._box
        kept = [] if alone else present
        seed = self._document.experiment.seed
        made = grid(low, high, count) if kind == GRID else cloud(low, high, count, seed, len(kept))
        fresh = [point for point in dict.fromkeys(made) if point not in set(kept)]
        self._take([*kept, *fresh][:MOST_STARTS], len(fresh))

    def _take(self, points: list[tuple[float, ...]], added: int) -> None:
        experiment = self._document.experiment
        start = tuple(points) if len(points) > 1 else points[0]
        edited = replace(experiment, problem=replace(experiment.problem, start=start))
        self._edits.take(edited, "")
        if self._document.experiment == edited and added:
            words = counted(added, self.tr("{} start was added"), self.tr("{} starts were added"))
            self.done.emit(self.tr("{}: every lane is run from {} now. Ctrl+Z takes them back.").format(
                words, counted(len(points), self.tr("{} start"), self.tr("{} starts"))
            ))  # fmt: skip
