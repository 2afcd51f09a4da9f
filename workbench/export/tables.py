"""A race as data: rows for spreadsheets, arrays for programs, a summary for both. No Qt."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export.change_words import change_column, change_rows, changes_until

Arrays = dict[str, NDArray[Any]]


def history_arrays(snapshot: Snapshot) -> Arrays:
    """The recorded rows, and the present state as the last one where it is not among them.

    Gives `steps` (T,), `loss` and `gradient_norm` (T, R), for an objective `path` (T, R, D), for a network
    `gradient_rms/<layer>`, `update_ratio/<layer>` and each metric (T, R). What was not evaluated, or lies behind a
    run's divergence, is not-a-number.
    """
    history, info = snapshot.history, snapshot.info
    keep = history.steps <= snapshot.step
    rows = {name: values[keep] for name, values in history.values.items() if name != "rate"}
    steps = history.steps[keep]
    if not len(steps) or steps[-1] < snapshot.step:
        steps = np.append(steps, snapshot.step)
        rows = {name: np.concatenate([values, _now(snapshot, name)[None]]) for name, values in rows.items()}
    arrays: Arrays = {"steps": steps, "loss": rows["loss"], "gradient_norm": rows["gradient_norm"]}
    if "path" in rows:
        arrays["path"] = rows["path"]
    for name in ("gradient_rms", "update_ratio"):
        if name in rows:
            for i, layer in enumerate(info.layers):
                arrays[f"{name}/{layer}"] = rows[name][:, :, i]
    arrays |= _metric_arrays(snapshot, steps)
    return arrays


def _now(snapshot: Snapshot, name: str) -> NDArray[Any]:
    """The present state's value of a channel, not-a-number for runs that diverged before it."""
    gone = (snapshot.diverged_at >= 0) & (snapshot.diverged_at < snapshot.step)
    if name == "path":
        return snapshot.theta
    if name == "update_ratio":
        return np.full_like(snapshot.gradient_rms, np.nan)
    value: NDArray[Any] = getattr(snapshot, name)
    mask = gone if value.ndim == 1 else gone[:, None]
    return np.where(mask, np.nan, value)


def _metric_arrays(snapshot: Snapshot, steps: NDArray[Any]) -> Arrays:
    """Each metric on the rows of the history (T, R), not-a-number at steps where it was not evaluated."""
    found = snapshot.evaluations
    if found is None:
        return {}
    at = {int(step): i for i, step in enumerate(found.steps * snapshot.evaluate_every)}
    rows = np.array([at.get(int(step), -1) for step in steps])
    arrays: Arrays = {}
    for name, values in found.values.items():
        column = np.full((len(steps), snapshot.info.runs), np.nan)
        column[rows >= 0] = values[rows[rows >= 0]]
        if int(snapshot.step) not in at and name in snapshot.metrics and snapshot.metrics_step == snapshot.step:
            column[-1] = snapshot.metrics[name]
        arrays[name] = column
    return arrays


def csv_columns(info: RaceInfo, arrays: Mapping[str, NDArray[Any]]) -> list[tuple[str, NDArray[Any]]]:
    """The columns behind `lane,label,run,step`, each (T, R), in the order of the file."""
    columns = [("loss", arrays["loss"]), ("gradient_norm", arrays["gradient_norm"])]
    if info.kind == "objective":
        columns += [(f"x{i}", arrays["path"][:, :, i]) for i in range(info.size)]
        return columns
    columns.append(("epoch", np.repeat((arrays["steps"] / info.steps_per_epoch)[:, None], info.runs, axis=1)))
    columns += [(name, arrays[name]) for name in _METRICS if name in arrays]
    for name in ("gradient_rms", "update_ratio"):
        columns += [(f"{name}.{layer}", arrays[f"{name}/{layer}"]) for layer in info.layers]
    return columns


_METRICS = ("test_loss", "accuracy", "test_accuracy", "train_loss")


