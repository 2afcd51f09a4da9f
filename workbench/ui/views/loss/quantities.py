"""What can stand in place of the loss, worked out from the record: f − f*, the best so far, the distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.ghosts import Ghost
from workbench.engine.race.snapshot import Snapshot

Array = NDArray[Any]

#: the quantities that follow from the record of losses and paths
COURSES = ("loss", "gap", "best", "distance")
#: Below the lowest known value by more than this share, a run has found a lower one, or left the place it is known for.
_LOWER = 1e-9


@dataclass(frozen=True, slots=True)
class Course:
    """A quantity of every run over the record.

    Attributes:
        values: at the steps of the record (T, R); `now` (R,) at the present step, nan where a run has diverged.
        low, high: the extremes over the steps that the record dropped behind each row (T, R), None where it has all.
        title: what the axis says.
        test: what is to be taken from a loss of the test set to stand beside it, None where none can.
        key: tells one record from another: rows of the same key stay as they are.
    """

    values: Array
    now: Array
    low: Array | None
    high: Array | None
    title: str
    test: float | None
    key: tuple[Any, ...]


class Courses:
    """Works out a quantity row by row: what was worked out of a record stays, and only its new rows are added."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._rows: Array = np.zeros((0, 0))

    def of(self, shown: str, snapshot: Snapshot) -> Course:
        """One of `COURSES`."""
        history = snapshot.history
        losses, key = history.values["loss"], (shown, snapshot.generation, history.token)
        dropped = history.stride > 1
        low, high = (history.low["loss"], history.high["loss"]) if dropped else (None, None)
        now = np.where(snapshot.diverged_at >= 0, np.nan, snapshot.loss)
        if shown == "best":
            rows = self._grown(key, snapshot, low if low is not None else losses)
            return Course(rows, self._best_now(snapshot, rows, now), None, None, _tr("best loss so far"), None, key)
        if shown == "distance":
            rows = self._grown(key, snapshot, None)
            apart = np.full(len(now), np.nan) if snapshot.distance is None else snapshot.distance
            there = np.where(np.isnan(now), np.nan, apart)
            return Course(rows, there, None, None, _tr("distance to the nearest minimum"), None, key)
        if shown == "gap":
            least, title = least_loss(snapshot)
            low, high = (low, high) if low is None or high is None else (_above(low, least), _above(high, least))
            return Course(_above(losses, least), _above(now, least), low, high, title, least, (*key, least))
        return Course(losses, now, low, high, _tr("loss"), 0.0, key)

    def _grown(self, key: tuple[Any, ...], snapshot: Snapshot, least: Array | None) -> Array:
        """The rows of the best loss so far, of `least` (T, R), or of the distance where there is none."""
        count = len(snapshot.history.steps)
        if key != self._key or len(self._rows) > count:
            self._key, self._rows = key, np.zeros((0, snapshot.info.runs))
        done = len(self._rows)
        if done < count:
            fresh = _distances(snapshot, done) if least is None else _best(snapshot, least, done, self._rows)
            self._rows = np.concatenate([self._rows, fresh])
        return self._rows

    @staticmethod
    def begun(course: Course, snapshot: Snapshot) -> Array:
        """Its quantity at every one of the first steps (K, R), none where each row is a step anyway."""
        shown, kept, none = course.key[0], snapshot.history.beginning, np.zeros((0, snapshot.info.runs))
        if "loss" not in kept:
            return none
        losses = np.asarray(kept["loss"], np.float64)
        if shown == "best":
            return np.where(np.isnan(losses), np.nan, np.fmin.accumulate(losses, axis=0))
        if shown == "distance":
            return _apart(kept["path"], losses, snapshot) if "path" in kept else none
        return _above(losses, least_loss(snapshot)[0]) if shown == "gap" else losses

    @staticmethod
    def _best_now(snapshot: Snapshot, rows: Array, now: Array) -> Array:
        row = int(np.searchsorted(snapshot.history.steps, snapshot.step, side="right")) - 1
        return np.where(np.isnan(now), np.nan, np.fmin(rows[row], now)) if row >= 0 else now


def _above(values: Array, least: float) -> Array:
    """How far values are above the least one; rounding takes none below it."""
    return np.asarray(np.maximum(values - least, 0.0))


def _best(snapshot: Snapshot, least: Array, done: int, before: Array) -> Array:
    """The best loss up to each row from row `done` on; a run has none once it has diverged."""
    values = snapshot.history.values["loss"][done:]
    earlier = np.full((1, values.shape[1]), np.inf) if not done else np.fmin(before[-1:], least[done - 1 : done])
    passed = np.concatenate([earlier, least[done:-1]])  # what was dropped behind a row comes after it
    best = np.fmin(np.fmin.accumulate(passed, axis=0), np.fmin.accumulate(values, axis=0))
    return np.where(np.isnan(values), np.nan, best)


def _distances(snapshot: Snapshot, done: int) -> Array:
    """The distance to the nearest known minimum at each row from row `done` on."""
    rows = snapshot.history.values
    return _apart(rows["path"][done:], rows["loss"][done:], snapshot)


def _apart(paths: Array, losses: Array, snapshot: Snapshot) -> Array:
    """The distances (T, R) of paths (T, R, D) to the nearest known minimum, where there is a loss."""
    minima = snapshot.info.minima
    nearest = np.full(paths.shape[:2], np.inf)
    for minimum in () if minima is None else minima:
        apart = paths - minimum
        np.minimum(nearest, np.sqrt(np.einsum("trd,trd->tr", apart, apart)), out=nearest)
    return np.where(np.isnan(losses), np.nan, nearest)


def ghost_course(ghost: Ghost, shown: str, snapshot: Snapshot) -> Array | None:
    """A quantity of a run that was replaced (N,), where it follows from the loss alone."""
    if shown == "loss":
        return ghost.loss
    if shown == "gap":
        return np.asarray(_above(ghost.loss, least_loss(snapshot)[0]))
    return np.asarray(np.fmin.accumulate(ghost.loss)) if shown == "best" else None


def least_loss(snapshot: Snapshot) -> tuple[float, str]:
    """The loss that a gap is measured from, and the gap's name: f* where it is known, else the lowest of the race."""
    low = snapshot.history.low["loss"]
    seen = float(np.fmin.reduce(low, axis=None, initial=np.inf))
    seen = min(seen, float(np.fmin.reduce(snapshot.loss, initial=np.inf)))
    known = snapshot.info.values
    if known is not None and len(known):
        least = float(np.min(known))
        if seen >= least - _LOWER * max(1.0, abs(least)):
            return least, _tr("loss above the minimum, f − f*")
    return (seen if np.isfinite(seen) else 0.0), _tr("loss above lowest")


def offered(snapshot: Snapshot) -> Mapping[str, str]:
    """What the race has to show against the step, with its name, the loss first."""
    info = snapshot.info
    knows = info.values is not None and len(info.values) > 0
    found = {"loss": _tr("loss"), "gap": _tr("f − f*") if knows else _tr("above lowest"), "best": _tr("best so far")}
    if info.minima is not None and len(info.minima) and "path" in snapshot.history.values:
        found["distance"] = _tr("distance to minimum")
    if "accuracy" in info.metrics:
        found["accuracy"] = _tr("accuracy")
    return found | {"rate": _tr("learning rate"), "time": _tr("time a step")}


def _tr(text: str) -> str:
    return QCoreApplication.translate("LossView", text)
