"""Figures and films from the window: each is made by a process of its own. What asks for them is loaded when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.live.document import Document
from workbench.ui.window.centre import Centre

if TYPE_CHECKING:  # loaded with the first of each
    from workbench.ui.window.figures import Figures
    from workbench.ui.window.filming import Filming


class Making(QObject):
    """Owns both flows, which are made when they are first asked for."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, *, document: Document, centre: Centre) -> None:
        super().__init__(window)
        self._window, self._document, self._centre = window, document, centre
        self._snapshot: Snapshot | None = None
        self._filming: Filming | None = None
        self._figures: Figures | None = None

    @property
    def filming(self) -> Filming:
        """What makes films."""
        if self._filming is None:
            from workbench.ui.window.filming import Filming

            self._filming = Filming(self._window, document=self._document, centre=self._centre)
            self._follow(self._filming)
        return self._filming

    @property
    def figures(self) -> Figures:
        """What makes figures."""
        if self._figures is None:
            from workbench.ui.window.figures import Figures

            self._figures = Figures(self._window, document=self._document, centre=self._centre)
            self._follow(self._figures)
        return self._figures

    def _follow(self, flow: Filming | Figures) -> None:
        flow.said.connect(self.said)
        flow.failed.connect(self.failed)
        if self._snapshot is not None:
            flow.show_snapshot(self._snapshot)

    @property
    def _made(self) -> list[Filming | Figures]:
        return [flow for flow in (self._filming, self._figures) if flow is not None]

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know the race, its views and where it stands."""
        self._snapshot = snapshot
        for flow in self._made:
            flow.show_snapshot(snapshot)

    def ask_film(self) -> None:
        """Ask what film is wanted."""
        self.filming.ask()

    def ask_figure(self) -> None:
        """Ask what figure is wanted."""
        self.figures.ask()

    def shut_down(self) -> None:
        """The window goes: what is not whole does, too."""
        for flow in self._made:
            flow.shut_down()
