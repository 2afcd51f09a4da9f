"""Settings with their defaults, a fault in them told with its place in the experiment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engine.params import RequestError, Value, complete


def settings(
    params: Any,
    given: Mapping[str, object],
    path: str,
    owner: str,
    *,
    beside: tuple[str, ...] = (),
) -> dict[str, Value]:
    """The settings of an `owner` as `complete` gives them; faults are told from `path` on. Raises RequestError."""
    try:
        return complete(params, given, owner=owner, beside=beside)
    except RequestError as error:
        raise error.under(path) from None
