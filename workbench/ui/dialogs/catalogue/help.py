"""The catalogue's pages of what is chosen: help within the program."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from workbench.engine.datasets import datasets
from workbench.experiment.experiment import Experiment, ObjectiveSetup
from workbench.ui.dialogs.catalogue.page import PageView
from workbench.ui.dialogs.catalogue.pictures import Pictures
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.style import theme as themes


def chosen(experiment: Experiment, lane: int = -1) -> list[tuple[str, str]]:
    """The kinds and keys of what is chosen: the picked lane's optimizer first, then the problem, then the others'."""
    problem = experiment.problem
    if isinstance(problem, ObjectiveSetup):
        pages = [("objective", problem.objective)]
    else:
        pages = [("data set", problem.data.name)] if problem.data.name in datasets else []
    rules = [each.optimizer for _, each in experiment.enabled_lanes]
    if 0 <= lane < len(experiment.lanes):
        pages.insert(0, ("optimizer", experiment.lanes[lane].optimizer))
    pages += [("optimizer", key) for key in rules]
    return list(dict.fromkeys(pages))


class HelpDialog(QDialog):
    """Shows pages beside the window, which goes on."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures, self._theme = pictures, themes.LIGHT
        self._pages: list[tuple[str, str]] = []
        self.setWindowTitle(self.tr("What is chosen"))
        self.page = PageView(self)
        self.page.setAccessibleName(self.tr("Pages of the catalogue"))
        self.page.setToolTip(self.tr("What is known of what is chosen: formulas, settings and sources"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close this window (Escape)"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.page, 1)
        layout.addWidget(buttons)
        open_in(self, 560, 640)
        pictures.ready.connect(self._on_picture)

    def bring_up(self, pages: list[tuple[str, str]], theme: themes.Theme) -> None:
        """Show the pages of some (kind, key)."""
        self._pages, self._theme = pages, theme
        self.page.show_pages(pages, theme)
        for kind, key in pages:
            self._on_picture(kind, key)
        self.show()
        self.raise_()
        self.activateWindow()

    def _on_picture(self, kind: str, key: str) -> None:
        if (kind, key) in self._pages:
            image = self._pictures.get(kind, key, self._theme)
            if image is not None:
                self.page.show_picture(kind, key, image)
