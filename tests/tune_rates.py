"""Measures learning rates that show something and stay: for every objective and optimizer one, into
`resources/data/rates.csv`.

    python -m tests.tune_rates [--keep] [OPTIMIZER ...] [OBJECTIVE ...]      (of what is not named, all: half an hour)

With `--keep`, rates of the file that stay, nearby too, are left as they are, and only the others are measured.

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

The rate that is chosen so must hold with a margin: its run must stay, too, at rates nearby and from starts that differ
in their last digits (`tests/nearby.py`), or else the next best one is tried. More is asked of it here than the tests
ask, twice the steps and more neighbours, so that it does not stand at the brink of the tests either. At another rate a
run may pass a minimum at speed, as momentum does: on which step it comes close by is another question there, and no
rounding decides it. What it must not do is leave where it had come to rest.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from tests.many_objectives import run_all
from tests.nearby import nearby
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
RUNS = 8000  # of lanes and their neighbours in one race, in two dimensions
#: what a rate is multiplied by, and starts whose last digits are drawn: from all of them its run must stay
FACTORS = (0.85, 0.9, 0.95, 1.05, 1.1, 1.15)
DRAWS = 6
PASSING = 100  # steps that a slow run may take to pass a minimum at another rate
#: which of a lane's variants go at another rate
AT_OTHER_RATES = np.array([False, *(True for _ in FACTORS), *(False for _ in range(DRAWS))])

Wells = tuple[np.ndarray, np.ndarray]
WellsOf = dict[str, Wells]


def rules(optimizer: str, rates: Iterable[float] = GRID) -> list[LaneRule]:
    params = optimizers.get(optimizer).params
    return [LaneRule(optimizer, "pytorch", complete(params, {"learning_rate": rate}, "pytorch")) for rate in rates]


def records(optimizer: str, entries: list[type[Objective]]) -> Iterator[tuple[type[Objective], np.ndarray, np.ndarray]]:
    """Each objective with the losses (T, K) and points (T, K, D) of K rates on it."""
    if optimizer in SEARCHING:
        for entry in entries:
            yield entry, *searched(optimizer, entry, np.array(GRID), np.array([entry().usual_start()]))
        return
    lanes = rules(optimizer)
    for size in sorted({len(entry.start) for entry in entries}):
        same = [entry for entry in entries if len(entry.start) == size]
        for first in range(0, len(same), TOGETHER):
            part = same[first : first + TOGETHER]
            loss, path = run_all(part, lanes, np.repeat(np.array(GRID)[:, None], len(part), axis=1), BEYOND)
            for i, entry in enumerate(part):
                yield entry, loss[:, :, i], path[:, :, i]


def searched(optimizer: str, entry: type[Objective], rates: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Losses (T, R) and points (T, R, D) of a rule that searches along a line, until it rests."""
    race = Race(
        ObjectiveProblem(entry(), [tuple(start) for start in starts.tolist()], len(rates)),
        rules(optimizer, rates),
        capacity=None,
    )
    rested = False
    while race.step < SUGGESTED_STEPS and not (rested and race.step > STEPS) and not race.finished:
        before = race.theta.copy()
        race.advance(50)
        # without noise or momentum, what has not moved in fifty steps never will, but for its last digit
        rested = np.allclose(before, race.theta, rtol=1e-14, atol=1e-14)
    values = race.history.view().values
    return values["loss"], values["path"]


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


def stays(found: Wells, loss: np.ndarray, path: np.ndarray, *, may_pass: np.ndarray | bool = False) -> np.ndarray:
    """Whether each run (K,) stays in every minimum that it comes to rest in, and in a lowest one that it so much as
    passes, unless it `may_pass` (K,)."""
    points, values = found
    good = np.ones(loss.shape[1], dtype=bool)
    if not len(values):
        return good
    record = HistoryView(np.arange(len(loss)), 1, {"loss": loss, "path": path}, {"loss": loss}, {"loss": loss}, 0)
    lowest = values <= values.min() + 1e-9 * max(1.0, abs(values.min()))
    passes = np.broadcast_to(may_pass, good.shape)
    for stay in Watch(points, values).read(record):
        good[stay.run] &= stay.left < 0 or (passes[stay.run] and stay.left - stay.reached < PASSING)
    for stay in Watch(points[lowest], values[lowest], rest=0).read(record):
        good[stay.run] &= stay.left < 0 or passes[stay.run]
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


def best_rate(optimizer: str, score: np.ndarray, staying: np.ndarray) -> int:
    """The place in the grid of the best rate, given the scores (K,) and which rates stay (K,)."""
    at_one = GRID.index(1.0)
    if optimizer in SEARCHING and score[at_one] >= ENOUGH and staying[at_one]:
        return at_one
    below, above = np.r_[score[:1], score[:-1]], np.r_[score[1:], score[-1:]]
    robust = 0.5 * score + 0.25 * (below + above)
    for allowed in (np.logical_and.accumulate(staying), staying):
        ranked = np.where(allowed, robust, -2.0)
        best = int(np.argmax(ranked >= ranked.max() - CLOSE))
        if allowed[best] and score[best] >= ENOUGH:
            break
    return best


