"""Measures learning rates that show something: for every objective and optimizer one, into `resources/data/rates.csv`.

    python -m tests.tune_rates [OBJECTIVE ...]      (without names: all of them, some minutes)

From the objective's usual start, each rate of a grid (1, 2, 5 by powers of ten) runs for 300 steps, all of them side
by side in one race. A rate shows something where the run makes clear progress and stays in the picture. It is scored by

- how far the loss has come down, on average over the run: the share of the way from the first loss to the lowest
  known value (or the lowest that any run reached), so that an early descent counts for more than a late one;
- less what the run does that hides it: a leap through the picture or out of it, a loss above the first, shaking from
  side to side;
- and by its neighbours' scores, so that luck at the brink of stability does not count.

The best rate of the grid is taken; among nearly equal ones the smaller, whose path is smoother to look at. Rules that
search along a line find their length themselves and keep their rate of 1 where it shows something. A typed formula
takes Rosenbrock's rates.
"""

from __future__ import annotations

import csv
import sys
from typing import Any

import numpy as np

from workbench.engine.objectives import Objective, objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race
from workbench.resources import resource

STEPS = 300
GRID = tuple(float(f"{m}e{p}") for p in range(-7, 5) for m in (1, 2, 5))
SEARCHING = ("lbfgs", "newton")
ENOUGH = 0.1  # a score that shows something
CLOSE = 0.003  # scores this near the best count as equal


def paths(entry: type[Objective], optimizer: str) -> tuple[np.ndarray, np.ndarray]:
    """The losses (T, K) and points (T, K, D) of K rates."""
    params = optimizers.get(optimizer).params
    rules = [
        LaneRule(optimizer, "pytorch", complete(params, {"learning_rate": rate}, "pytorch"), None) for rate in GRID
    ]
    problem = ObjectiveProblem(entry(), [entry.start], len(GRID))
    race = Race(problem, rules, limit=STEPS)
    race.advance(STEPS)
    values: dict[str, Any] = race.history.view().values
    return values["loss"], values["path"]


def scores(entry: type[Objective], loss: np.ndarray, path: np.ndarray) -> np.ndarray:
    """How much each rate shows (K,): at most 1."""
    known = [m.value for m in entry().minima()]
    objective = entry()
    corners = np.stack(np.meshgrid(*[np.linspace(low, high, 101) for low, high in entry.domain]), axis=-1)
    floor = min(known) if known else float(np.nanmin(objective.value(corners.reshape(-1, len(entry.domain)))))
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


def best_rate(entry: type[Objective], optimizer: str) -> tuple[float, float]:
    """The rate and its score."""
    with np.errstate(all="ignore"):
        found = scores(entry, *paths(entry, optimizer))
    found = np.clip(np.nan_to_num(found, nan=-1.0), -1.0, 1.0)
    if optimizer in SEARCHING and found[GRID.index(1.0)] >= ENOUGH:
        return 1.0, float(found[GRID.index(1.0)])
    below, above = np.r_[found[:1], found[:-1]], np.r_[found[1:], found[-1:]]
    robust = 0.5 * found + 0.25 * (below + above)
    best = int(np.argmax(robust >= robust.max() - CLOSE))
    return GRID[best], float(found[best])


def main(names: list[str]) -> None:
    file = resource("data/rates.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        kept = {row["objective"]: row for row in csv.DictReader(stream)}
    keys = optimizers.keys()
    for entry in objectives:
        if entry.key == "formula" or (entry.key in kept and names and entry.key not in names):
            continue
        row, weak = {"objective": entry.key}, []
        for key in keys:
            rate, score = best_rate(entry, key)
            row[key] = f"{rate:g}"
            if score < ENOUGH:
                weak.append(f"{key} {score:.2f}")
        kept[entry.key] = row
        print(entry.key, "weak:" if weak else "", ", ".join(weak), flush=True)
    kept["formula"] = kept["rosenbrock"] | {"objective": "formula"}
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["objective", *keys], restval="", lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(kept[key] for key in objectives.keys() if key in kept)  # noqa: SIM118 - iterating gives classes


if __name__ == "__main__":
    main(sys.argv[1:])
