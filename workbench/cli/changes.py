"""What a call changes of an experiment's file before it is run: single keys, the steps, the seed."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path
from typing import Any

from workbench.cli.ending import Wrong
from workbench.engine.params import RequestError


def with_changes(options: argparse.Namespace) -> Any:
    """The experiment of a file with --set, --steps and --seed applied."""
    from workbench.experiment import files
    from workbench.experiment.experiment import replace

    if not options.changes:
        experiment = files.read(options.file)
    else:
        data = files.with_whole_paths(files.read_tables(options.file), Path(options.file).parent)
        for change in options.changes:
            _apply(data, change)
        try:
            experiment = files.parse(data)
        except RequestError as error:
            raise Wrong(f"{options.file} with --set: {error}") from None
    given = {name: getattr(options, name) for name in ("steps", "seed") if getattr(options, name) is not None}
    return replace(experiment, **given)


def _apply(data: dict[str, Any], change: str) -> None:
    """Put one PATH=VALUE into a file's tables; tables on the way are made, items of lists are not."""
    path, equals, text = change.partition("=")
    parts = re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path)
    if not equals or not parts or not re.fullmatch(r"[A-Za-z_]\w*(\[\d+\])*(\.[A-Za-z_]\w*(\[\d+\])*)*", path):
        raise Wrong(f"--set {change}: must be PATH=VALUE, like lanes[0].hyperparameters.learning_rate=0.01")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        value = text  # a bare word is a text, so that --set lanes[0].optimizer=adam needs no quotes
    place: Any = data
    keys: list[str | int] = [name or int(index) for name, index in parts]
    for i, key in enumerate(keys):
        last = i == len(keys) - 1
        try:
            if isinstance(key, str) and not isinstance(place, dict):
                raise TypeError
            if last:
                place[key] = value
            elif isinstance(key, str) and key not in place:
                place[key] = {}
            place = place[key]
        except (IndexError, TypeError, KeyError):
            raise Wrong(f"--set {change}: the experiment has no `{path}`") from None
