"""What every file of a study begins with: known keys, its format and a title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.engine.params import RequestError, nearest, show

FORMAT = 1


def check_head(data: Mapping[str, Any], keys: Sequence[str], what: str) -> None:
    """Check the keys, the format and the title of a file of `what`, such as "a sweep". Raises RequestError."""
    for key in data:
        if key not in keys:
            raise RequestError(key, f"is not a key of {what}; there are: {', '.join(keys)}{nearest(key, keys)}")
    version, title = data.get("format"), data.get("title", "")
    if version != FORMAT or isinstance(version, bool):
        found = "but is missing" if version is None else f"got {show(version)}"
        raise RequestError("format", f"must be {FORMAT}, {found}")
    if not isinstance(title, str):
        raise RequestError("title", f"must be a text, got {show(title)}")
