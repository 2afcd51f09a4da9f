"""The file of a fair race: read, with what a preset says filled in, and written again as it was done."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from workbench.engine.params import RequestError, nearest, show
from workbench.experiment import files
from workbench.experiment.experiment import Experiment, ObjectiveSetup
from workbench.experiment.files import ExperimentFileError
from workbench.studies.heads import FORMAT, check_head
from workbench.studies.tuning import Contest, Goal, Measure, Tuning, Unit
from workbench.studies.tuning_contests import contests_of, labels_of
from workbench.studies.tuning_space import DESIGNS, axes_of

#: runs of a fair race at most, and numbers that its looks may give
MOST_RUNS, MOST_NUMBERS = 1_000_000, 20_000_000
#: the first seed that is reported, where the file says how many alone
FIRST_SEED = 1000
_GOALS = ("target", "tolerance", "fraction", "factor")
#: keys of a file
KEYS = ("format", "title", "experiment", "objectives", "preset", "budget", "unit", "trials", "studies", "design",
         "tune", "spaces", "tuning_seeds", "seeds", "measure", "quantity", "ranked", *_GOALS, "looks", "extra",
         "starts")  # fmt: skip
_USUAL: Mapping[str, Any] = {
    "unit": "steps", "trials": 16, "studies": 1, "design": "sobol", "tune": ["learning_rate"], "tuning_seeds": 1,
    "seeds": 10, "measure": "final", "ranked": "seeds", "looks": 100, "extra": 0.25,
}  # fmt: skip
#: what a preset says where the file does not: G. E. Dahl et al. (2023), external tuning as its competition's rules have
#: it; F. Schneider, L. Balles, P. Hennig (2019)
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "algoperf": {"studies": 3, "trials": 5, "design": "sobol", "measure": "target", "ranked": "studies"},
    "deepobs": {"studies": 1, "trials": 36, "design": "grid", "tune": ["learning_rate"], "tuning_seeds": 1, "seeds": 10,
                "measure": "final",
                "spaces": {"*": {"learning_rate": {"from": 1e-5, "to": 100.0, "log": True}}}},
}  # fmt: skip


def read(path: str | Path) -> Tuning:
    """The fair race in a file, with the experiments that it names, all checked.

    Raises:
        ExperimentFileError: one of them cannot be read, or is refused.
    """
    try:
        return parse(files.read_tables(path), Path(path).parent)
    except RequestError as error:
        raise ExperimentFileError(f"{path}: {error}") from None


def of_experiment(experiment: Experiment, settings: Mapping[str, Any]) -> Tuning:
    """The fair race of an open experiment: `settings` are what a file says besides.

    Raises:
        RequestError: the first fault found.
    """
    setup = experiment.problem
    name = setup.objective if isinstance(setup, ObjectiveSetup) else setup.data.name or "data"
    given = {name: files.tables(files.dumps(experiment))}
    return parse({"format": FORMAT, "title": experiment.title, "experiment": name, **settings}, Path(), given)


def parse(
    data: Mapping[str, Any], folder: Path, given: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
) -> Tuning:
    """The fair race that a file's tables say; experiments are seen from `folder`, unless they are `given` by name.

    Raises:
        RequestError: the first fault found.
    """
    preset = _head(data)
    data = {**_USUAL, **PRESETS.get(preset, {}), **data}
    studies, trials = _whole(data, "studies", 1, 100), _whole(data, "trials", 1, 10_000)
    tuning_seeds, seeds = _all_seeds(data, studies)
    goal, factor = _goal(data)
    contests = contests_of(data, folder, given)
    labels = labels_of(contests)
    budget = _whole_or_none(data, "budget", 1, 10**9) or contests[0].experiment.steps
    if budget is None:
        raise RequestError("budget", "is missing: the steps of a run, or the gradients that it may ask for")
    design = _word(data, "design", DESIGNS)
    spaces = _spaces(data, contests[0], labels)
    if design == "grid" and any(len(axes) > 1 for axes in spaces):
        raise RequestError("design", 'must be "sobol" or "halton" where a lane has more than one setting to tune')
    looks = _whole(data, "looks", 1, 10_000)
    tuning = Tuning(
        data.get("title", ""),
        contests,
        labels,
        spaces,
        design,
        budget,
        _word(data, "unit", get_args(Unit)),
        trials,
        studies,
        tuning_seeds,
        seeds,
        _word(data, "measure", get_args(Measure)),
        _word(data, "ranked", ("seeds", "studies")),
        goal if goal is not None else _usual_goal(contests[0]),
        factor,
        max(1, -(-budget // looks)),
        _number(data, "extra", 0.0, 10.0),
        preset,
    )
    if tuning.ranked == "studies" and tuning.measure != "target":
        raise RequestError("measure", 'must be "target" where studies are ranked, by the time of their fastest trials')
    _refuse_too_much(tuning)
    return tuning


def tables_of(tuning: Tuning) -> dict[str, Any]:
    """The tables of a file that says this fair race in full, beside the experiments that `experiment_files` names."""
    goal: dict[str, Any] = {tuning.goal.kind: tuning.goal.value}
    drawn = {contest.box is not None for contest in tuning.contests if contest.is_objective}
    quantities = {contest.quantity for contest in tuning.contests if not contest.is_objective}
    found: dict[str, Any] = {
        "format": FORMAT,
        "title": tuning.title,
        "experiment": list(experiment_files(tuning)),
        "budget": tuning.budget,
        "unit": tuning.unit,
        "trials": tuning.trials,
        "studies": tuning.studies,
        "design": tuning.design,
        "tune": [],
        "tuning_seeds": [seed for each in tuning.tuning_seeds for seed in each],
        "seeds": list(tuning.seeds),
        "measure": tuning.measure,
        "ranked": tuning.ranked,
        "looks": -(-tuning.budget // tuning.every),
        "extra": tuning.extra,
        **goal,
    }
    if tuning.goal.kind != "factor":
        found["factor"] = tuning.factor
    if drawn:
        found["starts"] = "drawn" if True in drawn else "own"
    if quantities:
        found["quantity"] = next(iter(quantities))
    found["spaces"] = {
        label: {axis.path: {"from": axis.low, "to": axis.high, "log": axis.log} for axis in axes}
        for label, axes in zip(tuning.labels, tuning.spaces, strict=True)
    }
    return found


def experiment_files(tuning: Tuning) -> dict[str, bytes]:
    """The experiments of a fair race as files, by their names as the file beside them has them."""
    return {f"experiments/{contest.name}.toml": files.text_of(contest.tables).encode() for contest in tuning.contests}


def _head(data: Mapping[str, Any]) -> str:
    check_head(data, KEYS, "a fair race")
    preset = data.get("preset", "")
    return _word({"preset": preset}, "preset", tuple(PRESETS)) if preset != "" else ""


def _word(data: Mapping[str, Any], key: str, words: Iterable[Any]) -> Any:
    value, words = data[key], tuple(words)
    if not isinstance(value, str) or value not in words:
        hint = nearest(value, words) if isinstance(value, str) else ""
        raise RequestError(key, f"must be one of {', '.join(words)}, got {show(value)}{hint}")
    return value


def _whole_or_none(data: Mapping[str, Any], key: str, low: int, high: int) -> int | None:
    return None if key not in data else _whole(data, key, low, high)


def _whole(data: Mapping[str, Any], key: str, low: int, high: int) -> int:
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RequestError(key, f"must be a whole number in [{low}, {high}], got {show(value)}")
    return value


def _number(data: Mapping[str, Any], key: str, low: float, high: float) -> float:
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise RequestError(key, f"must be a number in [{low:g}, {high:g}], got {show(value)}")
    return float(value)


def _goal(data: Mapping[str, Any]) -> tuple[Goal | None, float]:
    """When runs have arrived, None where the file does not say; and the factor for problems of no known minimum."""
    named = [kind for kind in _GOALS[:-1] if kind in data]
    if len(named) > 1:
        raise RequestError(named[1], f"cannot stand beside `{named[0]}`: a race has one goal")
    factor = 1.1
    if "factor" in data:
        factor = _number(data, "factor", 1.0, 1e6)
    if named:
        kind = named[0]
        low, high = (-1e30, 1e30) if kind == "target" else (0.0, 1.0 if kind == "fraction" else 1e30)
        value = _number(data, kind, low, high)
        if kind != "target" and value == 0.0:
            raise RequestError(kind, "must be above 0")
        return Goal(kind, value), factor  # type: ignore[arg-type]
    return (Goal("factor", factor) if "factor" in data else None), factor


def _usual_goal(contest: Contest) -> Goal:
    tolerance = contest.experiment.tolerance
    if tolerance is not None:
        return Goal("tolerance" if contest.lowest is not None else "target", tolerance)
    return Goal("fraction", 1e-3)


def _all_seeds(data: Mapping[str, Any], studies: int) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """The tuning seeds of each study, and the seeds that are reported: none is both."""
    tuning = _seeds(data, "tuning_seeds", 0, studies)
    if len(tuning) % studies:
        raise RequestError(
            "tuning_seeds", f"must be as many for each of the {studies} studies, got {len(tuning)} in all"
        )
    seeds = _seeds(data, "seeds", max(FIRST_SEED, max(tuning) + 1), 1)
    both = sorted({*tuning} & {*seeds})
    if both:
        raise RequestError(
            "seeds", f"must not be those that tuned, got {both[0]} in both: what is tuned on is flattered"
        )
    each = len(tuning) // studies
    return tuple(tuning[i * each : (i + 1) * each] for i in range(studies)), seeds


def _seeds(data: Mapping[str, Any], key: str, first: int, times: int) -> tuple[int, ...]:
    value = data[key]
    if not isinstance(value, list):
        return tuple(range(first, first + times * _whole(data, key, 1, 10_000)))
    if not value:
        raise RequestError(key, "must have at least one seed, got none")
    for i, seed in enumerate(value):
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= 2**53:
            raise RequestError(f"{key}[{i}]", f"must be a whole number in [0, 2^53], got {show(seed)}")
    if len(set(value)) < len(value):
        raise RequestError(key, "must differ from each other")
    return tuple(value)


def _spaces(data: Mapping[str, Any], contest: Contest, labels: tuple[str, ...]) -> tuple[Any, ...]:
    names, given = data["tune"], data.get("spaces", {})
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RequestError("tune", f'must be a list of settings, like ["learning_rate"], got {show(names)}')
    if not isinstance(given, Mapping):
        raise RequestError("spaces", f"must be tables of ranges by the names of lanes, got {show(given)}")
    for label, table in given.items():
        if label != "*" and label not in labels:
            raise RequestError(
                f'spaces."{label}"', f"is no lane; there are: {', '.join(labels)}{nearest(label, labels)}"
            )
        if not isinstance(table, Mapping):
            raise RequestError(f'spaces."{label}"', f"must be a table of ranges, got {show(table)}")
    everyone = given.get("*", {})
    return tuple(
        axes_of(contest.lane(number), label, names, {**everyone, **given.get(label, {})})
        for number, label in enumerate(labels)
    )


def _refuse_too_much(tuning: Tuning) -> None:
    if tuning.runs > MOST_RUNS:
        raise RequestError("", f"a fair race may have at most {MOST_RUNS} runs, this one has {tuning.runs:.4g}")
    numbers = tuning.tuning_runs * len(tuning.looks) + math.prod(tuning.report_shape) * len(tuning.long_looks)
    if numbers > MOST_NUMBERS:
        raise RequestError(
            "looks", f"must be fewer: {tuning.runs} runs would give {numbers:.3g} numbers, not {MOST_NUMBERS:.0e}"
        )
