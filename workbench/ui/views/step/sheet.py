"""The page of a step as a widget: it is read, copied, and points its symbols out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from workbench.engine.race.anatomy import Anatomy
from workbench.ui.style import theme as themes
from workbench.ui.views.step.page import Told, step_page
from workbench.ui.views.step.words import quantity_words

_WIDE = 560  # pixels in a picture


class StepPage(QTextBrowser):
    """The page, whose symbols say under the mouse what they are. It loads nothing and opens nothing."""

    #: (name, place in the view): the mouse is over a symbol; an empty name: over none any more
    symbol_pointed = Signal(str, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent
        self.setObjectName("notes")
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("The step, line by line"))
        self.document().setDocumentMargin(8)
        self.found: Anatomy | None = None
        self._pointed = ""

    def show_step(self, found: Anatomy, theme: themes.Theme, told: Told) -> None:
        """Write the step of a run, and stay where one has scrolled to; a line that plays is brought into sight."""
        self.found = found
        bar = self.verticalScrollBar()
        place = bar.value()
        self.setFont(themes.font())
        self.setHtml(step_page(found, theme, told))
        bar.setValue(place)
        if told.upto is not None:
            self._bring_into_sight(theme.line)

    def _bring_into_sight(self, ground: str) -> None:
        """Scroll to the paragraph that has the ground of the line that plays, with what is said of it."""
        block = self.document().firstBlock()
        while block.isValid():
            if block.blockFormat().background().color().name() == ground:
                area = self.document().documentLayout().blockBoundingRect(block)
                bar, height = self.verticalScrollBar(), self.viewport().height()
                if not bar.value() <= area.top() <= bar.value() + 0.6 * height:
                    bar.setValue(round(area.top() - 0.25 * height))
                return
            block = block.next()

    def told(self, name: str) -> str:
        """What is said of a symbol."""
        return quantity_words(self.found, name) if self.found is not None else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseMoveEvent(event)
        self._point(self.anchorAt(event.position().toPoint()), event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().leaveEvent(event)
        self._point("", QPoint())

    def _point(self, name: str, at: QPoint) -> None:
        if name != self._pointed:
            self._pointed = name
            self.symbol_pointed.emit(name, self.viewport().mapTo(self._view, at))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """Nothing from elsewhere."""
        return None

    def least_picture(self) -> QSize:
        """The room that the whole page needs."""
        copy = self.document().clone(self)
        copy.setTextWidth(_WIDE)
        found = QSize(_WIDE, round(copy.size().height()) + 8)
        copy.deleteLater()
        return found
