"""What the views of a race show, as tables: how lanes stand, gradients, paths over a landscape. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from workbench.engine.objectives.landscape import Surface
from workbench.engine.race.snapshot import Snapshot
from workbench.export.tables import history_arrays
from workbench.export.view_tables import Cells, label_of, table


def standings_csv(snapshot: Snapshot) -> bytes:
    """How every run stands: a row a lane and start. A run that diverged stands at the step where it did."""
    info, metrics = snapshot.info, list(snapshot.metrics)
    distances = [] if snapshot.distance is None else ["distance"]

    def rows() -> Iterator[Cells]:
        for run in range(info.runs):
            diverged = int(snapshot.diverged_at[run])
            yield [
                label_of(info, run), run, run % info.starts, snapshot.step if diverged < 0 else diverged,
                snapshot.loss[run], snapshot.gradient_norm[run],
                *([] if snapshot.distance is None else [snapshot.distance[run]]),
                *(snapshot.metrics[name][run] for name in metrics), _status(snapshot, diverged),
            ]  # fmt: skip

    header = ["lane", "run", "start", "step", "loss", "gradient_norm", *distances, *metrics, "status"]
    return table(header, rows())


def _status(snapshot: Snapshot, diverged: int) -> str:
    if diverged >= 0:
        return "diverged"
    if snapshot.finished:
        return "finished"
    if snapshot.target is not None:
        return "going"
    return "running" if snapshot.running else "paused" if snapshot.step else "ready"


def gradients_csv(snapshot: Snapshot, run: int | None = None) -> bytes:
    """The norm of the gradient of every run at each recorded step; of one `run` of a network that of each layer."""
    info, arrays = snapshot.info, history_arrays(snapshot)
    steps = arrays["steps"].tolist()

    def norms() -> Iterator[Cells]:
        for which in range(info.runs):
            for t in range(_length(snapshot, which, steps)):
                yield label_of(info, which), which, steps[t], arrays["gradient_norm"][t, which]

    def layers(which: int) -> Iterator[Cells]:
        for layer in info.layers:
            for t in range(_length(snapshot, which, steps)):
                yield label_of(info, which), which, layer, steps[t], arrays[f"gradient_rms/{layer}"][t, which]

    if run is None:
        return table(["lane", "run", "step", "gradient_norm"], norms())
    return table(["lane", "run", "layer", "step", "gradient_rms"], layers(run))


def _length(snapshot: Snapshot, run: int, steps: list[int]) -> int:
    """How many of the recorded steps a run has: one that diverged ends where it did."""
    ended = int(snapshot.diverged_at[run])
    return len(steps) if ended < 0 else sum(step <= ended for step in steps)


def landscape_csv(
    snapshot: Snapshot, surface: Surface | None, curve: tuple[NDArray[Any], NDArray[Any]] | None
) -> bytes:
    """The grid of a surface, or a curve, the known minima, and the recorded path of each run with its loss there.

    Of a network with a weight and a bias `x` is the weight and `y` the bias.
    """
    info, arrays = snapshot.info, history_arrays(snapshot)
    steps, flat = arrays["steps"].tolist(), info.size == 1

    def rows() -> Iterator[Cells]:
        if flat and curve is not None:
            for x, value in zip(*curve, strict=True):
                yield "curve", None, None, None, x, None, value
        elif surface is not None:
            for j, y in enumerate(surface.y):
                for i, x in enumerate(surface.x):
                    yield "surface", None, None, None, x, y, surface.values[j, i]
        for point in [] if info.minima is None or flat else info.minima:
            yield "minimum", None, None, None, point[0], point[1], None
        for run in range(info.runs):
            for t in range(_length(snapshot, run, steps)):
                point = arrays["path"][t, run]
                yield (
                    "path", label_of(info, run), run, steps[t], point[0], None if flat else point[1],
                    arrays["loss"][t, run],
                )  # fmt: skip

    return table(["part", "lane", "run", "step", "x", "y", "loss"], rows())
