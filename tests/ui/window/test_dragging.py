"""A view's picture is dragged out of the window by its handle, as an image and as a file; a click copies it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from tests.experiments import NETWORK, experiment
from workbench.export import pictures
from workbench.ui.window import dragging

COPY, NOTHING = Qt.DropAction.CopyAction, Qt.DropAction.IgnoreAction


class Target:
    """What a drag is let go over: takes the file as a file manager does, and the image as an editor does."""

    def __init__(self, window, action=COPY):
        self.action, self.images, self.files, self.contents = action, [], [], []
        self.said = []
        window.exports.said.connect(self.said.append)
        window.exports.dragging.execute = self

    def __call__(self, drag):
        data = drag.mimeData()
        self.images.append(QImage(data.imageData()))
        assert not drag.pixmap().isNull()
        assert max(drag.pixmap().width(), drag.pixmap().height()) <= 180
        assert drag.pixmap().rect().contains(drag.hotSpot())
        self.files.append(Path(data.urls()[0].toLocalFile()) if data.hasUrls() else None)
        self.contents.append(data.data("image/png").data())
        if self.files[-1] is not None:
            assert self.files[-1].read_bytes() == self.contents[-1]
        return self.action


def handle_of(window, key):
    bar = window.docks[key].bar if key in window.docks else window.centre._bars[key]
    return bar.handle


def pull(handle, far=30):
    """Press on the handle and move so far with the button held, let go there."""
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(2, 0))
    QTest.mouseMove(handle, middle + QPoint(far, far))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle + QPoint(far, far))


def test_every_view_of_a_window_has_a_handle(open_window):
    window = open_window(experiment(NETWORK))
    for key in window.views:
        assert handle_of(window, key).toolTip().startswith("Drag the picture")
    for key in ("problem", "lanes"):
        assert window.docks[key].bar.handle is None


@pytest.mark.parametrize("key", ["landscape", "loss", "race"])
def test_a_pulled_handle_carries_the_picture(window, key):
    """The picture at twice its size, of which folders get a file with the name that an export would have."""
    target = Target(window)
    view = window.views[key]
    size = pictures.size_on_screen(view) * 2
    before = view.size()
    pull(handle_of(window, key))
    (image,), (file,) = target.images, target.files
    assert (image.size(), view.size()) == (size, before)
    assert file.name == f"rosenbrock_{key}.png"
    assert QImage.fromData(target.contents[0]).size() == size
    colors = {image.pixel(x, y) for x in range(0, size.width(), 7) for y in range(0, size.height(), 7)}
    assert len(colors) > 5  # of a picture, not of a ground
    assert target.said == [f"Dragged out: {view.accessibleName()}, {size.width()} × {size.height()} pixels"]
    assert file.exists()  # the program that has it may fetch it later
    assert not handle_of(window, key).isDown()


def test_the_view_stays_where_it_is(window):
    """A drag of the handle moves no start, pans no picture and takes no dock with it."""
    Target(window)
    plot = window.views["landscape"].plot
    before, experiment_before = plot.box.viewRange(), window.document.experiment
    places = {key: dock.geometry() for key, dock in window.docks.items()}
    for key in ("landscape", "loss"):
        pull(handle_of(window, key), far=60)
    assert plot.box.viewRange() == before
    assert window.document.experiment == experiment_before
    assert {key: dock.geometry() for key, dock in window.docks.items()} == places


def test_a_click_copies_and_drags_nothing(window, qtbot):
    target = Target(window)
    QGuiApplication.clipboard().clear()
    handle = handle_of(window, "loss")
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=handle.rect().center())
    assert QGuiApplication.clipboard().image().size() == pictures.size_on_screen(window.views["loss"]) * 2
    assert target.files == []
    assert window.status.text().startswith("Copied: Loss, ")


def test_after_a_drag_the_release_is_no_click(window):
    Target(window)
    QGuiApplication.clipboard().clear()
    pull(handle_of(window, "loss"), far=11)  # still over the handle's neighbourhood
    assert QGuiApplication.clipboard().image().isNull()


def test_what_nobody_took_leaves_no_file(window):
    target = Target(window, NOTHING)
    pull(handle_of(window, "loss"))
    assert not target.files[0].exists()
    assert target.said == []


def test_the_last_files_stay_and_go_with_the_window(open_window, monkeypatch):
    monkeypatch.setattr(dragging, "_KEPT", 2)
    window = open_window()
    target = Target(window)
    for key in ("loss", "race", "loss", "gradients"):
        pull(handle_of(window, key))
    assert [file.exists() for file in target.files] == [False, False, True, True]
    assert len(set(target.files)) == 4  # one name may be there twice
    folder = target.files[-1].parent.parent
    window.close()
    assert not folder.exists()


def test_where_no_file_can_be_written_the_image_is_carried(window, monkeypatch):
    def full(*_args, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dragging, "write_bytes", full)
    target = Target(window)
    pull(handle_of(window, "loss"))
    assert target.files == [None]
    assert not target.images[0].isNull()
    assert target.contents[0].startswith(b"\x89PNG")


def test_an_empty_view_says_that_there_is_nothing(open_window):
    window = open_window(experiment(NETWORK))
    target = Target(window)
    view = window.views["landscape"]
    view.show_snapshot(window.snapshot)
    word = view.empty_word(window.snapshot)
    assert word
    window.exports.dragging.drag(view, "x.png", window)
    assert target.files == []
    assert target.said == [f"There is no picture to drag now. {word}"]


def test_a_second_drag_while_one_lasts_is_none(window):
    """Qt's own loop runs meanwhile, and the window in it."""
    held = []

    def execute(drag):
        held.append(drag)
        window.exports.dragging.drag(window.views["race"], "y.png", window)
        return COPY

    window.exports.dragging.execute = execute
    pull(handle_of(window, "loss"))
    assert len(held) == 1
    pull(handle_of(window, "loss"))
    assert len(held) == 2


def test_where_there_is_no_room_the_handle_goes_and_comes_back(window, qtbot):
    """The row is no wider for it than it was: a small screen has the window whole."""
    bar = window.docks["loss"].bar
    handle = bar.handle
    assert handle.isVisible()
    least = bar.minimumSizeHint().width()
    room = handle.sizeHint().width()
    bar.resize(least, bar.height())
    qtbot.waitUntil(handle.isHidden)
    assert bar.minimumSizeHint().width() == least
    bar.resize(least + room // 2, bar.height())
    assert handle.isHidden()
    bar.resize(least + room + 8, bar.height())  # the title comes first
    assert handle.isHidden()
    bar.resize(least + room + 88, bar.height())
    qtbot.waitUntil(lambda: not handle.isHidden())
    assert bar.minimumSizeHint().width() == least