def csv_rows(snapshot: Snapshot) -> Iterator[list[str]]:
    """The header, then a row a lane, start and step; a diverged run ends with the step at which it did.

    Where settings were changed on the way, a last column says at which row, and from what to what.
    """
    info, arrays = snapshot.info, history_arrays(snapshot)
    columns = csv_columns(info, arrays)
    steps, changes = arrays["steps"].tolist(), changes_until(snapshot)
    yield ["lane", "label", "run", "step", *(name for name, _ in columns), *(["change"] if changes else [])]
    for run in range(info.runs):
        lane = info.lanes[run // info.starts]
        ended = int(snapshot.diverged_at[run])
        values = [column[:, run].tolist() for _, column in columns]
        told = [[cell] for cell in change_column(changes, run // info.starts, steps)] if changes else [[]] * len(steps)
        for t, step in enumerate(steps):
            if 0 <= ended < step:
                break
            yield [str(lane.index), lane.label, str(run), str(step), *(_text(column[t]) for column in values), *told[t]]


def _text(value: float) -> str:
    """A number that reads back exactly; nothing where there is none."""
    return "" if math.isnan(value) else repr(value)


def csv_bytes(snapshot: Snapshot) -> bytes:
    """`history.csv` as it is written: UTF-8, commas, floats in full precision."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(csv_rows(snapshot))
    return buffer.getvalue().encode()


def npz_bytes(snapshot: Snapshot, race: Race) -> bytes:
    """`history.npz`: the arrays of `history_arrays`, for a network also its weights and the data. No pickles."""
    arrays = history_arrays(snapshot)
    problem = race.problem
    if isinstance(problem, NetworkProblem):
        arrays.pop("path", None)
        for when, theta in (("initial", problem.initial()), ("final", snapshot.theta)):
            for block in problem.network.blocks:
                arrays[f"{when}/{block.name}/weight"] = block.weight(theta)
                arrays[f"{when}/{block.name}/bias"] = block.bias(theta)[:, 0]
                if block.batch_norm:
                    arrays[f"{when}/{block.name}/scale"] = block.scale(theta)[:, 0]
        arrays |= _running_averages(problem)
        arrays |= {name: getattr(problem, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _running_averages(problem: NetworkProblem) -> Arrays:
    """Of each normalised layer `final/<layer>/running_mean` and `/running_variance` (R, n): those it is judged by."""
    arrays: Arrays = {}
    means, variances = np.split(problem.running, 2, axis=1)
    for block, place in zip(problem.network.blocks, problem.network.normalised, strict=True):
        if place is not None:
            arrays[f"final/{block.name}/running_mean"] = means[:, place]
            arrays[f"final/{block.name}/running_variance"] = variances[:, place]
    return arrays


def summary(snapshot: Snapshot, seconds: float) -> dict[str, Any]:
    """How each run ended; numbers that are none (infinite, unknown) are null."""
    info = snapshot.info
    best = snapshot.history.low["loss"] if len(snapshot.history.steps) else snapshot.loss[None]
    runs = []
    for run in range(info.runs):
        lane = info.lanes[run // info.starts]
        diverged = int(snapshot.diverged_at[run])
        seen = np.append(best[:, run], snapshot.loss[run] if diverged < 0 else np.nan)
        seen = seen[np.isfinite(seen)]
        status = "diverged" if diverged >= 0 else "finished" if snapshot.finished else "stopped"
        row: dict[str, Any] = {
            "lane": lane.index,
            "label": lane.label,
            "optimizer": lane.optimizer,
            "run": run,
            "start": run % info.starts,
            "draw": lane.draw,
            "status": status,
            "steps": diverged if diverged >= 0 else snapshot.step,
            "final_loss": _number(snapshot.loss[run]),
            "best_loss": _number(seen.min()) if len(seen) else None,
            "distance": None if snapshot.distance is None else _number(snapshot.distance[run]),
            "seconds": seconds,
        }
        if info.tolerance is not None:
            row["steps_to_tolerance"] = int(reached) if (reached := snapshot.reached_at[run]) >= 0 else None
        if info.kind == "objective":
            row["stays"] = _stays(snapshot, run)
            row["point"] = [_number(v) for v in snapshot.theta[run]]
        row |= {name: _number(values[run]) for name, values in snapshot.metrics.items()}
        runs.append(row)
    about: dict[str, Any] = {"format": 1, "problem": info.kind, "key": info.key, "steps": snapshot.step}
    if info.tolerance is not None:
        about |= {"tolerance": info.tolerance, "measure": info.measure}
    return {**about, "changes": change_rows(snapshot), "runs": runs}


def _stays(snapshot: Snapshot, run: int) -> list[dict[str, Any]]:
    """The known minima that a run came to rest in, and where it was thrown out of them."""
    if snapshot.info.minima is None:
        return []
    seen = [stay.at(snapshot.step) for stay in snapshot.stays if stay.run == run]
    return [
        {
            "minimum": snapshot.info.minima[stay.minimum].tolist(),
            "reached": stay.reached,
            "left": None if stay.left < 0 else stay.left,
        }
        for stay in seen
        if stay is not None
    ]


def summary_bytes(snapshot: Snapshot, seconds: float) -> bytes:
    """`summary.json` as it is written."""
    return (json.dumps(summary(snapshot, seconds), indent=2, allow_nan=False) + "\n").encode()


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
