"""Files dropped on the window: an experiment is opened, a table offered as data, a folder shown as results."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QFileInfo, QMimeData, QObject, Signal, SignalInstance
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

_EXPERIMENTS, _TABLES = (".toml",), (".csv", ".tsv", ".txt")


def _file_in(data: QMimeData) -> Path | None:
    """The one local file or folder that is carried, if it is of a kind that can be opened."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() in (*_EXPERIMENTS, *_TABLES) or _is_folder(path) else None


def _is_folder(path: Path) -> bool:
    return QFileInfo(path).isDir()  # no folder where it cannot be looked at


class DroppedFiles(QObject):
    """Takes files that are dropped anywhere on a window, while no dialog stands before it."""

    experiment_dropped = Signal(object)
    table_dropped = Signal(object)
    folder_dropped = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(event, QDragEnterEvent | QDragMoveEvent | QDropEvent):
            return False
        path = _file_in(event.mimeData())
        if path is None or QApplication.activeModalWidget() is not None:  # one thing is asked at a time
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._signal_for(path).emit(path)
        return True

    def _signal_for(self, path: Path) -> SignalInstance:
        if _is_folder(path):
            return self.folder_dropped
        return self.experiment_dropped if path.suffix.lower() in _EXPERIMENTS else self.table_dropped
