"""What a call changes of an experiment's file before it is run: single keys, the steps, the seed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.ending import Wrong
from workbench.engine.params import RequestError

if TYPE_CHECKING:
    from workbench.experiment.experiment import Experiment


def experiment_in(file: str) -> Experiment:
    """The experiment of a file, with names that can be printed."""
    from workbench.experiment import files
    from workbench.experiment.names import check_names

    experiment = files.read(file)
    try:
        check_names(experiment)
    except RequestError as error:
        raise Wrong(f"{file}: {error}") from None
    return experiment


def with_changes(options: argparse.Namespace) -> Any:
    """The experiment of a file with --set, --steps and --seed applied."""
    from workbench.experiment import files
    from workbench.experiment.experiment import replace
    from workbench.experiment.names import check_names

    if not options.changes:
        experiment = experiment_in(options.file)
    else:
        data = files.read_tables(options.file)
        for change in options.changes:
            _apply(data, change)
        data = files.with_whole_paths(data, Path(options.file).parent)  # of a path that is set, too
        try:
            experiment = files.parse(data)
            check_names(experiment)
        except RequestError as error:
            raise Wrong(f"{options.file} with --set: {error}") from None
    given = {name: getattr(options, name) for name in ("steps", "seed") if getattr(options, name) is not None}
    return replace(experiment, **given)


def _apply(data: dict[str, Any], change: str) -> None:
    """Put one PATH=VALUE into a file's tables; tables on the way are made, items of lists are not."""
    from workbench.experiment import paths

    path, equals, text = change.partition("=")
    said = f"--set {change[: paths.SAID]}{'...' if len(change) > paths.SAID else ''}"
    if not equals or not paths.is_path(path):
        raise Wrong(f"{said}: must be PATH=VALUE, like lanes[0].hyperparameters.learning_rate=0.01")
    value = _value(said, text)
    try:
        paths.put(data, path, value)
    except RequestError as error:
        raise Wrong(f"{said}: {error}") from None


def _value(said: str, text: str) -> Any:
    """The value that a text says in TOML; a bare word is a text, so that --set lanes[0].optimizer=adam is enough."""
    from workbench.experiment import files

    try:
        found = files.tables(f"value = {text}")
    except RequestError:
        found = {"value": text}
    if found.keys() != {"value"} or not (found["value"] != text or text.isprintable()):
        raise Wrong(f"{said}: must be set to one value, in one line")
    return found["value"]
