"""In what settings runs differ: their experiments as tables with every default, key by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.engine.params import RequestError
from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.experiment.filling import fill

#: what changes no number of a run, or is said of it elsewhere
_ASIDE = ("title", "notes", "view", "format")


def differences(experiments: Sequence[Experiment | Mapping[str, Any]]) -> list[tuple[str, tuple[Any, ...]]]:
    """The keys of the file that not all have alike, each with their values; None where one has no such key.

    Keys are those of `--set`: `lanes[0].hyperparameters.learning_rate`. A default counts as what it stands for, but of
    the bare tables of a file that cannot be opened any more.
    """
    flat = [_flat(_tables(experiment)) for experiment in experiments]
    keys: dict[str, None] = {}
    for table in flat:
        keys |= dict.fromkeys(table)
    rows = [(key, tuple(table.get(key) for table in flat)) for key in sorted(keys, key=_in_order)]
    return [(key, values) for key, values in rows if any(value != values[0] for value in values)]


def _tables(experiment: Experiment | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(experiment, Experiment):
        return experiment
    try:
        return files.tables_of(fill(experiment))
    except RequestError:  # its data are no more where they were: what was asked for can still be compared
        return files.tables_of(experiment)


def _flat(tables: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tables.items():
        if key not in _ASIDE:
            _spread(key, value, found)
    return found


def _spread(key: str, value: Any, into: dict[str, Any]) -> None:
    """The leaves of tables, and of lists of tables; other lists are values."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            _spread(f"{key}.{name}", part, into)
    elif isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        for place, part in enumerate(value):
            _spread(f"{key}[{place}]", part, into)
    else:
        into[key] = value


def _in_order(key: str) -> tuple[Any, ...]:
    """The order in which keys are shown: what holds for the whole race first, lanes by their numbers."""
    head, _, rest = key.partition("]")
    name, _, number = head.partition("[")
    return (name in ("problem", "lanes") or "." in name, name.split(".")[0], name, int(number) if rest else -1, rest)
