"""The pictures of the edge of trainability in docs/maps.md: the whole map, and four flights into its edge.

    python -m tests.edge_pictures [--side 256]

Each flight goes into a square a sixth of the map wide that is found by the program, `edge_in`: nobody chooses it by
hand, so that the same call finds the same places and writes the same pictures.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.resources import resource
from workbench.studies.map_cells import axes_of
from workbench.studies.map_picture import MapPicture, MapRequest
from workbench.studies.map_requests import requests_of, text_of
from workbench.studies.map_wanted import Wanted, written
from workbench.studies.map_worker import MapWorker

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
_SHARE, _LENGTH, _FLIGHTS, _SIZE = 6, 3.0, 4, (480, 420)


def computed(experiment: Experiment, request: MapRequest) -> MapPicture:
    """The whole map."""
    worker = MapWorker(lambda: None)
    try:
        worker.ask("map", text_of(experiment, 0, request), request)
        while worker.busy("map"):
            time.sleep(0.05)
        return worker.pictures["map"]
    finally:
        worker.close()


def edge_in(picture: MapPicture) -> str:
    """The square whose edge is some three times its width, of those the one nearest half diverged, as an option.

    A longer edge would be that of dust, a shorter one no more than a line.
    """
    diverged = picture.values["diverged_at"] >= 0
    edge = np.zeros(diverged.shape)
    edge[:, 1:] += diverged[:, 1:] != diverged[:, :-1]
    edge[1:] += diverged[1:] != diverged[:-1]
    width = picture.side // _SHARE

    def sums(cells: Any) -> Any:
        whole = np.pad(np.asarray(cells, np.float64), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        return whole[width:, width:] - whole[:-width, width:] - whole[width:, :-width] + whole[:-width, :-width]

    share, length = sums(diverged) / width**2, sums(edge) / width
    unlike = np.abs(np.log(np.maximum(length, 0.01) / _LENGTH)) + 3.0 * np.abs(share - 0.5)
    row, column = np.unravel_index(int(unlike.argmin()), unlike.shape)
    x, y = picture.request.x, picture.request.y
    return written(*(axis.part(at / picture.side, (at + width) / picture.side) for axis, at in ((x, column), (y, row))))


def drawn(picture: MapPicture) -> bytes:
    """The map as the view draws it, without what stands around it, as a PNG."""
    # not at the top: a spawned process imports this file, and is to do without Qt
    from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt

    from workbench.app import make_application
    from workbench.export.pictures import picture_bytes
    from workbench.ui.style import theme as themes
    from workbench.ui.views.map.pane import MapPane
    from workbench.ui.views.map.shades import shades

    themes.apply(make_application(), themes.LIGHT)
    pane = MapPane(None, lambda *_: "")
    pane.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    pane.resize(QSize(*_SIZE))
    pane.show()
    pane.set_theme(themes.LIGHT)
    scale = shades("loss", [picture])
    pane.show_picture(picture, scale, themes.LIGHT, strips=False, contours=False, bar="loss")
    QCoreApplication.processEvents()
    try:
        return picture_bytes(pane, "png", QSize(*_SIZE))
    finally:  # here and now: the threads of the next map may collect garbage, and no other thread may end a widget
        pane.close()
        pane.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=256)
    side = parser.parse_args().side
    experiment, part = files.read(resource("examples/edge_of_trainability.toml")), ""
    axes, chosen = {0: axes_of(experiment, 0)}, experiment.view["map"]
    for number in range(_FLIGHTS + 1):
        wanted = Wanted((0,), str(chosen["x"]), str(chosen["y"]), part, side, 0)
        ((_, request),) = requests_of(experiment, wanted, axes)
        picture = computed(experiment, request)
        (PICTURES / f"edge-{number}.png").write_bytes(drawn(picture))
        diverged = 100 * (picture.values["diverged_at"] >= 0).mean()
        print(f"edge-{number}.png: {part or 'the whole map'}; {diverged:.0f} % diverged", flush=True)
        part = edge_in(picture)


if __name__ == "__main__":
    main()
