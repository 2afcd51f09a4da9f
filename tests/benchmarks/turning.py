"""Frames a second while a surface in space is turned, against painting it in flat pieces.

    python tests/benchmarks/turning.py [EXAMPLE] [--frames 60] [--size 1280x800]

The real window with the surface in front is turned by a few pixels a frame, and painted. Prints the milliseconds of
the window's thread a frame, all of it and what finding the picture takes, the frames a second that this leaves, and
the milliseconds that flat pieces, as pictures of vectors have them, would take on pixels, for some sizes of the grid.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage, QPainter

from workbench import app
from workbench.experiment import files
from workbench.resources import resource
from workbench.ui.plotting import block as blocks
from workbench.ui.plotting.block_item import BlockPainter
from workbench.ui.views.surface.view import SurfaceView
from workbench.ui.window.main_window import MainWindow


def timed(frames: int, frame: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds of this thread, and of the clock, a frame: medians."""
    spent, took = [], []
    for _ in range(frames):
        began, used = time.perf_counter(), time.thread_time()
        frame()
        spent.append(time.thread_time() - used)
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(spent), 1000 * statistics.median(took)


def opened(example: str, width: int, height: int) -> tuple[MainWindow, SurfaceView]:
    """The real window after 1,500 steps, with the surface in front."""
    window = MainWindow(files.read(resource(f"examples/{example}.toml")))
    window.remembers_layout = window.files.asks_before_losing = False
    window.resize(width, height)
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    window.centre.bring("surface")
    window.worker.seek(1500)
    app.wait_for(lambda: window.snapshot is not None and window.snapshot.step == 1500)
    app.settle(window)
    view = window.views["surface"]
    assert isinstance(view, SurfaceView)
    return window, view


def turn(view: SurfaceView) -> None:
    view.turned_by(4.0, 0.0)
    view.plot.viewport().repaint()


def find(view: SurfaceView, finder: BlockPainter) -> None:
    """What is seen alone, without a stroke of the painter."""
    view.camera = view.camera.turned(3.0, 0.0)
    assert view._block is not None
    finder.look(view._block, view._sight)


def paint_pieces(view: SurfaceView) -> None:
    """The block in flat pieces, as pictures of vectors have it, on pixels."""
    sight, block = view._sight, view._block
    assert block is not None
    image = QImage(int(sight.width), int(sight.height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    view.item._quads = None
    view.item._paint_pieces(painter, painter.worldTransform(), block, sight)
    painter.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("example", nargs="?", default="banana_race")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--size", default="1280x800")
    options = parser.parse_args()
    app.make_application()
    window, view = opened(options.example, *map(int, options.size.split("x")))
    print(f"the surface has {view._sight.width:.0f} x {view._sight.height:.0f} pixels")
    spent, took = timed(options.frames, lambda: turn(view))
    print(f"turned: {spent:.1f} ms of the thread a frame, {took:.1f} ms by the clock, {1000 / took:.0f} frames/s")
    finder = BlockPainter()
    spent, took = timed(options.frames, lambda: find(view, finder))
    print(f"of that, finding what is seen: {spent:.1f} ms, {took:.1f} by the clock")
    spent, took = timed(1, lambda: view.painter.finish(1.01))
    print(f"the fine picture, in one go: {spent:.0f} ms")
    for side in (32, 48, 64, 96):
        blocks.QUADS = side
        spent, took = timed(3, lambda: paint_pieces(view))
        print(f"flat pieces, {side} x {side}: {spent:.0f} ms, {took:.0f} by the clock")
    window.close()
    QCoreApplication.processEvents()


if __name__ == "__main__":
    main()
