"""What lies beside the results of a sweep, so that its folder stands alone: its file, its experiments; and its runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from workbench.experiment import experiment as values
from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.studies import sweep as sweeps
from workbench.studies.sweep import Subject, Sweep, at_point

NAME = "sweep.toml"


def spec_files(sweep: Sweep) -> Iterator[tuple[str, bytes]]:
    """The sweep as it was asked for, and its experiments beside it: from these the same call goes on anywhere."""
    names = _names(sweep)
    for subject, name in zip(sweep.subjects, names, strict=True):
        yield name, files.text_of(subject.tables).encode()
    told = {**sweep.told, "experiment": names if len(names) > 1 else names[0]}
    axes = told.pop("axes", {})
    # one line an axis: a writer of tables would put those that are ranges last, and points have the order of the axes
    lines = [f"{json.dumps(path, ensure_ascii=False)} = {_inline(value)}\n" for path, value in axes.items()]
    yield NAME, f"{files.text_of(told)}\n[axes]\n{''.join(lines)}".encode()


def _inline(value: Any) -> str:
    """A value as it stands on one line of a TOML file."""
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(key, ensure_ascii=False)} = {_inline(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(_inline(each) for each in value)}]"
    return files.text_of({"v": value}).removeprefix("v = ").rstrip("\n")


def read(path: Path) -> Sweep:
    """The sweep of a folder of results; its experiments have the names of their files alone.

    Raises:
        ExperimentFileError: it cannot be read, or is refused.
    """
    found = sweeps.read(path)
    subjects = tuple(replace(subject, name=PurePath(subject.name).name) for subject in found.subjects)
    return replace(found, subjects=subjects)


def _names(sweep: Sweep) -> list[str]:
    """A file for each experiment, called as its own file is; with a number where several are called so."""
    found: list[str] = []
    for subject in sweep.subjects:
        stem = PurePath(subject.name).stem or "experiment"
        tries = (f"experiments/{stem}{f'-{i}' if i else ''}.toml" for i in range(len(found) + 1))
        found.append(next(name for name in tries if name not in found))
    return found


def run_of(sweep: Sweep, subject: Subject, point: int, seed: int) -> Experiment:
    """The experiment of a point under a seed, by its number, all lanes in it: it gives the numbers of the results."""
    settings = dict(sweep.settings(point))
    found = files.parse(at_point(subject.tables, settings))
    number = sweep.seed(subject, seed)
    told = ", ".join(f"{path.rsplit('.', 1)[-1]} = {_short(value)}" for path, value in settings.items())
    title = f"{sweep.title or 'Sweep'}: {told or subject.name}, seed {number}"
    opened: Experiment = values.replace(
        found, seed=number, steps=sweep.steps_of(subject), tolerance=None, title=title[: values.LONGEST_TITLE]
    )
    return opened


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
