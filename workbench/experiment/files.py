"""Experiment files: TOML in and out, with every fault said in one sentence."""

from __future__ import annotations

import hashlib
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from workbench.engine.params import RequestError
from workbench.engine.registry import Given
from workbench.experiment.build import validate
from workbench.experiment.experiment import FORMAT, OF_A_FILE, DataSetup, Experiment, Schedule
from workbench.experiment.limits import check_limits
from workbench.experiment.table_faults import explain
from workbench.experiment.writing import write_bytes

__all__ = [
    "ExperimentFileError",
    "content",
    "digest",
    "dumps",
    "loads",
    "parse",
    "read",
    "read_tables",
    "tables",
    "tables_of",
    "text_of",
    "with_whole_paths",
    "write",
    "write_bytes",
]

_LARGEST_FILE = 1 << 20
#: texts that say nothing where they are empty
_LEFT_OUT_EMPTY = frozenset({"label", "color", "loss", "title", "notes", "name", "file", "target", "weights"})


class ExperimentFileError(ValueError):
    """A file that cannot be used, in one sentence that begins with its name."""


def parse(data: Mapping[str, Any]) -> Experiment:
    """The experiment that a file's tables say, checked throughout.

    Raises:
        RequestError: the first fault found.
    """
    version = data.get("format")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise RequestError(
            "format", f"must be at most {FORMAT}, got {version}: the file is of a newer version of the program"
        )
    if "format" not in data:
        raise RequestError("format", f"must be {FORMAT}, but is missing")
    try:
        experiment = msgspec.convert(_gather(data), Experiment)
    except msgspec.ValidationError as error:
        raise explain(str(error), data) from None
    problem = data.get("problem")
    if isinstance(problem, dict) and problem.get("start") == []:
        raise RequestError("problem.start", "must have coordinates, got none: left out, it is the usual one")
    validate(experiment)
    return experiment


def with_whole_paths(data: Mapping[str, Any], folder: str | Path) -> dict[str, Any]:
    """The tables of a file with the paths of its data and weights, seen from the file's folder, made absolute."""
    found = dict(data)
    inside = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links
    for table, name in _tables_with_paths(found):
        if isinstance(table.get(name), str) and table[name]:
            table[name] = str(inside / table[name])
    return found


