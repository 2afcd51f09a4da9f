"""Tables of cells as files: what the tables of all views are written with. No Qt."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

import numpy as np

from workbench.engine.race.snapshot import RaceInfo

Cells = Sequence[object]


def table(header: Sequence[str], rows: Iterable[Cells]) -> bytes:
    """A CSV file: UTF-8, commas, numbers that read back exactly, nothing where there is no number."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


def _cell(value: object) -> str:
    if isinstance(value, (float, np.floating)):
        return "" if math.isnan(value) else repr(float(value))
    return "" if value is None else str(value)


def label_of(info: RaceInfo, run: int) -> str:
    """The name of a run's lane."""
    return info.lanes[min(run // info.starts, len(info.lanes) - 1)].label
