"""A view's picture is dragged out of the window, by a handle in the row above the view."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from workbench.experiment.writing import write_bytes
from workbench.export.pictures import image_bytes
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import View
from workbench.ui.window.copying import picture_of

#: Pictures whose files stay: a program that is slow to fetch what was dropped on it finds the last ones.
_KEPT = 16
_QUICK = 70  # of a hundred: made in a third of the time, a tenth larger
_THUMB = 180  # pixels, at most, of what hangs at the mouse


class PictureHandle(QToolButton):
    """What a view's picture is dragged by. A click, which drags nothing, is a wish for the picture's copy."""

    #: the mouse went far enough to mean a drag
    dragged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(
            self.tr("Drag the picture of this view into a folder or another program; a click copies it (Ctrl+C)")
        )
        self.setAccessibleName(self.tr("Picture of this view"))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._pressed_at: QPoint | None = None

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.setIcon(themes.icon("picture", theme.text))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mousePressEvent(event)
        self._pressed_at = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        way = event.position().toPoint() - self._pressed_at
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            self.setDown(False)  # the drag takes the mouse: nobody will tell the button that it was let go
            self.dragged.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._pressed_at = None
        super().mouseReleaseEvent(event)


class Dragging(QObject):
    """Carries pictures out: as an image for programs that take one, as a file for folders and all others."""

    #: a sentence on what came of it
    said = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._files: list[Path] = []
        self._count = 0
        self._is_at_it = False
        #: has Qt drag, which takes until the picture is let go; gives what was done with it
        self.execute: Callable[[QDrag], Qt.DropAction] = _execute

    def drag(self, view: View, name: str, source: QWidget) -> None:
        """Drag the picture of a view from a widget; a folder that it is let go over gets it as the file `name`."""
        if view.snapshot is None or self._is_at_it:
            return
        word = view.empty_word(view.snapshot)
        if word:
            self.said.emit(self.tr("There is no picture to drag now. {}").format(word))
            return
        image = picture_of(view).convertToFormat(QImage.Format.Format_RGB888)  # all of it is opaque
        png = image_bytes(image, quality=_QUICK)
        file = self._file_of(png, name)
        drag = QDrag(source)
        drag.setMimeData(_data(image, png, file))
        thumb = QPixmap.fromImage(image).scaled(
            _THUMB, _THUMB, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        drag.setPixmap(thumb)
        drag.setHotSpot(QPoint(thumb.width() // 2, thumb.height() // 2))
        self._is_at_it = True  # the window lives on meanwhile
        try:
            action = self.execute(drag)
        finally:
            self._is_at_it = False
        if action == Qt.DropAction.IgnoreAction:  # nobody has it, so that nobody needs its file
            self._forget(file)
        else:
            told = self.tr("Dragged out: {}, {} × {} pixels")
            self.said.emit(told.format(view.accessibleName(), image.width(), image.height()))

    def finish(self) -> None:
        """Remove the files: the window goes."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            self._files = []

    def _file_of(self, png: bytes, name: str) -> Path | None:
        """The picture as a file, in a folder of its own, so that it has its name; None where none can be written."""
        try:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="gradient-workbench-"))
            self._count += 1
            path = self._folder / str(self._count) / name
            path.parent.mkdir()
            write_bytes(path, png, safe=False)  # it goes with the window
        except OSError:  # a program that takes images has no need of it
            return None
        self._files.append(path)
        for old in self._files[:-_KEPT]:
            self._forget(old)
        return path

    def _forget(self, file: Path | None) -> None:
        if file is not None and file in self._files:
            self._files.remove(file)
            with contextlib.suppress(OSError):  # one that is being read stays until the window goes
                file.unlink()
                file.parent.rmdir()


def _data(image: QImage, png: bytes, file: Path | None) -> QMimeData:
    data = QMimeData()
    data.setImageData(image)
    data.setData("image/png", png)  # as it is, without the change of format that Qt would offer it by
    if file is not None:
        data.setUrls([QUrl.fromLocalFile(str(file))])
    return data


def _execute(drag: QDrag) -> Qt.DropAction:
    return drag.exec(Qt.DropAction.CopyAction)
