"""Ctrl+C: the picture under the mouse goes to the clipboard, at twice its size; Ctrl+Shift+C: its numbers."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import TypeGuard

from PySide6.QtCore import QMimeData, QObject, QSize, QThread, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from workbench.export.pictures import is_prepared, picture_image, size_on_screen
from workbench.ui.views.shared.base import Table, View
from workbench.ui.window.view_set import ViewSet
from workbench.ui.words.text import grouped

_SCALE = 2  # a document shows a picture finer than the screen does
#: Bytes of a table on the clipboard at most: what pastes it would stand still.
_MOST = 64 << 20
_LOOKS_EVERY = 30  # milliseconds
#: Pictures made in vain, of a view that shows something else before one is there, until it is copied at once.
_MOST_ROUNDS = 3


def picture_of(view: View) -> QImage:
    """The picture of a view as it stands, at twice its size, for other programs."""
    view.finish()
    return picture_image(view, _size_of(view))


def _size_of(view: View) -> QSize:
    return size_on_screen(view) * _SCALE


class _Making(QThread):
    """Makes a table of values that stay as they are, in columns apart by tabs, while the window goes on."""

    def __init__(self, made: Table, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self.name, self.text, self.rows, self.is_large = name, "", 0, False
        self._made = made

    def run(self) -> None:  # Qt's name for the body of a thread
        content = self._made()
        self.is_large = len(content) > _MOST
        if content and not self.is_large:
            lines = list(csv.reader(io.StringIO(content.decode(), newline="")))
            self.rows = len(lines) - 1
            self.text = "".join("\t".join(_plain(cell) for cell in line) + "\n" for line in lines)


def _plain(cell: str) -> str:
    """A cell without what would end it: a spreadsheet goes by tabs and lines alone."""
    return " ".join(cell.split()) if any(sign in cell for sign in "\t\r\n") else cell


class Copying(QObject):
    """Copies a view as it stands."""

    #: a sentence on what was copied
    said = Signal(str)

    def __init__(self, parent: QObject, *, views: ViewSet, front: QWidget) -> None:
        """`front` holds the view that is copied where the mouse is over none."""
        super().__init__(parent)
        self._views, self._front = views, front
        self._making: _Making | None = None
        self._awaited: View | None = None  # its picture is being made, for the so-manieth time
        self._rounds = 0
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOKS_EVERY)
        self._looking.timeout.connect(self._look)

    def copy_table(self) -> None:
        """Copy the numbers of the view that `copy` would take, as its CSV has them; made in a thread."""
        view = self._meant()
        if view is None or view.snapshot is None or self._making is not None:
            return
        word = view.empty_word(view.snapshot)
        if word:
            self.said.emit(self.tr("There is nothing to copy now. {}").format(word))
            return
        from workbench.export import results

        made = view.data_csv() or partial(results.csv_bytes, view.snapshot)
        self._making = _Making(made, view.accessibleName(), self)
        self._making.finished.connect(self._on_made)
        self._making.start()

    def finish(self) -> None:
        """Wait until what is being made has been: the window goes."""
        self._looking.stop()
        if self._making is not None:
            self._making.wait()

    def _on_made(self) -> None:
        making, self._making = self._making, None
        if making is None:
            return
        making.wait()
        making.deleteLater()
        if making.is_large:
            self.said.emit(
                self.tr("{}: the table is too large for the clipboard; export it as CSV").format(making.name)
            )
        elif not making.text:
            self.said.emit(self.tr("{}: the view shows no numbers now").format(making.name))
        else:
            QGuiApplication.clipboard().setText(making.text)
            self.said.emit(self.tr("Copied: {}, {} rows as text").format(making.name, grouped(making.rows)))

    def copy(self) -> None:
        """Copy the view under the mouse, else the one that has the focus, else the one in front."""
        view = self._meant()
        if view is not None:
            self.copy_view(view)

    def copy_view(self, view: View) -> None:
        """Copy this view; what takes long of its picture is made beside the window's frames before."""
        if view is not self._awaited:  # else it is on its way
            self._awaited, self._rounds = view, 0
            self._proceed()
            if self._awaited is not None:
                self._looking.start()
                self.said.emit(self.tr("The picture to be copied is being made …"))

    def _look(self) -> None:
        if self._awaited is None or not self._awaited.is_preparing:
            self._proceed()

    def _proceed(self) -> None:
        """Copy the view, if nothing is left that takes long, or there was something again and again."""
        view, self._rounds = self._awaited, self._rounds + 1
        if self._can_copy(view):
            if self._rounds <= _MOST_ROUNDS and not is_prepared(view, _size_of(view)):
                return
            self._copy_now(view)
        self._awaited = None
        self._looking.stop()

    def _can_copy(self, view: View | None) -> TypeGuard[View]:
        if view is None or view.snapshot is None:
            return False
        word = view.empty_word(view.snapshot)
        if word:
            self.said.emit(self.tr("There is nothing to copy now. {}").format(word))
        return not word

    def _copy_now(self, view: View) -> None:
        image = picture_of(view)
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
