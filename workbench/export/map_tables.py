"""The cells of a map as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from workbench.export.cells import table
from workbench.studies.map_picture import MapPicture


def map_csv(pictures: Sequence[tuple[str, MapPicture]]) -> bytes:
    """A row a cell that was measured itself: its lane and settings, and what came of its run."""
    first = pictures[0][1].request
    header = [
        "lane",
        first.x.key,
        first.y.key,
        *(key for key, _ in first.through),
        "loss",
        "gap",
        "best_loss",
        "steps_to_tolerance",
        "minimum",
        "diverged_at",
    ]
    keys = [key for key, _ in first.through]
    return table(header, (row for label, picture in pictures for row in _rows(label, picture, keys)))


def _rows(label: str, picture: MapPicture, through: Sequence[str]) -> Iterator[list[object]]:
    request, values = picture.request, picture.values
    others = [dict(request.through).get(key) for key in through]
    x, y = request.x.values(picture.side).tolist(), request.y.values(picture.side).tolist()
    gap = picture.gap()
    for row, column in np.argwhere(picture.measured).tolist():
        counts = (int(values[name][row, column]) for name in ("steps_to_target", "minimum", "diverged_at"))
        yield [
            label,
            x[column],
            y[row],
            *others,
            float(values["loss"][row, column]),
            None if picture.lowest is None else float(gap[row, column]),
            float(values["best"][row, column]),
            *(None if count < 0 else count for count in counts),
        ]
