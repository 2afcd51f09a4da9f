"""The problems of a fair race: experiments from files, and objectives of the catalogue in the place of theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError, nearest, show
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment, NetworkSetup, ObjectiveSetup
from workbench.experiment.files import ExperimentFileError
from workbench.experiment.names import check_names
from workbench.studies.batch import problem_of
from workbench.studies.results import label_of_lane
from workbench.studies.tuning import LOOKED_AT, Contest

_MOST_CONTESTS = 200


def groups() -> dict[str, tuple[str, ...]]:
    """The objectives of the catalogue by group: the file of `engine/objectives/` that they stand in."""
    found: dict[str, list[str]] = {}
    for entry in objectives:
        if entry.key != "formula":
            found.setdefault(entry.__module__.rpartition(".")[2], []).append(entry.key)
    return {name: tuple(keys) for name, keys in found.items()}


def contests_of(data: Mapping[str, Any], folder: Path, given: Mapping[str, Mapping[str, Any]]) -> tuple[Contest, ...]:
    """The contests that the file of a fair race names; tables of experiments that are `given` by name are not read.

    Raises:
        RequestError: one of them cannot be had.
    """
    names = _names(data.get("experiment"))
    starts = data.get("starts")
    if starts not in (None, "drawn", "own"):
        raise RequestError("starts", f'must be "drawn" or "own", got {show(starts)}')
    read = [(name, given[name] if name in given else _tables(name, folder)) for name in names]
    if "objectives" in data:
        if len(read) > 1:
            raise RequestError("experiment", "must be one file where `objectives` says the problems: it has the lanes")
        read = [(key, _with_objective(read[0][1], key)) for key in _keys(data["objectives"])]
    if len(read) > _MOST_CONTESTS:
        raise RequestError("experiment", f"must be at most {_MOST_CONTESTS} problems, got {len(read)}")
    found: list[Contest] = []
    for name, tables in read:
        taken = {contest.name for contest in found}
        found.append(_contest(name, _free_name(name, taken), tables, data.get("quantity"), starts != "own"))
    return tuple(found)


def labels_of(contests: tuple[Contest, ...]) -> tuple[str, ...]:
    """What the lanes are called; they must be the same in all contests.

    Raises:
        RequestError: they are not, or two have one name.
    """
    first = tuple(label_of_lane(lane) for _, lane in contests[0].experiment.enabled_lanes)
    for label in first:
        if first.count(label) > 1:
            raise RequestError("experiment", f"has two lanes that are called {show(label)}: give one a `label`")
    for contest in contests[1:]:
        other = tuple(label_of_lane(lane) for _, lane in contest.experiment.enabled_lanes)
        if other != first:
            raise RequestError(
                "experiment", f'must have the same lanes in all files: "{contests[0].name}" has {", ".join(first)}, '
                f'"{contest.name}" has {", ".join(other)}'
            )  # fmt: skip
    return first


def _names(value: Any) -> list[str]:
    if value is None:
        raise RequestError("experiment", "is missing: the file of an experiment, or a list of them")
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise RequestError("experiment", f"must be the name of a file, or a list of names, got {show(value)}")
    return names


def _keys(value: Any) -> list[str]:
    """The objectives that a list of keys, or the name of a group, says."""
    if isinstance(value, str):
        known = groups()
        if value not in known:
            raise RequestError(
                "objectives", f"must be a list of objectives, or one of the groups {', '.join(known)}, "
                f"got {show(value)}{nearest(value, known)}"
            )  # fmt: skip
        return list(known[value])
    if not isinstance(value, list) or not value:
        raise RequestError("objectives", f"must be a list of objectives, or the name of a group, got {show(value)}")
    for i, key in enumerate(value):
        if not isinstance(key, str):
            raise RequestError(f"objectives[{i}]", f"must be the name of an objective, got {show(key)}")
        objectives.get(key, f"objectives[{i}]")
    if len(set(value)) < len(value):
        raise RequestError("objectives", "must differ from each other")
    return value


def _tables(name: str, folder: Path) -> dict[str, Any]:
    try:
        return files.with_whole_paths(files.read_tables(folder / name), (folder / name).parent)
    except ExperimentFileError as error:
        raise RequestError("experiment", f"names a file that cannot be used: {error}") from None


def _with_objective(tables: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The tables with another objective, from its own start; what else the problem says of objectives stays."""
    problem = tables.get("problem")
    kept = {}
    if isinstance(problem, Mapping) and problem.get("kind") == "objective":
        kept = {name: problem[name] for name in ("gradient", "difference", "noise") if name in problem}
    return {**tables, "problem": {"kind": "objective", "objective": key, **kept}}