def stay_nearby(names: list[str], entries: list[type[Objective]], rates: np.ndarray, found: WellsOf) -> np.ndarray:
    """Whether the runs of optimizers (L) on objectives (S) at rates (L, S) stay (L, S), nearby as well."""
    held = np.ones(rates.shape, dtype=bool)
    for lane in [lane for lane, name in enumerate(names) if name in SEARCHING]:
        for s, entry in enumerate(entries):
            held[lane, s] = search_stays_nearby(names[lane], entry, rates[lane, s], found[entry.key])
    lanes = [lane for lane, name in enumerate(names) if name not in SEARCHING]
    rules = [
        LaneRule(names[lane], "pytorch", complete(optimizers.get(names[lane]).params, {}, "pytorch"))
        for lane in lanes
        for _ in range(1 + len(FACTORS) + DRAWS)
    ]
    for size in sorted({len(entry.start) for entry in entries if lanes}):
        same = [s for s, entry in enumerate(entries) if len(entry.start) == size]
        together = max(1, 3 * RUNS // ((1 + size) * len(rules)))
        for first in range(0, len(same), together):
            here = same[first : first + together]
            part = [entries[s] for s in here]
            points = np.array([entry().usual_start() for entry in part])
            near, begun = nearby(rates[np.ix_(lanes, here)], points, factors=FACTORS, draws=DRAWS, seed=1)
            loss, path = run_all(part, rules, near, BEYOND, begun)
            for i, s in enumerate(here):
                passing = np.tile(AT_OTHER_RATES, len(lanes))
                stay = stays(found[entries[s].key], loss[:, :, i], path[:, :, i], may_pass=passing)
                held[lanes, s] = stay.reshape(len(lanes), -1).all(axis=1)
    return held


def search_stays_nearby(optimizer: str, entry: type[Objective], rate: float, found: Wells) -> bool:
    """The same of a rule that searches along a line."""
    usual = np.array([entry().usual_start()])
    rates, begun = nearby(np.array([[rate]]), usual, factors=FACTORS, draws=DRAWS, seed=1)
    drawn = 1 + len(FACTORS)
    return all(
        stays(found, *searched(optimizer, entry, several.ravel(), starts), may_pass=passing).all()
        for several, starts, passing in (
            (rates[:drawn], usual, AT_OTHER_RATES[:drawn]),
            (rates[:1], begun[drawn:, 0], False),
        )
    )


def choose(
    name: str, entries: list[type[Objective]], found: WellsOf, failed_before: dict[str, float]
) -> tuple[dict[str, float], list[str], list[str]]:
    """The rates of an optimizer, the objectives on which they show little, and those on which none stays.

    What `failed_before` is not taken, even if it should stay from the starts that are drawn now.
    """
    measured = {}
    for entry, loss, path in records(name, entries):
        score = np.nan_to_num(scores(entry, loss[: STEPS + 1], path[: STEPS + 1]), nan=-1.0)
        staying = stays(found[entry.key], loss, path) & (np.array(GRID) != failed_before.get(entry.key))
        measured[entry.key] = np.clip(score, -1.0, 1.0), staying
    places, asked, lost = {}, entries, []
    while asked:
        places |= {entry.key: best_rate(name, *measured[entry.key]) for entry in asked}
        rates = np.array([[GRID[places[entry.key]] for entry in asked]])
        failed = [
            entry for entry, held in zip(asked, stay_nearby([name], asked, rates, found)[0], strict=True) if not held
        ]
        for entry in failed:
            measured[entry.key][1][places[entry.key]] = False
        lost += [entry.key for entry in failed if not measured[entry.key][1].any()]
        asked = [entry for entry in failed if measured[entry.key][1].any()]
    weak = [key for key, place in places.items() if measured[key][0][place] < ENOUGH]
    return {key: GRID[place] for key, place in places.items()}, weak, lost


def read(file: Path) -> dict[str, dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["objective"]: row for row in csv.DictReader(stream)}


def main(names: list[str]) -> None:
    file = resource("data/rates.csv")
    keys = [key for key in optimizers.keys() if key != "rule"]  # noqa: SIM118 - iterating gives classes
    chosen = [name for name in names if name in objectives.keys()]  # noqa: SIM118 - iterating gives classes
    asked = [name for name in names if name in keys] or keys
    entries = [entry for entry in objectives if entry.key != "formula" and entry.key in (chosen or objectives.keys())]
    held = np.zeros((len(asked), len(entries)), dtype=bool)
    before: list[dict[str, float]] = [{} for _ in asked]
    with np.errstate(all="ignore"):
        found = {entry.key: wells(entry) for entry in entries}
        if "--keep" in names:
            rows = read(file)
            rates = np.array([[float(rows[entry.key][name]) for entry in entries] for name in asked])
            held = stay_nearby(asked, entries, rates, found)
            before = [dict(zip([entry.key for entry in entries], row, strict=True)) for row in rates.tolist()]
            print(f"{held.sum()} of {held.size} rates stay, nearby too", flush=True)
        for name, stay, failed in zip(asked, held, before, strict=True):
            measured, weak, lost = choose(name, [entries[s] for s in np.flatnonzero(~stay)], found, failed)
            column = {key: f"{rate:g}" for key, rate in measured.items()}
            if "rosenbrock" in column:
                column["formula"] = column["rosenbrock"]
            rows = read(file)
            changed = [f"{key} {rows.get(key, {}).get(name)} -> {rate}" for key, rate in column.items()]
            with file.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, ["objective", *keys], lineterminator="\n", extrasaction="ignore")
                writer.writeheader()
                for key in objectives.keys():  # noqa: SIM118 - iterating gives classes
                    writer.writerow(rows.get(key, {"objective": key}) | ({name: column[key]} if key in column else {}))
            for word, few in (("", changed), ("shows little:", weak), ("none stays:", lost)):
                if few:
                    print(name, word, ", ".join(few), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
