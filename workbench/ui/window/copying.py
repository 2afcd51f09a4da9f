"""Ctrl+C: the picture under the mouse goes to the clipboard, at twice its size; a table also as text."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from workbench.export.pictures import picture_bytes, size_on_screen
from workbench.ui.views.shared.base import View
from workbench.ui.window.view_set import ViewSet

_SCALE = 2


class Copying(QObject):
    """Copies a view as it stands."""

    #: a sentence on what was copied
    said = Signal(str)

    def __init__(self, parent: QObject, *, views: ViewSet, front: QWidget) -> None:
        """`front` holds the view that is copied where the mouse is over none."""
        super().__init__(parent)
        self._views, self._front = views, front

    def copy(self) -> None:
        """Copy the view under the mouse, else the one that has the focus, else the one in front."""
        view = self._meant()
        if view is None or view.snapshot is None:
            return
        word = view.empty_word(view.snapshot)
        if word:
            self.said.emit(self.tr("There is nothing to copy now. {}").format(word))
            return
        size = size_on_screen(view) * _SCALE
        image = QImage.fromData(picture_bytes(view, "png", size))
        data = QMimeData()
        data.setImageData(image)
        text = view.text_to_copy()
        if text:
            data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)
        told = self.tr("Copied: {}, {} × {} pixels") if not text else self.tr("Copied: {}, {} × {} pixels and as text")
        self.said.emit(told.format(view.accessibleName(), image.width(), image.height()))

    def _meant(self) -> View | None:
        seen = [view for view in self._views.made.values() if view.isVisible()]
        mouse = QCursor.pos()
        under = [view for view in seen if view.rect().contains(view.mapFromGlobal(mouse))]
        focus = QApplication.focusWidget()
        held = [view for view in seen if focus is not None and (view is focus or view.isAncestorOf(focus))]
        front = [view for view in seen if self._front.isAncestorOf(view)]
        return next(iter([*under, *held, *front]), None)
