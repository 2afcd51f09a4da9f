"""How fast the race runs: as the experiment says, as a person chose before, or so that one sees it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.experiment import view_options
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.experiment.view_options import AUTO, SPEEDS, UNLIMITED
from workbench.live.document import Document
from workbench.ui.panels.transport import TransportBar

_SECONDS = 8.0  # that a race with an end lasts at a speed at which it is seen
_SLOWEST, _FASTEST = 2, 200  # of such speeds
_ENDLESS = {True: 50, False: 100}  # on an objective, on a network


def usual(experiment: Experiment) -> str:
    """A speed at which one sees the race: it lasts some seconds, and single steps can be followed by the eye."""
    speed = float(_ENDLESS[isinstance(experiment.problem, ObjectiveSetup)])
    if experiment.steps is not None:
        speed = min(max(experiment.steps / _SECONDS, _SLOWEST), _FASTEST)
    return str(max(stop for stop in SPEEDS if stop <= speed))


class Pace(QObject):
    """Gives the transport bar the experiment's speed, and the experiment the one that is chosen there.

    An experiment that says none is run as the person last chose; a window that remembers nothing of a person runs it as
    fast as it goes.
    """

    def __init__(self, parent: QObject, *, document: Document, transport: TransportBar) -> None:
        super().__init__(parent)
        self._document, self._transport = document, transport
        self._remembers = False
        self._said = UNLIMITED
        #: the speed that the person chose last, here or before; `auto` where none was ever chosen
        self.chosen = AUTO
        document.changed.connect(self._on_changed)
        transport.speed_chosen.connect(self._on_chosen)

    def restore(self, chosen: str) -> None:
        """Know what the person chose in another window: what is no speed counts as nothing."""
        self._remembers = True
        self.chosen = chosen if chosen in view_options.GENERAL[0].choices else AUTO
        self.begin()

    def begin(self) -> None:
        """Take the speed of the open experiment: it is another one, or the window has just opened."""
        experiment = self._document.experiment
        self._said = str(view_options.options(experiment.view, "")["speed"])
        word = self._said
        if word == AUTO:
            word = self.chosen if self._remembers else UNLIMITED
        if word == AUTO:
            word = usual(experiment)
        self._transport.show_speed(None if word == UNLIMITED else int(word))

    def _on_changed(self, experiment: Experiment) -> None:
        """An edit, an undo: only one of the speed changes the speed."""
        if view_options.options(experiment.view, "")["speed"] != self._said:
            self.begin()

    def _on_chosen(self, speed: object) -> None:
        word = UNLIMITED if speed is None else str(speed)
        self.chosen = self._said = word
        experiment = self._document.experiment
        edited = view_options.edited(experiment.view, "", "speed", word)
        self._document.replace(replace(experiment, view=edited), "view.speed")