def _tables_with_paths(data: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """The tables that name a file, with the key that does, each a copy put into `data`."""
    found: list[tuple[dict[str, Any], str]] = []
    problem = data.get("problem")
    if isinstance(problem, dict):
        data["problem"] = problem = dict(problem)
        found.append((problem, "weights"))
        if isinstance(problem.get("data"), dict):
            problem["data"] = dict(problem["data"])
            found.append((problem["data"], "file"))
    lanes = data.get("lanes")
    if isinstance(lanes, list):
        data["lanes"] = lanes = [dict(lane) if isinstance(lane, dict) else lane for lane in lanes]
        for lane in lanes:
            if isinstance(lane, dict) and isinstance(lane.get("network"), dict):
                lane["network"] = dict(lane["network"])
                found.append((lane["network"], "weights"))
    return found


def loads(text: str, folder: str | Path | None = None) -> Experiment:
    """The experiment in TOML text; paths in it are seen from `folder`.

    Raises:
        RequestError: it is not TOML, or not an experiment.
    """
    data = tables(text)
    return parse(data if folder is None else with_whole_paths(data, folder))


def tables(text: str) -> dict[str, Any]:
    """The bare tables of TOML text.

    Raises:
        RequestError: it is not TOML, or deeper or longer than any experiment.
    """
    check_limits(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RequestError("", f"is not TOML: {str(error)[0].lower()}{str(error)[1:]}") from None
    except RecursionError:
        raise RequestError("", "is not TOML: lists or tables are nested too deeply") from None
    except ValueError:  # a whole number of thousands of digits, or a date that does not exist
        raise RequestError("", "is not TOML: a number or a date cannot be read") from None


def text_of(data: Mapping[str, Any]) -> str:
    """Bare tables as TOML text, from which `tables` gives equal ones."""
    return tomli_w.dumps(data)


def read(path: str | Path) -> Experiment:
    """The experiment in a file.

    Raises:
        ExperimentFileError: it is not there, cannot be read, or `loads` refuses it.
    """
    text = _read_text(Path(path))
    try:
        return loads(text, Path(path).parent)
    except RequestError as error:
        raise ExperimentFileError(f"{path}: {error}") from None


def digest(path: str | Path) -> str:
    """A short text that is another one when a file holds something else; empty where it cannot be read."""
    try:
        return hashlib.sha256(_read_text(Path(path)).encode()).hexdigest()
    except ExperimentFileError:
        return ""


def read_tables(path: str | Path) -> dict[str, Any]:
    """The bare tables of a file, for changes before `parse`.

    Raises:
        ExperimentFileError: it is not there, cannot be read, or is not TOML.
    """
    text = _read_text(Path(path))
    try:
        return tables(text)
    except RequestError as error:
        raise ExperimentFileError(f"{path}: {error}") from None


def _read_text(path: Path) -> str:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            plain = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            content = file.read(_LARGEST_FILE + 1) if plain else b""
    except FileNotFoundError:
        raise ExperimentFileError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ExperimentFileError(f"{path}: this is a folder, not an experiment file") from None
    except OSError as error:
        raise ExperimentFileError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise ExperimentFileError(f"{str(path)!r}: cannot be read: no file can have this name") from None
    if not plain:  # it may have no end, or give nothing until somebody writes to it
        raise ExperimentFileError(f"{path}: this is a pipe or a device, not an experiment file")
    if len(content) > _LARGEST_FILE:
        raise ExperimentFileError(f"{path}: the file is larger than an experiment can be (1 MiB)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExperimentFileError(f"{path}: is not TOML: byte {error.start} is not UTF-8 text") from None


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; of a pipe that nobody writes to, too, without waiting until somebody does."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def tables_of(experiment: Experiment) -> dict[str, Any]:
    """The bare tables of an experiment, from which `parse` gives an equal one.

    Raises:
        RequestError: it has something that was given in Python.
    """
    data: dict[str, Any] = _scatter(msgspec.to_builtins(experiment, enc_hook=_plain))
    return data


def dumps(experiment: Experiment, folder: str | Path | None = None) -> str:
    """The experiment as TOML text, from which `loads` gives an equal one.

    The path of a file of data or weights that lies within `folder` is written as seen from there. Raises RequestError
    as `tables_of`.
    """
    data = tables_of(experiment)
    if folder is not None:
        inside = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links
        for table, name in _tables_with_paths(data):
            file = table.get(name)
            if file and Path(file).is_relative_to(inside):
                table[name] = Path(file).relative_to(inside).as_posix()
    lanes, layers = data.pop("lanes"), data["problem"].pop("layers", [])
    # notes of several lines are lines in the file, too; a carriage return would not come back from there
    parts = [tomli_w.dumps(data, multiline_strings="\\r" not in repr(data))]
    # Lanes and layers each get their own heading, however short: they are what people edit by hand.
    parts += [_with_heading("problem.layers", layer) for layer in layers]
    parts += [_with_heading("lanes", lane) for lane in lanes]
    return "\n".join(parts)


def content(experiment: Experiment, folder: str | Path) -> bytes:
    """What a file in `folder` holds of the experiment.

    Raises:
        RequestError: the name of its data file is no UTF-8, which alone a file can hold, or as `tables_of`.
    """
    try:
        return dumps(experiment, folder).encode()
    except UnicodeEncodeError:
        raise RequestError("problem.data.file", "must have a name in UTF-8, to be written to a file") from None


def write(experiment: Experiment, path: str | Path) -> None:
    """Save the experiment; the file is replaced as a whole or not at all.

    Raises:
        RequestError: as `content`.
        OSError: it cannot be written.
    """
    write_bytes(path, content(experiment, Path(path).parent))


def _with_heading(name: str, table: dict[str, Any]) -> str:
    """One `[[name]]` of an array of tables, its own tables below it."""
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    plain = {key: value for key, value in table.items() if key not in tables}
    text = f"[[{name}]]\n{tomli_w.dumps(plain)}"
    return text + "".join(_with_own_heading(f"{name}.{key}", value) for key, value in tables.items())


def _with_own_heading(name: str, table: dict[str, Any]) -> str:
    """One `[name]`; behind it the tables and layers of a network."""
    if not name.endswith(".network"):
        return f"\n[{name}]\n{_with_lines(table)}"
    layers, tables = table.get("layers") or [], {k: v for k, v in table.items() if isinstance(v, dict)}
    plain = {key: value for key, value in table.items() if key not in tables and not (key == "layers" and value)}
    parts = [f"\n[{name}]\n{tomli_w.dumps(plain)}"]
    parts += [f"\n[{name}.{key}]\n{_with_lines(value)}" for key, value in tables.items()]
    parts += ["\n" + _with_heading(f"{name}.layers", layer) for layer in layers]
    return "".join(parts)


def _with_lines(table: dict[str, Any]) -> str:
    """A table whose texts stand line under line, where nothing of them would be lost by it."""
    whole = not any(isinstance(value, str) and "\r" in value for value in table.values())
    return tomli_w.dumps(table, multiline_strings=whole)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Given):
        raise RequestError("", f'"{value}" was given in Python, which no file can hold')
    raise TypeError(type(value).__name__)


def _gather(data: Mapping[str, Any]) -> dict[str, Any]:
    """Move the free keys of open tables into their `parameters`, where the values of the experiment have them."""
    copy = dict(data)
    problem = copy.get("problem")
    if isinstance(problem, dict) and isinstance(problem.get("data"), dict):
        copy["problem"] = {**problem, "data": _gathered(problem["data"], DataSetup)}
    lanes = copy.get("lanes")
    if isinstance(lanes, list):
        copy["lanes"] = [
            {**lane, "schedule": _gathered(lane["schedule"], Schedule)}
            if isinstance(lane, dict) and isinstance(lane.get("schedule"), dict)
            else lane
            for lane in lanes
        ]
    return copy


def _gathered(table: dict[str, Any], kind: type[msgspec.Struct]) -> dict[str, Any]:
    fields = [name for name in kind.__struct_fields__ if name != "parameters"]
    known = {name: value for name, value in table.items() if name in fields}
    return {**known, "parameters": {name: value for name, value in table.items() if name not in fields}}


def _scatter(data: Any) -> Any:
    """Undo `_gather`, and leave out what TOML cannot say (nothing) or need not (an empty table)."""
    if isinstance(data, dict):
        out = {}
        for name, value in data.items():
            if name in ("data", "schedule") and isinstance(value, dict):
                value = {k: v for k, v in value.items() if k != "parameters"} | value.get("parameters", {})
                value = {k: v for k, v in value.items() if k not in OF_A_FILE or v != getattr(DataSetup(), k)}
            if name == "network" and isinstance(value, dict):
                # what is empty there says something: no hidden layers, no features
                out[name] = {k: _scatter(v) for k, v in value.items() if v is not None}
                continue
            if value is None or value in ({}, (), []) or (name in _LEFT_OUT_EMPTY and value == ""):
                continue
            out[name] = _scatter(value)
        return out
    if isinstance(data, (list, tuple)):
        return [_scatter(value) for value in data]
    return data
