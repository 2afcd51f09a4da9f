"""What a person does in the window: chooses, writes, moves the mouse, undoes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench import app


def choose(field, key):
    """Choose a word in a combo box as a person does."""
    field.setCurrentIndex(field.findData(key))
    field.activated.emit(field.currentIndex())


def write(qtbot, edit, text):
    """Write another text into a line and press Return."""
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def mouse(view, kind, at, button=Qt.MouseButton.LeftButton, held=Qt.MouseButton.LeftButton):
    """One mouse event in a plot's viewport."""
    viewport = view.plot.viewport()
    point = QPointF(view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(*at))))
    event = QMouseEvent(kind, point, viewport.mapToGlobal(point), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, event)


def drag(view, *points):
    """Press at the first point, move through the others, release at the last; not before the picture is whole."""
    no = Qt.MouseButton.NoButton
    app.wait_for(lambda: view.snapshot is not None and view.has_what_it_demands(view.snapshot), 10)
    view.finish()
    QTest.qWait(20)  # what came last gives the plot its place: a colour bar beside it
    mouse(view, QEvent.Type.MouseMove, points[0], no, no)
    mouse(view, QEvent.Type.MouseButtonPress, points[0])
    for point in points[1:]:
        QTest.qWait(12)  # plots look at a hundred moves a second at most
        mouse(view, QEvent.Type.MouseMove, point, no)
    mouse(view, QEvent.Type.MouseButtonRelease, points[-1], held=no)


def drop(window, path):
    """Drag a file over the middle and let it go there; whether the window would have it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPoint(400, 400), *rest)
    QApplication.sendEvent(window.views["landscape"].plot.viewport(), entering)
    if entering.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(400, 400), *rest))
    return entering.isAccepted()


def undone(window, before):
    """Undo gives the value before, redo the value after, and panels show them."""
    after = window.document.experiment
    assert after != before
    window.menus.undo.trigger()
    assert window.document.experiment == before
    window.menus.redo.trigger()
    assert window.document.experiment == after
    window.menus.undo.trigger()
    assert window.lanes_panel.experiment == window.problem_panel.experiment == before
