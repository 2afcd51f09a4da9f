"""A value put into the tables of a file by its path, as in `lanes[0].hyperparameters.learning_rate`."""

from __future__ import annotations

import re
from typing import Any

from workbench.engine.params import RequestError

#: Characters of a path that a sentence repeats.
SAID = 120
_KEY = r"[A-Za-z_]\w*(?:\[\d{1,9}\])*"
_PATH = re.compile(rf"{_KEY}(?:\.{_KEY})*")


def is_path(text: str) -> bool:
    """Whether a text is written as a path is: keys apart by dots, and numbers of items in brackets."""
    return _PATH.fullmatch(text) is not None


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Put a value into a file's tables, which are changed; tables on the way are made, items of lists are not.

    Raises:
        RequestError: there is no such place; its sentence says which lanes there are where it is about one.
    """
    place: Any = data
    keys: list[str | int] = [name or int(at) for name, at in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path)]
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
            lanes = _lanes(data) if path.startswith("lanes[") else ""
            raise RequestError("", f"the experiment has no `{path[:SAID]}`{lanes}") from None


def _lanes(data: dict[str, Any]) -> str:
    """Which lanes there are, by their numbers, for a sentence."""
    lanes = data.get("lanes")
    if not isinstance(lanes, list) or not all(isinstance(lane, dict) for lane in lanes):
        return ""
    named = (f"lanes[{i}] ({lane.get('label') or lane.get('optimizer')})" for i, lane in enumerate(lanes))
    return f"; there are {', '.join(named)}"
