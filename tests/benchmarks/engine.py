"""The engine at the floor of the machine: a race's own steps, record included, beside bare numpy and PyTorch.

    python tests/benchmarks/engine.py [CASE ...] [--rounds 15] [--profile]

Each round runs all sides of a case in turn, so that a busy machine slows all alike. The table has medians of the
rounds, of time that the processor spent on this process. `bare` is tests/benchmarks/bare.py; PyTorch takes its eager
form with the fused Adam and without a record, where it is installed (the extra `[benchmark]`); all on one thread.
`with metrics` is what an ordinary run's losses over all samples add to a step. `--profile` says where its time goes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import workbench  # noqa: F401, I001 - settles on one BLAS thread before numpy is there
import numpy as np

from tests.benchmarks.bare import RATE, Net, Rosenbrock
from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.swarm.swarm import Swarm

#: how often metrics are evaluated where they are left out
NEVER = 1 << 40
#: steps before the first round, behind which a race keeps few states
WARM_UP = 600
Advance = Callable[[int], Any]


def adam() -> LaneRule:
    return LaneRule("adam", "pytorch", complete(optimizers.get("adam").params, {"learning_rate": RATE}))


def points(count: int) -> np.ndarray:
    return np.random.default_rng(0).uniform((-2.0, -1.0), (2.0, 3.0), (count, 2))


@dataclass(frozen=True)
class Case:
    """One line of the table.

    Attributes:
        steps: steps a round.
        runs: what a step's time is divided by.
        goal: the most that a step may cost, in bare steps.
        torch_goal: how many times faster than PyTorch it should be, 0 for no comparison.
    """

    title: str
    steps: int
    runs: int
    goal: float
    torch_goal: float = 0.0


@dataclass(frozen=True)
class NetworkCase(Case):
    """A network of these layers; `starts` of them at once."""

    layers: tuple[int, ...] = ()
    batch: int = 32
    dtype: str = "float64"
    starts: int = 1

    def problem(self) -> NetworkProblem:
        if self.layers[0] == 64:
            split, hidden = datasets.load("digits", {}, 0, 0.25, "range"), ("relu", "he_normal")
        else:
            split, hidden = datasets.load("spirals", {"samples": 1600}, 0, 0.2, "none"), ("tanh", "xavier_uniform")
        specs = [LayerSpec(units, *hidden) for units in self.layers[1:-1]]
        loss = "binary_cross_entropy" if self.layers[-1] == 1 else ""
        return NetworkProblem(
            split, specs, loss=loss, starts=self.starts, batch_size=self.batch, dtype=self.dtype, lanes=1
        )

    def own(self) -> Advance:
        return Race(self.problem(), [adam()], evaluate_every=NEVER).advance

    def with_metrics(self) -> Advance:
        return Race(self.problem(), [adam()]).advance

    def bare(self) -> Advance:
        problem = self.problem()
        theta, y = problem.initial(), problem.y_train
        y = (y if y.ndim == 1 else y[:, 0]).astype(np.intp if y.ndim == 1 else self.dtype)
        relu = self.layers[0] == 64
        start = theta if self.starts > 1 else theta[0]
        return Net(start, self.layers, problem.x_train, y, self.batch, relu=relu).advance

    def torch(self, torch: Any) -> Advance:
        problem, kind = self.problem(), getattr(torch, self.dtype)
        parts: list[Any] = []
        for n, m in pairwise(self.layers):
            parts += [torch.nn.Linear(n, m, dtype=kind), torch.nn.ReLU() if self.layers[0] == 64 else torch.nn.Tanh()]
        model = torch.nn.Sequential(*parts[:-1])
        x, y = torch.from_numpy(problem.x_train.copy()), torch.from_numpy(problem.y_train.copy())
        loss_of = torch.nn.BCEWithLogitsLoss() if self.layers[-1] == 1 else torch.nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)

        def batches() -> Iterator[tuple[Any, Any]]:
            while True:
                order = torch.randperm(len(x))
                xs, ys = x[order], y[order]
                yield from zip(xs.split(self.batch), ys.split(self.batch), strict=True)

        source = batches()

        def advance(steps: int) -> None:
            for _ in range(steps):
                inputs, targets = next(source)
                optimizer.zero_grad()
                loss_of(model(inputs), targets).backward()
                optimizer.step()

        return advance


@dataclass(frozen=True)
class RosenbrockCase(Case):
    """Runs on Rosenbrock's function, as a race or as a swarm."""

    swarm: bool = False

    def own(self) -> Advance:
        problem = ObjectiveProblem(objectives.get("rosenbrock")(), points(self.runs))
        if not self.swarm:
            return Race(problem, [adam()]).advance
        return lambda steps: Swarm(problem, adam(), steps=steps).advance(lambda: False)

    def with_metrics(self) -> Advance | None:
        return None

    def bare(self) -> Advance:
        if not self.swarm:
            return Rosenbrock(points(self.runs)).advance
        size = 8192

        def advance(steps: int) -> None:
            at = points(self.runs)
            for first in range(0, self.runs, size):
                Rosenbrock(at[first : first + size], records=False).advance(steps)

        return advance

    def torch(self, torch: Any) -> Advance:
        at = torch.tensor(points(1)[0], requires_grad=True)
        optimizer = torch.optim.Adam([at], RATE, fused=True)

        def advance(steps: int) -> None:
            for _ in range(steps):
                optimizer.zero_grad()
                x, y = at
                ((1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2).backward()
                optimizer.step()

        return advance


CASES: dict[str, NetworkCase | RosenbrockCase] = {
    "small": NetworkCase("2-8-8-1, batch 32", 200, 1, 1.2, 5.0, (2, 8, 8, 1), 32),
    "middle": NetworkCase("2-64-64-1, batch 128", 100, 1, 1.15, 2.8, (2, 64, 64, 1), 128),
    "digits32": NetworkCase("64-256-128-10, batch 128, float32", 50, 1, 1.1, 1.35, (64, 256, 128, 10), 128, "float32"),
    "digits64": NetworkCase("64-256-128-10, batch 128, float64", 50, 1, 1.1, 1.2, (64, 256, 128, 10), 128),
    "one": RosenbrockCase("Rosenbrock, one run", 400, 1, 1.25, 11.0),
    "thousand": RosenbrockCase("Rosenbrock, 1,000 runs, a run's step", 50, 1000, 1.3),
    "swarm": RosenbrockCase("swarm of 40,000 runs, a run's step", 500, 40_000, 1.4, swarm=True),
    "networks": NetworkCase("64 networks 2-8-8-1 at once", 50, 1, 1.3, 0.0, (2, 8, 8, 1), 32, "float64", 64),
}


def spent(advance: Advance, steps: int) -> float:
    """Seconds of the processor."""
    began = time.process_time()
    advance(steps)
    return time.process_time() - began


def library() -> Any:
    """PyTorch on one thread, or None."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    return torch


def measured(case: NetworkCase | RosenbrockCase, rounds: int, torch: Any) -> dict[str, float]:
    """Seconds of a step of each side, medians; ratios are medians of each round's own."""
    sides: dict[str, Advance | None] = {"own": case.own(), "bare": case.bare(), "metrics": case.with_metrics()}
    if torch is not None and case.torch_goal:
        sides["torch"] = case.torch(torch)
    present = {name: advance for name, advance in sides.items() if advance is not None}
    is_swarm = isinstance(case, RosenbrockCase) and case.swarm
    for advance in present.values():
        advance(10 if is_swarm else WARM_UP)
    times: dict[str, list[float]] = {name: [] for name in present}
    for _ in range(3 if is_swarm else rounds):
        for name, advance in present.items():
            times[name].append(spent(advance, case.steps) / case.steps / case.runs)
    found = {name: statistics.median(values) for name, values in times.items()}
    for name in times.keys() - {"own", "metrics"}:
        pairs = zip(times["own"], times[name], strict=True)
        found[f"own/{name}"] = statistics.median(own / other for own, other in pairs)
    if "metrics" in times:  # evaluations are rare: a median would not see them
        found["metrics"] = sum(times["metrics"]) / sum(times["own"]) - 1.0
    return found


def shown(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds * 1e9:.1f} ns" if seconds < 1e-7 * 5 else f"{seconds * 1e6:.1f} µs"


def row(case: NetworkCase | RosenbrockCase, found: dict[str, float]) -> str:
    ratio, metrics, torch = found["own/bare"], found.get("metrics"), found.get("own/torch")
    parts = [
        case.title,
        shown(found["own"]),
        shown(found["bare"]),
        f"{ratio:.2f}",
        f"{case.goal:.2f}",
        "-" if metrics is None else f"{metrics:+.0%}",
        shown(found.get("torch")),
        f"{1 / torch:.1f}" if torch else "-",
        f"{case.torch_goal:g}" if case.torch_goal else "-",
    ]
    return "| " + " | ".join(parts) + " |"


def profile(case: NetworkCase | RosenbrockCase, found: dict[str, float]) -> str:
    """Where the time of a race's step goes, each part timed by itself, in percent of the bare step."""
    if isinstance(case, NetworkCase):
        race = Race(case.problem(), [adam()], evaluate_every=NEVER)
    else:
        race = Race(ObjectiveProblem(objectives.get("rosenbrock")(), points(case.runs)), [adam()])
    race.advance(WARM_UP)
    theta, out, (group,) = race.theta.copy(), race.gradient.copy(), race._groups
    row: dict[str, Any] = {"loss": race.loss, "gradient_norm": race.gradient_norm, "rate": race.rates_taken}
    row |= {"path": theta} if "path" in race.history.channels else {}
    measures: list[Callable[[], Any]] = [race._norms.measure]
    if race._has_ratios:
        row |= {"gradient_rms": race.gradient_rms(), "update_ratio": race.gradient_rms()}
        measures += [race._norms.rms, race._ratios.measure]
    steps = iter(range(1, 1 << 30))
    parts = {
        "loss and gradient": lambda: race.problem.loss_and_gradient(theta, next(steps), out),
        "rule": lambda: group.optimizer.step(theta, out, 100),
        "norms and ratios": lambda: [measure() for measure in measures],
        "record": lambda: race.history.record(race.history.last + 1, row),
    }
    counts, step = max(10, case.steps // 2), found["own"] * case.runs
    times = {
        name: statistics.median(spent(lambda n, part=part: [part() for _ in range(n)], counts) for _ in range(9))
        / counts
        for name, part in parts.items()
    }
    times["the rest"] = step - sum(times.values())
    bare = found["bare"] * case.runs
    return ", ".join(f"{name} {seconds / bare:.0%}" for name, seconds in times.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)}; all where none is named")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    torch = library()
    print("| work | own step | bare | own/bare | goal | with metrics | PyTorch | times faster | goal |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in options.cases or CASES:
        found = measured(CASES[name], options.rounds, torch)
        print(row(CASES[name], found), flush=True)
        if options.profile and name != "swarm":
            print(f"|   of the bare step: {profile(CASES[name], found)} |", flush=True)


if __name__ == "__main__":
    main()
