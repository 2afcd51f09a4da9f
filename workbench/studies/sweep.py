"""A sweep as its file says it: experiments, axes, seeds; and how its runs are numbered."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.engine.params import RequestError, nearest, show
from workbench.experiment import files, paths
from workbench.experiment.experiment import Experiment, NetworkSetup
from workbench.experiment.files import ExperimentFileError
from workbench.experiment.names import check_names
from workbench.studies.axes import DESIGNS, MOST_POINTS, Axis, points, read_axes
from workbench.studies.heads import check_head

#: runs of a sweep at most
MOST_RUNS = 1_000_000
_KEYS = ("format", "title", "experiment", "steps", "seeds", "tolerance", "design", "points", "axes")
_MOST_EXPERIMENTS = 100
#: values of an axis that are tried on the experiment before anything is run
_TRIED = 64


@dataclass(frozen=True, slots=True)
class Subject:
    """One of a sweep's experiments.

    Attributes:
        name: its file, as the sweep names it.
        tables: the tables of its file, paths in them whole.
        experiment: what they say.
        first: the number of its first run.
        lanes: the places of its enabled lanes.
        starts: runs of each lane.
    """

    name: str
    tables: Mapping[str, Any]
    experiment: Experiment
    first: int
    lanes: tuple[int, ...]
    starts: int

    @property
    def runs_a_cell(self) -> int:
        """Runs of one point under one seed."""
        return len(self.lanes) * self.starts


@dataclass(frozen=True, slots=True)
class Sweep:
    """All runs of a sweep: subject by subject, point by point, seed by seed, lane by lane, start by start.

    Attributes:
        columns: the values of each axis at every point.
        tolerance: how far above the lowest known loss a run has arrived; of a network, the loss itself.
        told: the tables of its file.
    """

    title: str
    subjects: tuple[Subject, ...]
    axes: tuple[Axis, ...]
    columns: tuple[list[Any], ...]
    seeds: tuple[int, ...] | None
    steps: int | None
    tolerance: float | None
    told: Mapping[str, Any]

    @property
    def points(self) -> int:
        return len(self.columns[0]) if self.columns else 1

    @property
    def runs(self) -> int:
        last = self.subjects[-1]
        return last.first + self.points * self.seeds_of(last) * last.runs_a_cell

    def seeds_of(self, subject: Subject) -> int:
        """How many seeds each point of an experiment has."""
        return len(self.seeds) if self.seeds is not None else 1

    def seed(self, subject: Subject, number: int) -> int:
        return self.seeds[number] if self.seeds is not None else subject.experiment.seed

    def steps_of(self, subject: Subject) -> int:
        return self.steps or subject.experiment.steps or 0

    def tolerance_of(self, subject: Subject) -> float | None:
        return self.tolerance if self.tolerance is not None else subject.experiment.tolerance

    def row(self, subject: Subject, point: int, seed: int, lane: int) -> int:
        """The number of the first run of a lane, counted among those enabled, at a point under the seed of a number."""
        cell = point * self.seeds_of(subject) + seed
        return subject.first + cell * subject.runs_a_cell + lane * subject.starts

    def settings(self, point: int) -> Iterator[tuple[str, Any]]:
        """Path and value of each axis at a point."""
        return ((axis.path, column[point]) for axis, column in zip(self.axes, self.columns, strict=True))

    @property
    def digest(self) -> str:
        """A short text that is another one where any number of the results might be another."""
        told = {
            "subjects": [[s.tables, _data_digest(s)] for s in self.subjects],
            "axes": [[axis.path, column] for axis, column in zip(self.axes, self.columns, strict=True)],
            "rest": [self.seeds, self.steps, self.tolerance],
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _data_digest(subject: Subject) -> str:
    """Of the data file that a network learns from."""
    setup = subject.experiment.problem
    if not isinstance(setup, NetworkSetup) or not setup.data.file:
        return ""
    try:
        return hashlib.sha256(Path(setup.data.file).read_bytes()).hexdigest()
    except OSError:
        return ""


def at_point(tables: Mapping[str, Any], settings: Mapping[str, Any] | Iterator[tuple[str, Any]]) -> dict[str, Any]:
    """An experiment's tables with the values of axes put into them; `lanes[*]` is every lane.

    Raises:
        RequestError: there is no such place.
    """
    changed = copy.deepcopy(dict(tables))
    for path, value in dict(settings).items():
        for each in each_lane(path, changed):
            paths.put(changed, each, copy.deepcopy(value))
    return changed


def each_lane(path: str, tables: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths that a path with `lanes[*]` stands for."""
    if "lanes[*]" not in path:
        return (path,)
    lanes = tables.get("lanes")
    count = len(lanes) if isinstance(lanes, list) else 0
    return tuple(path.replace("lanes[*]", f"lanes[{i}]") for i in range(count))


