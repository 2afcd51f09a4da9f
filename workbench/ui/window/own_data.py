"""A person's own data in the window: points painted into the fit, and tables from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.experiment.experiment import Experiment
from workbench.ui.panels.problem.panel import ProblemPanel
from workbench.ui.views.fit.dab import Dab
from workbench.ui.window.data_opening import DataOpening
from workbench.ui.window.painting import PointPainter

if TYPE_CHECKING:  # loaded when there is a network to fit
    from workbench.engine.datasets import Split
    from workbench.ui.views.fit.view import FitView


class OwnData(QObject):
    """The wires between the fit, where one paints, the problem panel, where one asks for a file, and the experiment."""

    #: (experiment, merge key)
    edited = Signal(object, str)
    #: a sentence for the status bar
    said = Signal(str)
    #: a sentence that was said and is no longer true
    settled = Signal(str)

    def __init__(self, panel: ProblemPanel, window: QWidget) -> None:
        super().__init__(window)
        self.painter, self.opening = PointPainter(self), DataOpening(window)
        self._panel = panel
        self._experiment: Experiment | None = None
        self._split: Split | None = None
        self.painter.edited.connect(self.edited)
        self.painter.said.connect(self.said)
        self.painter.settled.connect(self.settled)
        self.opening.chosen.connect(self.edited)
        panel.file_requested.connect(self._on_file_requested)

    def paint_in(self, fit: FitView) -> None:
        """Take the strokes that are made in a view, and show there what has been painted."""
        fit.dabbed.connect(self._on_dabbed)
        fit.stroke_ended.connect(self.painter.flush)
        fit.cleared.connect(self.painter.clear)
        fit.class_named.connect(self._on_class_named)
        self.painter.drawn.connect(fit.show_points)
        fit.show_points(self.painter.points)

    def follow(self, experiment: Experiment) -> None:
        """Another experiment is open."""
        self._experiment = experiment
        self.painter.follow(experiment)

    def show_data(self, split: Split | None) -> None:
        """These samples are shown: painting goes on from them."""
        self._split = split

    def open_file(self, *, again: bool = False) -> None:
        """Ask for a table to learn from; `again` for other columns of the present one."""
        if self._experiment is not None:
            self.opening.ask(self._experiment, self._panel.network, again=again)

    def show_table(self, path: Path) -> None:
        """Show a table, to be learned from."""
        if self._experiment is not None:
            self.opening.show(path, self._experiment, self._panel.network)

    def _on_dabbed(self, dab: Dab) -> None:
        self.painter.touch(dab, self._split)

    def _on_class_named(self, number: int, name: str) -> None:
        self.painter.name_class(number, name, self._split)

    def _on_file_requested(self) -> None:
        self.open_file(again=True)
