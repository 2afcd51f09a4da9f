"""Measures learning rates that show something and stay: for every objective and optimizer one, into
`resources/data/rates.csv`.

    python -m tests.tune_rates [OPTIMIZER ...] [OBJECTIVE ...]      (of what is not named, all: some ten minutes)

From the objectives' usual starts, each rate of a grid (1, 2, 5 by powers of ten) runs side by side with the others in
one race. A rate shows something where the run makes clear progress in the first 300 steps and stays in the picture. It
is scored by

- how far the loss has come down, on average over these steps: the share of the way from the first loss to the lowest
  known value (or the lowest that any run reached), so that an early descent counts for more than a late one;
- less what the run does that hides it: a leap through the picture or out of it, a loss above the first, shaking from
  side to side;
- and by its neighbours' scores, so that luck at the brink of stability does not count.

The best rate of the grid is taken; among nearly equal ones the smaller, whose path is smoother to look at. But a rate
counts only where the run stays in a minimum once it has reached it, for twice as many steps as a race is suggested to
take (`SUGGESTED_STEPS`): rules that divide by an average of past gradients may be thrown out of a minimum thousands of
steps after they have come to rest in it. Rates below the smallest one that is thrown out come first; beyond it some
never come to rest at all, and are taken where no smaller one shows anything. Rules that search along a line find their
length themselves and keep their rate of 1 where it shows something. A typed formula takes Rosenbrock's rates.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator

import numpy as np

from tests.many_objectives import run_all
from workbench.engine.objectives import Objective, objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.objectives.rates import SUGGESTED_STEPS
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.history import HistoryView
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.stays import Watch
from workbench.resources import resource

STEPS = 300
BEYOND = 2 * SUGGESTED_STEPS
GRID = tuple(float(f"{m}e{p}") for p in range(-7, 5) for m in (1, 2, 5))
#: rules that search along a line: each objective in a race of its own, since they ask for its second derivatives
SEARCHING = ("lbfgs", "newton")
ENOUGH = 0.1  # a score that shows something
CLOSE = 0.003  # scores this near the best count as equal
TOGETHER = 20  # objectives in one race, which bounds the memory

Wells = tuple[np.ndarray, np.ndarray]


def rules(optimizer: str) -> list[LaneRule]:
    params = optimizers.get(optimizer).params
    return [LaneRule(optimizer, "pytorch", complete(params, {"learning_rate": rate}, "pytorch")) for rate in GRID]


def records(optimizer: str, entries: list[type[Objective]]) -> Iterator[tuple[type[Objective], np.ndarray, np.ndarray]]:
    """Each objective with the losses (T, K) and points (T, K, D) of K rates on it."""
    if optimizer in SEARCHING:
        for entry in entries:
            race = Race(ObjectiveProblem(entry(), [entry.start], len(GRID)), rules(optimizer), capacity=None)
            rested = False
            while race.step < SUGGESTED_STEPS and not (rested and race.step > STEPS) and not race.finished:
                before = race.theta.copy()
                race.advance(50)  # without noise or momentum, what has not moved in fifty steps never will
                rested = np.array_equal(before, race.theta)
            values = race.history.view().values
            yield entry, values["loss"], values["path"]
        return
    lanes = rules(optimizer)
    for size in sorted({len(entry.start) for entry in entries}):
        same = [entry for entry in entries if len(entry.start) == size]
        for first in range(0, len(same), TOGETHER):
            part = same[first : first + TOGETHER]
            loss, path = run_all(part, lanes, np.repeat(np.array(GRID)[:, None], len(part), axis=1), BEYOND)
            for i, entry in enumerate(part):
                yield entry, loss[:, :, i], path[:, :, i]


def wells(entry: type[Objective]) -> Wells:
    """The minima (M, D) in the picture, their values (M,): those known, then what Newton's method finds on a grid."""
    objective, size = entry(), len(entry.start)
    known = objective.minima(size)
    found = [(np.array(m.point), m.value) for m in known]
    if size > 2:  # of a matrix all minima are known
        return np.array([p for p, _ in found]), np.array([v for _, v in found])
    axes = [np.linspace(low, high, 21 if size > 1 else 400) for low, high in entry.domain[:size]]
    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, size)
    slopes, bends = np.empty_like(points), np.empty((len(points), size, size))
    for _ in range(30):
        objective.gradient(points, slopes)
        bent = np.nan_to_num(objective.hessian(points, bends), posinf=1e30, neginf=-1e30)
        values, vectors = np.linalg.eigh(bent)
        values = np.maximum(np.abs(values), 1e-9)  # downhill, whatever the curvature
        move = np.einsum("kij,kj,klj,kl->ki", vectors, 1.0 / values, vectors, slopes)
        here, factor = objective.value(points), np.ones(len(points))
        for _ in range(10):
            worse = ~(objective.value(points - factor[:, None] * move) <= here)
            factor = np.where(worse, 0.5 * factor, factor)
        points = np.where(worse[:, None], points, points - factor[:, None] * move)
    objective.gradient(points, slopes)
    objective.hessian(points, bends)
    for point, slope, bend, value in zip(points, slopes, bends, objective.value(points), strict=True):
        size_of_bend = float(np.abs(bend).max())
        if not np.isfinite(bend).all() or not np.linalg.norm(slope) <= 1e-6 * max(1.0, size_of_bend):
            continue
        least, largest = np.linalg.eigvalsh(bend)[[0, -1]]
        if least < -1e-6 * largest or largest < 1e-6:  # the floor of a round valley is flat along it, a plain all over
            continue
        if all(np.linalg.norm(point - other) > 1e-3 * max(1.0, float(np.abs(point).max())) for other, _ in found):
            found.append((point, float(value)))
    return np.array([p for p, _ in found]).reshape(-1, size), np.array([v for _, v in found])


