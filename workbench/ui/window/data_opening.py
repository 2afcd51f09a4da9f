"""Opening a person's own data: the file, the dialog, and the experiment that learns from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from workbench.experiment.experiment import Experiment, NetworkSetup, replace
from workbench.ui.dialogs import files as dialogs

if TYPE_CHECKING:  # loaded when there are data to open
    from workbench.ui.dialogs.csv.dialog import CsvDialog


class DataOpening(QObject):
    """Asks for a file and for its columns; `chosen` gives the experiment with them."""

    chosen = Signal(object, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._asked: tuple[Experiment, NetworkSetup] | None = None
        self.dialog: CsvDialog | None = None

    def ask(self, experiment: Experiment, network: NetworkSetup, *, again: bool = False) -> None:
        """Open a file for this experiment, as the data of `network`; `again` begins with the file that it has."""
        present = Path(network.data.file) if network.data.file else None
        path = present if again and present else dialogs.ask_csv(self._window, present.parent if present else None)
        if path is not None:
            self.show(path, experiment, network)

    def show(self, path: Path, experiment: Experiment, network: NetworkSetup) -> None:
        """Show the dialog for a file."""
        from workbench.ui.dialogs.csv.dialog import BEGINNING, CsvDialog

        data = network.data
        given = data if data.file else replace(BEGINNING, test_fraction=data.test_fraction)
        self._asked = (experiment, network)
        self.dialog = CsvDialog(path, given, self._window)
        self.dialog.finished.connect(self._on_finished)
        self.dialog.open()

    def _on_finished(self, result: int) -> None:
        dialog, asked = self.dialog, self._asked
        self.dialog = self._asked = None
        if dialog is None or asked is None:
            return
        if result == QDialog.DialogCode.Accepted:
            from workbench.ui.panels.network.data import with_data

            experiment, network = asked
            problem = with_data(network, dialog.setup, dialog.n_in)
            self.chosen.emit(replace(experiment, problem=problem), "")
        dialog.deleteLater()
