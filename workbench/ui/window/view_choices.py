"""How views look: from the experiment to the views, and from a view's control to the experiment."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.engine.params import Value
from workbench.experiment import view_options
from workbench.experiment.experiment import Experiment, replace
from workbench.live.document import Document
from workbench.ui.views.shared.base import View
from workbench.ui.window.view_set import ViewSet


class ViewChoices(QObject):
    """Makes a control that was moved an edit of the document, and has every view look as the open experiment says.

    Such an edit can be undone as any other, and leaves the race as it is.
    """

    def __init__(self, parent: QObject, *, document: Document, views: ViewSet) -> None:
        super().__init__(parent)
        self._document, self._views = document, views
        self._new_race_comes = False
        document.changed.connect(self.show_experiment)
        views.when_made(self._follow)

    def _follow(self, view: View) -> None:
        view.option_edited.connect(self._on_option_edited)
        view.set_options(view_options.options(self._document.experiment.view, view.key))

    def begin_anew(self, same_race: bool) -> None:
        """A file is about to be opened: where its race is another, no view draws the one before as that file says."""
        self._new_race_comes = not same_race

    def show_experiment(self, experiment: Experiment) -> None:
        """Have the views look as an experiment says."""
        drawn, self._new_race_comes = not self._new_race_comes, False
        for key, view in self._views.made.items():
            view.set_options(view_options.options(experiment.view, key), drawn=drawn)

    def _on_option_edited(self, name: str, value: Value) -> None:
        view = self.sender()
        if isinstance(view, View):
            experiment = self._document.experiment
            edited = view_options.edited(experiment.view, view.key, name, value)
            self._document.replace(replace(experiment, view=edited), f"view.{view.key}.{name}")
