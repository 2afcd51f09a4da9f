"""What the views of any race show, as tables: how lanes stand, rates, quantities, gradients, paths. No Qt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.landscape import Surface
from workbench.engine.race.anatomy import Anatomy
from workbench.engine.race.beginning import joined
from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.taken_rates import taken_rates
from workbench.engine.race.trail import Trail
from workbench.export.cells import Cells, label_of, table
from workbench.export.change_words import change_column, changes_until
from workbench.export.results import history_arrays


def standings_csv(snapshot: Snapshot) -> bytes:
    """How every run stands: a row a lane and start. A run that diverged stands at the step where it did."""
    info, metrics = snapshot.info, list(snapshot.metrics)
    distances = [] if snapshot.distance is None else ["distance"]
    best = snapshot.best("test_loss")

    def rows() -> Iterator[Cells]:
        for run in range(info.runs):
            diverged = int(snapshot.diverged_at[run])
            yield [
                label_of(info, run), run, run % info.starts, snapshot.step if diverged < 0 else diverged,
                snapshot.loss[run], snapshot.gradient_norm[run],
                *([] if snapshot.distance is None else [snapshot.distance[run]]),
                *(snapshot.metrics[name][run] for name in metrics),
                *([] if best is None else [best[0][run], int(best[1][run])]), _status(snapshot, run, diverged),
            ]  # fmt: skip

    bests = [] if best is None else ["best_test_loss", "best_test_step"]
    header = ["lane", "run", "start", "step", "loss", "gradient_norm", *distances, *metrics, *bests, "status"]
    return table(header, rows())


def _status(snapshot: Snapshot, run: int, diverged: int) -> str:
    if diverged >= 0:
        return "diverged"
    if snapshot.step < snapshot.info.begins(run):
        return "not begun"
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
            for t in _rows_of(snapshot, which, steps):
                yield label_of(info, which), which, steps[t], arrays["gradient_norm"][t, which]

    def layers(which: int) -> Iterator[Cells]:
        for layer in info.network_of(which).layers:
            for t in _rows_of(snapshot, which, steps):
                yield label_of(info, which), which, layer, steps[t], arrays[f"gradient_rms/{layer}"][t, which]

    if run is None:
        return table(["lane", "run", "step", "gradient_norm"], norms())
    return table(["lane", "run", "layer", "step", "gradient_rms"], layers(run))


def _rows_of(snapshot: Snapshot, run: int, steps: list[int]) -> range:
    """Which of the recorded steps a run has: a fork begins on the way, and one that diverged ends where it did."""
    ended, begins = int(snapshot.diverged_at[run]), snapshot.info.begins(run)
    return range(bisect_left(steps, begins), len(steps) if ended < 0 else bisect_right(steps, ended))


def landscape_csv(
    snapshot: Snapshot, surface: Surface | None, curve: tuple[NDArray[Any], NDArray[Any]] | None
) -> bytes:
    """The grid of a surface, or a curve, the known minima, and the recorded path of each run with its loss there.

    Its first steps are there one by one.
    Of a network with a weight and a bias `x` is the weight and `y` the bias.
    """
    info, arrays, flat = snapshot.info, history_arrays(snapshot), snapshot.info.size == 1
    begun = {name: rows[: snapshot.step + 1] for name, rows in snapshot.history.beginning.items()}
    at, path = joined(begun.get("path"), arrays["steps"], arrays["path"])
    losses, steps = joined(begun.get("loss"), arrays["steps"], arrays["loss"])[1], at.tolist()

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
            for t in _rows_of(snapshot, run, steps):
                point = path[t, run]
                yield (
                    "path", label_of(info, run), run, steps[t], point[0], None if flat else point[1],
                    losses[t, run],
                )  # fmt: skip

    return table(["part", "lane", "run", "step", "x", "y", "loss"], rows())


def trail_csv(snapshot: Snapshot, trail: Trail) -> bytes:
    """The last steps of a run: a row a step, in columns the point, the gradient, each named quantity and the update.

    A quantity that has a number for each parameter has a column for each one shown, as `m[0]`, and where not all are
    shown one for its length, as `norm(m)`. `step_size` is how far the step moved the whole point.
    """
    all_shown = len(trail.coordinates) == snapshot.info.network_of(trail.run).size
    header, columns = ["lane", "run", "step"], []
    for (origin, name, _), values, norms in zip(trail.columns, trail.values, trail.norms, strict=True):
        shown = name if origin != "line" or name != "x" else "x_after"
        single = values.shape[1] == 1 and len(trail.coordinates) != 1
        for at in range(values.shape[1]):
            header.append(shown if single else f"{shown}[{trail.coordinates[at]}]")
            columns.append(values[:, at])
        if not all_shown and origin != "setting" and name not in ("learning_rate", "t"):
            header.append(f"norm({shown})")
            columns.append(norms)

    def rows() -> Iterator[Cells]:
        for row, step in enumerate(trail.steps.tolist()):
            yield (
                label_of(snapshot.info, trail.run), trail.run, step, *(column[row] for column in columns),
                trail.shifts[row],
            )  # fmt: skip

    return table([*header, "step_size"], rows())


def step_csv(snapshot: Snapshot, found: Anatomy) -> bytes:
    """The step that a run takes next: a row a named quantity and parameter shown, and one for its length.

    `step` is the number of the step, `part` where the quantity comes from: `given`, `setting`, `state`, `line`, `stage`
    or `update`, how far the point moves. `parameter` is empty where a quantity is one number for the run, and where
    `number` is `norm`, the length over all parameters.
    """

    def rows() -> Iterator[Cells]:
        size = snapshot.info.network_of(found.run).size
        head = [label_of(snapshot.info, found.run), found.run, found.step + 1]
        for place, quantity in enumerate(found.quantities, start=1):
            about = [*head, place, quantity.origin, quantity.name, quantity.text if quantity.origin == "line" else None]
            single = quantity.size == 1 < size
            if quantity.size in (1, size):
                for parameter, value in zip([None] if single else found.coordinates, quantity.values, strict=True):
                    yield *about, "value", parameter, value
            if quantity.size > 1:
                yield *about, "norm", None, quantity.norm
        about = [*head, len(found.quantities) + 1, "update", "update", None]
        for parameter, value in zip(found.coordinates, found.after - found.point, strict=True):
            yield *about, "value", parameter, value
        yield *about, "norm", None, found.shift

    return table(["lane", "run", "step", "place", "part", "name", "line", "number", "parameter", "value"], rows())


# A quantity against the step


def rates_csv(snapshot: Snapshot) -> bytes:
    """The rate that each step took; a diverged run ends where it did."""
    steps, rates = taken_rates(snapshot, len(snapshot.history.steps) + 1)
    kept = np.append(np.diff(steps) > 0, True)  # the start stands in two rows
    return _by_step(snapshot, steps[kept], rates[kept], "learning_rate")


def course_csv(snapshot: Snapshot, values: NDArray[Any], name: str) -> bytes:
    """A quantity (T, R) at the recorded steps up to the present one; a diverged run ends where it did."""
    count = int(np.searchsorted(snapshot.history.steps, snapshot.step, side="right"))
    return _by_step(snapshot, snapshot.history.steps[:count], values[:count], name)


def _by_step(snapshot: Snapshot, steps: NDArray[Any], values: NDArray[Any], name: str) -> bytes:
    changes, at = changes_until(snapshot), steps.astype(int).tolist()

    def rows() -> Iterator[Cells]:
        for run in range(snapshot.info.runs):
            lane = snapshot.info.lanes[run // snapshot.info.starts]
            told = change_column(changes, run // snapshot.info.starts, at)
            for step, value, cell in zip(at, values[:, run].tolist(), told, strict=True):
                if np.isfinite(value):
                    yield [lane.index, lane.label, run, step, value, *([cell] if changes else [])]

    return table(["lane", "label", "run", "step", name, *(["change"] if changes else [])], rows())