def read(path: str | Path) -> Sweep:
    """The sweep in a file, with the experiments that it names, all checked.

    Raises:
        ExperimentFileError: one of them cannot be read, or is refused.
    """
    try:
        return _parse(files.read_tables(path), lambda name: _file_tables(Path(path).parent / name))
    except RequestError as error:
        raise ExperimentFileError(f"{path}: {error}") from None


def over(data: Mapping[str, Any], experiments: Mapping[str, Mapping[str, Any]]) -> Sweep:
    """The sweep that the tables of a file say, over experiments that are given as tables by name, not as files.

    Raises:
        RequestError: one of them is refused.
    """
    return _parse({**data, "experiment": list(experiments)}, experiments.__getitem__)


def _parse(data: Mapping[str, Any], tables_of: Callable[[str], Mapping[str, Any]]) -> Sweep:
    design = _head(data)
    count = _whole(data, "points", 1, MOST_POINTS) or 1
    steps, tolerance, seeds = _whole(data, "steps", 1, 10**9), _tolerance(data), _seeds(data)
    axes = read_axes(data.get("axes", {}), design)
    columns = points(axes, design, count)
    subjects, first = [], 0
    cells = (len(columns[0]) if columns else 1) * (len(seeds) if seeds is not None else 1)
    for name in _experiments(data):
        subject = _subject(name, tables_of, axes, columns, first)
        if steps is None and subject.experiment.steps is None:
            raise RequestError("steps", f'is missing, in the sweep and in "{name}"')
        first += cells * subject.runs_a_cell
        subjects.append(subject)
    if first > MOST_RUNS:
        raise RequestError("", f"a sweep may have at most {MOST_RUNS} runs, this one has {first:.4g}")
    return Sweep(data.get("title", ""), tuple(subjects), axes, columns, seeds, steps, tolerance, data)


def _head(data: Mapping[str, Any]) -> str:
    """Check the keys, the format and the title of a sweep, and how its points are made, which it gives."""
    check_head(data, _KEYS, "a sweep")
    design = data.get("design", "product")
    if not isinstance(design, str) or design not in DESIGNS:
        hint = nearest(design, DESIGNS) if isinstance(design, str) else ""
        raise RequestError("design", f"must be one of {', '.join(DESIGNS)}, got {show(design)}{hint}")
    drawn = design in ("sobol", "halton")
    if drawn != ("points" in data):
        raise RequestError("points", "is missing: how many points to draw" if drawn else "is for drawn designs alone")
    return design


def _tolerance(data: Mapping[str, Any]) -> float | None:
    value = data.get("tolerance")
    if value is not None and not (_is_number(value) and 0 < value <= 1e30):
        raise RequestError("tolerance", f"must lie in (0, 1e30], got {show(value)}")
    return None if value is None else float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole(data: Mapping[str, Any], key: str, low: int, high: int) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RequestError(key, f"must be a whole number in [{low}, {high}], got {show(value)}")
    return value


