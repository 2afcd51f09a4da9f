"""The views of a window, of which each is made when it is first seen, or first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui.views import VIEWS
from workbench.ui.views.shared.base import View
from workbench.ui.words.text import engine_text


class ViewSet(Mapping[str, View]):
    """Every view by its key, in the order of `VIEWS`. To ask for one makes it; `made` are those that there are.

    Whoever has to do with each view says so by `when_made`. To go through all of them would make them all: what is to
    be told to each is told to those made, and to the others once they are.
    """

    def __init__(self, parent: QWidget) -> None:
        """`parent` owns the views."""
        self._parent = parent
        self._entries = {entry.key: entry for entry in VIEWS}
        self._made: dict[str, View] = {}
        self._followers: list[Callable[[View], object]] = []

    def __getitem__(self, key: str) -> View:
        if key not in self._made:
            self._make(key)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries  # without making it, as a mapping would

    @property
    def made(self) -> Mapping[str, View]:
        """The views that there are, in the order of all."""
        return {key: self._made[key] for key in self._entries if key in self._made}

    def when_made(self, follow: Callable[[View], object]) -> None:
        """Call this with each view that there is, and with each other one as soon as it is made, before it is seen."""
        self._followers.append(follow)
        for view in self.made.values():
            follow(view)

    def _make(self, key: str) -> None:
        entry = self._entries[key]
        view = self._made[key] = entry.load()(self._parent)
        view.setAccessibleName(engine_text(entry.title))
        for follow in self._followers:
            follow(view)


class ViewPlace(QWidget):
    """Where a view is to be seen: empty until it comes to light, which is when the view is made."""

    #: (key): the place has come to light and is empty
    seen = Signal(str)

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self.view: View | None = None
        self.setObjectName("view")  # the same ground as the view's
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def hold(self, view: View) -> None:
        """Take the view in."""
        self.view = view
        self._layout.addWidget(view)
        view.setVisible(True)  # at once where the place is seen: a layout would do so in a moment

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self.view is None:
            self.seen.emit(self.key)
