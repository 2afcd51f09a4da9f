"""A race as one builds it in Python: an experiment, edited step by step, each time a whole and checked one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.engine.params import RequestError
from workbench.experiment import files, paths
from workbench.experiment.experiment import Experiment, replace
from workbench.notebook.named import plain
from workbench.notebook.own_optimizer import own_optimizer
from workbench.notebook.progress import Progress
from workbench.notebook.tables import tables_of

if TYPE_CHECKING:
    from subprocess import Popen

    from workbench.notebook.result import Result

_SLICE_SECONDS = 0.1
#: a lane to check an experiment with that has none yet
_NOBODY: Mapping[str, Any] = {"optimizer": "sgd"}


class Race:
    """An experiment that is edited in place, and run.

    Attributes:
        experiment: what it is now, as a frozen value.

    >>> race = Race.of({"problem": {"kind": "objective", "objective": "rosenbrock"}})
    >>> race.add("adam", learning_rate=0.05)
    Race on rosenbrock, 1 lane: Adam
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment

    @classmethod
    def of(cls, tables: Mapping[str, Any]) -> Race:
        """The race that the tables of an experiment's file say, `lanes` or none.

        Raises:
            RequestError: they are refused, in the sentence that a file is.
        """
        return cls(_parsed(files.with_whole_paths({"format": 1, **plain(tables)}, Path.cwd())))

    def add(
        self,
        optimizer: str | type[Any],
        /,
        *,
        label: str = "",
        color: str = "",
        convention: str = "pytorch",
        schedule: str | Mapping[str, Any] | None = None,
        gradient: Mapping[str, Any] | None = None,
        draw: int = 0,
        network: Mapping[str, Any] | None = None,
        fork: tuple[int, int] | None = None,
        **hyperparameters: Any,
    ) -> Race:
        """Add a lane; what is left out takes the default that it has in a file.

        Args:
            optimizer: a name of the catalogue, a class with `update(theta, gradient, step)`, or one of the engine's.
            label: what it is called.
            color: its colour, as `#1f77b4`.
            convention: `pytorch` or `keras`.
            schedule: the name of a schedule, or its table, as `{"kind": "step", "every": 100}`.
            gradient: clipping and weight decay, as in a file's `[lanes.gradient]`.
            draw: lanes of another number have other weights, batches and noise.
            network: what differs of its network, as in a file's `[lanes.network]`.
            fork: lane and step that it begins from.
            hyperparameters: `learning_rate` and the others of the optimizer.

        Raises:
            RequestError: something that there is not, in one sentence with what there is.
        """
        lane: dict[str, Any] = {
            "label": label,
            "color": color,
            "optimizer": own_optimizer(optimizer) if isinstance(optimizer, type) else optimizer,
            "convention": convention,
            "hyperparameters": hyperparameters,
            "draw": draw,
        }
        if schedule is not None:
            lane["schedule"] = {"kind": schedule} if isinstance(schedule, str) else dict(schedule)
        if gradient is not None:
            lane["gradient"] = dict(gradient)
        if network is not None:
            lane["network"] = dict(network)
        if fork is not None:
            lane["from"] = {"lane": fork[0], "step": fork[1]}
        tables = tables_of(self.experiment)
        tables.setdefault("lanes", []).append(plain(lane))
        self.experiment = _parsed(tables)
        return self

    def remove(self, lane: int | str) -> Race:
        """Take a lane out, by its number or its label. Raises RequestError where there is none."""
        tables = tables_of(self.experiment)
        del tables["lanes"][self._place(lane)]
        self.experiment = _parsed(tables)
        return self

    def set(self, path: str, value: Any) -> Race:
        """Change one key, as `--set` does: `race.set("lanes[0].hyperparameters.learning_rate", 0.1)`.

        Raises:
            RequestError: there is no such place, or the value is refused there.
        """
        if not paths.is_path(path):
            raise RequestError(path, "must be a path, like lanes[0].hyperparameters.learning_rate")
        tables = tables_of(self.experiment)
        paths.put(tables, path, own_optimizer(value) if isinstance(value, type) else plain(value))
        self.experiment = _parsed(tables)
        return self

    def copy(self) -> Race:
        """Another race of the same experiment."""
        return Race(self.experiment)

    @property
    def lanes(self) -> tuple[str, ...]:
        """What the lanes are called that take part."""
        from workbench.experiment.build import lane_infos

        return tuple(lane.label for lane in lane_infos(self.experiment))

    def run(
        self, steps: int | None = None, *, seed: int | None = None, every: int = 1, progress: bool | None = None
    ) -> Result:
        """Run it from the start, with the numbers that `run` of the command line gives, bit for bit.

        Args:
            steps: steps to take, in place of the experiment's.
            seed: the seed, in place of the experiment's.
            every: keep every so many steps; the record of a long race lies in memory.
            progress: whether there is a bar; left out, there is one on a terminal and in a notebook.

        Raises:
            RequestError: the experiment is refused, or has no number of steps.
        """
        from workbench.engine.race.snapshot import take_snapshot
        from workbench.experiment import build
        from workbench.notebook.result import Result

        experiment = self._to_run(steps, seed)
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise RequestError("every", f"must be a whole number from 1 on, got {every}")
        race = build.make_race(experiment, record_every=every, capacity=None, evaluate_every=every)
        info = build.race_info(experiment, race)
        bar, count, begin = Progress(experiment.steps or 0, "step", shown=progress), 1, time.monotonic()
        try:
            while not race.finished:
                began = time.monotonic()
                race.advance(count)
                took = time.monotonic() - began
                count = max(1, min(4 * count, round(count * _SLICE_SECONDS / max(took, 1e-6))))
                bar.show(race.step)
        finally:
            bar.end()
        if race.problem.metrics and race.metrics_step != race.step:
            race.evaluate_metrics()
        return Result(experiment, race, take_snapshot(race, info, 1, ended=True), time.monotonic() - begin)

    def _to_run(self, steps: int | None, seed: int | None) -> Experiment:
        """The experiment with steps and seed of a call, checked."""
        tables = tables_of(self.experiment)
        tables |= {name: plain(value) for name, value in (("steps", steps), ("seed", seed)) if value is not None}
        if "steps" not in tables:
            raise RequestError("steps", "is missing: give the number of steps, as in `race.run(2000)`")
        if not tables.get("lanes"):
            raise RequestError("lanes", 'must have at least one lane: `race.add("adam", learning_rate=0.05)` adds one')
        return files.parse(tables)

    def save(self, path: str | Path) -> None:
        """Write the experiment to a TOML file, which window and command line open.

        Raises:
            RequestError: it has a function, class or arrays of one's own, which no file can hold.
            OSError: it cannot be written.
        """
        files.write(_with_lanes(self.experiment), path)

    def toml(self) -> str:
        """The experiment as the text of a file. Raises RequestError as `save`."""
        return files.dumps(_with_lanes(self.experiment))

    def show(self) -> Popen[bytes]:
        """Open the program's window with it, in a process of its own, which is given back.

        Raises:
            RequestError: it cannot be written to a file, as `save`, or there is no display.
        """
        from workbench.notebook.showing import show

        return show(_with_lanes(self.experiment))

    def _place(self, lane: int | str) -> int:
        from workbench.engine.optimizers import optimizers

        names = [each.label or optimizers.get(each.optimizer).title for each in self.experiment.lanes]
        if isinstance(lane, str) and lane in names:
            return names.index(lane)
        if not isinstance(lane, str) and 0 <= lane < len(names):
            return lane
        known = ", ".join(f"{i} ({name})" for i, name in enumerate(names)) or "none"
        raise RequestError("lanes", f"must have the lane that is named; there are: {known}")

    def __repr__(self) -> str:
        names, problem = self.lanes, self.experiment.problem
        on = getattr(problem, "objective", "") or _network_words(problem)
        return f"Race on {on}, {len(names)} lane{'s' if len(names) != 1 else ''}{': ' if names else ''}" + ", ".join(
            names
        )

    def __copy__(self) -> Race:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Race:
        return self.copy()


def _network_words(problem: Any) -> str:
    """A network in a few words: its data, and the units of its layers."""
    units = "-".join(str(layer.units) for layer in problem.layers)
    return f"{problem.data.name or Path(problem.data.file).name}, layers {units or 'none'}"


def _with_lanes(experiment: Experiment) -> Experiment:
    if not experiment.lanes:
        raise RequestError("lanes", 'must have at least one lane: `race.add("adam", learning_rate=0.05)` adds one')
    return experiment


def _parsed(tables: dict[str, Any]) -> Experiment:
    """The experiment of tables, checked throughout; a race that is being built need not have a lane yet."""
    if tables.get("lanes"):
        return files.parse(tables)
    found = files.parse({**tables, "lanes": [dict(_NOBODY)]})
    empty: Experiment = replace(found, lanes=())
    return empty