def _seeds(data: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The seeds that a sweep names: a list of them, or how many, from 0 on; None for each experiment's own."""
    value = data.get("seeds")
    if value is None:
        return None
    if not isinstance(value, list):
        return tuple(range(_whole(data, "seeds", 1, MOST_RUNS) or 1))
    if not value:
        raise RequestError("seeds", "must have at least one seed, got none")
    for i, seed in enumerate(value):
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= 2**53:
            raise RequestError(f"seeds[{i}]", f"must be a whole number in [0, 2^53], got {show(seed)}")
    if len(set(value)) < len(value):
        raise RequestError("seeds", "must differ from each other")
    return tuple(value)


def _experiments(data: Mapping[str, Any]) -> list[str]:
    value = data.get("experiment")
    if value is None:
        raise RequestError("experiment", "is missing: the file of an experiment, or a list of them")
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise RequestError("experiment", f"must be the name of a file, or a list of names, got {show(value)}")
    if len(names) > _MOST_EXPERIMENTS:
        raise RequestError("experiment", f"must be at most {_MOST_EXPERIMENTS} files, got {len(names)}")
    return names


def _file_tables(file: Path) -> dict[str, Any]:
    return files.with_whole_paths(files.read_tables(file), file.parent)


def _subject(
    name: str,
    tables_of: Callable[[str], Mapping[str, Any]],
    axes: tuple[Axis, ...],
    columns: tuple[list[Any], ...],
    first: int,
) -> Subject:
    """One experiment, on which values of every axis have been tried."""
    try:
        tables = tables_of(name)
        at_first = {axis.path: column[0] for axis, column in zip(axes, columns, strict=True)}
        experiment = _checked(at_point(tables, at_first))
        check_names(experiment)
        _refuse_what_stops(experiment)
    except RequestError as error:
        raise RequestError("experiment", f'"{name}" with the first value of every axis: {error}') from None
    except ExperimentFileError as error:
        raise RequestError("experiment", f"names a file that cannot be used: {error}") from None
    runs = _runs_of(experiment)
    for axis, column in zip(axes, columns, strict=True):
        for value in _some(column):
            try:
                found = _checked(at_point(tables, {**at_first, axis.path: value}))
            except RequestError as error:
                raise RequestError(f'axes."{axis.path}"', f'{show(value)} in "{name}": {error}') from None
            if _runs_of(found) != runs:
                raise RequestError(f'axes."{axis.path}"', "cannot be an axis: it changes how many runs there are")
    return Subject(name, tables, experiment, first, *runs)


def _refuse_what_stops(experiment: Experiment) -> None:
    """A sweep's runs begin at the start and go on to the last step, each by itself."""
    if experiment.stop is not None:
        raise RequestError("stop", "cannot be had in a sweep, whose runs take all their steps")
    for i, lane in experiment.enabled_lanes:
        if lane.origin is not None:
            raise RequestError(f"lanes[{i}].from", "cannot be had in a sweep, whose lanes begin at the start")


def _checked(tables: Mapping[str, Any]) -> Experiment:
    return files.parse(tables)


def _runs_of(experiment: Experiment) -> tuple[tuple[int, ...], int]:
    """The enabled lanes of an experiment, and the starts of each."""
    setup = experiment.problem
    starts = setup.starts if isinstance(setup, NetworkSetup) else max(1, len(setup.points))
    return tuple(i for i, _ in experiment.enabled_lanes), starts


def _some(column: list[Any]) -> list[Any]:
    """Some values of an axis, each once: the ends of numbers, and others in their order."""
    numbers = all(_is_number(value) for value in column)
    distinct = sorted(set(column)) if numbers else list({repr(value): value for value in column}.values())
    if len(distinct) <= _TRIED:
        return distinct
    last = len(distinct) - 1
    return [distinct[round(i * last / (_TRIED - 1))] for i in range(_TRIED)]