def _free_name(name: str, taken: set[str]) -> str:
    """A name for files: that of the experiment's, without what a file cannot be called."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(name).stem).strip("_") or "problem"
    found, number = stem, 2
    while found in taken:
        found, number = f"{stem}-{number}", number + 1
    return found


def _contest(name: str, called: str, tables: Mapping[str, Any], quantity: Any, drawn: bool) -> Contest:
    try:
        experiment = files.parse(tables)
        check_names(experiment)
        _refuse(experiment, drawn)
        lanes = tuple(i for i, _ in experiment.enabled_lanes)
        if not lanes:
            raise RequestError("lanes", "must have one that is enabled")
        problem = problem_of(experiment, lanes[0])
        for i, lane in experiment.enabled_lanes:
            if optimizers.get(lane.optimizer).largest is not None:
                build.refuse_too_many_parameters(experiment, i, problem_of(experiment, i).size)
    except RequestError as error:
        raise RequestError("experiment", f'"{name}": {error}') from None
    known, setup = problem.known_minima, experiment.problem
    lowest = float(known[1].min()) if problem.measure == "gap" and known is not None else None
    if isinstance(setup, ObjectiveSetup):
        return Contest(called, tables, experiment, lanes, lowest, "loss", _box(setup) if drawn else None)
    quantity = "train_loss" if quantity is None else quantity
    if quantity not in LOOKED_AT:
        words = ", ".join(LOOKED_AT)
        hint = nearest(quantity, LOOKED_AT) if isinstance(quantity, str) else ""
        raise RequestError("quantity", f"must be one of {words}, got {show(quantity)}{hint}")
    if LOOKED_AT[quantity][0] not in problem.metrics:
        raise RequestError("quantity", f'"{quantity}" is nothing that the network of "{name}" has')
    return Contest(called, tables, experiment, lanes, None, quantity, None)


def _refuse(experiment: Experiment, drawn: bool) -> None:
    """A run of a fair race begins at the start, goes on to the last step, and is told by its seed."""
    setup = experiment.problem
    if experiment.stop is not None:
        raise RequestError("stop", "cannot be had in a fair race, whose runs take their whole budget")
    for i, lane in experiment.enabled_lanes:
        if lane.origin is not None:
            raise RequestError(f"lanes[{i}].from", "cannot be had in a fair race, whose lanes begin at the start")
    if isinstance(setup, NetworkSetup) and setup.starts > 1:
        raise RequestError("problem.starts", "must be 1 in a fair race, whose seeds take their place")
    if isinstance(setup, ObjectiveSetup) and not drawn and len(setup.points) > 1:
        raise RequestError("problem.start", "must be one point in a fair race, whose seeds take their place")


def _box(setup: ObjectiveSetup) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The box that starts are drawn from: the objective's own domain."""
    objective = objectives.get(setup.objective)(setup.parameters)
    point = setup.points[0] if setup.points else objective.usual_start()
    ranges = [objective.domain[i % len(objective.domain)] for i in range(len(point))]
    return tuple(float(low) for low, _ in ranges), tuple(float(high) for _, high in ranges)
