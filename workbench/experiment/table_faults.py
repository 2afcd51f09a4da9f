"""What a type checker says of a file's tables, in the words of the file: where, what is allowed, what was found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from workbench.engine.params import RequestError, nearest, show
from workbench.experiment.experiment import (
    DataSetup,
    Experiment,
    Lane,
    LaneNetwork,
    LayerSetup,
    NetworkSetup,
    ObjectiveSetup,
    Origin,
    Schedule,
    Stop,
)

_RULES = (
    (r"`(?:int|float)` (>=?|<=?) (\S+)", "must be a number {0} {1}"),
    (r"matching regex", 'must be a colour like "#0072B2"'),
    (r"`array` of length >= (\d+)", "must have at least {0} item(s)"),
    (r"`array` of length <= (\d+)", "must have at most {0} items"),
    (r"`str` of length <= (\d+)", "must be a text of at most {0} characters"),
)
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


def explain(message: str, data: Mapping[str, Any]) -> RequestError:
    """Say a type checker's message in the words of the file: where, what is allowed, what was found."""
    text, _, place = message.rpartition(" - at `$") if " - at `$" in message else (message, "", "")
    path = place.rstrip("`").lstrip(".")
    path = re.sub(r"\.parameters(?=$|\[)", "", path) if re.search(r"(data|schedule)\.parameters", path) else path
    if "contains unknown field" in text:
        return _unknown_key(path, data)
    missing = re.search(r"missing required field `([^`]*)`", text)
    if missing:
        return RequestError(f"{path}.{missing[1]}".lstrip("."), "is missing")
    found = _value_at(path, data)
    got = f", got {show(found)}" if found is not _NOTHING else ""
    invalid = re.search(r"Invalid (?:enum )?value", text)
    if invalid:
        allowed = _choices_at(path, data)
        hint = nearest(found, allowed) if isinstance(found, str) else ""
        return RequestError(path, "must be one of " + ", ".join(f'"{c}"' for c in allowed) + got + hint)
    for pattern, sentence in _RULES:
        match = re.search(pattern, text)
        if match:
            words = [f"{float(word):g}" if "." in word else word for word in match.groups()]
            return RequestError(path, sentence.format(*words) + got)
    expected = re.search(r"Expected `([^`]*)`", text)
    kinds = (
        [_TYPES.get(k.strip(), k.strip()) for k in expected[1].split("|") if k.strip() != "null"] if expected else []
    )
    return RequestError(path, (f"must be {' or '.join(kinds)}" if kinds else text) + got)


def _unknown_key(path: str, data: Mapping[str, Any]) -> RequestError:
    """The first key that the table at the path does not have; a key may look like anything, even like a path."""
    for place in (path, ""):
        table, names = _value_at(place, data), _fields_at(place, data)
        unknown = [key for key in table if key not in names] if isinstance(table, dict) else []
        if unknown:
            where = f"{place}.{unknown[0]}" if place else unknown[0]
            hint = nearest(unknown[0], names)
            return RequestError(where, f"is not a key of this table; there are: {', '.join(names)}{hint}")
    return RequestError(path, "has a key that it does not know")


_NOTHING = object()


def _value_at(path: str, data: Any) -> Any:
    for name, index in re.findall(r"([A-Za-z_][\w-]*)|\[(\d+|\.\.\.)\]", path):
        try:
            if name:
                data = data[name]
            elif index == "...":
                return _NOTHING
            else:
                data = data[int(index)]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return data


def _struct_at(path: str, data: Mapping[str, Any]) -> type[msgspec.Struct]:
    """The value that the table at a path becomes."""
    last = (re.findall(r"[A-Za-z_]\w*", path) or [""])[-1]
    if last == "problem":
        kind = _value_at("problem.kind", data)
        return NetworkSetup if kind == "network" else ObjectiveSetup
    tables: dict[str, type[msgspec.Struct]] = {
        "lanes": Lane,
        "network": LaneNetwork,
        "layers": LayerSetup,
        "data": DataSetup,
        "schedule": Schedule,
        "stop": Stop,
        "from": Origin,
    }
    return tables.get(last, Experiment)


def _fields_at(path: str, data: Mapping[str, Any]) -> list[str]:
    struct = _struct_at(path, data)
    tag = ["kind"] if struct in (ObjectiveSetup, NetworkSetup) else []
    return tag + list(struct.__struct_encode_fields__)


def _choices_at(path: str, data: Mapping[str, Any]) -> list[str]:
    parent, _, field = path.rpartition(".")
    if field == "kind":
        return ["objective", "network"]
    hint = get_type_hints(_struct_at(parent, data)).get(field)
    return [str(c) for c in get_args(hint)] if get_origin(hint) is not None else []