def stays(found: Wells, loss: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Whether each run (K,) stays in every minimum that it comes to rest in, and in a lowest one that it so much as
    passes."""
    points, values = found
    good = np.ones(loss.shape[1], dtype=bool)
    if not len(values):
        return good
    record = HistoryView(np.arange(len(loss)), 1, {"loss": loss, "path": path}, {"loss": loss}, {"loss": loss}, 0)
    lowest = values <= values.min() + 1e-9 * max(1.0, abs(values.min()))
    for watch in (Watch(points, values), Watch(points[lowest], values[lowest], rest=0)):
        for stay in watch.read(record):
            good[stay.run] &= stay.left < 0
    return good


def scores(entry: type[Objective], loss: np.ndarray, path: np.ndarray) -> np.ndarray:
    """How much each rate shows (K,): at most 1."""
    known = [m.value for m in entry().minima()]
    objective = entry()
    if known:
        floor = min(known)
    else:
        corners = np.stack(np.meshgrid(*[np.linspace(low, high, 101) for low, high in entry.domain]), axis=-1)
        floor = float(np.nanmin(objective.value(corners.reshape(-1, len(entry.domain)))))
    first = loss[0, 0]
    # for the depth that counts: heights on a logarithmic scale where the picture has one
    height = np.clip(np.nan_to_num(loss, nan=np.inf), floor, None) - floor
    if entry.log_scale:
        low = 1e-6 * (first - floor)
        share = np.log((first - floor) / np.maximum(height, low)) / np.log(1e6)
    else:
        share = 1.0 - height / (first - floor)
    share = np.clip(share, -1.0, 1.0).mean(axis=0)
    low, high = np.array(entry.domain).T
    outside = (~((path >= low - 0.05 * (high - low)) & (path <= high + 0.05 * (high - low)))).any(axis=2)
    if not known:
        # a saddle has nothing but ways out: leaving the picture late is what it has to show
        left = np.where(outside.any(axis=0), outside.argmax(axis=0), STEPS)
        return np.where((left > 40) & (left < STEPS), share, share - 1.0)
    moves = np.diff(path, axis=0)
    lengths = np.sqrt((moves**2).sum(axis=2))
    turned = (moves[1:] * moves[:-1]).sum(axis=2) < -0.5 * lengths[1:] * lengths[:-1]
    shaking = np.nanmean(np.where(lengths[1:] > 0.02 * np.linalg.norm(high - low), turned, 0.0), axis=0)
    leaps = (lengths > 0.2 * np.linalg.norm(high - low)).any(axis=0)
    return (
        share - outside.mean(axis=0) - 0.5 * leaps - 0.5 * (height > 1.5 * (first - floor)).mean(axis=0) - 0.5 * shaking
    )


def best_rate(
    optimizer: str, entry: type[Objective], found: Wells, loss: np.ndarray, path: np.ndarray
) -> tuple[float, float]:
    """The rate and its score."""
    score = np.clip(np.nan_to_num(scores(entry, loss[: STEPS + 1], path[: STEPS + 1]), nan=-1.0), -1.0, 1.0)
    staying = stays(found, loss, path)
    at_one = GRID.index(1.0)
    if optimizer in SEARCHING and score[at_one] >= ENOUGH and staying[at_one]:
        return GRID[at_one], float(score[at_one])
    below, above = np.r_[score[:1], score[:-1]], np.r_[score[1:], score[-1:]]
    robust = 0.5 * score + 0.25 * (below + above)
    for allowed in (np.logical_and.accumulate(staying), staying):
        ranked = np.where(allowed, robust, -2.0)
        best = int(np.argmax(ranked >= ranked.max() - CLOSE))
        if score[best] >= ENOUGH:
            break
    return GRID[best], float(score[best])


def main(names: list[str]) -> None:
    file = resource("data/rates.csv")
    keys = tuple(key for key in optimizers.keys() if key != "rule")  # noqa: SIM118 - iterating gives classes
    chosen = [name for name in names if name in objectives.keys()]  # noqa: SIM118 - iterating gives classes
    entries = [entry for entry in objectives if entry.key != "formula" and entry.key in (chosen or objectives.keys())]
    with np.errstate(all="ignore"):
        found = {entry.key: wells(entry) for entry in entries}
        for name in [name for name in names if name in keys] or keys:
            column, weak = {}, []
            for entry, loss, path in records(name, entries):
                rate, score = best_rate(name, entry, found[entry.key], loss, path)
                column[entry.key] = f"{rate:g}"
                if score < ENOUGH:
                    weak.append(f"{entry.key} {score:.2f}")
            if "rosenbrock" in column:
                column["formula"] = column["rosenbrock"]
            with file.open(encoding="utf-8", newline="") as stream:
                kept = {row["objective"]: row for row in csv.DictReader(stream)}
            with file.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, ["objective", *keys], lineterminator="\n", extrasaction="ignore")
                writer.writeheader()
                for key in objectives.keys():  # noqa: SIM118 - iterating gives classes
                    writer.writerow(kept.get(key, {"objective": key}) | ({name: column[key]} if key in column else {}))
            print(name, "weak:" if weak else "", ", ".join(weak), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
